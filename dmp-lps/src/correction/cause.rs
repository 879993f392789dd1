//! Why a document is corrected, and what the establishment decides of corrections.

/// Why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CorrectionCause {
    /// Its content is wrong.
    ContentError,
    /// It was fed to the record of somebody else.
    WrongPatient,
    /// Its patient asked for it (EXI 10).
    PatientRequest,
    /// It is deleted for good in the software that produced it.
    LocalFinalDeletion,
    /// A new validated version.
    NewVersion,
    /// It is made visible by somebody who has no TD3.3b (F08).
    VisibilityByReplacement,
}

impl CorrectionCause {
    pub(super) const ALL: [(Self, &'static str); 6] = [
        (Self::ContentError, "content-error"),
        (Self::WrongPatient, "wrong-patient"),
        (Self::PatientRequest, "patient-request"),
        (Self::LocalFinalDeletion, "local-final-deletion"),
        (Self::NewVersion, "new-version"),
        (Self::VisibilityByReplacement, "visibility-by-replacement"),
    ];

    /// Whether a replacement answers it.
    pub(super) fn may_replace(self) -> bool {
        !matches!(self, Self::WrongPatient | Self::LocalFinalDeletion)
    }

    /// Whether a deletion answers it; a document of the wrong patient has a flow of its own.
    pub(super) fn may_delete(self) -> bool {
        !matches!(self, Self::NewVersion | Self::VisibilityByReplacement | Self::WrongPatient)
    }
}

/// What remains possible once the patient opposes feeding (rule 7, K09). Deletion always is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum OppositionCorrection {
    /// Replacing what this author fed before, too: the reading of the certification.
    #[default]
    ReplaceAndDelete,
    /// Deleting only.
    DeleteOnly,
}

/// What becomes of the local copy of a document that was taken out of the DMP (rule 9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum LocalCopyFate {
    /// It is deleted.
    Deleted,
    /// It is kept, tagged: never fed again (`REMOVED_BY_USER`), without its masking icons.
    #[default]
    KeptTagged,
}

/// What the establishment decides. The defaults are those of the project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CorrectionSettings {
    /// After an opposition to feeding. Default: replace and delete.
    pub opposition_correction: OppositionCorrection,
    /// The local copy of what was taken out. Default: kept, tagged.
    pub local_copy: LocalCopyFate,
}
