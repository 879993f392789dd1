//! PS_IdNat: a professional, as a prefix, a number and sometimes an internal id (identities §3.1).

use super::error::{IdentityError, IdentityKind, IdentityProblem, Parsed};
use super::number::{self, Adeli, Rpps, text_identifier};
use super::policy::{Examination, IdentityPolicy};
use super::structure_id::{StructureId, StructureIdKind};

text_identifier! {
    /// PS_IdNat (OID [`crate::oids::PS_ID_NAT`]): `8` + RPPS, `0` + ADELI, or the prefix and number of a structure,
    /// `/` and an internal id. The prefix is part of the identifier and stays on the wire.
    ProfessionalId, Some(1), examine
}

/// Kind of PS_IdNat (type table TRE_G08).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProfessionalIdKind {
    /// `0`: ADELI number.
    Adeli,
    /// `8`: RPPS number.
    Rpps,
    /// `1`, `3`, `4`, `5`, `6`: internal id of a person in a structure of this kind.
    Internal(StructureIdKind),
}

impl ProfessionalIdKind {
    /// The first character of a PS_IdNat of this kind.
    #[must_use]
    pub fn prefix(self) -> char {
        match self {
            Self::Adeli => '0',
            Self::Rpps => '8',
            Self::Internal(structure) => structure.person_prefix(),
        }
    }

    fn from_prefix(prefix: char) -> Option<Self> {
        match prefix {
            '0' => Some(Self::Adeli),
            '8' => Some(Self::Rpps),
            other => StructureIdKind::from_person_prefix(other).map(Self::Internal),
        }
    }
}

const KIND: IdentityKind = IdentityKind::ProfessionalId;

fn examine(text: &str, examination: &mut Examination) -> Result<(), IdentityError> {
    let unknown = IdentityProblem::Prefix {
        expected: "0 ADELI, 1 ADELI-rang/id, 3 FINESS/id, 4 SIREN/id, 5 SIRET/id, 6 RPPS-rang/id or 8 RPPS",
    };
    let kind = text.chars().next().and_then(ProfessionalIdKind::from_prefix).ok_or(unknown.of(KIND))?;
    // Every known prefix is one byte long.
    let rest = text.get(1..).unwrap_or_default();
    match kind {
        ProfessionalIdKind::Adeli => number::adeli(rest, examination),
        ProfessionalIdKind::Rpps => number::rpps(rest, examination),
        ProfessionalIdKind::Internal(structure) => {
            let missing =
                IdentityProblem::Character { position: text.chars().count() + 1, expected: "/ and an internal id" };
            let (number, internal) = rest.split_once('/').ok_or(missing.of(KIND))?;
            structure.examine(number, examination)?;
            internal_id(internal, number.len() + 2, examination)
        }
    }
}

fn internal_id(text: &str, offset: usize, examination: &Examination) -> Result<(), IdentityError> {
    let found = text.chars().count();
    if found == 0 || found > examination.policy.internal_id_max {
        let expected = "an internal id of 1 character or more, at most internal_id_max (64 unless configured)";
        return Err(IdentityProblem::Length { found, expected }.of(KIND));
    }
    match text.chars().position(|character| matches!(character, '^' | '&') || character.is_control()) {
        Some(index) => {
            let expected = "no ^, & or control character in an internal id";
            Err(IdentityProblem::Character { position: offset + index + 1, expected }.of(KIND))
        }
        None => Ok(()),
    }
}

impl ProfessionalId {
    /// A person known by an internal id of a structure, such as `30B0990008/UA7QX2M9`. Applies the prefix of persons.
    pub fn internal(
        structure: &StructureId,
        internal_id: &str,
        policy: impl Into<IdentityPolicy>,
    ) -> Result<Parsed<Self>, IdentityError> {
        Self::parse(&format!("{}{}/{internal_id}", structure.person_prefix(), structure.number()), policy)
    }

    /// Kind of the identifier.
    #[must_use]
    pub fn kind(&self) -> ProfessionalIdKind {
        // `parse` admits the prefixes of `ProfessionalIdKind` only.
        self.as_str().chars().next().and_then(ProfessionalIdKind::from_prefix).unwrap_or(ProfessionalIdKind::Rpps)
    }

    /// The number without prefix and internal id.
    #[must_use]
    pub fn number(&self) -> &str {
        let rest = self.as_str().get(1..).unwrap_or_default();
        rest.split_once('/').map_or(rest, |(number, _)| number)
    }

    /// What follows the `/`, for a person known by a structure.
    #[must_use]
    pub fn internal_id(&self) -> Option<&str> {
        self.as_str().split_once('/').map(|(_, internal)| internal)
    }

    /// The RPPS, when it is one.
    #[must_use]
    pub fn rpps(&self) -> Option<Rpps> {
        (self.kind() == ProfessionalIdKind::Rpps).then(|| Rpps::trusted(self.number()))
    }

    /// The structure that gave the internal id.
    #[must_use]
    pub fn structure(&self) -> Option<StructureId> {
        match self.kind() {
            ProfessionalIdKind::Internal(kind) => Some(StructureId::trusted(kind, self.number())),
            ProfessionalIdKind::Adeli | ProfessionalIdKind::Rpps => None,
        }
    }
}

impl From<&Rpps> for ProfessionalId {
    fn from(rpps: &Rpps) -> Self {
        Self(format!("{}{}", ProfessionalIdKind::Rpps.prefix(), rpps.as_str()))
    }
}

impl From<&Adeli> for ProfessionalId {
    fn from(adeli: &Adeli) -> Self {
        Self(format!("{}{}", ProfessionalIdKind::Adeli.prefix(), adeli.as_str()))
    }
}
