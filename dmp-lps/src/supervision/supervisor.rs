//! Feeds acts to the criteria and answers who is blocked.

use std::sync::Arc;

use dmp_client::{DmpError, ErrorKind};
use dmp_protocol::error::LocalRefusal;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Mutex, broadcast};

use super::criteria::Case;
use super::store::{SupervisionStore, Verdict};
use super::{
    Alert, AlertId, AlertState, NothingKnown, Observation, Planning, Response, ReviewReport, Rule, SupervisionEvent,
    Surroundings,
};
use crate::clock::{Clock, day, days_later};
use crate::context::{InternalUserId, ProfessionalKey};
use crate::store::StoreError;
use crate::trace::{AccessTrace, Action, Note, Notes, TraceActor, TraceError, Tracer};

/// Events that a slow listener may lag behind by.
const EVENTS: usize = 256;

/// Days of the mean of SV01.
const MEAN_DAYS: i32 = 30;

/// Watches over the uses of a software (RECO 01). Cheap to clone.
pub struct Supervisor<S, W = NothingKnown> {
    inner: Arc<Inner<S, W>>,
    notes: Notes,
}

struct Inner<S, W> {
    store: S,
    surroundings: W,
    rules: Vec<Rule>,
    clock: Arc<dyn Clock>,
    events: broadcast::Sender<SupervisionEvent>,
    /// Acts are looked at one after the other: each counts those before it.
    turn: Mutex<()>,
}

/// Why the supervision stopped following the traces.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SupervisionError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The traces cannot be read.
    #[error(transparent)]
    Trace(#[from] TraceError),
}

impl<S, W> Clone for Supervisor<S, W> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner), notes: self.notes.clone() }
    }
}

impl<S, W> std::fmt::Debug for Supervisor<S, W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Supervisor").field("rules", &self.inner.rules).finish_non_exhaustive()
    }
}

impl<S: SupervisionStore> Supervisor<S> {
    /// The nine criteria with the thresholds of the project; each notifies, none blocks.
    #[must_use]
    pub fn new(store: S, clock: impl Clock) -> Self {
        Supervisor::with(store, clock, Rule::defaults(), NothingKnown)
    }
}

impl<S: SupervisionStore, W: Surroundings> Supervisor<S, W> {
    /// The criteria of the establishment, and what the software knows of staff, planning and appointments.
    #[must_use]
    pub fn with(store: S, clock: impl Clock, rules: Vec<Rule>, surroundings: W) -> Self {
        let (events, _) = broadcast::channel(EVENTS);
        let inner = Inner { store, surroundings, rules, clock: Arc::new(clock), events, turn: Mutex::new(()) };
        Self { inner: Arc::new(inner), notes: Notes::default() }
    }

    /// Traces alerts, blocks and what people do about them (F14); without it nothing is traced.
    #[must_use]
    pub fn traced(self, tracer: Tracer) -> Self {
        Self { notes: Notes::by(tracer), ..self }
    }

    /// Alerts and blocks as they come. Those of a rule that only logs are not told.
    #[must_use]
    pub fn events(&self) -> broadcast::Receiver<SupervisionEvent> {
        self.inner.events.subscribe()
    }

    /// The highest number of a trace that was fed, 0 at first: feed those after it.
    ///
    /// # Errors
    /// The store failed.
    pub async fn last_fed(&self) -> Result<u64, StoreError> {
        self.inner.store.last_fed().await
    }

    /// Looks at what was traced since the last time: the alerts that it raised. Call it now and then, or whenever
    /// [`Tracer::listen`] tells of a line.
    ///
    /// # Errors
    /// The traces or the store failed: the next call begins where this one stopped.
    pub async fn follow(&self, tracer: &Tracer) -> Result<Vec<Alert>, SupervisionError> {
        let mut alerts = Vec::new();
        // Where the reading is; lines that are no act leave the mark of the store where it was.
        let mut after = self.last_fed().await?;
        loop {
            let lines = tracer.after(after).await?;
            let Some(last) = lines.last().map(|line| line.seq) else { return Ok(alerts) };
            for line in &lines {
                alerts.extend(self.feed(line).await?);
            }
            after = last;
        }
    }

    /// Looks at one trace: the alerts that it raised. Acts of the software itself, and lines that only open a call, raise
    /// none.
    ///
    /// # Errors
    /// The store failed: the trace was not taken, and may be fed again.
    pub async fn feed(&self, trace: &AccessTrace) -> Result<Vec<Alert>, StoreError> {
        match Observation::of(trace) {
            Some(act) => self.observe(act).await,
            None => Ok(Vec::new()),
        }
    }

    /// Looks at one act: the alerts that it raised. Acts come in the order of their numbers; one that was fed before, or
    /// whose number is lower than the last, changes nothing.
    ///
    /// # Errors
    /// The store failed: the act was not taken, and may be fed again.
    pub async fn observe(&self, act: Observation) -> Result<Vec<Alert>, StoreError> {
        let inner = &self.inner;
        let _turn = inner.turn.lock().await;
        let verdicts = self.verdicts(&act).await?;
        let forget =
            earlier(act.at, self.longest_window().max(SignedDuration::from_hours(24 * (i64::from(MEAN_DAYS) + 2))));
        let raised = inner.store.keep(act, verdicts, forget).await?;
        for alert in &raised.alerts {
            self.note(TraceActor::software(), alert.id, alert.rule.as_str(), "raised").await;
            if alert.response != Response::Log {
                self.tell(SupervisionEvent::Raised(alert.clone()));
            }
        }
        if let Some(block) = raised.block {
            self.note(TraceActor::software(), block.alert, "SUPERVISION", "blocks").await;
            self.tell(SupervisionEvent::Blocked(block));
        }
        Ok(raised.alerts)
    }

