//! The effective authorisation of an actor on a record, and how long it lasts (access-rules.md §7.1).

use jiff::{Span, Timestamp};

use super::actor::{ActorClass, Caller};
use crate::world::{Authorisation, Grant, GrantHolder, Patient};
use dmp_protocol::switches::ServerSwitches;

/// Effective authorisation: a block wins, then a valid grant, then an expired one. For a certificate and for a non-PS
/// only the structure counts.
#[must_use]
pub fn authorisation(
    patient: &Patient,
    caller: &Caller,
    class: ActorClass,
    now: Timestamp,
    switches: &ServerSwitches,
) -> Authorisation {
    let person = (!class.acts_as_structure()).then(|| GrantHolder::Person(caller.name_id.clone()));
    let structure = GrantHolder::Structure(caller.structure.clone());
    if person.iter().chain([&structure]).any(|holder| patient.blocked.contains(holder)) {
        return Authorisation::Interdit;
    }
    let covered = class.acts_as_structure() || switches.structure_grant_covers_members;
    let holders = person.as_ref().into_iter().chain(covered.then_some(&structure));
    let mut grants = holders.filter_map(|holder| Some((holder, *patient.grants.get(holder)?))).peekable();
    if grants.peek().is_none() {
        return Authorisation::NonExiste;
    }
    let valid = grants.any(|(holder, grant)| end_of(patient, holder, grant, switches).is_none_or(|end| now < end));
    if valid { Authorisation::Valide } else { Authorisation::Expire }
}

/// When a grant of this patient ends, UTC; `None` never.
#[must_use]
pub fn end_of(patient: &Patient, holder: &GrantHolder, grant: Grant, switches: &ServerSwitches) -> Option<Timestamp> {
    let treats = matches!(holder, GrantHolder::Person(person) if patient.medecin_traitant.as_ref() == Some(person));
    let start = match grant {
        Grant::Permanent => return None,
        _ if treats && !switches.mt_grant_expires => return None,
        Grant::ByHolder(_) if !switches.holder_grant_expires => return None,
        Grant::Since(start) | Grant::ByHolder(start) => start,
    };
    Some(expiry(start, switches.grant_months))
}

/// Start + calendar months, clamped to the end of the month; expired at that instant exactly.
fn expiry(start: Timestamp, months: u8) -> Timestamp {
    let end = start.to_zoned(dmp_protocol::paris()).checked_add(Span::new().months(i64::from(months)));
    end.map_or(Timestamp::MAX, |end| end.timestamp())
}

#[cfg(test)]
mod tests {
    use dmp_protocol::vihf::{AuthenticationMode, Purpose};

    use super::*;
    use crate::world::PatientId;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn expires_six_calendar_months_later_clamped() {
        assert_eq!(expiry(at("2026-01-15T09:00:00Z"), 6).to_string()[..10], *"2026-07-15");
        // 31 August + 6 months = end of February.
        assert_eq!(expiry(at("2025-08-31T09:00:00Z"), 6).to_string()[..10], *"2026-02-28");
        assert_eq!(expiry(at("2025-08-31T09:00:00Z"), 12).to_string()[..10], *"2026-08-31");
    }

    #[test]
    fn a_block_wins_then_a_valid_grant_then_an_expired_one() {
        use ActorClass::{Medecin, StructureCertificate};
        let now = at("2026-07-01T00:00:00Z");
        let person = GrantHolder::Person("899999000013".into());
        let structure = GrantHolder::Structure("10B0990008".into());
        let old = Grant::Since(at("2025-12-01T00:00:00Z"));
        let fresh = Grant::Since(at("2026-06-01T00:00:00Z"));
        let by_holder = Grant::ByHolder(at("2025-12-01T00:00:00Z"));
        let defaults = ServerSwitches::default();
        let alone = ServerSwitches { structure_grant_covers_members: false, ..ServerSwitches::default() };
        let ends = ServerSwitches { holder_grant_expires: true, ..ServerSwitches::default() };
        let cases = [
            (vec![], vec![], Medecin, &defaults, Authorisation::NonExiste),
            (vec![(&person, old)], vec![], Medecin, &defaults, Authorisation::Expire),
            (vec![(&person, old), (&structure, fresh)], vec![], Medecin, &defaults, Authorisation::Valide),
            (vec![(&person, old), (&structure, fresh)], vec![], Medecin, &alone, Authorisation::Expire),
            (vec![(&person, Grant::Permanent)], vec![&structure], Medecin, &defaults, Authorisation::Interdit),
            (vec![(&person, fresh)], vec![], StructureCertificate, &defaults, Authorisation::NonExiste),
            (vec![(&structure, fresh)], vec![&person], StructureCertificate, &alone, Authorisation::Valide),
            (vec![(&person, by_holder)], vec![], Medecin, &defaults, Authorisation::Valide),
            (vec![(&person, by_holder)], vec![], Medecin, &ends, Authorisation::Expire),
        ];
        for (index, (grants, blocked, class, switches, expected)) in cases.into_iter().enumerate() {
            let mut patient = Patient::active(PatientId::new("280057599900151", "o"), "X", "Y");
            patient.grants = grants.into_iter().map(|(holder, grant)| (holder.clone(), grant)).collect();
            patient.blocked = blocked.into_iter().cloned().collect();
            let caller = Caller {
                name_id: "899999000013".into(),
                structure: "10B0990008".into(),
                mode: AuthenticationMode::Directe,
                purpose: Purpose::Normal,
                roles: Vec::new(),
            };
            assert_eq!(authorisation(&patient, &caller, class, now, switches), expected, "case {index}");
        }
    }

    #[test]
    fn the_medecin_traitant_does_not_expire_unless_said() {
        let mut patient = Patient::active(PatientId::new("280057599900151", "o"), "X", "Y");
        let person = GrantHolder::Person("899999000013".into());
        patient.medecin_traitant = Some("899999000013".into());
        let old = Grant::Since(at("2020-12-01T00:00:00Z"));
        let switches = ServerSwitches::default();
        assert_eq!(end_of(&patient, &person, old, &switches), None);
        let ends = ServerSwitches { mt_grant_expires: true, ..switches };
        assert!(end_of(&patient, &person, old, &ends).is_some());
    }
}
