//! What a queue needs of its store. A software may keep the queue in a base of its own.

use std::future::Future;

use jiff::Timestamp;

use super::{FeedId, FeedItem, Grouping, State};
use crate::context::PatientKey;
use crate::store::StoreError;

/// Which documents are listed; an empty filter lists all.
#[derive(Debug, Clone, Default)]
pub struct FeedFilter {
    /// Only those of this patient.
    pub patient: Option<PatientKey>,
    /// Only those in this state.
    pub state: Option<State>,
}

/// Keeps the queue. Every method is one transaction; what it returned has survived a crash.
pub trait FeedStore: Send + Sync + 'static {
    /// Adds a document.
    fn add(&self, item: FeedItem) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Reads a document.
    fn get(&self, id: FeedId) -> impl Future<Output = Result<Option<FeedItem>, StoreError>> + Send;

    /// Reads documents, oldest first.
    fn list(&self, filter: FeedFilter) -> impl Future<Output = Result<Vec<FeedItem>, StoreError>> + Send;

    /// Writes a document back if it still stands at `expected`; says whether it did.
    fn replace(&self, item: FeedItem, expected: State) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Takes a lot: the due document that waits longest, and with [`Grouping::Episode`] the others of its patient,
    /// episode and team that wait too. They are `Sending` from now on, until `lease`; nobody else gets them.
    fn claim(
        &self,
        now: Timestamp,
        lease: Timestamp,
        grouping: Grouping,
    ) -> impl Future<Output = Result<Vec<FeedItem>, StoreError>> + Send;

    /// Takes the due documents of one patient whose outcome is unknown, until `lease`; they stay `Ambiguous`.
    fn claim_ambiguous(
        &self,
        now: Timestamp,
        lease: Timestamp,
    ) -> impl Future<Output = Result<Vec<FeedItem>, StoreError>> + Send;

    /// Writes back what became of claimed documents and frees them, all together.
    fn settle(&self, items: Vec<FeedItem>) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Documents that a dead worker was sending become `Ambiguous`: all of them if no other process shares the store,
    /// else those whose lease has passed. Says how many.
    fn recover(&self, now: Timestamp) -> impl Future<Output = Result<usize, StoreError>> + Send;

    /// A document of this patient with these bytes that is in the DMP, or on the way there.
    fn fed(&self, patient: PatientKey, hash: String)
    -> impl Future<Output = Result<Option<FeedId>, StoreError>> + Send;

    /// Remembers that a user took a document out of the DMP: its local copy is not fed again (F12 rule 9).
    fn tag_removed(
        &self,
        patient: PatientKey,
        unique_id: String,
        hash: String,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Whether a document of this uniqueId, or with these bytes, was taken out of this patient's DMP.
    fn is_removed(
        &self,
        patient: PatientKey,
        unique_id: String,
        hash: String,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// When something is due next; `None` when nothing waits.
    fn next_due(&self) -> impl Future<Output = Result<Option<Timestamp>, StoreError>> + Send;
}
