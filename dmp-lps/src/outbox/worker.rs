//! What runs beside the screens: takes lots, brings them to the DMP, asks after lost answers.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use dmp_client::{DmpError, Outcome};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::failure::exclude;
use super::hours::HistorySettings;
use super::queue::Inner;
use super::{Act, Claim, FeedEvent, FeedItem, FeedStore, Feeder, Lane, Order, Outbox, PatientRegister, State, What};
use crate::consent::StanceLedger;
use crate::store::StoreError;

/// How long a worker sleeps at most when nothing is due: clocks are moved.
const NAP: SignedDuration = SignedDuration::from_secs(30);

/// Feeds what is due of one queue. Several may run at a time, also in several processes over a store that they share.
pub struct Worker<S, L, P, F> {
    pub(super) inner: Arc<Inner<S, L, P>>,
    pub(super) feeder: F,
    pub(super) lane: Lane,
    /// When the historical queue is open.
    history: HistorySettings,
    presence: Presence,
}

/// What a step of a worker did.
#[derive(Debug)]
#[must_use]
pub enum Step {
    /// Nothing is due; when something will be.
    Idle(Option<Timestamp>),
    /// A lot was sent, or refused: so many documents.
    Fed(usize),
    /// The DMP was asked after documents whose answer was lost: so many.
    Asked(usize),
    /// The DMP refuses this installation, whatever is sent (certificates, structure): nothing was lost, every document
    /// waits. Tell somebody; `dmp doctor` looks for the cause.
    Blocked(Box<DmpError>),
}

impl<S, L, P, F> std::fmt::Debug for Worker<S, L, P, F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Worker").field("lane", &self.lane).finish_non_exhaustive()
    }
}

/// A worker is among the living until it is dropped.
struct Presence {
    id: Uuid,
    workers: Arc<Mutex<BTreeSet<Uuid>>>,
}

impl Presence {
    fn among(workers: &Arc<Mutex<BTreeSet<Uuid>>>) -> Self {
        let (id, workers) = (Uuid::new_v4(), Arc::clone(workers));
        workers.lock().unwrap_or_else(PoisonError::into_inner).insert(id);
        Self { id, workers }
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        self.workers.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}

impl<S: FeedStore, L: StanceLedger, P: PatientRegister> Outbox<S, L, P> {
    /// A worker that feeds the documents of today through `feeder`. What a dead worker left behind is taken up: its requests
    /// may or may not have arrived.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn worker<F: Feeder>(&self, feeder: F) -> Result<Worker<S, L, P, F>, StoreError> {
        self.worker_of(Lane::Daily, feeder, HistorySettings::default()).await
    }

    /// A worker of a queue.
    pub(crate) async fn worker_of<F: Feeder>(
        &self,
        lane: Lane,
        feeder: F,
        history: HistorySettings,
    ) -> Result<Worker<S, L, P, F>, StoreError> {
        let inner = Arc::clone(&self.inner);
        let alive = inner.workers.lock().unwrap_or_else(PoisonError::into_inner).iter().copied().collect();
        let recovered = inner.store.recover(alive, inner.clock.now()).await?;
        if recovered > 0 {
            tracing::warn!(recovered, "documents whose sending was interrupted: the DMP will be asked for each");
        }
        // A worker that died between the two left bytes that are in the DMP.
        for id in inner.spool.kept().await {
            let sent = inner.store.get(id).await?.is_some_and(|item| item.state == State::Sent);
            if sent {
                inner.forget(id).await;
            }
        }
        let presence = Presence::among(&inner.workers);
        Ok(Worker { inner, feeder, lane, history, presence })
    }
}

impl<S: FeedStore, L: StanceLedger, P: PatientRegister, F: Feeder> Worker<S, L, P, F> {
    /// Works until `stop` is ready; a lot that is on the way is finished first. Errors of the store are logged and tried
    /// again: a queue does not die of a full disk.
    pub async fn run(&self, stop: impl Future<Output = ()>) {
        let mut stop = std::pin::pin!(stop);
        loop {
            let nap = match self.step().await {
                Ok(Step::Fed(_) | Step::Asked(_)) => Duration::ZERO,
                Ok(Step::Idle(due)) => self.until(due),
                Ok(Step::Blocked(error)) => {
                    tracing::error!(%error, "the DMP refuses this installation; the queue waits");
                    self.until(None)
                }
                Err(error) => {
                    tracing::error!(%error, "the store of the queue failed; trying again");
                    self.until(None)
                }
            };
            tokio::select! {
                biased;
                () = &mut stop => return,
                () = tokio::time::sleep(nap) => {}
                () = self.inner.wake.notified(), if !nap.is_zero() => {}
            }
        }
    }

    fn until(&self, due: Option<Timestamp>) -> Duration {
        let left = due.map_or(NAP, |due| due.duration_since(self.inner.clock.now()).min(NAP));
        Duration::try_from(left).unwrap_or_default()
    }

