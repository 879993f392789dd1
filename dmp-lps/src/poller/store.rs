//! What a poller remembers.

use std::future::Future;

use jiff::Timestamp;

use super::{Criterion, DmpMark, ListOwner};
use crate::context::PatientKey;
use crate::store::StoreError;

/// The last time that a question was put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastRun {
    /// When, answered or not.
    pub tried_at: Timestamp,
    /// When it was put for an answer that came.
    pub answered_at: Option<Timestamp>,
}

/// Keeps the marks, and when each question was put. Every method is one transaction.
pub trait PollStore: Send + Sync + 'static {
    /// The last time of a question.
    fn last_run(
        &self,
        owner: ListOwner,
        criterion: Criterion,
    ) -> impl Future<Output = Result<Option<LastRun>, StoreError>> + Send;

    /// A question is put now.
    fn tried(
        &self,
        owner: ListOwner,
        criterion: Criterion,
        at: Timestamp,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The question that was put at that time was answered: its marks take the place of those of the same records.
    fn answered(
        &self,
        owner: ListOwner,
        criterion: Criterion,
        at: Timestamp,
        marks: Vec<DmpMark>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The marks for somebody, most recently listed first.
    fn marks(&self, owner: ListOwner) -> impl Future<Output = Result<Vec<DmpMark>, StoreError>> + Send;

    /// Takes every mark of a patient away.
    fn unmark(&self, patient: PatientKey) -> impl Future<Output = Result<(), StoreError>> + Send;
}
