//! The identity of a patient in the local file, whatever its status.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{IdentityAttributes, IdentityEvidence, IdentityStatus, NotQualified, Obstacle, QualifiedIdentity};
use crate::identity::Ins;
use crate::identity::error::Parsed;
use crate::identity::policy::IdentityPolicy;
use crate::identity::traits::StrictTraits;

/// The identity of a patient in the local file: INS if there is one, strict traits, evidence, attributes.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatientIdentity {
    /// The INS, as INSi gave it.
    #[serde(default)]
    pub ins: Option<Ins>,
    /// The strict traits; those of INSi once it answered.
    pub traits: StrictTraits,
    /// What the identity rests on.
    #[serde(default)]
    pub evidence: IdentityEvidence,
    /// Homonyme, douteuse, fictive.
    #[serde(default)]
    pub attributes: IdentityAttributes,
}

impl PatientIdentity {
    /// An identité provisoire without INS.
    #[must_use]
    pub fn new(traits: StrictTraits) -> Self {
        Self { ins: None, traits, evidence: IdentityEvidence::default(), attributes: IdentityAttributes::default() }
    }

    /// The same identity with an INS; the status does not change, the evidence does.
    #[must_use]
    pub fn with_ins(self, ins: Ins) -> Self {
        Self { ins: Some(ins), ..self }
    }

    /// The status that the evidence gives.
    #[must_use]
    pub fn status(&self) -> IdentityStatus {
        self.evidence.status()
    }

    /// Whether INSi may be asked about this person: not with a doubtful or invented identity.
    #[must_use]
    pub fn may_ask_insi(&self) -> bool {
        !self.attributes.douteuse && !self.attributes.fictive
    }

    /// The qualified identity \[EXI 06\] \[EX_GEN-1530\], with what the policy tolerated in its INS; or everything that
    /// stands in the way, each with its remedy.
    ///
    /// The INS is checked again, because one read from a file was never compared with the realm of the session.
    pub fn qualify(&self, policy: impl Into<IdentityPolicy>) -> Result<Parsed<QualifiedIdentity>, NotQualified> {
        let mut obstacles = self.obstacles_of_status();
        let checked = match &self.ins {
            None => Err(Obstacle::NoIns),
            Some(ins) if !ins.opens_dmp() => Err(Obstacle::WaitingNumber),
            Some(ins) => ins.check(policy).map_err(Obstacle::Ins).map(|warnings| (ins, warnings)),
        };
        match (checked, self.qualified_at()) {
            (Ok((ins, warnings)), Some(qualified_at)) if obstacles.is_empty() => {
                let value = QualifiedIdentity::new(ins.clone(), self.traits.clone(), qualified_at);
                Ok(Parsed { value, warnings })
            }
            (checked, _) => {
                obstacles.extend(checked.err());
                Err(NotQualified { status: self.status(), obstacles })
            }
        }
    }

    fn obstacles_of_status(&self) -> Vec<Obstacle> {
        let present = [
            (Obstacle::NotObtainedFromInsi, self.evidence.obtained_from_insi.is_none()),
            (Obstacle::NoDocumentChecked, self.evidence.document_checked.is_none()),
            (Obstacle::Douteuse, self.attributes.douteuse),
            (Obstacle::Fictive, self.attributes.fictive),
            (Obstacle::SexUnknownToInsi, !self.traits.sex.is_known_to_insi()),
        ];
        present.into_iter().filter(|&(_, stands)| stands).map(|(obstacle, _)| obstacle).collect()
    }

    /// The instant of the second of the two proofs.
    fn qualified_at(&self) -> Option<Timestamp> {
        Some(self.evidence.obtained_from_insi?.max(self.evidence.document_checked?))
    }
}

/// Prints the status and the attributes, nothing of the person.
impl fmt::Debug for PatientIdentity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("PatientIdentity")
            .field("status", &self.status())
            .field("attributes", &self.attributes)
            .finish_non_exhaustive()
    }
}
