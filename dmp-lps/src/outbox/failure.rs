//! What becomes of a lot that the DMP did not store.

use dmp_client::{Advice, DmpError, ErrorKind, Outcome};
use jiff::SignedDuration;
use uuid::Uuid;

use super::back_off::next_try;
use super::worker::take;
use super::{Act, FeedItem, FeedStore, Feeder, LastError, Order, PatientRegister, Reason, State, Worker};
use crate::consent::StanceLedger;
use crate::context::PatientKey;

impl<S: FeedStore, L: StanceLedger, P: PatientRegister, F: Feeder> Worker<S, L, P, F> {
    /// Returns the error that stops every lot.
    pub(super) async fn refused(
        &self,
        patient: &PatientKey,
        lot: &mut [FeedItem],
        error: DmpError,
    ) -> Option<DmpError> {
        let last = LastError::from(&error);
        each(lot, |item| item.error = Some(last.clone()));
        let is = |expected: &str| error.code().is_some_and(|code| code.as_str() == expected);
        if error.outcome() == Outcome::Unknown || is("XDSDuplicateUniqueIdInRegistry") {
            let now = self.inner.clock.now();
            each(lot, |item| {
                item.state = take(item.state, Act::Lose);
                item.not_before = now;
            });
            return None;
        }
        if error.kind() == ErrorKind::PatientState {
            exclude(lot, if is("DMPClosed") { Reason::DmpClosed } else { Reason::NoDmp });
            return None;
        }
        if matches!(error.kind(), ErrorKind::Tls | ErrorKind::Authentication) {
            each(lot, |item| self.put_off(item, None));
            return Some(error);
        }
        if let Some(advised) = passes(&error) {
            each(lot, |item| {
                item.attempts += 1;
                if item.attempts >= self.inner.settings.tries {
                    item.state = take(item.state, Act::Refuse);
                } else {
                    self.put_off(item, Some(advised));
                }
            });
            return None;
        }
        match Reason::of_refusal(&error) {
            // It is not about a document of the lot.
            Some(Reason::Mode) => exclude(lot, Reason::Mode),
            reason => self.quarantine(patient, lot, &error, reason).await,
        }
        None
    }

    /// A refusal for good: the guilty document is set apart, the others go on without it.
    async fn quarantine(&self, patient: &PatientKey, lot: &mut [FeedItem], error: &DmpError, reason: Option<Reason>) {
        let guilty = match lot {
            [_] => vec![0],
            _ => match self.submission(lot).await {
                Some(submission) => self.feeder.blame(patient, &submission, error).await,
                None => Vec::new(),
            },
        };
        let now = self.inner.clock.now();
        // What cannot be read any more is not in the submission.
        for (index, item) in lot.iter_mut().filter(|item| item.state == State::Sending).enumerate() {
            if guilty.contains(&index) {
                let reason = reason.filter(|_| item.order == Order::Feed);
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

    pub(super) fn put_off(&self, item: &mut FeedItem, advised: Option<SignedDuration>) {
        item.state = take(item.state, Act::PutOff);
        let now = self.inner.clock.now();
        item.not_before = next_try(&self.inner.settings, item.attempts.max(1), advised, now, chance());
    }
}

/// The documents of a lot that are still on their way.
fn each(lot: &mut [FeedItem], mut then: impl FnMut(&mut FeedItem)) {
    lot.iter_mut().filter(|item| item.state == State::Sending).for_each(&mut then);
}

pub(super) fn exclude(lot: &mut [FeedItem], reason: Reason) {
    each(lot, |item| {
        item.state = take(item.state, Act::Exclude);
        item.reasons = vec![reason];
    });
}

/// Whether a failure passes by itself, and how long the DMP wants us to wait at least.
pub(super) fn passes(error: &DmpError) -> Option<SignedDuration> {
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
pub(super) fn chance() -> f64 {
    f64::from(Uuid::new_v4().as_fields().0) / f64::from(u32::MAX)
}
