//! When a document invisible to the patient becomes visible by itself (access-rules.md §10.3, VIS-10, VIS-11).

use jiff::{Span, Timestamp};

use dmp_protocol::switches::VisibilityCalendar;

/// The two dates of an invisible document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Calendar {
    /// VIS-10: the holder is told that there is a document, without title nor content, UTC.
    pub notice_at: Timestamp,
    /// VIS-11: the document becomes visible, UTC.
    pub visible_at: Timestamp,
}

impl Calendar {
    /// Dates of a document invisible since `deposit`, in calendar months of Paris; `None` never becomes visible.
    #[must_use]
    pub fn of_deposit(regime: VisibilityCalendar, deposit: Timestamp) -> Option<Self> {
        let (notice, visible) = match regime {
            VisibilityCalendar::Segur => (Span::new().months(1), Span::new().months(3)),
            VisibilityCalendar::R1111_53 => (Span::new().weeks(2), Span::new().months(1)),
            VisibilityCalendar::None => return None,
        };
        let after = |span| {
            let end = deposit.to_zoned(dmp_protocol::paris()).checked_add(span);
            end.map_or(Timestamp::MAX, |end: jiff::Zoned| end.timestamp())
        };
        Some(Calendar { notice_at: after(notice), visible_at: after(visible) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_regimes_of_the_texts() {
        let deposit: Timestamp = "2026-01-31T09:00:00Z".parse().unwrap();
        let dates = |calendar: VisibilityCalendar| {
            Calendar::of_deposit(calendar, deposit).map(|dates| {
                (dates.notice_at.to_string()[..10].to_owned(), dates.visible_at.to_string()[..10].to_owned())
            })
        };
        let expected = |notice: &str, visible: &str| Some((notice.to_owned(), visible.to_owned()));
        assert_eq!(dates(VisibilityCalendar::Segur), expected("2026-02-28", "2026-04-30"));
        assert_eq!(dates(VisibilityCalendar::R1111_53), expected("2026-02-14", "2026-02-28"));
        assert_eq!(dates(VisibilityCalendar::None), None);
    }
}
