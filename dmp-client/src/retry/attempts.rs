//! The attempts of one call.

use std::time::Duration;

use backon::{BackoffBuilder, Retryable};
use dmp_protocol::error::Advice;
use dmp_protocol::transaction::{RetrySafety, Transaction};
use tokio::time::Instant;

use super::RetryPolicy;
use crate::DmpError;

/// Attempts until one succeeds, its error is not to be repeated, or the next would begin after `deadline`.
pub(crate) async fn run<T, F: Future<Output = Result<T, DmpError>>>(
    policy: &RetryPolicy,
    transaction: Transaction,
    deadline: Instant,
    attempt: impl FnMut() -> F,
) -> Result<T, DmpError> {
    let mut repeats = Repeats { at_most_once: transaction.retry_safety() == RetrySafety::OnceOnly, done: 0 };
    attempt
        .retry(FullJitter(*policy))
        .adjust(|error: &DmpError, drawn| {
            let delay = repeats.delay(error, drawn?)?;
            (Instant::now() + delay < deadline).then_some(delay)
        })
        .notify(|error: &DmpError, delay| {
            let kind = error.kind();
            tracing::info!(transaction = transaction.td(), %kind, ?delay, "trying again");
        })
        .await
}

/// What was repeated so far.
struct Repeats {
    /// A read that the patient may be told of.
    at_most_once: bool,
    done: u32,
}

impl Repeats {
    /// How long to wait before the next attempt; none when there is to be none.
    fn delay(&mut self, error: &DmpError, drawn: Duration) -> Option<Duration> {
        let delay = match error.advice() {
            Advice::Once if self.done == 0 => Duration::ZERO,
            Advice::Backoff { .. } if self.done == 0 || !self.at_most_once => {
                error.retry_after().unwrap_or_default() + drawn
            }
            _ => return None,
        };
        // The threshold of searches is counted in minutes: no call waits for it.
        if matches!(error.advice(), Advice::Backoff { min } if min >= LONGEST_WAIT) {
            return None;
        }
        self.done += 1;
        Some(delay)
    }
}

/// Beyond this a delay is for a queue, or for a user.
const LONGEST_WAIT: Duration = Duration::from_secs(120);

/// Delays drawn between nothing and a bound that doubles: many clients of one DMP do not come back together.
#[derive(Debug, Clone, Copy)]
struct FullJitter(RetryPolicy);

impl BackoffBuilder for FullJitter {
    type Backoff = Delays;

    fn build(self) -> Delays {
        Delays { left: self.0.attempts.saturating_sub(1), bound: self.0.first_delay, longest: self.0.longest_delay }
    }
}

#[derive(Debug)]
struct Delays {
    left: usize,
    bound: Duration,
    longest: Duration,
}

impl Iterator for Delays {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        self.left = self.left.checked_sub(1)?;
        let bound = self.bound.min(self.longest);
        self.bound = bound.saturating_mul(2);
        Some(bound.mul_f64(fastrand::f64()))
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use dmp_protocol::error::{RemoteError, Signal, TlsRefusal};

    use super::*;

    const POLICY: fn() -> RetryPolicy = || RetryPolicy { first_delay: Duration::ZERO, ..RetryPolicy::default() };

    /// Attempts made of a call that always ends so.
    async fn attempts(transaction: Transaction, error: impl Fn() -> DmpError) -> usize {
        let made = Cell::new(0);
        let deadline = Instant::now() + Duration::from_secs(30);
        let outcome: Result<(), DmpError> = run(&POLICY(), transaction, deadline, || {
            made.set(made.get() + 1);
            std::future::ready(Err(error()))
        })
        .await;
        assert!(outcome.is_err());
        made.get()
    }

    #[tokio::test]
    async fn only_what_is_safe_is_repeated() {
        use Transaction::{Existence, Locate, Mask, Retrieve, Search, SetAuthorization, Submit};
        for (transaction, signal, expected) in [
            (Existence, Signal::Network, 4),
            (Submit, Signal::Network, 4),
            (Submit, Signal::NotSent, 2),
            (Submit, Signal::LostAnswer, 1),
            (Mask, Signal::LostAnswer, 1),
            (Mask, Signal::NotSent, 2),
            (Existence, Signal::LostAnswer, 4),
            (SetAuthorization, Signal::LostAnswer, 4),
            (Search, Signal::LostAnswer, 2),
            (Search, Signal::Network, 2),
            (Retrieve, Signal::Status(503), 2),
            (Locate, Signal::Status(503), 4),
            (Submit, Signal::Status(503), 1),
            (Submit, Signal::Status(429), 4),
            (Existence, Signal::Tls(TlsRefusal::ClientCertificateRejected), 1),
            (Existence, Signal::Status(403), 1),
            (Existence, Signal::UnexpectedResponse, 1),
        ] {
            let made = attempts(transaction, || DmpError::signal(transaction, signal)).await;
            assert_eq!(made, expected, "{transaction} {signal:?}");
        }
    }

    #[tokio::test]
    async fn codes_say_whether_they_may_be_repeated() {
        for (transaction, code, expected) in [
            (Transaction::Submit, "XDSRepositoryBusy", 4),
            (Transaction::Submit, "XDSRegistryNotAvailable", 1),
            (Transaction::Submit, "XDSRegistryMetadataError", 1),
            (Transaction::Search, "XDSRegistryBusy", 2),
            (Transaction::Search, "DMPAccessDeniedByExcededThreshold", 1),
        ] {
            let error = || DmpError::from_registry(transaction, vec![RemoteError::new(code, "")]);
            assert_eq!(attempts(transaction, error).await, expected, "{transaction} {code}");
        }
    }

    #[tokio::test]
    async fn no_attempt_begins_after_the_time_limit() {
        let wait = Duration::from_secs(60);
        let made = attempts(Transaction::Existence, || {
            DmpError::signal(Transaction::Existence, Signal::Status(503)).with_retry_after(wait)
        });
        assert_eq!(made.await, 1);
    }

    #[test]
    fn delays_double_under_their_bound() {
        let policy = RetryPolicy { attempts: 9, ..RetryPolicy::default() };
        let bounds = [1, 2, 4, 8, 16, 32, 60, 60].map(Duration::from_secs);
        let delays: Vec<Duration> = FullJitter(policy).build().collect();
        assert_eq!(delays.len(), bounds.len());
        assert!(delays.iter().zip(bounds).all(|(delay, bound)| *delay <= bound), "{delays:?}");
        assert!(FullJitter(RetryPolicy::never()).build().next().is_none());
    }
}
