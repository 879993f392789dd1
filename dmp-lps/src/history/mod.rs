//! F11: documents of earlier episodes and documents that were never fed successfully, afterwards and in bulk
//! (SC.DMP/HISTO.01, .03, .04, .05, DMP/va1.03).
//!
//! [`History::candidates`] lists them, [`History::plan`] tells of each whether it may be fed, [`History::feed`] queues those
//! that may, when a user confirmed it. They wait in a queue of their own, which goes outside working hours, when nothing of
//! today waits, slowly; it may be paused. It only feeds: no search is made.
//!
//! What a historical document says of its authors and dates stays as it was; the identity of the patient is the one of now.
//! An author who left is no obstacle: the structure whose institution the document names feeds it with its certificate.

mod archive;
mod candidate;
mod plan;
mod progress;
mod traits;

pub use archive::{Archive, ArchiveError, LocalContent, LocalDocument};
pub use candidate::{Candidate, HistoryFilter, Standing};
pub use plan::{Fed, HistoryError, HistoryFeed, HistoryPlan, Planned, Verdict};
pub use progress::{DailyVolume, HistoryProgress};

use crate::consent::StanceLedger;
use crate::outbox::{FeedStore, Feeder, HistorySettings, Lane, Outbox, PatientRegister, Worker};
use crate::store::StoreError;

/// The historical feeding of a software, over its queue and its archive.
pub struct History<S, L, P, A> {
    outbox: Outbox<S, L, P>,
    archive: A,
    settings: HistorySettings,
}

impl<S, L, P, A> std::fmt::Debug for History<S, L, P, A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("History").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl<S: FeedStore, L: StanceLedger, P: PatientRegister, A: Archive> History<S, L, P, A> {
    /// Historical feeding from `archive` through `outbox`.
    #[must_use]
    pub fn new(outbox: Outbox<S, L, P>, archive: A, settings: HistorySettings) -> Self {
        Self { outbox, archive, settings }
    }

    /// A worker of the historical queue: it feeds nothing else, and waits while anything of today is due.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn worker<F: Feeder>(&self, feeder: F) -> Result<Worker<S, L, P, F>, StoreError> {
        self.outbox.worker_of(Lane::Historical, feeder, self.settings.clone()).await
    }

    /// Stops the historical queue after the lot that is on the way; it stays so until [`Self::resume`], restarts included.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn pause(&self) -> Result<(), StoreError> {
        self.outbox.pause(Lane::Historical, true).await
    }

    /// Lets the historical queue go on.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn resume(&self) -> Result<(), StoreError> {
        self.outbox.pause(Lane::Historical, false).await
    }
}
