//! Individual authorisations: who may consult a record, until when (access-rules.md §7.1).

use jiff::{Span, Timestamp};

use super::patient::Patient;

/// Months that an authorisation given by TD0.3 lasts (C-22).
pub const GRANT_MONTHS: i64 = 6;

/// To whom an authorisation was given.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GrantHolder {
    /// A professional, by NameID.
    Person(String),
    /// A structure, by Struct_IdNat: covers its members.
    Structure(String),
}

/// An authorisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grant {
    /// Given by TD0.3 at that time; expires six calendar months later, Europe/Paris.
    Since(Timestamp),
    /// Given by the holder, or to the médecin traitant: does not expire (`mt_grant_expires`, `holder_grant_expires` off).
    Permanent,
}

/// Effective authorisation of an actor, as TD0.2 shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authorisation {
    /// May consult.
    Valide,
    /// Was authorised more than six months ago.
    Expire,
    /// Blocked by the patient.
    Interdit,
    /// Never authorised.
    NonExiste,
}

impl Authorisation {
    /// The code of `1.2.250.1.213.4.1.2.6.2`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Authorisation::Valide => "VALIDE",
            Authorisation::Expire => "EXPIRE",
            Authorisation::Interdit => "INTERDIT",
            Authorisation::NonExiste => "NON_EXISTE",
        }
    }
}

impl Grant {
    fn is_valid_at(self, now: Timestamp) -> bool {
        match self {
            Grant::Permanent => true,
            Grant::Since(start) => now < expiry(start),
        }
    }
}

/// Start + 6 calendar months, clamped to the end of the month; expired at that instant exactly.
fn expiry(start: Timestamp) -> Timestamp {
    let end = start.to_zoned(dmp_protocol::paris()).checked_add(Span::new().months(GRANT_MONTHS));
    end.map_or(Timestamp::MAX, |end| end.timestamp())
}

impl Patient {
    /// Effective authorisation; `person` is `None` for an actor for whom only the structure counts (certificate,
    /// non-PS).
    #[must_use]
    pub fn authorisation(&self, person: Option<&str>, structure: &str, now: Timestamp) -> Authorisation {
        let holders: Vec<GrantHolder> = person
            .map(|person| GrantHolder::Person(person.to_owned()))
            .into_iter()
            .chain([GrantHolder::Structure(structure.to_owned())])
            .collect();
        if holders.iter().any(|holder| self.blocked.contains(holder)) {
            return Authorisation::Interdit;
        }
        let mut grants = holders.iter().filter_map(|holder| self.grants.get(holder)).peekable();
        if grants.peek().is_none() {
            return Authorisation::NonExiste;
        }
        if grants.any(|grant| grant.is_valid_at(now)) { Authorisation::Valide } else { Authorisation::Expire }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::PatientId;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn expires_six_calendar_months_later_clamped() {
        assert_eq!(expiry(at("2026-01-15T09:00:00Z")).to_string()[..10], *"2026-07-15");
        // 31 August + 6 months = end of February.
        assert_eq!(expiry(at("2025-08-31T09:00:00Z")).to_string()[..10], *"2026-02-28");
    }

    #[test]
    fn a_block_wins_then_a_valid_grant_then_an_expired_one() {
        let now = at("2026-07-01T00:00:00Z");
        let person = GrantHolder::Person("899999000013".into());
        let structure = GrantHolder::Structure("10B0990008".into());
        let old = Grant::Since(at("2025-12-01T00:00:00Z"));
        let fresh = Grant::Since(at("2026-06-01T00:00:00Z"));
        let cases = [
            (vec![], vec![], Authorisation::NonExiste),
            (vec![(&person, old)], vec![], Authorisation::Expire),
            (vec![(&person, old), (&structure, fresh)], vec![], Authorisation::Valide),
            (vec![(&person, Grant::Permanent)], vec![&structure], Authorisation::Interdit),
            (vec![(&person, fresh)], vec![], Authorisation::Valide),
        ];
        for (grants, blocked, expected) in cases {
            let mut patient = Patient::active(PatientId::new("280057599900151", "o"), "X", "Y");
            patient.grants = grants.into_iter().map(|(holder, grant)| (holder.clone(), grant)).collect();
            patient.blocked = blocked.into_iter().cloned().collect();
            assert_eq!(patient.authorisation(Some("899999000013"), "10B0990008", now), expected);
        }
        let mut patient = Patient::active(PatientId::new("280057599900151", "o"), "X", "Y");
        patient.grants.insert(person, fresh);
        assert_eq!(patient.authorisation(None, "10B0990008", now), Authorisation::NonExiste);
    }
}
