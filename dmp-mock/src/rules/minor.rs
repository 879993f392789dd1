//! Minors (access-rules.md §12, MIN-01).

use dmp_protocol::identity::{BirthDate, UnknownBirthday};
use jiff::Timestamp;

use crate::world::Patient;

/// Years below which a patient is a minor (`age-majorite` of the parameter file).
pub const AGE_OF_MAJORITY: u16 = 18;

/// MIN-01: age in whole years below the majority, on the day of `now` in Paris. A patient whose birth date is not known
/// is not a minor.
#[must_use]
pub fn is_minor(patient: &Patient, now: Timestamp) -> bool {
    let today = now.to_zoned(dmp_protocol::paris()).date();
    let born = patient.birth_date.as_deref().and_then(|text| BirthDate::parse_hl7(text).ok());
    born.and_then(|born| born.age_on(today, UnknownBirthday::default())).is_some_and(|age| age < AGE_OF_MAJORITY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::PatientId;

    #[test]
    fn eighteen_today_is_no_longer_a_minor() {
        let mut patient = Patient::active(PatientId::new("280057599900151", "o"), "X", "Y");
        let noon = |text: &str| -> Timestamp { format!("{text}T12:00:00Z").parse().unwrap() };
        assert!(!is_minor(&patient, noon("2026-03-01")), "no birth date");
        patient.birth_date = Some("20080301".into());
        assert!(is_minor(&patient, noon("2026-02-28")));
        assert!(!is_minor(&patient, noon("2026-03-01")));
        // Midnight in Paris is an hour or two earlier in UTC.
        assert!(!is_minor(&patient, "2026-02-28T23:30:00Z".parse().unwrap()));
    }
}
