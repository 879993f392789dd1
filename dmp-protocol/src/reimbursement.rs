//! The bound on searches of reimbursements (`EX_3.1-1015`, LIM-03).

use jiff::{Timestamp, ToSpan};
use xds_model::iti18::{DateRange, FindDocuments};

use crate::paris;

/// typeCode of the reimbursements of the assurance maladie, with its code system (TRE_A05).
pub const REIMBURSEMENTS: (&str, &str) = ("REMB", "1.2.250.1.213.1.1.4.12");

/// Whether the query asks for reimbursements by name.
#[must_use]
pub fn asks_for_reimbursements(find: &FindDocuments) -> bool {
    find.type_codes.iter().any(|code| (code.code.as_str(), code.system.as_str()) == REIMBURSEMENTS)
}

/// Whether the dates of the act span at most `months` calendar months, Europe/Paris, first and last day included
/// (parameter `hr-periode-max-mois`). A period without start never does; one without end lasts until now.
#[must_use]
pub fn within_period(acts: &DateRange, months: u32, now: Timestamp) -> bool {
    let instant = |bound: &Option<xds_model::Dtm>| bound.as_ref().and_then(xds_model::Dtm::timestamp);
    let Some(start) = instant(&acts.from) else { return false };
    let end = instant(&acts.to).unwrap_or(now);
    let months = jiff::Span::new().try_months(months);
    let last_day = months.and_then(|months| start.to_zoned(paris()).checked_add(months)?.checked_add(1.day()));
    // Months beyond what a calendar holds bound nothing.
    last_day.map_or(true, |last| end <= last.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_counted_in_calendar_months() {
        let now: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap_or_default();
        let range = |from: &str, to: &str| DateRange {
            from: (!from.is_empty()).then(|| from.into()),
            to: (!to.is_empty()).then(|| to.into()),
        };
        let rows = [
            // Midnight in Paris of 2 March 2024 to the end of 2 March 2026: both days included.
            ("20240301230000", "20260302230000", true),
            ("20240301230000", "20260302230001", false),
            // From winter to summer time, and back: the same days.
            ("20231231230000", "20260101230000", true),
            ("20240630220000", "20260701220000", true),
            ("20240630220000", "20260702220000", false),
            ("20240302", "", true),
            ("20240301", "", false),
            ("", "20260302", false),
            ("", "", false),
            ("nonsense", "20260302", false),
        ];
        for (from, to, expected) in rows {
            assert_eq!(within_period(&range(from, to), 24, now), expected, "{from} {to}");
        }
        assert!(within_period(&range("20260131", "20260228225959"), 1, now), "the last day of a short month");
        assert!(within_period(&range("20200101", ""), u32::MAX, now));
    }
}
