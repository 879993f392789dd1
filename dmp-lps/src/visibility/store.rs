//! What the worklist needs of its store.

use std::future::Future;

use super::entry::WorklistEntry;
use crate::context::PatientKey;
use crate::store::StoreError;

/// Keeps the worklist. Every method is one transaction; what it returned has survived a crash.
pub trait WorklistStore: Send + Sync + 'static {
    /// Adds an entry; `false` when its document is listed already, closed or not.
    fn add(&self, entry: WorklistEntry) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// The entry of a document.
    fn entry(&self, unique_id: String) -> impl Future<Output = Result<Option<WorklistEntry>, StoreError>> + Send;

    /// Entries, oldest deposit first: of one patient or all, closed ones too or not.
    fn entries(
        &self,
        patient: Option<PatientKey>,
        closed: bool,
    ) -> impl Future<Output = Result<Vec<WorklistEntry>, StoreError>> + Send;

    /// Writes the entry of `unique_id` back, under the uniqueId that it has now, if its revision is still the one that
    /// was read; counts the write. Says whether it did.
    fn put(&self, unique_id: String, entry: WorklistEntry) -> impl Future<Output = Result<bool, StoreError>> + Send;
}
