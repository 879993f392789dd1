//! What the mock answered and why, kept in memory without any health data.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use dmp_protocol::rules::Refusal;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::faults::Hit;
use crate::world::PatientId;
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
    /// The fault on demand that hit it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<FaultHit>,
    /// Patient of an admitted request; never serialised.
    #[serde(skip)]
    pub patient: Option<PatientId>,
    /// NameID of an admitted request; never serialised.
    #[serde(skip)]
    pub actor: Option<String>,
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

/// A fault on demand that hit an exchange.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FaultHit {
    /// Number of the fault.
    pub number: u64,
    /// Kind of its effect, `cut`.
    pub kind: &'static str,
    /// Whether the request was processed all the same.
    pub processed: bool,
}

impl From<&Hit> for FaultHit {
    fn from(hit: &Hit) -> Self {
        FaultHit { number: hit.number, kind: hit.effect.kind(), processed: !hit.replaces_processing() }
    }
}

/// What to look for in the journal; absent means any.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JournalQuery {
    /// `TD3.1`.
    pub transaction: Option<String>,
    /// Matricule of the patient, 15 characters.
    pub patient: Option<String>,
    /// NameID.
    pub actor: Option<String>,
    /// Rule that refused, warned or left documents out, under any of its names.
    pub rule: Option<String>,
}

impl JournalQuery {
    /// Whether an exchange is what is looked for.
    #[must_use]
    pub fn matches(&self, exchange: &Exchange) -> bool {
        let is = |asked: &Option<String>, found: Option<&str>| asked.is_none() || asked.as_deref() == found;
        let rule = self.rule.as_deref().is_none_or(|rule| {
            let named = |verdict: &RuleVerdict| verdict.rule == rule || verdict.also.contains(&rule);
            exchange.refusal.iter().chain(&exchange.warnings).any(named) || exchange.filtered.contains_key(rule)
        });
        rule && is(&self.transaction, exchange.transaction.as_deref())
            && is(&self.patient, exchange.patient.as_ref().map(|patient| patient.matricule.as_str()))
            && is(&self.actor, exchange.actor.as_deref())
    }
}

/// Exchanges as JSON Lines: one object and one line feed each.
#[must_use]
pub fn json_lines(exchanges: &[Exchange]) -> String {
    // Strings, numbers and lists: such a value always serialises.
    let lines = exchanges.iter().filter_map(|exchange| serde_json::to_string(exchange).ok());
    lines.map(|line| line + "\n").collect()
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

    /// The exchanges kept that a query matches, oldest first.
    #[must_use]
    pub fn find(&self, query: &JournalQuery) -> Vec<Exchange> {
        let kept = self.exchanges.lock().unwrap_or_else(PoisonError::into_inner);
        kept.exchanges.iter().filter(|exchange| query.matches(exchange)).cloned().collect()
    }

    /// The last exchange.
    #[must_use]
    pub fn last(&self) -> Option<Exchange> {
        let kept = self.exchanges.lock().unwrap_or_else(PoisonError::into_inner);
        kept.exchanges.back().cloned()
    }
}
