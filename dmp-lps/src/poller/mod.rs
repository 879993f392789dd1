//! F29: which patients of this software have a DMP on which somebody here is authorised (TD0.4, `REC_0.4-1010`), asked every
//! few days and no more.
//!
//! The DMP lists every record on which the one who asks is authorised, with names. What concerns a patient of the software is
//! marked; the others are forgotten, names included.
//!
//! ```no_run
//! # async fn program(session: dmp_client::AirSession, me: dmp_vocabulary::identity::ProfessionalId, base: dmp_lps::Database)
//! # -> Result<(), dmp_lps::poller::PollError> {
//! use dmp_lps::poller::{AuthorisedDmpPoller, OwnDmps, PollSettings, Criterion};
//! use dmp_lps::{PatientKey, SystemClock};
//!
//! let is_ours = |_: &PatientKey| true;
//! let poller = AuthorisedDmpPoller::new(base, is_ours, SystemClock, PollSettings::default());
//! // From a timer, at any hour: nothing is asked before it is due.
//! if let Some(polled) = poller.poll_if_due(&OwnDmps::of(&session, &me), Criterion::Documents).await? {
//!     println!("{} records of ours, {} of nobody here", polled.marked.len(), polled.forgotten);
//! }
//! # Ok(())
//! # }
//! ```

mod lister;
mod mark;
mod sqlite;
mod store;

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use dmp_client::{DmpError, ListedDmp};
use jiff::{SignedDuration, Timestamp};

pub use lister::{ByAuthorisation, DmpLister, DmpsOfProfessional, OwnDmps, StructureDmps};
pub use mark::{Criterion, DmpMark, ListOwner};
pub(crate) use sqlite::TABLES;
pub use store::{LastRun, PollStore};

use crate::clock::{Clock, days_later, months_later};
use crate::context::{PatientKey, ins_of};
use crate::store::StoreError;

/// How often, and how far back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PollSettings {
    /// Days between two questions. Default 3; a week is the other usual choice.
    pub every_days: i32,
    /// After a question that failed. Default 1 hour (project default).
    pub again_after: SignedDuration,
    /// What the first question looks back on, in months. Default 6, the life of an authorisation.
    pub first_months: i32,
    /// Each question begins so long before the last one, for clocks that differ. Default 5 minutes (project default).
    pub overlap: SignedDuration,
}

impl Default for PollSettings {
    fn default() -> Self {
        Self {
            every_days: 3,
            again_after: SignedDuration::from_hours(1),
            first_months: 6,
            overlap: SignedDuration::from_mins(5),
        }
    }
}

/// The patients of the software.
pub trait LocalPatients: Send + Sync + 'static {
    /// Whether the software has a record of this patient.
    fn is_local(&self, patient: &PatientKey) -> impl Future<Output = bool> + Send;
}

impl<F: Fn(&PatientKey) -> bool + Send + Sync + 'static> LocalPatients for F {
    async fn is_local(&self, patient: &PatientKey) -> bool {
        self(patient)
    }
}

/// What a question gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Polled {
    /// Records of patients of the software.
    pub marked: Vec<DmpMark>,
    /// How many others the DMP listed: nothing of them is kept.
    pub forgotten: usize,
}

/// Why nothing was marked. What was known stays.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PollError {
    /// The DMP refused, or was not reached; asked again an hour later at the earliest.
    #[error(transparent)]
    Dmp(#[from] DmpError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Asks TD0.4 as it is due. Cheap to clone.
pub struct AuthorisedDmpPoller<S, R> {
    inner: Arc<Inner<S, R>>,
}

struct Inner<S, R> {
    store: S,
    patients: R,
    clock: Arc<dyn Clock>,
    settings: PollSettings,
}

impl<S, R> Clone for AuthorisedDmpPoller<S, R> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner) }
    }
}

