//! DTM: dates of the wire, UTC.

use std::fmt;

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

/// A date of the wire as it was written: `YYYY[MM[DD[hh[mm[ss[.f…]]]]]][±hhmm]`. UTC when it has no offset.
///
/// The text is kept with the precision it came with. A builder writes 14 digits.
#[derive(Clone, PartialEq, Eq, Hash, Default, Serialize)]
#[serde(transparent)]
pub struct Dtm(String);

impl Dtm {
    /// Keeps `raw` as it is; nothing is checked.
    pub fn from_raw(raw: impl Into<String>) -> Self {
        Self(raw.into())
    }

    /// `YYYYMMDDhhmmss` in UTC, truncated to the second.
    pub fn from_timestamp(instant: Timestamp) -> Self {
        let time = TimeZone::UTC.to_datetime(instant);
        Self(format!(
            "{:04}{:02}{:02}{:02}{:02}{:02}",
            time.year(),
            time.month(),
            time.day(),
            time.hour(),
            time.minute(),
            time.second()
        ))
    }

    /// The text on the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The instant, missing parts taken as the lowest value and no offset as UTC. `None` when the text is not a date.
    pub fn timestamp(&self) -> Option<Timestamp> {
        let (time, offset) = match self.0.find(['+', '-']) {
            Some(at) => (&self.0[..at], parse_offset(&self.0[at..])?),
            None => (self.0.as_str(), Offset::UTC),
        };
        let (digits, fraction) = time.split_once('.').unwrap_or((time, "0"));
        let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !matches!(digits.len(), 4 | 6 | 8 | 10 | 12 | 14) || !all_digits(digits) || !all_digits(fraction) {
            return None;
        }
        let part = |from: usize, lowest: i8| match digits.get(from..from + 2) {
            Some(text) => text.parse().ok(),
            None => Some(lowest),
        };
        let year = digits.get(..4)?.parse().ok()?;
        let time = DateTime::new(year, part(4, 1)?, part(6, 1)?, part(8, 0)?, part(10, 0)?, part(12, 0)?, 0).ok()?;
        offset.to_timestamp(time).ok()
    }

    /// The same instant as 14 digits in UTC, the form to send and to compare. `None` when the text is not a date.
    pub fn to_utc_seconds(&self) -> Option<Self> {
        self.timestamp().map(Self::from_timestamp)
    }

    /// Whether this is the form a builder writes: 14 digits of a date that exists.
    pub fn is_wire_form(&self) -> bool {
        self.0.len() == 14 && self.timestamp().is_some()
    }

    /// One second later, 14 digits: turns an inclusive end into the exclusive one of a query.
    pub fn next_second(&self) -> Option<Self> {
        let next = self.timestamp()?.checked_add(SignedDuration::from_secs(1)).ok()?;
        Some(Self::from_timestamp(next))
    }
}

/// `+hhmm`, `-hhmm`, `+hh`.
fn parse_offset(text: &str) -> Option<Offset> {
    let (sign, digits) = (if text.starts_with('-') { -1 } else { 1 }, &text[1..]);
    if !matches!(digits.len(), 2 | 4) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let hours: i32 = digits.get(..2)?.parse().ok()?;
    let minutes: i32 = digits.get(2..4).unwrap_or("0").parse().ok()?;
    (minutes < 60).then_some(())?;
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}

impl From<Timestamp> for Dtm {
    fn from(instant: Timestamp) -> Self {
        Self::from_timestamp(instant)
    }
}

impl From<&str> for Dtm {
    fn from(raw: &str) -> Self {
        Self(raw.to_owned())
    }
}

impl From<String> for Dtm {
    fn from(raw: String) -> Self {
        Self(raw)
    }
}

impl fmt::Display for Dtm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for Dtm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Dtm({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_producers_write() {
        let rows = [
            ("20260302101500+0100", Some("20260302091500")),
            ("20260302091500", Some("20260302091500")),
            ("20260302091500.123", Some("20260302091500")),
            ("202603020915", Some("20260302091500")),
            ("20260302", Some("20260302000000")),
            ("202603", Some("20260301000000")),
            ("2026", Some("20260101000000")),
            ("20251231233000-0130", Some("20260101010000")),
            ("20260302+01", Some("20260301230000")),
            ("20260230", None),
            ("19850000", None),
            ("202603021", None),
            ("20260302091500Z", None),
            ("20260302091500+1", None),
            ("20260302091500+0175", None),
            ("20260302091500+9900", None),
            ("20260302091500.", None),
            ("+0100", None),
            ("", None),
            ("２０２６", None),
            ("99991231235959-2359", None),
        ];
        for (raw, expected) in rows {
            let utc = Dtm::from(raw).to_utc_seconds();
            assert_eq!(utc.as_ref().map(Dtm::as_str), expected, "{raw}");
        }
    }

    #[test]
    fn next_second_crosses_midnight() {
        assert_eq!(Dtm::from("20251231235959").next_second(), Some(Dtm::from("20260101000000")));
        assert_eq!(Dtm::from("20260302").next_second(), Some(Dtm::from("20260302000001")));
        assert_eq!(Dtm::from("x").next_second(), None);
    }

    #[test]
    fn only_fourteen_digits_are_the_wire_form() {
        for (raw, expected) in [("20260302091500", true), ("20260302", false), ("20260332091500", false)] {
            assert_eq!(Dtm::from(raw).is_wire_form(), expected, "{raw}");
        }
    }
}
