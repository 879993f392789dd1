//! What comes for an imaging reference: the reference, or a text with a warning.

use cda::{CdaError, CdaLimits};
use dmp_client::Retrieved;

/// What the software is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ImagingSettings {
    /// `imaging_compatible`: the software is declared compatible with the sharing of imaging, so the DMP gives it references.
    /// Default: no.
    pub imaging_compatible: bool,
}

/// An imaging reference as it was retrieved. `Debug` shows no content.
#[derive(Clone, PartialEq, Eq)]
pub enum KosContent {
    /// A DICOM Key Object Selection, for the viewer of images.
    Dicom(Vec<u8>),
    /// What the DMP gives to a software that shares no imaging: show it, with its warning.
    Text {
        /// The text: a warning that the images exist and cannot be shown, modalities, regions.
        text: String,
        /// The software is declared compatible and still received a text: its declaration is to be checked.
        unexpected: bool,
    },
}

/// Why what was retrieved is neither.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KosReadError {
    /// Announced as a reference, and no DICOM file.
    #[error("F33: announced as DICOM, and no DICOM file: nothing of it can be shown")]
    NotDicom,
    /// The text in place of the reference cannot be read.
    #[error("F33: the text in place of the imaging reference cannot be read: {0}")]
    Cda(#[from] CdaError),
    /// The text in place of the reference is no UTF-8.
    #[error("F33: the text in place of the imaging reference is not in UTF-8")]
    NotText,
}

impl KosContent {
    /// Reads what TD3.2 gave for an entry of type `IMG-KOS`.
    ///
    /// # Errors
    /// [`KosReadError`].
    pub fn read(retrieved: &Retrieved, bytes: Vec<u8>, settings: ImagingSettings) -> Result<Self, KosReadError> {
        if !retrieved.substitute {
            return match bytes.get(128..132) {
                Some(b"DICM") => Ok(Self::Dicom(bytes)),
                _ => Err(KosReadError::NotDicom),
            };
        }
        let mut text = Vec::new();
        cda::read_with_body(bytes.as_slice(), &CdaLimits::default(), &mut text)?;
        let text = String::from_utf8(text).map_err(|_| KosReadError::NotText)?;
        Ok(Self::Text { text, unexpected: settings.imaging_compatible })
    }
}

impl std::fmt::Debug for KosContent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Dicom(bytes) => write!(f, "Dicom({} bytes)", bytes.len()),
            Self::Text { unexpected, .. } => {
                f.debug_struct("Text").field("unexpected", unexpected).finish_non_exhaustive()
            }
        }
    }
}