impl<S, R> fmt::Debug for AuthorisedDmpPoller<S, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorisedDmpPoller").field("settings", &self.inner.settings).finish_non_exhaustive()
    }
}

impl<S: PollStore, R: LocalPatients> AuthorisedDmpPoller<S, R> {
    /// A poller over a store. `patients` tells whom the software knows.
    #[must_use]
    pub fn new(store: S, patients: R, clock: impl Clock, settings: PollSettings) -> Self {
        Self { inner: Arc::new(Inner { store, patients, clock: Arc::new(clock), settings }) }
    }

    /// When the question is due next; at once when it was never put.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn due(&self, owner: &ListOwner, criterion: Criterion) -> Result<Timestamp, StoreError> {
        let Inner { store, clock, settings, .. } = &*self.inner;
        Ok(match store.last_run(owner.clone(), criterion).await? {
            None => clock.now(),
            Some(LastRun { tried_at, answered_at }) => {
                let regular = answered_at.map_or(tried_at, |at| days_later(at, settings.every_days));
                // What failed since is not hurried.
                match answered_at {
                    Some(answered_at) if answered_at == tried_at => regular,
                    _ => regular.max(tried_at.saturating_add(settings.again_after).unwrap_or(regular)),
                }
            }
        })
    }

    /// Puts the question if it is due.
    ///
    /// # Errors
    /// [`PollError`].
    pub async fn poll_if_due<D: DmpLister>(&self, lister: &D, criterion: D::Asks) -> Result<Option<Polled>, PollError> {
        let now = self.inner.clock.now();
        match self.due(lister.owner(), criterion.into()).await? <= now {
            true => self.poll(lister, criterion).await.map(Some),
            false => Ok(None),
        }
    }

    /// Puts the question now: a user asks for it.
    ///
    /// # Errors
    /// [`PollError`].
    pub async fn poll<D: DmpLister>(&self, lister: &D, criterion: D::Asks) -> Result<Polled, PollError> {
        let Inner { store, clock, settings, .. } = &*self.inner;
        let (now, owner, asked) = (clock.now(), lister.owner().clone(), criterion.into());
        let last = store.last_run(owner.clone(), asked).await?.and_then(|run| run.answered_at);
        let since = last.unwrap_or_else(|| months_later(now, -settings.first_months));
        let since = since.saturating_sub(settings.overlap).unwrap_or(since);
        store.tried(owner.clone(), asked, now).await?;
        let listed = lister.list(criterion, since).await?;
        let total = listed.len();
        let mut marked = Vec::new();
        for dmp in listed {
            marked.extend(self.mark(dmp, &owner, now).await);
        }
        store.answered(owner, asked, now, marked.clone()).await?;
        Ok(Polled { forgotten: total - marked.len(), marked })
    }

    /// The records that are marked for somebody, most recently listed first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn marks(&self, owner: &ListOwner) -> Result<Vec<DmpMark>, StoreError> {
        self.inner.store.marks(owner.clone()).await
    }

    /// Takes the marks of a patient away: the record was closed, or the authorisation ended (TD0.2 is the truth).
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn unmark(&self, patient: &PatientKey) -> Result<(), StoreError> {
        self.inner.store.unmark(patient.clone()).await
    }

    /// The mark of a record, if its patient is one of the software; names and numbers are dropped with the rest.
    async fn mark(&self, dmp: ListedDmp, owner: &ListOwner, now: Timestamp) -> Option<DmpMark> {
        for patient in dmp.ins().filter_map(|id| ins_of(id.extension(), &id.root)).map(|ins| PatientKey::from(&ins)) {
            if self.inner.patients.is_local(&patient).await {
                return Some(DmpMark {
                    patient,
                    owner: owner.clone(),
                    medecin_traitant: dmp.medecin_traitant,
                    last_document_at: dmp.last_add.as_ref().and_then(|time| time.instant()),
                    listed_at: now,
                });
            }
        }
        None
    }
}
