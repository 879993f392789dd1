//! The list of documents that still have to be made visible (EXI 08, SC.DMP/UX.14.BIS).

use std::sync::Arc;

use super::calendar::WorklistSettings;
use super::due::{WorklistEvent, untold};
use super::entry::{EntryState, InvisibleDocument, Listed, Responsible, Targets, WorklistEntry, WorklistFilter};
use super::store::WorklistStore;
use crate::clock::{Clock, day};
use crate::context::PatientKey;
use crate::store::StoreError;
use crate::trace::{Notes, Tracer};

/// The worklist of an establishment. Cheap to clone.
pub struct Worklist<S> {
    pub(super) store: Arc<S>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) settings: WorklistSettings,
    pub(super) notes: Notes,
}

impl<S> Clone for Worklist<S> {
    fn clone(&self) -> Self {
        Self {
            store: Arc::clone(&self.store),
            clock: Arc::clone(&self.clock),
            settings: self.settings.clone(),
            notes: self.notes.clone(),
        }
    }
}

impl<S> std::fmt::Debug for Worklist<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Worklist").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// Why nothing was done with an entry.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorklistError {
    /// No such document in the list.
    #[error("F08: this document is not in the worklist; it holds those that were fed or seen with a restriction")]
    NotListed,
    /// The document is visible already, or gone.
    #[error("F08: the entry is closed ({state:?}): nothing remains to be done")]
    Closed {
        /// Where it stands.
        state: EntryState,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl<S: WorklistStore> Worklist<S> {
    /// A worklist over a store.
    #[must_use]
    pub fn new(store: S, clock: impl Clock, settings: WorklistSettings) -> Self {
        Self { store: Arc::new(store), clock: Arc::new(clock), settings, notes: Notes::default() }
    }

    /// Traces the confirmations of users (F14). The transactions are traced by the session; without this nothing else is.
    #[must_use]
    pub fn traced(self, tracer: Tracer) -> Self {
        Self { notes: Notes::by(tracer), ..self }
    }

    /// The settings: the warning to show before a document is made visible, the days of a deposit.
    #[must_use]
    pub fn settings(&self) -> &WorklistSettings {
        &self.settings
    }

    /// Lists a document that was fed or seen with a restriction; `false` when it is listed already.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn add(&self, document: InvisibleDocument) -> Result<bool, StoreError> {
        self.store.add(document.entry).await
    }

    /// Entries with their days, oldest deposit first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn list(&self, filter: WorklistFilter) -> Result<Vec<Listed>, StoreError> {
        let entries = self.store.entries(filter.patient.clone(), filter.closed).await?;
        let today = day(self.clock.now());
        let listed = entries.into_iter().map(|entry| {
            let days = self.settings.due_days(entry.deposited_at);
            Listed::new(entry, days, today)
        });
        Ok(listed.filter(|listed| filter.takes(listed)).collect())
    }

    /// The software produced a document: the report of an announcement proposes the patient's open entries, to be marked
    /// as announced and made visible. Anything else proposes nothing.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn on_document_produced(&self, patient: &PatientKey, type_code: &str) -> Result<Vec<Listed>, StoreError> {
        if !self.settings.announcement_types.iter().any(|known| known == type_code) {
            return Ok(Vec::new());
        }
        self.list(WorklistFilter { patient: Some(patient.clone()), ..WorklistFilter::default() }).await
    }

    /// The announcement is planned.
    ///
    /// # Errors
    /// [`WorklistError`].
    pub async fn plan_announcement(&self, unique_id: &str) -> Result<WorklistEntry, WorklistError> {
        self.change(unique_id, |entry| entry.state = EntryState::AnnouncementPlanned).await
    }

    /// The document was announced to the patient: what remains is to make it visible, which the entry returned proposes.
    ///
    /// # Errors
    /// [`WorklistError`].
    pub async fn mark_announced(&self, unique_id: &str) -> Result<WorklistEntry, WorklistError> {
        self.change(unique_id, |entry| entry.state = EntryState::Announced).await
    }

    /// Somebody else has to act.
    ///
    /// # Errors
    /// [`WorklistError`].
    pub async fn reassign(&self, unique_id: &str, responsible: Responsible) -> Result<WorklistEntry, WorklistError> {
        self.change(unique_id, move |entry| entry.responsible = responsible.clone()).await
    }

    /// The document is no longer in the DMP.
    ///
    /// # Errors
    /// [`WorklistError`].
    pub async fn deleted(&self, unique_id: &str) -> Result<WorklistEntry, WorklistError> {
        self.change(unique_id, |entry| entry.state = EntryState::Deleted).await
    }

    /// The document was replaced (F12), with these restrictions: the entry goes on under the new uniqueId, and its days
    /// stay those of the first deposit. Without a restriction it is visible.
    ///
    /// # Errors
    /// [`WorklistError`].
    pub async fn replaced(
        &self,
        unique_id: &str,
        new_unique_id: &str,
        targets: Targets,
    ) -> Result<WorklistEntry, WorklistError> {
        self.change(unique_id, |entry| {
            entry.unique_id = new_unique_id.to_owned();
            entry.show(targets, EntryState::MadeVisible);
        })
        .await
    }

    /// What is due and was not told yet: each of them once, for each open document. Call it at least once a day. Nothing
    /// is ever sent by it: making a document visible is the act of a professional.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn tick(&self) -> Result<Vec<WorklistEvent>, StoreError> {
        let today = day(self.clock.now());
        let mut events = Vec::new();
        for mut entry in self.store.entries(None, false).await? {
            let due = untold(&entry, &self.settings.due_days(entry.deposited_at), today);
            if due.is_empty() {
                continue;
            }
            entry.told.extend_from_slice(&due);
            // Somebody wrote it in between: the next tick tells.
            if self.store.put(entry.unique_id.clone(), entry.clone()).await? {
                events.extend(due.into_iter().map(|due| WorklistEvent { due, entry: entry.clone() }));
            }
        }
        Ok(events)
    }

    /// Changes an open entry, whoever else is writing it.
    pub(super) async fn change(
        &self,
        unique_id: &str,
        change: impl Fn(&mut WorklistEntry),
    ) -> Result<WorklistEntry, WorklistError> {
        loop {
            let before = self.store.entry(unique_id.to_owned()).await?.ok_or(WorklistError::NotListed)?;
            if !before.state.is_open() {
                return Err(WorklistError::Closed { state: before.state });
            }
            let mut entry = before;
            change(&mut entry);
            if self.store.put(unique_id.to_owned(), entry.clone()).await? {
                return Ok(entry);
            }
        }
    }
}

impl WorklistEntry {
    /// What is hidden now is at most what was; when nothing is, the entry is closed as `visible`.
    pub(super) fn show(&mut self, hidden: Targets, visible: EntryState) {
        self.targets = self.targets.and(hidden);
        if self.targets.is_empty() {
            self.state = visible;
        }
    }
}
