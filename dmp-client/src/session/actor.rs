//! On whose behalf a session acts.

use std::fmt;

use dmp_protocol::vihf::{AuthenticationClass, Role};
use dmp_vocabulary::identity::{Adeli, NamedRpps, ProfessionalId, Rpps, StructureId};
use jiff::Timestamp;
use xds_model::{Author, AuthorSpecialty, Xcn, Xon};

use super::roles;
use crate::credentials::Card;

/// A structure that acts: in AIR simplifié an établissement géographique (EG), by its FINESS.
#[derive(Clone)]
pub struct Establishment {
    pub(crate) id: StructureId,
    pub(crate) name: String,
    pub(crate) sector: String,
}

impl Establishment {
    /// Identifier, name as in the directory, and secteur d'activité (a code of JDV_J61 such as `SA01`).
    #[must_use]
    pub fn new(id: StructureId, name: impl Into<String>, sector: impl Into<String>) -> Self {
        Self { id, name: name.into(), sector: sector.into() }
    }

    /// Struct_IdNat.
    #[must_use]
    pub fn id(&self) -> &StructureId {
        &self.id
    }

    /// Secteur d'activité.
    #[must_use]
    pub fn sector(&self) -> &str {
        &self.sector
    }

    pub(crate) fn xon(&self) -> Xon {
        Xon::structure(&self.name, self.id.as_str())
    }
}

impl fmt::Debug for Establishment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Establishment").field("sector", &self.sector).finish_non_exhaustive()
    }
}

/// The named professional behind each request of AIR: never a generic number (EXI 24).
#[derive(Clone)]
pub struct Professional {
    pub(crate) person: Person,
    pub(crate) establishment: Establishment,
}

/// A person with an identifier, a name and roles.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) id: ProfessionalId,
    pub(crate) family: String,
    pub(crate) given: String,
    /// Profession first.
    pub(crate) roles: Vec<Role>,
}

impl Professional {
    /// A professional of the national directory, with the profession first in `roles`, acting in an establishment.
    ///
    /// Médecin (10) and pharmacien (21) also need a savoir-faire: see [`roles`].
    #[must_use]
    pub fn new(
        rpps: &Rpps,
        family: impl Into<String>,
        given: impl Into<String>,
        roles: impl IntoIterator<Item = Role>,
        establishment: Establishment,
    ) -> Self {
        let person = Person {
            id: ProfessionalId::from(rpps),
            family: family.into(),
            given: given.into(),
            roles: roles.into_iter().collect(),
        };
        Self { person, establishment }
    }

    /// As [`Self::new`], from a number that was compared with the generic ones of the structure (EXI 24):
    /// [`GenericNumbers::named`](dmp_vocabulary::identity::GenericNumbers::named) gives it.
    #[must_use]
    pub fn named(
        rpps: &NamedRpps,
        family: impl Into<String>,
        given: impl Into<String>,
        roles: impl IntoIterator<Item = Role>,
        establishment: Establishment,
    ) -> Self {
        Self::new(rpps.rpps(), family, given, roles, establishment)
    }

    /// As [`Self::new`], by an ADELI number: in plain AIR, where it is still in use (`Switches::air_allow_adeli`).
    #[must_use]
    pub fn by_adeli(
        adeli: &Adeli,
        family: impl Into<String>,
        given: impl Into<String>,
        roles: impl IntoIterator<Item = Role>,
        establishment: Establishment,
    ) -> Self {
        let person = Person {
            id: ProfessionalId::from(adeli),
            family: family.into(),
            given: given.into(),
            roles: roles.into_iter().collect(),
        };
        Self { person, establishment }
    }

    /// A professional known by any number of the directory.
    pub(crate) fn numbered(
        id: ProfessionalId,
        family: &str,
        given: &str,
        roles: Vec<Role>,
        establishment: Establishment,
    ) -> Self {
        let person = Person { id, family: family.to_owned(), given: given.to_owned(), roles };
        Self { person, establishment }
    }

    /// The holder of a card, under the name that the card gives.
    pub(crate) fn of_card(card: &Card, roles: impl IntoIterator<Item = Role>, establishment: Establishment) -> Self {
        let (family, given) = card.names();
        let person = Person {
            id: card.holder().clone(),
            family: family.to_owned(),
            given: given.to_owned(),
            roles: roles.into_iter().collect(),
        };
        Self { person, establishment }
    }

    /// PS_IdNat.
    #[must_use]
    pub fn id(&self) -> &ProfessionalId {
        &self.person.id
    }

    /// Where the professional acts.
    #[must_use]
    pub fn establishment(&self) -> &Establishment {
        &self.establishment
    }

    pub(crate) fn author(&self) -> Author {
        self.person.author(&self.establishment)
    }

    pub(crate) fn is_professionnel_de_sante(&self) -> bool {
        self.person.roles.first().is_some_and(Role::is_professionnel_de_sante)
    }
}

impl fmt::Debug for Professional {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Professional").field("roles", &self.person.roles).finish_non_exhaustive()
    }
}

impl Person {
    /// `NOM Prénom`, the form of `subject-id`.
    fn display_name(&self) -> String {
        format!("{} {}", self.family, self.given)
    }

    fn xcn(&self) -> Xcn {
        Xcn::professional(self.id.as_str(), &self.family, &self.given)
    }

