//! What other parts of the software are told, such as a client of MSSanté that informs recipients (rule 13).

use dmp_client::Hidden;

use super::cause::{CorrectionCause, LocalCopyFate};
use super::publication::Publication;
use crate::context::PatientKey;

/// A document of the DMP was corrected.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CorrectionEvent {
    /// A newer version took its place.
    DocumentCorrected {
        /// Whose it is.
        patient: PatientKey,
        /// uniqueId of the former version.
        former: String,
        /// uniqueId of the new version.
        new: String,
        /// From whom the new version is hidden.
        hidden: Vec<Hidden>,
        /// Why.
        cause: CorrectionCause,
    },
    /// It is no longer in the DMP.
    DocumentRemoved {
        /// Whose it is.
        patient: PatientKey,
        /// uniqueId.
        unique_id: String,
        /// Why.
        cause: CorrectionCause,
        /// What becomes of its local copy.
        local_copy: LocalCopyFate,
    },
}

impl CorrectionEvent {
    /// That of a version that the DMP accepted in the place of another.
    pub(super) fn corrected(new: &Publication) -> Option<Self> {
        Some(Self::DocumentCorrected {
            patient: new.patient.clone(),
            former: new.replaces.clone()?,
            new: new.unique_id.clone(),
            hidden: new.hidden.clone(),
            cause: new.cause?,
        })
    }
}

impl std::fmt::Debug for CorrectionEvent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (name, cause) = match self {
            Self::DocumentCorrected { cause, .. } => ("DocumentCorrected", cause),
            Self::DocumentRemoved { cause, .. } => ("DocumentRemoved", cause),
        };
        f.debug_struct(name).field("cause", cause).finish_non_exhaustive()
    }
}
