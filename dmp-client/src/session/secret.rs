//! Connexion secrète: a minor's record, without a trace for the legal representatives (`EX_0.1-1100`).

use dmp_vocabulary::identity::{BirthDate, UnknownBirthday};
use jiff::{Timestamp, ToSpan};

use super::mode::{AccessMode, Authentication};
use super::record::Record;
use crate::{DmpError, ErrorKind, failure};

impl<A: Authentication, X: AccessMode> Record<A, X> {
    /// The same record in connexion secrète: every request says so, and every document is hidden from the legal
    /// representatives. It ends with the value returned; asked again for each encounter, never a default.
    ///
    /// The age follows the parameter file of the client (`EX_GEN-1550`): [`crate::DmpClient::parameters`].
    ///
    /// # Errors
    /// V46: the patient is not a minor, or minors are not managed by the DMP at present.
    pub fn connexion_secrete(&self, birth: &BirthDate) -> Result<Self, DmpError> {
        let parameters = self.caller.shared.parameters.current();
        let age = age_at(birth, Timestamp::now());
        if !age.is_some_and(|age| parameters.is_minor(age)) {
            let refusal = failure::Local {
                rule: "V46",
                kind: ErrorKind::Authorisation,
                found: "a patient who is not a minor by the parameter file",
                expected: "a minor: connexion secrète exists for nobody else",
            };
            return Err(refusal.session_error());
        }
        let mut secret = self.clone();
        secret.caller.connexion_secrete = true;
        Ok(secret)
    }

    /// Whether this record is open in connexion secrète.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        self.caller.connexion_secrete
    }
}

/// The age from which a software proposes a connexion secrète by itself, set by its users for a while. It never forbids:
/// [`Record::connexion_secrete`] opens for every minor who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MinimumAge {
    years: u16,
    set_at: Timestamp,
}

/// After how many months a minimum age is to be looked at again (project default).
const REVIEW_MONTHS: i64 = 6;

impl MinimumAge {
    /// From so many full years on, as decided at that time.
    #[must_use]
    pub fn years(years: u16, set_at: Timestamp) -> Self {
        Self { years, set_at }
    }

    /// Whether the software proposes it for a minor of that birth date at `now`, by the calendar of Paris.
    #[must_use]
    pub fn proposes(&self, birth: &BirthDate, now: Timestamp) -> bool {
        age_at(birth, now).is_some_and(|age| age >= self.years)
    }

    /// Whether the decision is more than six months old: ask for it again.
    #[must_use]
    pub fn to_be_reviewed(&self, now: Timestamp) -> bool {
        let set = self.set_at.to_zoned(dmp_protocol::paris());
        set.checked_add(REVIEW_MONTHS.months()).is_ok_and(|review| review.timestamp() <= now)
    }
}

/// Full years, by the calendar of Paris.
fn age_at(birth: &BirthDate, now: Timestamp) -> Option<u16> {
    birth.age_on(now.to_zoned(dmp_protocol::paris()).date(), UnknownBirthday::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minimum_age_proposes_from_the_birthday_on_and_grows_old() {
        let birth = BirthDate::parse_hl7("20120315").unwrap();
        let set: Timestamp = "2026-01-31T10:00:00Z".parse().unwrap();
        let minimum = MinimumAge::years(14, set);
        for (now, proposes, review) in [
            ("2026-03-14T22:59:00Z", false, false),
            ("2026-03-14T23:01:00Z", true, false),
            ("2026-07-31T08:59:00Z", true, false),
            ("2026-07-31T09:00:00Z", true, true),
        ] {
            let now = now.parse().unwrap();
            assert_eq!((minimum.proposes(&birth, now), minimum.to_be_reviewed(now)), (proposes, review), "{now}");
        }
    }
}
