//! The holder of a CPE, and the activity that a card does not tell.

use std::fmt;

use dmp_protocol::vihf::Role;
use dmp_vocabulary::identity::ProfessionalId;
use jiff::Timestamp;
use jiff::civil::Date;
use xds_model::Author;

use super::actor::{Establishment, Login, Person, Subject};
use crate::credentials::Card;
use crate::{DmpError, ErrorKind, failure};

/// The holder of a CPE in a structure, named or not.
pub(crate) struct Employee {
    person: Person,
    /// `subject-id`: the name, or the organisation of a card that names nobody; then the service.
    display_name: String,
    establishment: Establishment,
}

impl Employee {
    pub(crate) fn of_card(
        card: &Card,
        service: Option<&str>,
        roles: impl IntoIterator<Item = Role>,
        establishment: Establishment,
    ) -> Self {
        let (family, given) = card.names();
        let nominative = !family.is_empty();
        let organisation = card.organisation().unwrap_or(&establishment.name);
        let (shown, family, given) = match nominative {
            true => (format!("{family} {given}"), family.to_owned(), given.to_owned()),
            // identities.md §7: the organisation stands for the name, the CN for the given name.
            false => (organisation.to_owned(), organisation.to_owned(), plain(card.holder().as_str())),
        };
        let display_name = service.map_or_else(|| shown.clone(), |service| format!("{shown} {service}"));
        let person = Person { id: card.holder().clone(), family, given, roles: roles.into_iter().collect() };
        Self { person, display_name, establishment }
    }

    pub(crate) fn subject(&self, login: Login) -> Subject<'_> {
        Subject {
            name_id: &self.person.id,
            display_name: self.display_name.clone(),
            roles: self.person.roles.clone(),
            establishment: &self.establishment,
            login,
        }
    }

    pub(crate) fn id(&self) -> &ProfessionalId {
        &self.person.id
    }

    pub(crate) fn author(&self) -> Author {
        self.person.author(&self.establishment)
    }

    pub(crate) fn establishment(&self) -> &Establishment {
        &self.establishment
    }
}

/// Any character but letters, digits, apostrophe, hyphen and space becomes a hyphen.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_alphanumeric() || matches!(c, '\'' | '-' | ' ') { c } else { '-' }).collect()
}

/// Where and as what the holder of a CPF or of the card of a remplaçant works, as that person said it: these cards do
/// not tell. Past its last day nothing is sent, and the person is asked again.
#[derive(Clone)]
pub struct DeclaredActivity {
    pub(crate) establishment: Establishment,
    pub(crate) roles: Vec<Role>,
    pub(crate) until: Date,
}

impl DeclaredActivity {
    /// Establishment, roles with the profession first (see [`super::roles`]), and last day, Europe/Paris.
    #[must_use]
    pub fn new(establishment: Establishment, roles: impl IntoIterator<Item = Role>, until: Date) -> Self {
        Self { establishment, roles: roles.into_iter().collect(), until }
    }
}

impl fmt::Debug for DeclaredActivity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeclaredActivity")
            .field("roles", &self.roles)
            .field("until", &self.until)
            .finish_non_exhaustive()
    }
}

/// Nothing is sent for an activity that has ended.
pub(crate) fn require_current(until: Option<Date>, now: Timestamp) -> Result<(), DmpError> {
    let today = now.to_zoned(dmp_protocol::paris()).date();
    match until {
        Some(until) if today > until => Err(failure::Local {
            rule: "EX_GEN-1370",
            kind: ErrorKind::Authentication,
            found: "an activity that ended, declared for a card that tells none (CPF, remplaçant)",
            expected: "structure, sector, speciality and a new end date, asked of the holder again",
        }
        .session_error()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_activity_lasts_until_the_end_of_its_last_day_in_paris() {
        let until = Some("2026-03-02".parse().unwrap());
        for (now, current) in [
            ("2026-03-02T08:00:00Z", true),
            ("2026-03-02T22:59:59Z", true),
            ("2026-03-02T23:00:00Z", false),
            ("2027-01-01T00:00:00Z", false),
        ] {
            assert_eq!(require_current(until, now.parse().unwrap()).is_ok(), current, "{now}");
        }
        assert!(require_current(None, Timestamp::MAX).is_ok());
    }

    #[test]
    fn a_card_number_becomes_a_given_name() {
        assert_eq!(plain("30B0990008/000017"), "30B0990008-000017");
        assert_eq!(plain("d'été-1.2"), "d'été-1-2");
    }
}
