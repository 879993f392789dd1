//! Minors (access-rules.md §12, MIN-01).

use dmp_protocol::identity::{BirthDate, UnknownBirthday};
use dmp_protocol::switches::ServerSwitches;
use jiff::Timestamp;

use crate::world::Patient;

/// MIN-01: age in whole years below the majority, on the day of `now` in Paris. A patient whose birth date is not known
/// is not a minor, and there are none where the DMP does not manage them.
#[must_use]
pub fn is_minor(patient: &Patient, now: Timestamp, switches: &ServerSwitches) -> bool {
    let today = now.to_zoned(dmp_protocol::paris()).date();
    let born = patient.birth_date.as_deref().and_then(|text| BirthDate::parse_hl7(text).ok());
    born.and_then(|born| born.age_on(today, UnknownBirthday::default()))
        .is_some_and(|age| switches.gestion_mineurs && age < switches.age_majorite)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::PatientId;

    #[test]
    fn eighteen_today_is_no_longer_a_minor() {
        let mut patient = Patient::active(PatientId::new("280057599900151", "o"), "X", "Y");
        let minor = |patient: &Patient, now| is_minor(patient, now, &ServerSwitches::default());
        let noon = |text: &str| -> Timestamp { format!("{text}T12:00:00Z").parse().unwrap() };
        assert!(!minor(&patient, noon("2026-03-01")), "no birth date");
        patient.birth_date = Some("20080301".into());
        assert!(minor(&patient, noon("2026-02-28")));
        assert!(!minor(&patient, noon("2026-03-01")));
        // Midnight in Paris is an hour or two earlier in UTC.
        assert!(!minor(&patient, "2026-02-28T23:30:00Z".parse().unwrap()));
        let noon = noon("2026-02-28");
        let sixteen = ServerSwitches { age_majorite: 16, ..ServerSwitches::default() };
        let nobody = ServerSwitches { gestion_mineurs: false, ..ServerSwitches::default() };
        assert!(!is_minor(&patient, noon, &sixteen) && !is_minor(&patient, noon, &nobody));
    }
}
