//! What corrections need of their store.

use std::future::Future;

use super::publication::Publication;
use crate::context::PatientKey;
use crate::store::StoreError;

/// Keeps what is known of the documents that were fed at once or corrected; the queue keeps its own.
pub trait CorrectionStore: Send + Sync + 'static {
    /// A document.
    fn publication(&self, unique_id: String) -> impl Future<Output = Result<Option<Publication>, StoreError>> + Send;

    /// The documents of a patient.
    fn publications(&self, patient: PatientKey) -> impl Future<Output = Result<Vec<Publication>, StoreError>> + Send;

    /// The attempt to replace a document whose outcome is not known.
    fn pending(&self, replaced: String) -> impl Future<Output = Result<Option<Publication>, StoreError>> + Send;

    /// Writes documents, new or changed, all together.
    fn save(&self, publications: Vec<Publication>) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Forgets an attempt that never arrived; nothing else is ever forgotten.
    fn forget(&self, unique_id: String) -> impl Future<Output = Result<(), StoreError>> + Send;
}
