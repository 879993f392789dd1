//! What the local record holds of imported documents.

use std::future::Future;

use super::document::ImportedDocument;
use super::local::LocalDocument;
use crate::context::PatientKey;
use crate::store::StoreError;

/// Keeps imported documents, and knows what else the local record has.
pub trait ImportStore: Send + Sync + 'static {
    /// Every document of a patient by which others are recognised: imported, produced here, received otherwise.
    fn locals(&self, patient: PatientKey) -> impl Future<Output = Result<Vec<LocalDocument>, StoreError>> + Send;

    /// Keeps a document; in the same step the older version that it replaces is marked as superseded, and history by the
    /// newer one. All of it is kept, or nothing; the same uniqueId is kept once for a patient.
    fn keep(&self, document: ImportedDocument) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The imported documents of a patient, oldest import first; of everybody without one.
    fn imported(
        &self,
        patient: Option<PatientKey>,
    ) -> impl Future<Output = Result<Vec<ImportedDocument>, StoreError>> + Send;
}
