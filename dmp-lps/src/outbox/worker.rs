//! What runs beside the screens: takes lots, brings them to the DMP, asks after lost answers.

use std::sync::Arc;
use std::time::Duration;

use dmp_client::{Advice, DmpError, Document, ErrorKind, Existence, Outcome, Submission};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex;
use tokio::time::Instant;
use uuid::Uuid;

use super::back_off::next_try;
use super::eligibility::{PatientRegister, reasons};
use super::queue::Inner;
use super::{Act, FeedEvent, FeedId, FeedItem, FeedStore, Feeder, LastError, Outbox, Reason, State, What};
use crate::consent::StanceLedger;
use crate::context::PatientKey;
use crate::store::StoreError;

/// How long a worker sleeps at most when nothing is due: clocks are moved.
const NAP: Duration = Duration::from_secs(30);

/// Feeds what is due. Several may run at a time, also in several processes over a store that they share.
pub struct Worker<S, L, P, F> {
    inner: Arc<Inner<S, L, P>>,
    feeder: F,
    last_lot: Mutex<Option<Instant>>,
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
        f.debug_struct("Worker").finish_non_exhaustive()
    }
}

impl<S: FeedStore, L: StanceLedger, P: PatientRegister> Outbox<S, L, P> {
    /// A worker that feeds through `feeder`. What a dead worker left behind is taken up: its requests may or may not have
    /// arrived.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn worker<F: Feeder>(&self, feeder: F) -> Result<Worker<S, L, P, F>, StoreError> {
        let recovered = self.inner.store.recover(self.inner.clock.now()).await?;
        if recovered > 0 {
            tracing::warn!(recovered, "documents whose sending was interrupted: the DMP will be asked for each");
        }
        // A worker that died between the two left bytes that are in the DMP.
        for id in self.inner.spool.kept().await {
            let sent = self.inner.store.get(id).await?.is_some_and(|item| item.state == State::Sent);
            if sent {
                self.inner.forget(id).await;
            }
        }
        Ok(Worker { inner: Arc::clone(&self.inner), feeder, last_lot: Mutex::new(None) })
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
                    NAP
                }
                Err(error) => {
                    tracing::error!(%error, "the store of the queue failed; trying again");
                    NAP
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
        let left = due.map(|due| due.duration_since(self.inner.clock.now()));
        left.map_or(NAP, |left| Duration::try_from(left).unwrap_or_default()).min(NAP)
    }

    /// One lot, or one question.
    ///
    /// Dropping the future while a request is on the way loses nothing: its documents are asked for when the lease has
    /// passed, or when a worker starts.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn step(&self) -> Result<Step, StoreError> {
        let Inner { store, clock, settings, .. } = &*self.inner;
        let now = clock.now();
        let lease = now.saturating_add(settings.lease).unwrap_or(now);
        let lost = store.claim_ambiguous(now, lease).await?;
        if !lost.is_empty() {
            let asked = lost.len();
            self.ask(lost).await?;
            return Ok(Step::Asked(asked));
        }
        let lot = store.claim(now, lease, settings.grouping).await?;
        if lot.is_empty() {
            return Ok(Step::Idle(store.next_due().await?));
        }
        self.feed(lot).await
    }

    async fn feed(&self, lot: Vec<FeedItem>) -> Result<Step, StoreError> {
        let mut lot = self.eligible(lot).await?;
        let Some(patient) = lot.first().map(|item| item.patient.clone()) else { return Ok(Step::Fed(0)) };
        for item in &lot {
            self.inner.tell(FeedEvent { id: item.id, state: item.state, what: What::Started });
        }
        let count = lot.len();
        let outcome = match self.absent(&patient).await {
            Ok(Some(reason)) => {
                exclude(&mut lot, reason);
                Ok(())
            }
            Ok(None) => self.submit(&patient, &mut lot).await,
            // A question whose answer is lost leaves nothing to ask after: no document was sent.
            Err(error) => Err(error.with_outcome(Outcome::NotSent)),
        };
        let blocked = match outcome {
            Ok(()) => None,
            Err(error) => self.refused(&patient, &mut lot, error).await,
        };
        self.settle(lot).await?;
        Ok(blocked.map_or(Step::Fed(count), |error| Step::Blocked(Box::new(error))))
    }

    /// Rule 7: looks again right before sending.
    async fn eligible(&self, lot: Vec<FeedItem>) -> Result<Vec<FeedItem>, StoreError> {
        let Inner { store, gate, register, .. } = &*self.inner;
        let (mut kept, mut excluded) = (Vec::new(), Vec::new());
        for mut item in lot {
            item.reasons = reasons(&item, store, gate, register).await?;
            if item.reasons.is_empty() {
                kept.push(item);
            } else {
                item.state = take(item.state, Act::Exclude);
                excluded.push(item);
            }
        }
        if !excluded.is_empty() {
            self.settle(excluded).await?;
        }
        Ok(kept)
    }

    /// Rule 8: TD0.2 before each lot; authorisation is not needed to feed.
    async fn absent(&self, patient: &PatientKey) -> Result<Option<Reason>, DmpError> {
        Ok(match self.feeder.existence(patient).await? {
            Existence::Absent => Some(Reason::NoDmp),
            Existence::Closed(..) => Some(Reason::DmpClosed),
            _ => None,
        })
    }

    async fn submit(&self, patient: &PatientKey, lot: &mut [FeedItem]) -> Result<(), DmpError> {
        let Some(submission) = self.submission(lot).await else { return Ok(()) };
        self.pace().await;
        let receipt = self.feeder.submit(patient, &submission).await?;
        let now = self.inner.clock.now();
        for item in lot.iter_mut().filter(|item| item.state == State::Sending) {
            stored(item, Some(receipt.submission_unique_id.clone()), now);
        }
        Ok(())
    }

    /// The lot as a submission; a document that cannot be read any more fails by itself.
    async fn submission(&self, lot: &mut [FeedItem]) -> Option<Submission> {
        let mut submission: Option<Submission> = None;
        for item in lot {
            let read = Document::from_cda_file(self.inner.spool.path(item.id)).await;
            // The bytes that were queued, or none.
            let read = match read {
                Ok(document) if document.entry().hash.as_deref() == Some(&item.hash) => document,
                other => {
                    let line =
                        other.err().map_or_else(|| "its bytes have changed".to_owned(), |error| error.to_string());
                    item.error = Some(LastError { kind: "Document".to_owned(), code: None, line });
                    if item.state == State::Sending {
                        item.state = take(item.state, Act::Refuse);
                    }
                    continue;
                }
            };
            let document = item.hidden.iter().fold(read, |document, hidden| document.hidden(*hidden));
            let document = match &item.replaces {
                Some(replaced) => document.replacing(replaced.as_str()),
                None => document,
            };
            submission = Some(match submission {
                Some(submission) => submission.and(document),
                None => Submission::of(document),
            });
        }
        submission
    }

    /// Below five lots a second.
    async fn pace(&self) {
        let mut last = self.last_lot.lock().await;
        if let Some(last) = *last {
            tokio::time::sleep_until(last + self.inner.settings.pace).await;
        }
        *last = Some(Instant::now());
    }

    /// What becomes of a lot that was not stored. Returns the error that stops every lot.
    async fn refused(&self, patient: &PatientKey, lot: &mut [FeedItem], error: DmpError) -> Option<DmpError> {
        let now = self.inner.clock.now();
        let last = LastError::from(&error);
        for item in lot.iter_mut().filter(|item| item.state == State::Sending) {
            item.error = Some(last.clone());
        }
        let duplicate = error.code().is_some_and(|code| code.as_str() == "XDSDuplicateUniqueIdInRegistry");
        if error.outcome() == Outcome::Unknown || duplicate {
            each(lot, |item| {
                item.state = take(item.state, Act::Lose);
                item.not_before = now;
            });
            return None;
        }
        if error.kind() == ErrorKind::PatientState {
            let closed = error.code().is_some_and(|code| code.as_str() == "DMPClosed");
            exclude(lot, if closed { Reason::DmpClosed } else { Reason::NoDmp });
            return None;
        }
        if matches!(error.kind(), ErrorKind::Tls | ErrorKind::Authentication) {
            each(lot, |item| self.put_off(item, None, now));
            return Some(error);
        }
        if let Some(advised) = passes(&error) {
            each(lot, |item| {
                item.attempts += 1;
                if item.attempts >= self.inner.settings.tries {
                    item.state = take(item.state, Act::Refuse);
                } else {
                    self.put_off(item, Some(advised), now);
                }
            });
            return None;
        }
        self.quarantine(patient, lot, &error, now).await;
        None
    }

    /// A refusal for good: the guilty document is set apart, the others go on without it.
    async fn quarantine(&self, patient: &PatientKey, lot: &mut [FeedItem], error: &DmpError, now: Timestamp) {
        let reason = Reason::of_refusal(error);
        let guilty = match (lot.len(), self.submission(lot).await) {
            (1, _) => vec![0],
            (_, Some(submission)) => self.feeder.blame(patient, &submission, error).await,
            (_, None) => Vec::new(),
        };
        for (index, item) in lot.iter_mut().enumerate().filter(|(_, item)| item.state == State::Sending) {
            if guilty.contains(&index) {
                item.state = take(item.state, if reason.is_some() { Act::Exclude } else { Act::Refuse });
                item.reasons = reason.into_iter().collect();
            } else {
                // Nobody knows which one the DMP meant: each alone, then one of them fails alone.
                item.alone = guilty.is_empty();
                item.state = take(item.state, Act::PutOff);
                item.not_before = now;
            }
        }
    }

    fn put_off(&self, item: &mut FeedItem, advised: Option<SignedDuration>, now: Timestamp) {
        item.state = take(item.state, Act::PutOff);
        item.not_before = next_try(&self.inner.settings, item.attempts.max(1), advised, now, chance());
    }

    /// Asks the DMP for each document whose answer was lost: a lot is all or nothing, but nothing here depends on it.
    async fn ask(&self, mut lost: Vec<FeedItem>) -> Result<(), StoreError> {
        for item in &mut lost {
            let held = self.feeder.holds(&item.patient, &item.unique_id).await;
            let now = self.inner.clock.now();
            match held {
                Ok(true) => {
                    let lot = item.lot.clone();
                    stored(item, lot, now);
                }
                // A request that still travels and arrives later is no harm: the same uniqueId is stored once.
                Ok(false) => {
                    item.state = take(item.state, Act::Miss);
                    item.not_before = now;
                }
                Err(error) => {
                    item.error = Some(LastError::from(&error));
                    item.attempts += 1;
                    item.not_before = next_try(&self.inner.settings, item.attempts, passes(&error), now, chance());
                }
            }
        }
        self.settle(lost).await
    }

    /// Writes down what became of a lot, then tells, then forgets the bytes that are in the DMP.
    async fn settle(&self, mut items: Vec<FeedItem>) -> Result<(), StoreError> {
        for item in items.iter_mut().filter(|item| item.state == State::Failed) {
            item.failed_at = Some(self.inner.clock.now());
        }
        self.inner.store.settle(items.clone()).await?;
        for item in items {
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
    async fn forget(&self, id: FeedId) {
        if let Err(error) = self.spool.forget(id).await {
            tracing::warn!(%error, "a document that is in the DMP stays in the spool");
        }
    }
}

/// A step that the caller has checked to exist: items of a lot are `Sending`, lost ones `Ambiguous`.
fn take(state: State, act: Act) -> State {
    state.after(act).unwrap_or(state)
}

fn each(lot: &mut [FeedItem], mut then: impl FnMut(&mut FeedItem)) {
    lot.iter_mut().filter(|item| item.state == State::Sending).for_each(&mut then);
}

fn exclude(lot: &mut [FeedItem], reason: Reason) {
    each(lot, |item| {
        item.state = take(item.state, Act::Exclude);
        item.reasons = vec![reason];
    });
}

fn stored(item: &mut FeedItem, lot: Option<String>, now: Timestamp) {
    item.state = take(item.state, Act::Store);
    (item.lot, item.sent_at, item.error) = (lot, Some(now), None);
}

/// Whether a failure passes by itself, and how long the DMP wants us to wait at least.
fn passes(error: &DmpError) -> Option<SignedDuration> {
    match error.advice() {
        Advice::Backoff { min } => Some(SignedDuration::try_from(min).unwrap_or_default()),
        Advice::Once | Advice::ReadStateFirst => Some(SignedDuration::ZERO),
        _ if matches!(error.kind(), ErrorKind::Transport | ErrorKind::Server | ErrorKind::Throttled) => {
            Some(SignedDuration::ZERO)
        }
        _ => None,
    }
}

/// A number between 0 and 1; the only random source at hand is that of the identifiers, and this needs no secret.
fn chance() -> f64 {
    f64::from(Uuid::new_v4().as_fields().0) / f64::from(u32::MAX)
}
