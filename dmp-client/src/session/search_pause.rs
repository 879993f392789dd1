//! After `DMPAccessDeniedByExcededThreshold`: searches of one record session rest, and feeding goes on (`EX_3.1-2035`).

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use dmp_protocol::error::{Advice, LocalRefusal};
use dmp_protocol::transaction::Transaction;
use tokio::time::Instant;

use crate::{DmpError, ErrorKind};

const THRESHOLD: &str = "DMPAccessDeniedByExcededThreshold";

/// Whether the searches of one record session were found too many.
#[derive(Debug, Default)]
pub(crate) struct SearchPause(Mutex<Option<Instant>>);

/// Who wants to search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trigger {
    /// Somebody asked for it.
    User,
    /// The software, by itself.
    Software,
}

impl SearchPause {
    /// A user waits for the `rest` to pass; what searches by itself stops for the session.
    pub(crate) fn require_rested(&self, trigger: Trigger, rest: Duration) -> Result<(), DmpError> {
        let Some(since) = *self.lock() else { return Ok(()) };
        let left = rest.checked_sub(since.elapsed()).filter(|left| !left.is_zero());
        match (trigger, left) {
            (Trigger::User, None) => Ok(()),
            (Trigger::User, Some(left)) => {
                Err(refusal("a search too soon after the refusal").advice(Advice::Backoff { min: left }))
            }
            (Trigger::Software, _) => {
                Err(refusal("a search that nobody asked for, after the refusal").advice(Advice::AskUser))
            }
        }
        .map_err(|refusal: LocalRefusal| DmpError::local(refusal).with_transaction(Transaction::Search))
    }

    /// Remembers a refusal.
    pub(crate) fn learn(&self, error: &DmpError) {
        if error.code().is_some_and(|code| code.as_str() == THRESHOLD) {
            *self.lock() = Some(Instant::now());
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn refusal(found: &'static str) -> LocalRefusal {
    LocalRefusal::new("EX_3.1-2035")
        .kind(ErrorKind::Throttled)
        .meaning(
            "the DMP found the searches of this session too many",
            "le DMP a jugé trop nombreuses les recherches de cette session",
        )
        .found(found)
        .expected("a search that a user asks for, 15 minutes after the refusal or later")
        .remedy(
            "stop automatic searches in this session; feeding goes on",
            "arrêter les recherches automatiques dans cette session ; l'alimentation continue",
        )
}
