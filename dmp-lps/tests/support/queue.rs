//! A queue over a mock.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use dmp_lps::consent::ConsentGate;
use dmp_lps::outbox::{FeedId, NewFeed, Outbox, OutboxSettings, PatientFacts, Spool, Step, Worker};
use dmp_lps::*;

use super::documents::{bytes, letter, unique_id};
use super::{clock, context, patient};

/// What the software knows of its patients, changed by a test.
#[derive(Clone, Default)]
pub(crate) struct Register {
    pub(crate) unqualified: Arc<AtomicBool>,
    pub(crate) deceased: Arc<AtomicBool>,
}

impl outbox::PatientRegister for Register {
    async fn facts(&self, _: &PatientKey) -> PatientFacts {
        PatientFacts {
            qualified: !self.unqualified.load(Ordering::SeqCst),
            deceased: self.deceased.load(Ordering::SeqCst),
        }
    }
}

pub(crate) type Queue = Outbox<Database, Database, Register>;

/// A queue, its clock, its gate, and the folder it lives in.
pub(crate) struct Scene {
    pub(crate) queue: Queue,
    pub(crate) gate: ConsentGate<Database>,
    pub(crate) clock: ManualClock,
    pub(crate) register: Register,
    pub(crate) base: Database,
    pub(crate) folder: tempfile::TempDir,
}

/// No pace: tests do not wait.
pub(crate) fn settings() -> OutboxSettings {
    OutboxSettings { pace: Duration::ZERO, ..OutboxSettings::default() }
}

impl Scene {
    pub(crate) fn new() -> Self {
        Self::with(settings())
    }

    pub(crate) fn with(settings: OutboxSettings) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (clock, register) = (clock(), Register::default());
        let base = Database::open(folder.path().join("lps.sqlite")).unwrap();
        let gate = ConsentGate::new(base.clone(), clock.clone()).with_sentence("Texte du guide.");
        let spool = Spool::open(folder.path().join("spool")).unwrap();
        let queue = Outbox::new(base.clone(), spool, gate.clone(), register.clone(), clock.clone(), settings);
        Self { queue, gate, clock, register, base, folder }
    }

    /// The queue of another base, with the same clock and register.
    pub(crate) fn over(&self, base: Database) -> Queue {
        let spool = Spool::open(self.folder.path().join("spool")).unwrap();
        Outbox::new(base, spool, self.gate.clone(), self.register.clone(), self.clock.clone(), settings())
    }

    /// A validated letter of an episode: its identifier in the queue, and its uniqueId.
    pub(crate) async fn letter(&self, episode: &str) -> (FeedId, String) {
        let builder = letter();
        let feed = NewFeed::of(context("alix", "team-1", episode), patient()).validated();
        let id = self.queue.enqueue_bytes(feed, bytes(&builder)).await.unwrap();
        (id, unique_id(&builder))
    }

    pub(crate) async fn state(&self, id: FeedId) -> outbox::State {
        self.queue.get(id).await.unwrap().state
    }

    /// The delay of everything that is scheduled has passed.
    pub(crate) fn pass_delay(&self) {
        self.clock.advance(jiff::SignedDuration::from_mins(15));
    }
}

/// Steps until nothing is due; what each step did.
pub(crate) async fn work<F: outbox::Feeder>(worker: &Worker<Database, Database, Register, F>) -> Vec<Step> {
    let mut steps = Vec::new();
    loop {
        match worker.step().await.unwrap() {
            Step::Idle(_) => return steps,
            step => steps.push(step),
        }
    }
}
