//! What the screens of the software call.

use std::path::Path;
use std::sync::Arc;

use dmp_client::{Document, DocumentError};
use jiff::Timestamp;
use tokio::sync::{Notify, broadcast};

use super::eligibility::{PatientRegister, reasons};
use super::{
    Act, Badge, FeedEvent, FeedFilter, FeedId, FeedItem, FeedStore, Forbidden, NewFeed, OutboxSettings, Spool,
    SpoolError, State, What,
};
use crate::clock::Clock;
use crate::consent::{ConsentGate, StanceLedger};
use crate::context::PatientKey;
use crate::store::StoreError;

/// Events that a slow listener may lag behind by.
const EVENTS: usize = 1024;

/// The queue of a software. Cheap to clone.
pub struct Outbox<S, L, P> {
    pub(super) inner: Arc<Inner<S, L, P>>,
}

pub(super) struct Inner<S, L, P> {
    pub(super) store: S,
    pub(super) gate: ConsentGate<L>,
    pub(super) register: P,
    pub(super) spool: Spool,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) settings: OutboxSettings,
    pub(super) events: broadcast::Sender<FeedEvent>,
    pub(super) wake: Notify,
}

impl<S, L, P> Clone for Outbox<S, L, P> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner) }
    }
}

impl<S, L, P> std::fmt::Debug for Outbox<S, L, P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outbox").field("settings", &self.inner.settings).finish_non_exhaustive()
    }
}

