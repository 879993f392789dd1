//! What can be wrong with an identifier. No message repeats the identifier: it may be health data.

use std::fmt;

use super::InsKind;
use crate::Realm;

/// A parsed value, with the problems its policy tolerated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed<T> {
    /// The identifier.
    pub value: T,
    /// Problems of severity [`super::Severity::Warning`], in the order met.
    pub warnings: Vec<IdentityError>,
}

impl<T> Parsed<T> {
    /// Keeps the warnings, changes the value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Parsed<U> {
        Parsed { value: change(self.value), warnings: self.warnings }
    }
}

/// A refused (or tolerated) identifier: which one, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind}: {problem} ({})", .kind.rule())]
pub struct IdentityError {
    /// The identifier that was expected.
    pub kind: IdentityKind,
    /// What is wrong.
    pub problem: IdentityProblem,
}

/// The identifiers this module knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IdentityKind {
    /// INS of a patient.
    Ins,
    /// Legacy computed INS.
    InsC,
    /// RPPS number.
    Rpps,
    /// ADELI number.
    Adeli,
    /// ADELI number followed by the rank of a cabinet.
    AdeliRang,
    /// FINESS number, EG or EJ.
    Finess,
    /// SIREN number.
    Siren,
    /// SIRET number.
    Siret,
    /// RPPS number followed by the rank of a cabinet and a key.
    RppsRang,
    /// PS_IdNat.
    ProfessionalId,
    /// Struct_IdNat.
    StructureId,
    /// Birth date.
    BirthDate,
    /// Nom de naissance.
    BirthName,
    /// Prénoms de naissance.
    GivenNames,
    /// Nom or prénom utilisé.
    UsedName,
    /// Sex.
    Sex,
    /// Birth place, by its COG code.
    BirthPlace,
    /// Datamatrix INS.
    Datamatrix,
}

impl IdentityKind {
    /// Section of the identities page that holds the rule.
    #[must_use]
    pub fn rule(self) -> &'static str {
        match self {
            Self::Ins | Self::InsC => "identities §2",
            Self::BirthDate | Self::BirthName | Self::GivenNames | Self::UsedName | Self::Sex | Self::BirthPlace => {
                "identities §2.4"
            }
            Self::Datamatrix => "identities §2.7",
            Self::Rpps | Self::Adeli | Self::AdeliRang | Self::RppsRang => "identities §3",
            Self::ProfessionalId => "identities §3.1",
            Self::Finess | Self::Siren | Self::Siret => "identities §4",
            Self::StructureId => "identities §4.1",
        }
    }
}

impl fmt::Display for IdentityKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Ins => "INS",
            Self::InsC => "INS-C",
            Self::Rpps => "RPPS",
            Self::Adeli => "ADELI",
            Self::AdeliRang => "ADELI-rang",
            Self::Finess => "FINESS",
            Self::Siren => "SIREN",
            Self::Siret => "SIRET",
            Self::RppsRang => "RPPS-rang",
            Self::ProfessionalId => "PS_IdNat",
            Self::StructureId => "Struct_IdNat",
            Self::BirthDate => "birth date",
            Self::BirthName => "birth name",
            Self::GivenNames => "given names",
            Self::UsedName => "used name",
            Self::Sex => "sex",
            Self::BirthPlace => "birth place",
            Self::Datamatrix => "datamatrix INS",
        })
    }
}

/// What is wrong with an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdentityProblem {
    /// Wrong number of characters.
    #[error("found {found} characters, expected {expected}")]
    Length {
        /// Characters found.
        found: usize,
        /// What was expected.
        expected: &'static str,
    },
    /// A character that cannot stand at its place.
    #[error("character {position} is not allowed there, expected {expected}")]
    Character {
        /// Rank of the character, from 1.
        position: usize,
        /// What was expected.
        expected: &'static str,
    },
    /// The check digit (or the INS key) does not match the number.
    #[error("the check digit does not match the number; compare it with its source, a character was mistyped")]
    CheckDigit,
    /// The first character names no known kind of number.
    #[error("unknown prefix, expected {expected}")]
    Prefix {
        /// The known prefixes.
        expected: &'static str,
    },
    /// The OID is not one of the kinds of INS.
    #[error("the OID is none of the INS kinds 1.2.250.1.213.1.4.8 to .11")]
    Oid,
    /// A kind of INS that the realm refuses.
    #[error("an {kind} is not accepted in the {realm:?} realm: the OID follows the nature of the number [EX_GEN-1520]")]
    KindRefused {
        /// Kind found.
        kind: InsKind,
        /// Realm of the session.
        realm: Realm,
    },
    /// A kind of INS that is suspect in the realm.
    #[error(
        "an {kind} in the {realm:?} realm: the INSi test service answers .8 for test persons, convert it explicitly"
    )]
    KindSuspect {
        /// Kind found.
        kind: InsKind,
        /// Realm of the session.
        realm: Realm,
    },
    /// A number of the published test ranges, in production.
    #[error("a number of the test ranges (identities §5) in the production realm")]
    TestRange,
    /// Not the CX form.
    #[error("not in CX form, expected {expected}")]
    Cx {
        /// What was expected.
        expected: &'static str,
    },
    /// Not a date of the form asked for.
    #[error("expected {expected}")]
    Date {
        /// The form expected.
        expected: &'static str,
    },
    /// Not one of the values, or not the text, that the place takes.
    #[error("expected {expected}")]
    Value {
        /// What was expected.
        expected: &'static str,
    },
    /// An INS-NIR that became an INS-NIR de test under the switch `insi_oid_rewrite`.
    #[error("OID .8 of the INSi test service replaced by .10, as the switch insi_oid_rewrite asks [EX_GEN-1520]")]
    OidRewritten,
}

impl IdentityProblem {
    pub(super) fn of(self, kind: IdentityKind) -> IdentityError {
        IdentityError { kind, problem: self }
    }
}
