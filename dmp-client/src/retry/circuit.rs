//! After several failures in a row, calls fail at once for a while: a DMP that is down is not helped by more calls.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use dmp_protocol::error::{Advice, LocalRefusal, Origin};
use dmp_protocol::transaction::Transaction;
use tokio::time::Instant;

use super::RetryPolicy;
use crate::{DmpError, ErrorKind};

/// What is counted apart: searches that fail never stop feeding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lane {
    /// TD2.1.
    Feeding,
    /// TD3.1, TD3.2.
    Consultation,
    /// Patients, rights, identifiers, updates.
    Other,
}

impl Lane {
    fn of(transaction: Transaction) -> Self {
        match transaction {
            Transaction::Submit => Self::Feeding,
            Transaction::Search | Transaction::Retrieve => Self::Consultation,
            _ => Self::Other,
        }
    }
}

/// The circuits of one client.
#[derive(Debug)]
pub(crate) struct Circuits {
    opens_after: u32,
    rests: Duration,
    lanes: [Mutex<Circuit>; 3],
}

#[derive(Debug, Default)]
struct Circuit {
    failures: u32,
    opened_at: Option<Instant>,
}

impl Circuits {
    pub(crate) fn new(policy: &RetryPolicy) -> Self {
        Self { opens_after: policy.circuit_opens_after, rests: policy.circuit_rests, lanes: Default::default() }
    }

    /// Lets a call pass, or says how long calls still fail at once. After the rest one failure is enough to open again.
    pub(crate) fn pass(&self, transaction: Transaction) -> Result<(), DmpError> {
        let opened_at = self.lock(transaction).opened_at;
        let left = opened_at.and_then(|opened_at| self.rests.checked_sub(opened_at.elapsed()));
        left.filter(|left| !left.is_zero()).map_or(Ok(()), |left| Err(open(transaction, left)))
    }

    /// Counts how an attempt ended.
    pub(crate) fn learn(&self, transaction: Transaction, error: Option<&DmpError>) {
        let mut circuit = self.lock(transaction);
        match error {
            Some(error) if is_failure(error) => {
                circuit.failures = circuit.failures.saturating_add(1);
                if self.opens_after > 0 && circuit.failures >= self.opens_after {
                    tracing::warn!(lane = ?Lane::of(transaction), "failures in a row: calls fail at once for a while");
                    circuit.opened_at = Some(Instant::now());
                }
            }
            // A refusal is an answer.
            _ => *circuit = Circuit::default(),
        }
    }

    fn lock(&self, transaction: Transaction) -> std::sync::MutexGuard<'_, Circuit> {
        let [feeding, consultation, other] = &self.lanes;
        let circuit = match Lane::of(transaction) {
            Lane::Feeding => feeding,
            Lane::Consultation => consultation,
            Lane::Other => other,
        };
        circuit.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Of the network or of the DMP; not of this machine.
fn is_failure(error: &DmpError) -> bool {
    let is_ours = matches!(error.origin(), Origin::Local(_) | Origin::Concluded(_));
    !is_ours && matches!(error.kind(), ErrorKind::Server | ErrorKind::Transport)
}

fn open(transaction: Transaction, left: Duration) -> DmpError {
    let refusal = LocalRefusal::new("circuit")
        .kind(ErrorKind::Transport)
        .advice(Advice::Backoff { min: left })
        .meaning(
            "the DMP failed several times in a row, and is left alone for a while",
            "le DMP a échoué plusieurs fois de suite et est laissé au repos un moment",
        )
        .found(format!("{} s of rest left", left.as_secs().saturating_add(1)))
        .remedy("repeat after that time", "recommencer après ce délai");
    DmpError::local(refusal).with_transaction(transaction)
}

#[cfg(test)]
mod tests {
    use dmp_protocol::error::{RemoteError, Signal};

    use super::*;

    fn failed(transaction: Transaction) -> DmpError {
        DmpError::signal(transaction, Signal::Status(503))
    }

    #[test]
    fn five_failures_open_a_circuit_for_half_a_minute() {
        let circuits = Circuits::new(&RetryPolicy::default());
        let search = Transaction::Search;
        for _ in 0..4 {
            circuits.learn(search, Some(&failed(search)));
        }
        // A refusal is an answer: the count starts again.
        circuits.learn(search, Some(&DmpError::from_registry(search, vec![RemoteError::new("DMPClosed", "")])));
        for _ in 0..5 {
            circuits.pass(search).unwrap();
            circuits.learn(search, Some(&failed(search)));
        }
        let refused = circuits.pass(search).unwrap_err();
        assert_eq!((refused.rule(), refused.kind()), (Some("circuit"), ErrorKind::Transport));
        assert!(matches!(refused.advice(), Advice::Backoff { min } if min <= Duration::from_secs(30)));
        circuits.pass(Transaction::Submit).unwrap();
        circuits.pass(Transaction::Existence).unwrap();
        circuits.learn(search, None);
        circuits.pass(search).unwrap();
    }

    #[test]
    fn calls_pass_after_the_rest_and_without_a_circuit() {
        for policy in [
            RetryPolicy { circuit_rests: Duration::ZERO, ..RetryPolicy::default() },
            RetryPolicy { circuit_opens_after: 0, ..RetryPolicy::default() },
        ] {
            let circuits = Circuits::new(&policy);
            for _ in 0..9 {
                circuits.learn(Transaction::Submit, Some(&failed(Transaction::Submit)));
                circuits.pass(Transaction::Submit).unwrap();
            }
        }
    }
}
