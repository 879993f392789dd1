//! Sex, as the civil status and HL7 write it (identities §2.4).

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::identity::error::{IdentityError, IdentityKind, IdentityProblem};

/// Sex of a patient. INSi knows `M` and `F` only; the two others exist in documents and local files, and are kept.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Sex {
    /// `M`.
    Male,
    /// `F`.
    Female,
    /// `UN` of HL7 v3.
    Undifferentiated,
    /// `I`, indéterminé: local files only.
    Indeterminate,
}

impl Sex {
    const ALL: [Self; 4] = [Self::Male, Self::Female, Self::Undifferentiated, Self::Indeterminate];

    /// Parses `M`, `F`, `UN` or `I`; surrounding white space is dropped.
    pub fn parse(text: &str) -> Result<Self, IdentityError> {
        let refusal = IdentityProblem::Value { expected: "M, F, UN (HL7 v3) or I (local)" }.of(IdentityKind::Sex);
        Self::ALL.into_iter().find(|sex| sex.as_str() == text.trim()).ok_or(refusal)
    }

    /// The code.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Male => "M",
            Self::Female => "F",
            Self::Undifferentiated => "UN",
            Self::Indeterminate => "I",
        }
    }

    /// Whether INSi, a datamatrix and PID-8 know this value: `M` and `F` only.
    #[must_use]
    pub fn is_known_to_insi(self) -> bool {
        matches!(self, Self::Male | Self::Female)
    }
}

/// Prints nothing of the value.
impl fmt::Debug for Sex {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Sex(…)")
    }
}

impl Serialize for Sex {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Sex {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}
