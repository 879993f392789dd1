//! Why nothing was corrected.

use dmp_client::DmpError;

use super::cause::CorrectionCause;
use crate::error_record::RegisterError;
use crate::store::StoreError;

/// Why a correction was not made. Unless it is an error of the DMP, nothing was sent.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CorrectionError {
    /// Another version is current.
    #[error(
        "F12 rule 3: the document is an obsolete version; act on the version that replaced it, which takes the former ones \
         along"
    )]
    Obsolete {
        /// uniqueId of the version that replaced it.
        by: Option<String>,
    },
    /// It was taken out of the DMP.
    #[error("F12 rule 9: the document was taken out of the DMP; it is neither replaced nor fed again")]
    Removed,
    /// The software has not fed it.
    #[error(
        "F12: the software does not know that it fed this document; search it in the DMP, and act on what is found"
    )]
    NotFed,
    /// Who acts is not an author.
    #[error(
        "F12 rule {rule}: the one who acts has not fed the document; its author, or the author's structure, corrects it"
    )]
    NotAuthor {
        /// 4, 7 or 8.
        rule: u8,
    },
    /// The patient opposes feeding, and the establishment chose that only deletion is left.
    #[error(
        "F12 rule 7: the patient opposes feeding, and opposition_correction is DeleteOnly: the document may be deleted, not \
         replaced"
    )]
    DeleteOnly,
    /// The cause calls for another act.
    #[error("F12: {cause:?} is not a cause for this act; see CorrectionCause")]
    Cause {
        /// The cause.
        cause: CorrectionCause,
    },
    /// The header of the new document does not say what it has to.
    #[error("F12 rule {rule}: {found}; expected {expected}: correct the header of the document")]
    Header {
        /// 1 or 5.
        rule: u8,
        /// What it says.
        found: String,
        /// What it should say.
        expected: String,
    },
    /// There is no open DMP.
    #[error("F12: TD0.2 answers that there is no open DMP: nothing can be corrected in it")]
    NoOpenDmp,
    /// The wrong patient and the right one are the same.
    #[error("F12 rule 5: both records are of the same patient; a wrong content is replaced or deleted in its record")]
    SamePatient,
    /// Not an imaging reference.
    #[error("F12 rule 2: only an imaging reference (KOS) is deleted without the confirmation of the user")]
    NotImagingReference,
    /// The DMP, or a rule before it, refused.
    #[error(transparent)]
    Dmp(#[from] DmpError),
    /// The register of errors refused.
    #[error(transparent)]
    Register(#[from] RegisterError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl CorrectionError {
    /// The rule of a refusal that was made here, `F12 rule 3`; `None` when the DMP, a session or a store failed.
    #[must_use]
    pub fn rule(&self) -> Option<String> {
        let rule = match self {
            Self::Obsolete { .. } => 3,
            Self::Removed => 9,
            Self::NotAuthor { rule } | Self::Header { rule, .. } => *rule,
            Self::DeleteOnly => 7,
            Self::SamePatient => 5,
            Self::NotImagingReference => 2,
            Self::NotFed | Self::Cause { .. } | Self::NoOpenDmp => return Some("F12".to_owned()),
            Self::Dmp(error) => return error.rule().filter(|rule| *rule == "F26").map(str::to_owned),
            Self::Register(_) | Self::Store(_) => return None,
        };
        Some(format!("F12 rule {rule}"))
    }
}
