//! What the lists of the software show beside each document, without a request: EXI 05, `EX_2.1-1190`, M06, SC.CDA/INT.08,
//! SC.DMP/HISTO.01.

use std::sync::Arc;

use dmp_client::{AvailabilityStatus, DocumentEntry, Hidden};

use super::publication::{NextVersion, Publication, PublicationState};
use super::store::CorrectionStore;
use crate::context::PatientKey;
use crate::outbox::{Badge, FeedFilter, FeedItem, FeedStore, Order, State};
use crate::store::StoreError;

/// The documents that the software fed, through the queue or at once. Cheap to clone.
pub struct PublicationLedger<F, C> {
    pub(super) feed: Arc<F>,
    pub(super) store: Arc<C>,
}

impl<F, C> Clone for PublicationLedger<F, C> {
    fn clone(&self) -> Self {
        Self { feed: Arc::clone(&self.feed), store: Arc::clone(&self.store) }
    }
}

impl<F, C> std::fmt::Debug for PublicationLedger<F, C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PublicationLedger").finish_non_exhaustive()
    }
}

/// What is shown beside a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Whether it is in the DMP.
    pub badge: Badge,
    /// From whom it is hidden there, or will be; nothing once it was taken out (rule 9).
    pub hidden: Vec<Hidden>,
}

/// All that is known of one patient's documents.
struct Known {
    items: Vec<FeedItem>,
    publications: Vec<Publication>,
}

impl<F: FeedStore, C: CorrectionStore> PublicationLedger<F, C> {
    /// Over the store of the queue and that of corrections; one [`Database`](crate::Database) is both.
    #[must_use]
    pub fn new(feed: F, store: C) -> Self {
        Self { feed: Arc::new(feed), store: Arc::new(store) }
    }

    /// The mark of a document.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn badge(&self, patient: &PatientKey, unique_id: &str) -> Result<Mark, StoreError> {
        Ok(self.read(patient).await?.mark(unique_id))
    }

    /// The documents of `local`, uniqueIds of the patient's documents in the software, that never were in the DMP: never
    /// sent, waiting, held back, refused or excluded (SC.DMP/HISTO.01). In their order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn not_published(
        &self,
        patient: &PatientKey,
        local: impl IntoIterator<Item = String>,
    ) -> Result<Vec<(String, Mark)>, StoreError> {
        let known = self.read(patient).await?;
        let marked = local.into_iter().map(|unique_id| {
            let mark = known.mark(&unique_id);
            (unique_id, mark)
        });
        let published = |badge: Badge| matches!(badge, Badge::Sent | Badge::Replaced | Badge::RemovedFromDmp);
        Ok(marked.filter(|(_, mark)| !published(mark.badge)).collect())
    }

    /// What the next version of a document has to say in its header; `None` when set and number of the current one are
    /// not known here: they are in its own header.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn next_version(&self, patient: &PatientKey, unique_id: &str) -> Result<Option<NextVersion>, StoreError> {
        let known = self.known(patient, unique_id).await?;
        let current = known.filter(|known| known.state == PublicationState::Sent);
        Ok(current.and_then(|known| known.next_version()))
    }

    /// Learns from a fresh list of the patient's documents from whom they are hidden now.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn seen(&self, patient: &PatientKey, documents: &[DocumentEntry]) -> Result<(), StoreError> {
        let known = self.read(patient).await?;
        let current = documents.iter().filter(|one| one.status != Some(AvailabilityStatus::Deprecated));
        let changed = current.filter_map(|document| {
            let published = known.publication(&document.unique_id)?;
            let hidden = Hidden::of(document);
            let differs = published.state == PublicationState::Sent && published.hidden != hidden;
            differs.then_some(Publication { hidden, ..published })
        });
        self.store.save(changed.collect()).await
    }

    /// What is known of a document that was fed.
    pub(super) async fn known(&self, patient: &PatientKey, unique_id: &str) -> Result<Option<Publication>, StoreError> {
        Ok(self.read(patient).await?.publication(unique_id))
    }

    /// A document and the versions before it that are known, newest first.
    pub(super) async fn chain(&self, patient: &PatientKey, unique_id: &str) -> Result<Vec<Publication>, StoreError> {
        let known = self.read(patient).await?;
        let mut chain: Vec<Publication> = Vec::new();
        let mut next = known.publication(unique_id);
        while let Some(publication) = next {
            if chain.iter().any(|seen| seen.unique_id == publication.unique_id) {
                break; // A chain that turns in a circle ends too.
            }
            next = publication.replaces.as_deref().and_then(|replaced| known.publication(replaced));
            chain.push(publication);
        }
        Ok(chain)
    }

    async fn read(&self, patient: &PatientKey) -> Result<Known, StoreError> {
        let items = self.feed.list(FeedFilter::of(patient)).await?;
        Ok(Known { items, publications: self.store.publications(patient.clone()).await? })
    }
}

impl Known {
    /// What is known of a document that was fed: what corrections wrote, else what the queue sent. What the queue did after
    /// that counts in both cases: a newer version, a deletion.
    fn publication(&self, unique_id: &str) -> Option<Publication> {
        let done =
            |order: Order| self.items.iter().filter(move |item| item.order == order && item.state == State::Sent);
        let written = self.publications.iter().find(|one| one.unique_id == unique_id).cloned();
        let queued = || done(Order::Feed).find(|item| item.unique_id == unique_id).map(Publication::from);
        let mut known = written.or_else(queued)?;
        if let Some(deleted) = done(Order::Delete).find(|item| item.unique_id == unique_id) {
            known = known.removed(deleted.sent_at.unwrap_or(deleted.queued_at));
        }
        let newer = done(Order::Feed).find(|item| item.replaces.as_deref() == Some(unique_id));
        if let Some(newer) = newer.filter(|_| known.state == PublicationState::Sent) {
            known.state = PublicationState::Replaced;
            known.replaced_by = Some(newer.unique_id.clone());
        }
        Some(known)
    }

    fn mark(&self, unique_id: &str) -> Mark {
        if let Some(known) = self.publication(unique_id) {
            let badge = match known.state {
                PublicationState::Pending => Badge::Planned,
                PublicationState::Sent => Badge::Sent,
                PublicationState::Replaced => Badge::Replaced,
                PublicationState::Removed => Badge::RemovedFromDmp,
            };
            return Mark { badge, hidden: known.hidden };
        }
        let mut queued = self.items.iter().rev().filter(|item| item.order == Order::Feed);
        match queued.find(|item| item.unique_id == unique_id) {
            Some(item) => Mark { badge: item.state.into(), hidden: item.hidden.clone() },
            None => Mark { badge: Badge::NeverSent, hidden: Vec::new() },
        }
    }
}
