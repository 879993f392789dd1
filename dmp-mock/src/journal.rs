//! What the mock answered and why, kept in memory without any health data.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use dmp_protocol::rules::Refusal;
use jiff::Timestamp;
use serde::Serialize;

use dmp_protocol::rules::aliases;

/// Exchanges kept; the oldest are forgotten first.
const CAPACITY: usize = 10_000;

/// One request and its verdict. Holds no INS, name, title nor assertion.
#[derive(Debug, Clone, Serialize)]
pub struct Exchange {
    /// Rank since the start, from 1.
    pub number: u64,
    /// When the request had been read, on the mock's clock, UTC.
    pub at: Timestamp,
    /// Last segment of the path, `registry`.
    pub service: String,
    /// Transaction, `TD3.1`, once the body was recognised.
    pub transaction: Option<String>,
    /// `wsa:MessageID` of the request.
    pub message_id: Option<String>,
    /// `Authentification_mode` of an assertion that was read.
    pub mode: Option<String>,
    /// `purposeofuse` of an assertion that was admitted.
    pub access: Option<String>,
    /// Whether it came in connexion secrète.
    pub connexion_secrete: bool,
    /// Functional-rights action of the request, `search_metadata`.
    pub action: Option<String>,
    /// HTTP status of the answer.
    pub status: u16,
    /// What refused the request, if something did.
    pub refusal: Option<RuleVerdict>,
    /// Breaches that were let through: lenient rules and observations.
    pub warnings: Vec<RuleVerdict>,
    /// Documents left out of the answer, by rule: `VIS-01` → 7.
    pub filtered: std::collections::BTreeMap<String, usize>,
}

/// One rule that was broken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleVerdict {
    /// Rule id, `V15`, `FUN-01`.
    pub rule: String,
    /// Other names of the same rule: `X12` of `OWN-01`.
    pub also: Vec<&'static str>,
    /// The code that travelled, or would have.
    pub code: String,
    /// What was found, in English, without health data.
    pub found: String,
    /// What the rule asks for.
    pub expected: String,
}

impl From<&Refusal> for RuleVerdict {
    fn from(refusal: &Refusal) -> Self {
        RuleVerdict {
            rule: refusal.rule.to_owned(),
            also: aliases(refusal.rule).collect(),
            code: refusal.code.to_owned(),
            found: refusal.found.clone(),
            expected: refusal.expected.clone(),
        }
    }
}

/// The last exchanges, oldest first.
#[derive(Debug, Default)]
pub struct Journal {
    exchanges: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    recorded: u64,
    exchanges: VecDeque<Exchange>,
}

impl Journal {
    /// Adds an exchange and gives it its number.
    pub(crate) fn record(&self, mut exchange: Exchange) {
        let mut kept = self.exchanges.lock().unwrap_or_else(PoisonError::into_inner);
        kept.recorded += 1;
        exchange.number = kept.recorded;
        if kept.exchanges.len() == CAPACITY {
            kept.exchanges.pop_front();
        }
        kept.exchanges.push_back(exchange);
    }

    /// A copy of the exchanges kept, oldest first.
    #[must_use]
    pub fn exchanges(&self) -> Vec<Exchange> {
        let kept = self.exchanges.lock().unwrap_or_else(PoisonError::into_inner);
        kept.exchanges.iter().cloned().collect()
    }

    /// The last exchange.
    #[must_use]
    pub fn last(&self) -> Option<Exchange> {
        let kept = self.exchanges.lock().unwrap_or_else(PoisonError::into_inner);
        kept.exchanges.back().cloned()
    }
}
