//! What a queue needs of its store. A software may keep the queue in a base of its own.

use std::collections::BTreeMap;
use std::future::Future;
use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use super::{FeedId, FeedItem, Lane, State};
use crate::context::PatientKey;
use crate::store::StoreError;

/// Which documents are listed; an empty filter lists all.
#[derive(Debug, Clone, Default)]
pub struct FeedFilter {
    /// Only those of this patient.
    pub patient: Option<PatientKey>,
    /// Only those in this state.
    pub state: Option<State>,
    /// Only those of this queue.
    pub lane: Option<Lane>,
    /// Only those of this uniqueId.
    pub unique_id: Option<String>,
    /// Only the versions of this document.
    pub set_id: Option<String>,
    /// Only those with these bytes (SHA-1).
    pub hash: Option<String>,
}

impl FeedFilter {
    /// Those of a patient.
    #[must_use]
    pub fn of(patient: &PatientKey) -> Self {
        Self { patient: Some(patient.clone()), ..Self::default() }
    }
}

/// A worker that takes something.
#[derive(Debug, Clone, Copy)]
pub struct Claim {
    /// From which queue.
    pub lane: Lane,
    /// Who: drawn for each worker.
    pub worker: Uuid,
    /// When.
    pub now: Timestamp,
    /// Until when nobody else may believe the worker dead.
    pub lease: Timestamp,
}

/// How many documents of a queue stand where.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    /// Documents by state; states without any are absent.
    pub states: BTreeMap<State, u64>,
    /// Documents that the DMP received since the instant that was asked for.
    pub sent_since: u64,
}

impl Tally {
    /// Documents in a state.
    #[must_use]
    pub fn of(&self, state: State) -> u64 {
        self.states.get(&state).copied().unwrap_or_default()
    }
}

/// Keeps the queue. Every method is one transaction; what it returned has survived a crash.
pub trait FeedStore: Send + Sync + 'static {
    /// Adds a document.
    fn add(&self, item: FeedItem) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Reads a document.
    fn get(&self, id: FeedId) -> impl Future<Output = Result<Option<FeedItem>, StoreError>> + Send;

    /// Reads documents, oldest first.
    fn list(&self, filter: FeedFilter) -> impl Future<Output = Result<Vec<FeedItem>, StoreError>> + Send;

    /// Writes a document back if nobody wrote it since it was read (its revision); says whether it did.
    fn replace(&self, item: FeedItem) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Takes a lot: the due document that waits longest, and those that wait too and have the same
    /// [lot key](FeedItem::lot_key) and number of tries. They are `Sending` from now on, until the lease ends; nobody else
    /// gets them.
    fn claim(&self, claim: Claim) -> impl Future<Output = Result<Vec<FeedItem>, StoreError>> + Send;

    /// Takes the documents of one patient whose outcome is unknown and due, those included whose worker let its lease pass;
    /// they are `Ambiguous`.
    fn claim_ambiguous(&self, claim: Claim) -> impl Future<Output = Result<Vec<FeedItem>, StoreError>> + Send;

    /// Writes back what became of claimed documents and frees them, all together. A document that somebody else wrote since
    /// (the lease had passed) stays as it is. Says which were written.
    fn settle(&self, items: Vec<FeedItem>) -> impl Future<Output = Result<Vec<FeedId>, StoreError>> + Send;

    /// Documents that a dead worker was sending become `Ambiguous`. `alive` are the workers of this process: a store that no
    /// other process shares believes all others dead, one that is shared only those whose lease has passed. Says how many.
    fn recover(&self, alive: Vec<Uuid>, now: Timestamp) -> impl Future<Output = Result<usize, StoreError>> + Send;

    /// Remembers that a user took a document out of the DMP: its local copy is not fed again (F12 rule 9), and what the queue
    /// sent of it is [`FeedItem::removed`].
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

    /// When something of a queue is due next; `None` when nothing waits.
    fn next_due(&self, lane: Lane) -> impl Future<Output = Result<Option<Timestamp>, StoreError>> + Send;

    /// Counts a queue.
    fn tally(&self, lane: Lane, since: Timestamp) -> impl Future<Output = Result<Tally, StoreError>> + Send;

    /// Reserves the turn of the next lot of a structure, at least `pace` after the one before, whoever asks: its instant.
    fn turn(
        &self,
        structure: String,
        now: Timestamp,
        pace: Duration,
    ) -> impl Future<Output = Result<Timestamp, StoreError>> + Send;

    /// Stops a queue, or lets it go on; survives a restart.
    fn pause(&self, lane: Lane, paused: bool) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Whether a queue is stopped.
    fn is_paused(&self, lane: Lane) -> impl Future<Output = Result<bool, StoreError>> + Send;
}
