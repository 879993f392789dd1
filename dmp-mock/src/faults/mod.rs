//! Faults on demand: which requests are hit, and what happens to them instead of, or after, what should.
//!
//! A [`Fault`] says which requests it hits (transaction, patient, actor), how often (count, probability with a seed)
//! and its [`Effect`]. The first one, in the order added, that hits a request decides alone. Each says whether the
//! request is *processed*: a lost request and a lost answer look the same to a client, and are not the same to a
//! record.
//!
//! ```
//! use dmp_mock::MockDmp;
//! use dmp_mock::faults::{Cut, Effect, Fault};
//! use dmp_protocol::transaction::Transaction;
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let mock = MockDmp::start().await?;
//! // The next two searches are refused for too many calls; the first lot is stored and its answer lost.
//! mock.faults().add(Fault::code("DMPAccessDeniedByExcededThreshold").on(Transaction::Search).times(2))?;
//! let lost = Fault::new(Effect::Cut { at: Cut::BeforeAnswer }).processed(true);
//! mock.faults().add(lost.on(Transaction::Submit).times(1))?;
//! # Ok(())
//! # }
//! # tokio::runtime::Runtime::new().unwrap().block_on(run()).unwrap();
//! ```

mod chance;
mod code;
mod effect;
mod file;
mod gates;
mod glimpse;
mod hit;
mod rule;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;

use self::chance::Chance;
use self::gates::Gates;
pub(crate) use self::glimpse::Glimpse;
pub(crate) use self::hit::Hit;
pub use code::{CodeAnswer, FaultCarrier};
pub use effect::{Cut, Effect, Weight};
pub use file::FaultFileError;
pub use rule::{Fault, FaultError};

/// The faults of a running mock.
#[derive(Debug, Default)]
pub struct Faults {
    table: Mutex<Table>,
    /// How many faults there are: nothing is parsed for the sake of faults when there is none.
    count: AtomicUsize,
    gates: Gates,
}

#[derive(Debug, Default)]
struct Table {
    given: u64,
    faults: Vec<Armed>,
}

/// A fault and what it did until now.
#[derive(Debug)]
struct Armed {
    number: u64,
    fault: Fault,
    chance: Chance,
    matched: u64,
    fired: u64,
}

/// A fault of the list, and what it did until now.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FaultState {
    /// Its number, from 1.
    pub number: u64,
    /// What was asked for.
    pub fault: Fault,
    /// Requests that met its conditions.
    pub matched: u64,
    /// Requests that it hit.
    pub fired: u64,
}

impl Faults {
    /// Adds a fault and gives its number, from 1. It applies from the next request on.
    ///
    /// # Errors
    /// [`FaultError`] when the fault contradicts itself or names what does not exist.
    pub fn add(&self, fault: Fault) -> Result<u64, FaultError> {
        fault.check()?;
        let mut table = self.table();
        table.given += 1;
        let number = table.given;
        let chance = Chance::new(fault.seed);
        table.faults.push(Armed { number, fault, chance, matched: 0, fired: 0 });
        self.count.store(table.faults.len(), Ordering::Release);
        Ok(number)
    }

    /// Removes a fault; `false` when there is none of that number.
    pub fn remove(&self, number: u64) -> bool {
        let mut table = self.table();
        let before = table.faults.len();
        table.faults.retain(|armed| armed.number != number);
        self.count.store(table.faults.len(), Ordering::Release);
        table.faults.len() < before
    }

    /// Removes them all and opens every gate; numbers go on.
    pub fn clear(&self) {
        let mut table = self.table();
        table.faults.clear();
        self.count.store(0, Ordering::Release);
        drop(table);
        self.gates.open_all();
    }

    /// The faults, in the order added.
    #[must_use]
    pub fn list(&self) -> Vec<FaultState> {
        let described = |armed: &Armed| FaultState {
            number: armed.number,
            fault: armed.fault.clone(),
            matched: armed.matched,
            fired: armed.fired,
        };
        self.table().faults.iter().map(described).collect()
    }

    /// Lets go what waits at a gate ([`Effect::Hold`]), now and later.
    pub fn open(&self, gate: &str) {
        self.gates.open(gate);
    }

    /// How many requests wait at a gate.
    #[must_use]
    pub fn waiting(&self, gate: &str) -> usize {
        self.gates.waiting(gate)
    }

    /// Until a request waits at a gate: a test that then acts needs no sleep.
    pub async fn reached(&self, gate: &str) {
        self.gates.reached(gate).await;
    }

    pub(crate) async fn pass(&self, gate: &str) {
        self.gates.pass(gate).await;
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.count.load(Ordering::Acquire) == 0
    }

    /// The fault that hits a request, counted.
    pub(crate) fn hit(&self, glimpse: Glimpse) -> Option<Hit> {
        let is_request = |fault: &Fault| !matches!(fault.effect, Effect::Handshake { .. });
        let (number, fault) = self.first(|fault| is_request(fault) && fault.matches(&glimpse))?;
        let processed = fault.is_processed();
        Some(Hit { number, effect: fault.effect, processed, patient: glimpse.patient, actor: glimpse.actor })
    }

    /// The fault that hits a handshake: its effect, counted.
    pub(crate) fn hit_handshake(&self) -> Option<Effect> {
        if self.is_empty() {
            return None;
        }
        let (_, fault) = self.first(|fault| matches!(fault.effect, Effect::Handshake { .. }))?;
        Some(fault.effect)
    }

    fn first(&self, matches: impl Fn(&Fault) -> bool) -> Option<(u64, Fault)> {
        let mut table = self.table();
        let mut matching = table.faults.iter_mut().filter(|armed| matches(&armed.fault));
        matching.find_map(|armed| armed.fires().then(|| (armed.number, armed.fault.clone())))
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Armed {
    /// Whether a request that meets the conditions is hit.
    fn fires(&mut self) -> bool {
        self.matched += 1;
        let is_due = self.matched > self.fault.skip && self.fault.count.is_none_or(|count| self.fired < count);
        let fires = is_due && self.chance.happens(self.fault.probability);
        self.fired += u64::from(fires);
        fires
    }
}
