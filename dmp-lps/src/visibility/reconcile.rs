//! What the DMP itself shows decides: a list of entries just read.

use dmp_client::{AvailabilityStatus, DocumentEntry, Hidden};

use super::entry::{EntryState, InvisibleDocument, Targets, WorklistEntry};
use super::store::WorklistStore;
use super::worklist::{Worklist, WorklistError};
use crate::clock::{Clock, day};
use crate::context::PatientKey;
use crate::correction::CorrectionEvent;
use crate::store::StoreError;

impl<S: WorklistStore> Worklist<S> {
    /// Looks at a fresh list of a patient's documents. A listed document that it shows visible is closed, as
    /// `AutoVisible` when the day of the server has come, else as made visible by another professional; one that it shows
    /// with a restriction, and that is not listed, is added. Returns the entries that it closed.
    ///
    /// Nothing is concluded from a document that is not in the list: it may be deleted, or not readable by this user.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn reconcile(
        &self,
        patient: &PatientKey,
        documents: &[DocumentEntry],
    ) -> Result<Vec<WorklistEntry>, StoreError> {
        let mut closed = Vec::new();
        for document in documents.iter().filter(|one| one.status != Some(AvailabilityStatus::Deprecated)) {
            let targets = Targets::of(&Hidden::of(document));
            if let Some(entry) = self.learn(&document.unique_id, targets).await? {
                closed.push(entry);
            }
            if let Some(invisible) = InvisibleDocument::of(patient, document, None) {
                self.add(invisible).await?;
            }
        }
        Ok(closed)
    }

    /// Follows a correction (F12): a listed document that was replaced goes on under its new uniqueId, or is closed when
    /// the new version is visible; one that was taken out is closed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn follow(&self, event: &CorrectionEvent) -> Result<(), StoreError> {
        let followed = match event {
            CorrectionEvent::DocumentCorrected { former, new, hidden, .. } => {
                self.replaced(former, new, Targets::of(hidden)).await
            }
            CorrectionEvent::DocumentRemoved { unique_id, .. } => self.deleted(unique_id).await,
        };
        match followed {
            Err(WorklistError::Store(error)) => Err(error),
            Ok(_) | Err(WorklistError::NotListed | WorklistError::Closed { .. }) => Ok(()),
        }
    }

    /// The entry, if it is closed by that.
    async fn learn(&self, unique_id: &str, targets: Targets) -> Result<Option<WorklistEntry>, StoreError> {
        let today = day(self.clock.now());
        let known = self.store.entry(unique_id.to_owned()).await?;
        let Some(known) = known.filter(|known| known.state.is_open() && known.targets.and(targets) != known.targets)
        else {
            return Ok(None);
        };
        let automatic = self.settings.due_days(known.deposited_at).auto_visible_on;
        // The server shows to the patient alone.
        let by_server = known.targets.patient && !targets.patient && automatic.is_some_and(|on| on <= today);
        let visible = if by_server { EntryState::AutoVisible } else { EntryState::MadeVisible };
        match self.change(unique_id, |entry| entry.show(targets, visible)).await {
            Ok(entry) => Ok(Some(entry).filter(|entry| !entry.state.is_open())),
            // Somebody closed it in between.
            Err(WorklistError::NotListed | WorklistError::Closed { .. }) => Ok(None),
            Err(WorklistError::Store(error)) => Err(error),
        }
    }
}
