//! The documents that the software holds.

use std::future::Future;

use cda::n1::{N1Builder, N1MediaType, N1Patient};
use jiff::Timestamp;

use crate::context::PatientKey;

/// A document of the software. `Debug` shows its identifier only.
#[derive(Clone, PartialEq, Eq)]
pub struct LocalDocument {
    /// Its identifier in the software.
    pub id: String,
    /// uniqueId that it has, or will have, in the DMP: the same each time, for it is what keeps a document from being fed twice.
    pub unique_id: String,
    /// typeCode.
    pub type_code: String,
    /// When it was made.
    pub created_at: Timestamp,
}

impl std::fmt::Debug for LocalDocument {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LocalDocument").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What a document of the software is made of.
#[derive(Debug, Clone)]
pub enum LocalContent {
    /// A CDA document, sent as it is.
    Cda(Vec<u8>),
    /// A PDF or a scan: it becomes the unchanged body of an N1 document (probable).
    File {
        /// Everything that the header says but the patient: the authors and the dates of then.
        header: Box<N1Builder>,
        /// What the bytes are.
        media_type: N1MediaType,
        /// The bytes.
        bytes: Vec<u8>,
    },
}

/// The archive failed. Tells the software's own words: keep health data out of them.
#[derive(Debug, thiserror::Error)]
#[error("the archive of the software failed: {0}")]
pub struct ArchiveError(pub Box<dyn std::error::Error + Send + Sync>);

/// The documents of the software, and who its patients are now.
pub trait Archive: Send + Sync + 'static {
    /// Its documents about a patient.
    fn documents(&self, patient: &PatientKey) -> impl Future<Output = Result<Vec<LocalDocument>, ArchiveError>> + Send;

    /// What one of them is made of.
    fn content(&self, document: &LocalDocument) -> impl Future<Output = Result<LocalContent, ArchiveError>> + Send;

    /// The patient with the traits of now, as INSi gave them.
    fn traits(&self, patient: &PatientKey) -> impl Future<Output = Result<N1Patient, ArchiveError>> + Send;
}