    async fn verdicts(&self, act: &Observation) -> Result<Vec<Verdict>, StoreError> {
        let Inner { store, surroundings, rules, .. } = &*self.inner;
        let from = earlier(act.at, self.longest_window());
        let today = day(act.at);
        let month_ago = day(days_later(act.at, -MEAN_DAYS));
        let of_professional = match &act.professional {
            Some(professional) => store.of_professional(professional.clone(), from).await?,
            None => Vec::new(),
        };
        let consults = act.is_consultation();
        let case = Case {
            act,
            of_user: &store.of_user(act.actor.clone(), from).await?,
            of_professional: &of_professional,
            records_by_day: &store.records_by_day(act.actor.clone(), month_ago, today).await?,
            role: surroundings.role(act).await,
            relation: if consults { surroundings.relation(act).await } else { None },
            planning: if consults { surroundings.planning(act).await } else { Planning::Working },
            in_care: if consults { surroundings.in_care(act).await } else { None },
        };
        let verdict = |rule: &Rule| {
            let evidence = case.evidence(rule)?;
            let from = case.oldest(&evidence);
            let until = act.at.checked_add(rule.window).unwrap_or(Timestamp::MAX);
            Some(Verdict { rule: rule.id, response: rule.response, from, until, evidence })
        };
        Ok(rules.iter().filter_map(verdict).collect())
    }

    fn longest_window(&self) -> SignedDuration {
        self.inner.rules.iter().map(|rule| rule.window).max().unwrap_or_default()
    }

    /// Moves an alert: what the review found.
    ///
    /// # Errors
    /// The store failed. `None` when there is no such alert.
    pub async fn settle(
        &self,
        alert: AlertId,
        state: AlertState,
        by: &InternalUserId,
    ) -> Result<Option<Alert>, StoreError> {
        let settled = self.inner.store.settle(alert, state, by.clone(), self.inner.clock.now()).await?;
        if let Some(alert) = &settled {
            self.note(TraceActor::user(by.clone()), alert.id, alert.rule.as_str(), state.as_kept()).await;
        }
        Ok(settled)
    }

    /// Lets an actor consult again; whether a block stood.
    ///
    /// # Errors
    /// The store failed.
    pub async fn lift(&self, actor: &InternalUserId, by: &InternalUserId) -> Result<bool, StoreError> {
        let lifted = self.inner.store.lift(actor.clone(), by.clone(), self.inner.clock.now()).await?;
        for block in &lifted {
            self.note(TraceActor::user(by.clone()), block.alert, "SUPERVISION", "lifted").await;
            self.tell(SupervisionEvent::Lifted(block.clone()));
        }
        Ok(!lifted.is_empty())
    }

    /// What a regular review looks at: the criteria in force, the alerts, incidents and blocks from `from` and before `to`.
    ///
    /// # Errors
    /// The store failed.
    pub async fn review_report(&self, from: Timestamp, to: Timestamp) -> Result<ReviewReport, StoreError> {
        let Inner { store, rules, .. } = &*self.inner;
        let (alerts, blocks) = (store.alerts(from, to).await?, store.blocks(from, to).await?);
        Ok(ReviewReport { from, to, criteria: rules.clone(), alerts, blocks })
    }

    /// Refuses a consultation of somebody who is blocked. For feeding, deletion, bris de glace and régulation it is not to
    /// be asked: those are never blocked.
    ///
    /// # Errors
    /// `SUPERVISION`: a block stands, or nobody knows whether one does.
    pub async fn check(&self, actor: &InternalUserId, professional: Option<&ProfessionalKey>) -> Result<(), DmpError> {
        match self.inner.store.standing_block(actor.clone(), professional.cloned()).await {
            Ok(None) => Ok(()),
            Ok(Some(block)) => Err(blocked(block.alert)),
            Err(error) => Err(unknown(&error)),
        }
    }

    async fn note(&self, by: TraceActor, alert: AlertId, code: &str, what: &str) {
        self.notes.note_done(by, Note::of(Action::Alert).code(code).detail(format!("alert {alert} {what}"))).await;
    }

    /// An event that nobody listens to is no failure.
    fn tell(&self, event: SupervisionEvent) {
        let _ = self.inner.events.send(event);
    }
}

fn earlier(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_sub(by).unwrap_or(Timestamp::MIN)
}

fn blocked(alert: AlertId) -> DmpError {
    DmpError::local(
        LocalRefusal::new("SUPERVISION")
            .kind(ErrorKind::Authorisation)
            .found(format!("alert {alert}"))
            .meaning(
                "the supervision of uses has suspended consultation for this user (RECO 01)",
                "la supervision des usages a suspendu la consultation pour cet utilisateur (RECO 01)",
            )
            .remedy(
                "see the person in charge of the supervision, who can lift it; feeding and bris de glace remain open",
                "voir le responsable de la supervision, qui peut la lever ; alimentation et bris de glace restent ouverts",
            ),
    )
}

/// What cannot be read is not presumed.
fn unknown(error: &StoreError) -> DmpError {
    DmpError::local(
        LocalRefusal::new("SUPERVISION")
            .found(error.to_string())
            .meaning("the register of blocks cannot be read", "le registre des blocages est illisible")
            .remedy("repair the store, then ask again", "réparer le stockage, puis redemander"),
    )
}
