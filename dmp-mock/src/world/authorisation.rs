//! Individual authorisations: who may consult a record, until when (access-rules.md §7.1).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// To whom an authorisation was given.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantHolder {
    /// A professional, by NameID.
    Person(String),
    /// A structure, by Struct_IdNat: covers its members.
    Structure(String),
}

/// An authorisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grant {
    /// Given by TD0.3 at that time; expires six calendar months later, Europe/Paris (`grant_months`).
    Since(Timestamp),
    /// Given by the holder at that time; does not expire unless `holder_grant_expires`.
    ByHolder(Timestamp),
    /// Given at a time that is not known: never expires.
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
    /// When it was given, if that is known.
    #[must_use]
    pub fn given_at(self) -> Option<Timestamp> {
        match self {
            Grant::Since(at) | Grant::ByHolder(at) => Some(at),
            Grant::Permanent => None,
        }
    }
}
