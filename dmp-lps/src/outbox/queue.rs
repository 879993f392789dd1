//! The queue of a software: its parts, and what is read of it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use dmp_client::{DocumentError, Language};
use jiff::Timestamp;
use tokio::sync::{Notify, broadcast};
use uuid::Uuid;

use super::explanation::explain;
use super::{
    Badge, FeedEvent, FeedFilter, FeedId, FeedItem, FeedRules, FeedStore, Forbidden, Grouping, Lane, Order,
    OutboxSettings, PatientRegister, Reason, Spool, SpoolError, State, Tally, What,
};
use crate::clock::Clock;
use crate::confirmed::ConfirmationExpired;
use crate::consent::{ConsentGate, StanceLedger};
use crate::context::{AccessContext, PatientKey};
use crate::store::StoreError;
use crate::trace::{Action, Note, Notes, TraceActor, Tracer};
use crate::validation::{Inspect, ReportStore, Validation};

/// Events that a slow listener may lag behind by.
const EVENTS: usize = 1024;

/// The queue of a software. Cheap to clone.
pub struct Outbox<S, L, P> {
    pub(super) inner: Arc<Inner<S, L, P>>,
    /// Who uses it, for the traces.
    pub(super) actor: Option<TraceActor>,
}

pub(super) struct Inner<S, L, P> {
    pub(super) store: S,
    pub(super) gate: ConsentGate<L>,
    pub(super) register: P,
    pub(super) spool: Spool,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) settings: OutboxSettings,
    pub(super) rules: RwLock<FeedRules>,
    pub(super) events: broadcast::Sender<FeedEvent>,
    pub(super) wake: Notify,
    /// What judges documents beside the rules of the DMP (F28).
    pub(super) validation: OnceLock<Arc<dyn Inspect>>,
    /// The workers of this process.
    pub(super) workers: Arc<Mutex<BTreeSet<Uuid>>>,
    pub(super) notes: RwLock<Notes>,
}

impl<S, L, P> Clone for Outbox<S, L, P> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner), actor: self.actor.clone() }
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
    /// A newer version took its place.
    #[error("F09 rule 6: a newer version of the document, {by} in the queue, took its place; send that one")]
    Superseded {
        /// The newer version.
        by: FeedId,
    },
    /// What waits in the queue is not in the DMP: there is nothing to delete.
    #[error("F09: the document {0} was not sent yet; cancel it instead of deleting it from the DMP")]
    NotSent(FeedId),
    /// The DMP has a newer version of it.
    #[error("F12 rule 3: the DMP has a newer version of the document, {by} in the queue; delete that one")]
    Obsolete {
        /// The newer version.
        by: FeedId,
    },
    /// The user confirmed the deletion too long ago.
    #[error(transparent)]
    Confirmation(#[from] ConfirmationExpired),
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

/// Of several lines of one document the one that tells where it stands: in the DMP, on its way there, or the newest.
pub(super) fn foremost(items: &[FeedItem]) -> Option<&FeedItem> {
    let mut feeds = items.iter().filter(|item| item.order == Order::Feed);
    let found = |which: fn(&FeedItem) -> bool| feeds.clone().rfind(|item| which(item));
    found(FeedItem::is_published).or_else(|| found(FeedItem::is_on_the_way)).or_else(|| feeds.next_back())
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
        let inner = Inner {
            store,
            gate,
            register,
            spool,
            clock: Arc::new(clock),
            settings,
            rules: RwLock::default(),
            events: broadcast::channel(EVENTS).0,
            wake: Notify::new(),
            validation: OnceLock::new(),
            workers: Arc::default(),
            notes: RwLock::default(),
        };
        Self { inner: Arc::new(inner), actor: None }
    }

    /// Every document is judged by this too when it is queued, and when it waits again; what it refuses is excluded as
    /// `CDA_INVALID` (F28). The first call counts.
    #[must_use]
    pub fn validating<R: ReportStore>(self, validation: Validation<R>) -> Self {
        let _ = self.inner.validation.set(Arc::new(validation));
        self
    }

    /// Traces what users do with the queue (F14). Without it nothing is. What is sent is traced by the session of the worker.
    #[must_use]
    pub fn traced(self, tracer: Tracer) -> Self {
        *self.inner.notes.write().unwrap_or_else(PoisonError::into_inner) = Notes::by(tracer);
        self
    }

    /// The same queue, used by somebody: what they hold, release or cancel is traced under their name. Without it such acts
    /// are traced without a name; what is queued has that of its context.
    #[must_use]
    pub fn used_by(&self, ctx: &AccessContext) -> Self {
        Self { inner: Arc::clone(&self.inner), actor: Some(TraceActor::from(ctx)) }
    }

    pub(super) async fn trace(&self, action: Action, item: &FeedItem) -> Result<(), StoreError> {
        let actor = self.actor.clone().unwrap_or_else(TraceActor::software).in_episode(item.episode.clone());
        self.inner.trace(actor, action, item).await
    }

    /// The rules from now on (rule 1); what is planned already keeps its hour. The software keeps them and gives them at
    /// each start: without any, the delay and the grouping of the settings hold for every document.
    pub fn set_rules(&self, rules: FeedRules) {
        *self.inner.rules.write().unwrap_or_else(PoisonError::into_inner) = rules;
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

    /// Where a document stands and why, in a sentence for its user: `will be sent at 14:05 because…` (rule 1). Hours are those
    /// of Europe/Paris.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn explain(&self, id: FeedId, language: Language) -> Result<String, OutboxError> {
        Ok(explain(&self.get(id).await?, self.inner.clock.now(), language))
    }

    /// The mark beside a document in the lists of the software (EXI 05).
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn badge(&self, patient: &PatientKey, unique_id: &str) -> Result<Badge, StoreError> {
        let filter = FeedFilter { unique_id: Some(unique_id.to_owned()), ..FeedFilter::of(patient) };
        let items = self.inner.store.list(filter).await?;
        Ok(foremost(&items).map_or(Badge::NeverSent, |item| item.state.into()))
    }

    /// How many documents of a queue stand where, and how many were sent since an instant.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn tally(&self, lane: Lane, since: Timestamp) -> Result<Tally, StoreError> {
        self.inner.store.tally(lane, since).await
    }

    /// Everything that happens from now on.
    #[must_use]
    pub fn events(&self) -> broadcast::Receiver<FeedEvent> {
        self.inner.events.subscribe()
    }
}

