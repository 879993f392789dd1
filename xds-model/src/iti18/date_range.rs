//! `…TimeFrom` and `…TimeTo`.

use crate::Dtm;

/// An interval of dates: from inclusive, to exclusive. An open end has no bound.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DateRange {
    /// First instant in the interval; missing parts are the lowest value.
    pub from: Option<Dtm>,
    /// First instant after the interval; missing parts are the lowest value.
    pub to: Option<Dtm>,
}

impl DateRange {
    /// Everything from `first` on.
    pub fn since(first: impl Into<Dtm>) -> Self {
        Self { from: Some(first.into()), to: None }
    }

    /// From `first` to `last`, both included: the wire carries `last` + 1 second.
    pub fn between(first: impl Into<Dtm>, last: impl Into<Dtm>) -> Self {
        let last = last.into();
        Self { from: Some(first.into()), to: Some(last.next_second().unwrap_or(last)) }
    }

    /// Whether there is no bound.
    pub fn is_unbounded(&self) -> bool {
        self.from.is_none() && self.to.is_none()
    }

    /// Whether a date of an entry is inside; an entry without the date never is, unless there is no bound.
    ///
    /// `to_inclusive`: whether `to` itself is inside, which the DMP does not document (default no).
    pub fn contains(&self, date: Option<&Dtm>, to_inclusive: bool) -> bool {
        if self.is_unbounded() {
            return true;
        }
        let Some(instant) = date.and_then(Dtm::timestamp) else { return false };
        let after_from = self.from.as_ref().and_then(Dtm::timestamp).is_none_or(|from| from <= instant);
        let before_to = self.to.as_ref().and_then(Dtm::timestamp);
        after_from && before_to.is_none_or(|to| instant < to || to_inclusive && instant == to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_is_inside_and_to_is_not() {
        let range = DateRange { from: Some("20260302".into()), to: Some("20260303".into()) };
        let rows = [
            ("20260301235959", false, false),
            ("20260302", true, true),
            ("20260302000000", true, true),
            ("20260302235959", true, true),
            ("20260303000000", false, true),
            ("20260303000001", false, false),
            ("nonsense", false, false),
        ];
        for (date, exclusive, inclusive) in rows {
            let date = Dtm::from(date);
            assert_eq!(range.contains(Some(&date), false), exclusive, "{date}");
            assert_eq!(range.contains(Some(&date), true), inclusive, "{date}");
        }
        assert!(!range.contains(None, true));
        assert!(DateRange::default().contains(None, false));
        assert!(!DateRange::since("2026").contains(Some(&Dtm::from("20251231235959")), false));
    }

    #[test]
    fn an_inclusive_end_is_sent_one_second_later() {
        assert_eq!(DateRange::between("20260301", "20260302235959").to, Some(Dtm::from("20260303000000")));
    }
}
