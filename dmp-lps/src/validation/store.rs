//! Where the reports are kept.

use std::future::Future;

use super::ValidationReport;
use crate::store::StoreError;

/// Keeps the reports of checks, as evidence; they hold no health data.
pub trait ReportStore: Send + Sync + 'static {
    /// Adds a report.
    fn keep(&self, report: ValidationReport) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The last report about the bytes of this SHA-256.
    fn last(&self, sha256: String) -> impl Future<Output = Result<Option<ValidationReport>, StoreError>> + Send;
}