/// For historical feeding.
impl<S: FeedStore, L: StanceLedger, P: PatientRegister> Outbox<S, L, P> {
    pub(crate) fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    pub(crate) async fn pause(&self, lane: Lane, paused: bool) -> Result<(), StoreError> {
        self.inner.store.pause(lane, paused).await?;
        self.inner.wake.notify_waiters();
        Ok(())
    }

    pub(crate) async fn is_paused(&self, lane: Lane) -> Result<bool, StoreError> {
        self.inner.store.is_paused(lane).await
    }

    pub(crate) async fn standing_reasons(&self, item: &FeedItem) -> Result<Vec<Reason>, StoreError> {
        self.inner.standing_reasons(item).await
    }
}

impl<S, L, P> Inner<S, L, P> {
    /// Gives a document its rule, and the end of its delay.
    pub(super) fn plan(&self, item: &mut FeedItem) {
        let rules = self.rules.read().unwrap_or_else(PoisonError::into_inner);
        // What is old, and what a user wants deleted, waits for nobody.
        let at_once = item.lane == Lane::Historical || item.order == Order::Delete;
        let rule = rules.of(item).filter(|_| !at_once);
        let (delay, grouping) =
            rule.map_or((self.settings.delay, self.settings.grouping), |rule| (rule.delay, rule.grouping));
        item.rule = rule.map(|rule| rule.name.clone());
        item.alone = grouping == Grouping::None;
        let now = self.clock.now();
        item.not_before = if at_once { now } else { now.saturating_add(delay).unwrap_or(now) };
    }

    pub(super) fn user_event(&self, item: &FeedItem) -> FeedEvent {
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

impl<S, L, P> Inner<S, L, P> {
    pub(super) async fn trace(&self, actor: TraceActor, action: Action, item: &FeedItem) -> Result<(), StoreError> {
        let notes = self.notes.read().unwrap_or_else(PoisonError::into_inner).clone();
        let order = match item.order {
            Order::Feed => "feeding",
            Order::Delete => "deletion",
        };
        let note = Note::of(action).patient(&item.patient).document(&*item.unique_id, Some(&item.type_code));
        notes.note(actor, note.detail(order)).await
    }
}
