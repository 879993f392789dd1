//! Struct_IdNat: a structure, as a prefix and a number (identities §4.1).

use super::error::{IdentityError, IdentityKind, IdentityProblem};
use super::number::{self, AdeliRang, Finess, RppsRang, Siren, Siret, text_identifier};
use super::policy::Examination;

text_identifier! {
    /// Struct_IdNat (OID [`crate::oids::STRUCT_ID_NAT`]): prefix and number, such as `10B0990008`.
    ///
    /// The prefix is part of the identifier and stays on the wire. The same number has another prefix inside the
    /// identifier of a person: see [`StructureId::person_prefix`].
    StructureId, Some(1), examine
}

/// Kind of number inside a Struct_IdNat (type table TRE_G07).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StructureIdKind {
    /// `0`: cabinet, by the ADELI number of its professional.
    AdeliRang,
    /// `1`: FINESS, EG or EJ.
    Finess,
    /// `2`: SIREN.
    Siren,
    /// `3`: SIRET.
    Siret,
    /// `4`: cabinet, by the RPPS number of its professional.
    RppsRang,
}

impl StructureIdKind {
    /// The first character of a Struct_IdNat of this kind.
    #[must_use]
    pub fn prefix(self) -> char {
        match self {
            Self::AdeliRang => '0',
            Self::Finess => '1',
            Self::Siren => '2',
            Self::Siret => '3',
            Self::RppsRang => '4',
        }
    }

    /// The first character of the PS_IdNat of a person known by an internal id of such a structure.
    ///
    /// The trap of identities §4.1: FINESS 1 ↔ 3, SIREN 2 ↔ 4, SIRET 3 ↔ 5, RPPS-rang 4 ↔ 6, ADELI-rang 0 ↔ 1.
    #[must_use]
    pub fn person_prefix(self) -> char {
        match self {
            Self::AdeliRang => '1',
            Self::Finess => '3',
            Self::Siren => '4',
            Self::Siret => '5',
            Self::RppsRang => '6',
        }
    }

    /// The kind with this Struct_IdNat prefix.
    #[must_use]
    pub fn from_prefix(prefix: char) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.prefix() == prefix)
    }

    /// The kind with this PS_IdNat prefix.
    #[must_use]
    pub fn from_person_prefix(prefix: char) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.person_prefix() == prefix)
    }

    const ALL: [Self; 5] = [Self::AdeliRang, Self::Finess, Self::Siren, Self::Siret, Self::RppsRang];

    /// Checks the number without prefix.
    pub(super) fn examine(self, number: &str, examination: &mut Examination) -> Result<(), IdentityError> {
        match self {
            Self::AdeliRang => number::adeli_rang(number, examination),
            Self::Finess => number::finess(number, examination),
            Self::Siren => number::siren(number, examination),
            Self::Siret => number::siret_number(number, examination),
            Self::RppsRang => number::rpps_rang(number, examination),
        }
    }
}

fn examine(text: &str, examination: &mut Examination) -> Result<(), IdentityError> {
    let unknown = IdentityProblem::Prefix { expected: "0 ADELI-rang, 1 FINESS, 2 SIREN, 3 SIRET or 4 RPPS-rang" };
    let prefix = text.chars().next().ok_or(unknown.of(IdentityKind::StructureId))?;
    let kind = StructureIdKind::from_prefix(prefix).ok_or(unknown.of(IdentityKind::StructureId))?;
    // Every known prefix is one byte long.
    kind.examine(text.get(1..).unwrap_or_default(), examination)
}

impl StructureId {
    /// Kind of the number.
    #[must_use]
    pub fn kind(&self) -> StructureIdKind {
        // `parse` admits the prefixes of `StructureIdKind` only.
        self.as_str().chars().next().and_then(StructureIdKind::from_prefix).unwrap_or(StructureIdKind::Finess)
    }

    /// The number without its prefix.
    #[must_use]
    pub fn number(&self) -> &str {
        self.as_str().get(1..).unwrap_or_default()
    }

    /// Prefix of this structure inside the PS_IdNat of a person.
    #[must_use]
    pub fn person_prefix(&self) -> char {
        self.kind().person_prefix()
    }

    /// The FINESS, when it is one.
    #[must_use]
    pub fn finess(&self) -> Option<Finess> {
        (self.kind() == StructureIdKind::Finess).then(|| Finess::trusted(self.number()))
    }

    pub(super) fn trusted(kind: StructureIdKind, number: &str) -> Self {
        Self(format!("{}{number}", kind.prefix()))
    }
}

macro_rules! structure_from {
    ($($number:ident),*) => {$(
        impl From<&$number> for StructureId {
            fn from(number: &$number) -> Self {
                Self::trusted(StructureIdKind::$number, number.as_str())
            }
        }
    )*};
}
structure_from!(AdeliRang, Finess, Siren, Siret, RppsRang);