    /// One lot, or one question.
    ///
    /// Dropping the future while a request is on the way loses nothing: its documents are asked for when the lease has
    /// passed, or when a worker starts after this one is dropped.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn step(&self) -> Result<Step, StoreError> {
        let Inner { store, clock, settings, .. } = &*self.inner;
        let now = clock.now();
        if let Some(until) = self.closed(now).await? {
            return Ok(Step::Idle(until));
        }
        let lease = now.saturating_add(settings.lease).unwrap_or(now);
        let claim = Claim { lane: self.lane, worker: self.presence.id, now, lease };
        let lost = store.claim_ambiguous(claim).await?;
        if !lost.is_empty() {
            let asked = lost.len();
            self.ask(lost).await?;
            return Ok(Step::Asked(asked));
        }
        let lot = store.claim(claim).await?;
        if lot.is_empty() {
            return Ok(Step::Idle(store.next_due(self.lane).await?));
        }
        self.feed(lot, lease).await
    }

    /// F11: the historical queue waits while it is paused, out of its hours, or when something of today is due. `Some`: it
    /// waits, until when if that is known.
    async fn closed(&self, now: Timestamp) -> Result<Option<Option<Timestamp>>, StoreError> {
        let store = &self.inner.store;
        if self.lane == Lane::Daily {
            return Ok(None);
        }
        if store.is_paused(self.lane).await? {
            return Ok(Some(None));
        }
        if let Some(opening) = self.history.window.closed_until(now) {
            return Ok(Some(Some(opening)));
        }
        let daily = store.next_due(Lane::Daily).await?;
        Ok(daily.filter(|due| *due <= now).map(|_| now.saturating_add(NAP).ok()))
    }

    async fn feed(&self, lot: Vec<FeedItem>, lease: Timestamp) -> Result<Step, StoreError> {
        // What must not go does not even make the DMP be asked.
        let mut lot = self.eligible(lot).await?;
        let Some(first) = lot.first().cloned() else { return Ok(Step::Fed(0)) };
        for item in &lot {
            self.inner.tell(FeedEvent { id: item.id, state: item.state, what: What::Started });
        }
        let count = lot.len();
        self.pace(&first.structure).await?;
        let blocked = match self.absent(&first.patient).await {
            Ok(Some(reason)) => {
                exclude(&mut lot, reason);
                None
            }
            Ok(None) => {
                // The turn and the answer may have come late: somebody opposed meanwhile (rule 7), or another worker
                // believes this one dead.
                lot = self.eligible(lot).await?;
                if self.inner.clock.now() < lease {
                    self.bring(&mut lot).await
                } else {
                    lot.iter_mut().for_each(|item| self.put_off(item, None));
                    None
                }
            }
            // A question whose answer is lost leaves nothing to ask after: no document was sent.
            Err(error) => self.refused(&first.patient, &mut lot, error.with_outcome(Outcome::NotSent)).await,
        };
        self.settle(lot).await?;
        Ok(blocked.map_or(Step::Fed(count), |error| Step::Blocked(Box::new(error))))
    }

    /// Rule 7: looks again right before sending. What has to wait for another order about the same document waits (rule 6).
    async fn eligible(&self, lot: Vec<FeedItem>) -> Result<Vec<FeedItem>, StoreError> {
        let (mut kept, mut others) = (Vec::new(), Vec::new());
        for mut item in lot {
            let goes = self.inner.may_go(&mut item).await?;
            item.reasons = self.inner.standing_reasons(&item).await?;
            if !item.reasons.is_empty() {
                item.state = take(item.state, Act::Exclude);
                others.push(item);
            } else if !goes {
                self.put_off(&mut item, None);
                others.push(item);
            } else {
                kept.push(item);
            }
        }
        if !others.is_empty() {
            self.settle(others).await?;
        }
        Ok(kept)
    }

    /// Rule 12: one structure sends fewer than five lots a second, whichever of its workers do.
    async fn pace(&self, structure: &str) -> Result<(), StoreError> {
        let mut turns = vec![(structure.to_owned(), self.inner.settings.pace)];
        if self.lane == Lane::Historical {
            turns.push((format!("{structure} {}", self.lane.as_kept()), self.history.pace));
        }
        for (key, pace) in turns.into_iter().filter(|(_, pace)| !pace.is_zero()) {
            let now = self.inner.clock.now();
            let turn = self.inner.store.turn(key, now, pace).await?;
            tokio::time::sleep(Duration::try_from(turn.duration_since(now)).unwrap_or_default()).await;
        }
        Ok(())
    }

    /// Writes down what became of a lot, then tells, then forgets the bytes that are in the DMP.
    pub(super) async fn settle(&self, mut items: Vec<FeedItem>) -> Result<(), StoreError> {
        for item in items.iter_mut().filter(|item| item.state == State::Failed) {
            item.failed_at = Some(self.inner.clock.now());
        }
        // A process that dies in between deletes again, and does not forget that a user took it out (F12 rule 9).
        for item in items.iter().filter(|item| item.state == State::Sent && item.order == Order::Delete) {
            self.inner.mark_removed(&item.patient, &item.unique_id).await?;
        }
        let written = self.inner.store.settle(items.clone()).await?;
        for item in items.into_iter().filter(|item| written.contains(&item.id)) {
            let what = match item.state {
                State::Sent => What::Stored,
                State::Failed => What::Refused,
                State::Excluded => What::Excluded(item.reasons.clone()),
                State::Ambiguous => What::Lost,
                _ => What::PutOff,
            };
            self.inner.tell(FeedEvent { id: item.id, state: item.state, what });
            if item.state == State::Sent {
                self.inner.forget(item.id).await;
            }
        }
        Ok(())
    }
}

impl<S, L, P> Inner<S, L, P> {
    /// The bytes of a document that is in the DMP are no longer needed.
    async fn forget(&self, id: super::FeedId) {
        if let Err(error) = self.spool.forget(id).await {
            tracing::warn!(%error, "a document that is in the DMP stays in the spool");
        }
    }
}

/// A step that the caller has checked to exist: items of a lot are `Sending`, lost ones `Ambiguous`.
pub(super) fn take(state: State, act: Act) -> State {
    state.after(act).unwrap_or(state)
}