/// Why something was not done with a document.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OutboxError {
    /// No document of this identifier.
    #[error("no document {0} in the queue")]
    Unknown(FeedId),
    /// The step does not exist where the document stands.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// A reason that never disappears.
    #[error("F10: the document is excluded for good ({code}): it stays so")]
    ExcludedForGood {
        /// Code of the reason.
        code: &'static str,
    },
    /// Not a document that can be sent.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// The bytes could not be kept.
    #[error(transparent)]
    Spool(#[from] SpoolError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl<S: FeedStore, L: StanceLedger, P: PatientRegister> Outbox<S, L, P> {
    /// A queue over a store and a folder for the bytes. `register` tells what is known of a patient.
    #[must_use]
    pub fn new(
        store: S,
        spool: Spool,
        gate: ConsentGate<L>,
        register: P,
        clock: impl Clock,
        settings: OutboxSettings,
    ) -> Self {
        let (events, _) = broadcast::channel(EVENTS);
        let (clock, wake): (Arc<dyn Clock>, _) = (Arc::new(clock), Notify::new());
        Self { inner: Arc::new(Inner { store, gate, register, spool, clock, settings, events, wake }) }
    }

    /// Queues a CDA document that is in a file; its bytes are copied, so the file is no longer needed.
    ///
    /// # Errors
    /// [`OutboxError`].
    pub async fn enqueue_file(&self, feed: NewFeed, path: impl AsRef<Path>) -> Result<FeedId, OutboxError> {
        let id = FeedId::new();
        self.inner.spool.keep_file(id, path.as_ref()).await?;
        self.enqueue(feed, id).await
    }

    /// Queues a CDA document that is in memory.
    ///
    /// # Errors
    /// [`OutboxError`].
    pub async fn enqueue_bytes(&self, feed: NewFeed, bytes: impl Into<Vec<u8>>) -> Result<FeedId, OutboxError> {
        let id = FeedId::new();
        self.inner.spool.keep_bytes(id, bytes.into()).await?;
        self.enqueue(feed, id).await
    }

    async fn enqueue(&self, feed: NewFeed, id: FeedId) -> Result<FeedId, OutboxError> {
        let document = match Document::from_cda_file(self.inner.spool.path(id)).await {
            Ok(document) => document,
            Err(error) => {
                self.inner.spool.forget(id).await?;
                return Err(error.into());
            }
        };
        let now = self.inner.clock.now();
        let entry = document.entry();
        let ctx = &feed.context;
        let mut item = FeedItem {
            id,
            patient: feed.patient,
            episode: ctx.episode.id.clone(),
            team: ctx.team.clone(),
            role: ctx.role,
            professional: ctx.professional_key(),
            user: ctx.user.clone(),
            unique_id: entry.unique_id.clone(),
            hash: entry.hash.clone().unwrap_or_default(),
            type_code: entry.type_code.as_ref().map(|code| code.code.clone()).unwrap_or_default(),
            hidden: feed.hidden,
            replaces: feed.replaces,
            state: State::Draft,
            validated: false,
            alone: false,
            not_before: now,
            attempts: 0,
            lot: None,
            queued_at: now,
            sent_at: None,
            failed_at: None,
            reasons: Vec::new(),
            error: None,
        };
        if feed.validated {
            self.validate(&mut item, now).await?;
        }
        let event = self.inner.user_event(&item);
        self.inner.store.add(item).await?;
        self.inner.tell(event);
        Ok(id)
    }

    /// The professional validated the document: the delay begins, unless a reason speaks against it.
    ///
    /// # Errors
    /// [`OutboxError`].
    pub async fn validated(&self, id: FeedId) -> Result<FeedItem, OutboxError> {
        let now = self.inner.clock.now();
        loop {
            let before = self.get(id).await?;
            let mut item = before.clone();
            self.validate(&mut item, now).await?;
            if self.inner.put(&before, &item).await? {
                return Ok(item);
            }
        }
    }

    async fn validate(&self, item: &mut FeedItem, now: Timestamp) -> Result<(), OutboxError> {
        item.state = item.state.after(Act::Validate)?;
        item.validated = true;
        self.schedule(item, now).await?;
        Ok(())
    }

    /// Starts the delay, or excludes; a held document stays held.
    async fn schedule(&self, item: &mut FeedItem, now: Timestamp) -> Result<(), OutboxError> {
        let Inner { store, gate, register, settings, .. } = &*self.inner;
        item.reasons = reasons(item, store, gate, register).await?;
        if item.state == State::Scheduled && !item.reasons.is_empty() {
            item.state = item.state.after(Act::Exclude)?;
        }
        item.not_before = now.saturating_add(settings.delay).unwrap_or(now);
        Ok(())
    }

    /// Holds a document back, validated or not.
    ///
    /// # Errors
    /// [`OutboxError`]: it is on the way, or further.
    pub async fn hold(&self, id: FeedId) -> Result<FeedItem, OutboxError> {
        self.step(id, |_| Act::Hold).await
    }

    /// Lets a held document go on; the delay of a validated one begins again.
    ///
    /// # Errors
    /// [`OutboxError`].
    pub async fn release(&self, id: FeedId) -> Result<FeedItem, OutboxError> {
        self.step(id, |item| if item.validated { Act::ReleaseValidated } else { Act::ReleaseDraft }).await
    }

    /// Withdraws a document before it is sent.
    ///
    /// # Errors
    /// [`OutboxError`]: it is on the way, or further.
    pub async fn cancel(&self, id: FeedId) -> Result<FeedItem, OutboxError> {
        self.step(id, |_| Act::Cancel).await
    }

    /// Sends a failed, excluded or cancelled document after all; the reasons are looked at again.
    ///
    /// # Errors
    /// [`OutboxError`]: a reason that never disappears.
    pub async fn retry(&self, id: FeedId) -> Result<FeedItem, OutboxError> {
        self.step(id, |_| Act::Resume).await
    }

    async fn step(&self, id: FeedId, act: impl Fn(&FeedItem) -> Act) -> Result<FeedItem, OutboxError> {
        let now = self.inner.clock.now();
        loop {
            let before = self.get(id).await?;
            let mut item = before.clone();
            item.state = before.state.after(act(&before))?;
            let for_good = before.reasons.iter().find(|reason| !reason.may_disappear());
            if let (State::Excluded, Some(reason)) = (before.state, for_good) {
                return Err(OutboxError::ExcludedForGood { code: reason.code() });
            }
            if item.state == State::Scheduled {
                item.validated = true;
                item.attempts = 0;
                self.schedule(&mut item, now).await?;
            }
            // Somebody else was faster: look again.
            if self.inner.put(&before, &item).await? {
                return Ok(item);
            }
        }
    }

    /// A document of the queue.
    ///
    /// # Errors
    /// [`OutboxError::Unknown`], or the store failed.
    pub async fn get(&self, id: FeedId) -> Result<FeedItem, OutboxError> {
        self.inner.store.get(id).await?.ok_or(OutboxError::Unknown(id))
    }

    /// Documents of the queue, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn list(&self, filter: FeedFilter) -> Result<Vec<FeedItem>, StoreError> {
        self.inner.store.list(filter).await
    }

    /// The mark beside a document in the lists of the software (EXI 05).
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn badge(&self, patient: &PatientKey, unique_id: &str) -> Result<Badge, StoreError> {
        let filter = FeedFilter { patient: Some(patient.clone()), state: None };
        let items = self.inner.store.list(filter).await?;
        let item = items.iter().rev().find(|item| item.unique_id == unique_id);
        Ok(item.map_or(Badge::NeverSent, |item| item.state.into()))
    }

    /// Everything that happens from now on.
    #[must_use]
    pub fn events(&self) -> broadcast::Receiver<FeedEvent> {
        self.inner.events.subscribe()
    }
}

impl<S: FeedStore, L, P> Inner<S, L, P> {
    /// Writes a document back if nobody else has, and tells.
    async fn put(&self, before: &FeedItem, item: &FeedItem) -> Result<bool, StoreError> {
        let done = self.store.replace(item.clone(), before.state).await?;
        if done {
            self.tell(self.user_event(item));
        }
        Ok(done)
    }
}

impl<S, L, P> Inner<S, L, P> {
    fn user_event(&self, item: &FeedItem) -> FeedEvent {
        let what = match item.state {
            State::Excluded => What::Excluded(item.reasons.clone()),
            _ => What::ByUser,
        };
        FeedEvent { id: item.id, state: item.state, what }
    }

    pub(super) fn tell(&self, event: FeedEvent) {
        // Nobody may be listening.
        let _ = self.events.send(event);
        self.wake.notify_waiters();
    }
}
