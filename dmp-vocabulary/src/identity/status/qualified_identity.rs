//! A qualified identity: the proof, as a type.

use std::fmt;

use jiff::Timestamp;

use crate::identity::Ins;
use crate::identity::traits::{StrictTrait, StrictTraits};

/// A *qualifiée* identity: the only one that feeds or reads the DMP \[EXI 06\] \[EX_GEN-1530\].
///
/// Made by [`super::PatientIdentity::qualify`] only, and not by serde: the evidence is looked at again at each start,
/// because an identity may lose its status.
#[derive(Clone, PartialEq, Eq)]
pub struct QualifiedIdentity {
    ins: Ins,
    traits: StrictTraits,
    qualified_at: Timestamp,
}

impl QualifiedIdentity {
    pub(super) fn new(ins: Ins, traits: StrictTraits, qualified_at: Timestamp) -> Self {
        Self { ins, traits, qualified_at }
    }

    /// The INS; never a NIA.
    #[must_use]
    pub fn ins(&self) -> &Ins {
        &self.ins
    }

    /// The strict traits.
    #[must_use]
    pub fn traits(&self) -> &StrictTraits {
        &self.traits
    }

    /// Instant (UTC) of the second of the two proofs.
    #[must_use]
    pub fn qualified_at(&self) -> Timestamp {
        self.qualified_at
    }

    /// What differs in an identity received with a document or a message.
    ///
    /// [`IdentityMatch::Same`] is what an automatic integration needs: equal INS, matricule and OID, and equal strict
    /// traits (SC.MSS/UX.07, SC.MSS/UX.40).
    #[must_use]
    pub fn compare(&self, ins: &Ins, traits: &StrictTraits) -> IdentityMatch {
        let differing = self.traits.differences(traits);
        match (self.ins == *ins, differing.is_empty()) {
            (true, true) => IdentityMatch::Same,
            (true, false) => IdentityMatch::TraitsDiffer(differing),
            (false, _) => IdentityMatch::OtherIns,
        }
    }
}

/// Result of [`QualifiedIdentity::compare`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdentityMatch {
    /// Same INS, same strict traits.
    Same,
    /// Same INS; a user decides whether the person is the same.
    TraitsDiffer(Vec<StrictTrait>),
    /// Another INS: another person, or a former INS of the same one.
    OtherIns,
}

impl From<QualifiedIdentity> for Ins {
    fn from(identity: QualifiedIdentity) -> Self {
        identity.ins
    }
}

/// Prints the kind of INS and since when it is qualified, nothing of the person.
impl fmt::Debug for QualifiedIdentity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("QualifiedIdentity")
            .field("kind", &self.ins.kind())
            .field("qualified_at", &self.qualified_at)
            .finish_non_exhaustive()
    }
}