    pub(super) fn author(&self, establishment: &Establishment) -> Author {
        Author {
            institution: Some(establishment.xon()),
            person: Some(self.xcn()),
            roles: Vec::new(),
            specialty: roles::author_specialty(&self.roles).as_ref().map(AuthorSpecialty::new),
            other_slots: Vec::new(),
        }
    }
}

/// Who feeds in INDIRECTE: a user known to the structure, or an automatic process; the structure answers for both.
#[derive(Clone)]
pub struct Sender {
    pub(crate) who: SenderKind,
    pub(crate) establishment: Establishment,
    /// How and when the user logged in; `None` for a process: unspecified, at each request.
    pub(crate) login: Option<Login>,
}

#[derive(Clone)]
pub(crate) enum SenderKind {
    Person(Person),
    System { id: ProfessionalId, name: String, model: String },
}

/// A login to the software.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Login {
    pub(crate) class: AuthenticationClass,
    pub(crate) at: Timestamp,
}

impl Sender {
    /// A person: PS_IdNat, or an internal identifier of the structure (`3`+FINESS`/`id…), with the profession first
    /// in `roles`, who logged in at `at` by a means of that class (`EX_0.1-1020`).
    #[must_use]
    pub fn person(
        id: ProfessionalId,
        family: impl Into<String>,
        given: impl Into<String>,
        roles: impl IntoIterator<Item = Role>,
        establishment: Establishment,
        class: AuthenticationClass,
        at: Timestamp,
    ) -> Self {
        let person = Person { id, family: family.into(), given: given.into(), roles: roles.into_iter().collect() };
        Self { who: SenderKind::Person(person), establishment, login: Some(Login { class, at }) }
    }

    /// The professional of a consultation, as the user who feeds.
    #[must_use]
    pub fn professional(professional: &Professional, class: AuthenticationClass, at: Timestamp) -> Self {
        Self {
            who: SenderKind::Person(professional.person.clone()),
            establishment: professional.establishment.clone(),
            login: Some(Login { class, at }),
        }
    }

    /// An automatic process, by an internal identifier of the structure, its name and its model (role `AUTOMATE`).
    #[must_use]
    pub fn system(
        id: ProfessionalId,
        name: impl Into<String>,
        model: impl Into<String>,
        establishment: Establishment,
    ) -> Self {
        let who = SenderKind::System { id, name: name.into(), model: model.into() };
        Self { who, establishment, login: None }
    }

    pub(crate) fn id(&self) -> &ProfessionalId {
        match &self.who {
            SenderKind::Person(person) => &person.id,
            SenderKind::System { id, .. } => id,
        }
    }

    pub(crate) fn author(&self) -> Author {
        match &self.who {
            SenderKind::Person(person) => person.author(&self.establishment),
            SenderKind::System { id, name, model } => Author {
                institution: Some(self.establishment.xon()),
                person: Some(Xcn::structure_system(id.as_str(), name, model)),
                ..Author::default()
            },
        }
    }
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match &self.who {
            SenderKind::Person(_) => "person",
            SenderKind::System { .. } => "system",
        };
        f.debug_struct("Sender").field("who", &kind).field("login", &self.login).finish_non_exhaustive()
    }
}

/// Proof, declared by the caller, that the professional logged in with two factors (EXI 21).
#[derive(Debug, Clone, Copy)]
pub struct SecondFactor {
    pub(crate) login: Login,
}

impl SecondFactor {
    /// When both factors were passed, and by what means.
    #[must_use]
    pub fn passed_at(at: Timestamp, method: AuthenticationClass) -> Self {
        Self { login: Login { class: method, at } }
    }
}

/// How the professional logged in to the software: what AIR names as the primary authentication method
/// (`EX_AIR-050`; its value is the class unless `Switches::air_method_value` says otherwise).
#[derive(Debug, Clone, Copy)]
pub struct PrimaryAuthentication {
    pub(crate) login: Login,
}

impl PrimaryAuthentication {
    /// When, and by what means.
    #[must_use]
    pub fn passed_at(at: Timestamp, method: AuthenticationClass) -> Self {
        Self { login: Login { class: method, at } }
    }
}

/// What a session puts in each assertion about the one who acts.
pub(crate) struct Subject<'a> {
    pub(crate) name_id: &'a ProfessionalId,
    pub(crate) display_name: String,
    pub(crate) roles: Vec<Role>,
    pub(crate) establishment: &'a Establishment,
    pub(crate) login: Login,
}

impl Professional {
    pub(crate) fn subject(&self, login: Login) -> Subject<'_> {
        Subject {
            name_id: &self.person.id,
            display_name: self.person.display_name(),
            roles: self.person.roles.clone(),
            establishment: &self.establishment,
            login,
        }
    }
}

impl Sender {
    pub(crate) fn subject(&self, now: Timestamp) -> Subject<'_> {
        let unattended = Login { class: AuthenticationClass::Unspecified, at: now };
        let (name_id, display_name, roles) = match &self.who {
            SenderKind::Person(person) => (&person.id, person.display_name(), person.roles.clone()),
            SenderKind::System { id, name, model } => (id, format!("{name} {model}"), vec![roles::automate()]),
        };
        Subject {
            name_id,
            display_name,
            roles,
            establishment: &self.establishment,
            login: self.login.unwrap_or(unattended),
        }
    }
}
