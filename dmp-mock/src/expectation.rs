//! What a test expects the DMP to receive.

use std::sync::Arc;

use dmp_protocol::transaction::Transaction;

use crate::dmp::Dmp;
use crate::journal::{Exchange, JournalQuery};

/// A number of requests that a test expects from now on; [`MockDmp::expect`](crate::MockDmp::expect). Dropped at the end
/// of the test, it panics when another number came, and says what came.
#[must_use = "an expectation is checked when it is dropped: keep it until the end of the test"]
#[derive(Debug)]
pub struct Expectation {
    received: Received,
    transaction: Transaction,
    /// `None`: one at least.
    times: Option<usize>,
}

/// The journal, from the first exchange that counts.
struct Received {
    dmp: Arc<Dmp>,
    after: u64,
}

impl std::fmt::Debug for Received {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Received").field("after", &self.after).finish_non_exhaustive()
    }
}

impl Received {
    fn of(&self, transaction: Option<Transaction>) -> Vec<Exchange> {
        let transaction = transaction.map(|transaction| transaction.td().to_owned());
        let query = JournalQuery { transaction, ..JournalQuery::default() };
        self.dmp.journal.find(&query).into_iter().filter(|exchange| exchange.number > self.after).collect()
    }
}

impl Expectation {
    pub(crate) fn new(dmp: Arc<Dmp>, transaction: Transaction) -> Self {
        let after = dmp.journal.last().map_or(0, |exchange| exchange.number);
        Expectation { received: Received { dmp, after }, transaction, times: None }
    }

    /// That many requests, neither more nor less; without it, one at least.
    pub fn times(mut self, times: usize) -> Self {
        self.times = Some(times);
        self
    }

    /// What did not come as expected.
    ///
    /// # Errors
    /// A sentence that says what was expected, what came, and every transaction received meanwhile.
    pub fn check(&self) -> Result<(), String> {
        let came = self.received.of(Some(self.transaction));
        let is_met = self.times.map_or(!came.is_empty(), |times| came.len() == times);
        if is_met {
            return Ok(());
        }
        let expected = self.times.map_or("at least one".to_owned(), |times| times.to_string());
        let all: Vec<String> = self.received.of(None).iter().map(told).collect();
        let all = if all.is_empty() { "nothing".to_owned() } else { all.join(", ") };
        Err(format!("expected {expected} {}, found {}; received: {all}", self.transaction, came.len()))
    }
}

/// `TD2.1 (refused by OWN-01)`.
fn told(exchange: &Exchange) -> String {
    let transaction = exchange.transaction.as_deref().unwrap_or("an unknown message");
    match &exchange.refusal {
        Some(verdict) => format!("{transaction} (refused by {})", verdict.rule),
        None => transaction.to_owned(),
    }
}

impl Drop for Expectation {
    fn drop(&mut self) {
        // A test that fails already says why.
        if std::thread::panicking() {
            return;
        }
        if let Err(unmet) = self.check() {
            #[expect(clippy::panic, reason = "this is how a test fails: only tests hold expectations")]
            {
                panic!("{unmet}");
            }
        }
    }
}
