//! Times of a world file.

use jiff::{Span, Timestamp};
use serde::{Deserialize, Deserializer};

/// An instant (`2026-03-01T00:00:00Z`), or a span from the start of the mock (`-P1M`), in the calendar of Paris: a world
/// whose authorisations are a month old is as good next year.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Moment {
    At(Timestamp),
    FromStart(Span),
}

impl Moment {
    /// The instant, for a world that starts at `start`.
    pub(crate) fn resolve(self, start: Timestamp) -> Timestamp {
        match self {
            Moment::At(at) => at,
            Moment::FromStart(span) => {
                let moved = start.to_zoned(dmp_protocol::paris()).checked_add(span);
                // Outside of the range of dates: the end of it that the span goes to.
                let end = if span.is_negative() { Timestamp::MIN } else { Timestamp::MAX };
                moved.map_or(end, |moved: jiff::Zoned| moved.timestamp())
            }
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let is_span = text.trim_start_matches(['-', '+']).starts_with('P');
        if is_span { text.parse().ok().map(Moment::FromStart) } else { text.parse().ok().map(Moment::At) }
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Moment::parse(&text)
            .ok_or_else(|| serde::de::Error::custom("not a time, expected 2026-03-01T00:00:00Z or -P1M"))
    }
}

/// `AAAAMMJJ` as it is written, or the day that lies a span before the start: `-P17Y` is a minor of seventeen.
pub(crate) fn birth_date(written: String, start: Timestamp) -> String {
    match Moment::parse(&written) {
        Some(moment @ Moment::FromStart(_)) => {
            moment.resolve(start).to_zoned(dmp_protocol::paris()).strftime("%Y%m%d").to_string()
        }
        _ => written,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_and_spans_of_the_calendar() {
        let start: Timestamp = "2026-03-31T10:00:00Z".parse().unwrap();
        let rows = [
            ("2025-05-26T09:00:00Z", Some("2025-05-26T09:00:00Z")),
            ("-P1M", Some("2026-02-28T11:00:00Z")),
            ("P1D", Some("2026-04-01T10:00:00Z")),
            ("-P20000Y", None),
            ("yesterday", None),
        ];
        for (text, expected) in rows {
            let resolved = Moment::parse(text).map(|moment| moment.resolve(start));
            let expected = expected.map(|text| text.parse::<Timestamp>().unwrap());
            assert_eq!(resolved, expected, "{text}");
        }
        assert_eq!(birth_date("-P17Y".into(), start), "20090331");
        assert_eq!(birth_date("19620000".into(), start), "19620000");
    }
}
