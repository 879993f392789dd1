//! Generic numbers: RPPS given to a function, such as the DIM or the admissions, and not to a person \[EXI 24\].

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{ProfessionalId, ProfessionalIdKind, Rpps};

/// The RPPS of a structure that name no person: AIR refuses them \[EXI 24\], \[V74\].
///
/// Nothing in a number tells: the structure declares them. There is no default, so that an empty list is somebody's
/// statement (`GenericNumbers::declared([])`).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GenericNumbers(BTreeSet<Rpps>);

impl GenericNumbers {
    /// The list that the structure keeps.
    #[must_use]
    pub fn declared(numbers: impl IntoIterator<Item = Rpps>) -> Self {
        Self(numbers.into_iter().collect())
    }

    /// Whether a number is on the list.
    #[must_use]
    pub fn contains(&self, rpps: &Rpps) -> bool {
        self.0.contains(rpps)
    }

    /// The RPPS of the person behind a request of AIR simplifié, or why the identifier names nobody.
    pub fn named(&self, professional: &ProfessionalId) -> Result<NamedRpps, NotNominative> {
        let rpps = professional.rpps().ok_or(NotNominative::NotRpps { found: professional.kind() })?;
        if self.contains(&rpps) { Err(NotNominative::Generic) } else { Ok(NamedRpps(rpps)) }
    }
}

/// Prints how many numbers there are.
impl fmt::Debug for GenericNumbers {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "GenericNumbers({})", self.0.len())
    }
}

/// An RPPS that was compared with the generic numbers of the structure. Made by [`GenericNumbers::named`] only.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct NamedRpps(Rpps);

impl NamedRpps {
    /// The number.
    #[must_use]
    pub fn rpps(&self) -> &Rpps {
        &self.0
    }
}

impl From<NamedRpps> for Rpps {
    fn from(named: NamedRpps) -> Self {
        named.0
    }
}

/// Prints nothing of the number.
impl fmt::Debug for NamedRpps {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("NamedRpps(…)")
    }
}

/// An identifier that may not stand behind a request of AIR simplifié.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotNominative {
    /// Not an RPPS.
    #[error(
        "the PS_IdNat has prefix {}, expected 8 and an RPPS: send the RPPS of the professional behind the request, or \
         of the one responsible for the care [EXI 24, V74]",
        .found.prefix()
    )]
    NotRpps {
        /// Kind found.
        found: ProfessionalIdKind,
    },
    /// A number of the declared list.
    #[error(
        "a generic RPPS, which names a function and no person: send the RPPS of the professional behind the request, \
         or of the one responsible for the care [EXI 24, V74]"
    )]
    Generic,
}
