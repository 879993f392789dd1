//! What the mock answered and why, kept in memory without any health data unless it is asked for.

mod raw;
mod verdicts;

use std::collections::{BTreeMap, VecDeque};
use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use dmp_protocol::rules::{Policy, Refusal};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::faults::Hit;
use crate::world::PatientId;
use dmp_protocol::rules::aliases;
pub(crate) use raw::Tape;
pub use raw::{RawMessage, Side};
pub use verdicts::{Stage, Verdict};

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
    /// How far it went.
    pub reached: Stage,
    /// HTTP status of the answer.
    pub status: u16,
    /// What refused the request, if something did.
    pub refusal: Option<RuleVerdict>,
    /// Breaches that were let through: lenient rules and observations.
    pub warnings: Vec<RuleVerdict>,
    /// Documents left out of the answer, by rule: `VIS-01` → 7.
    pub filtered: std::collections::BTreeMap<String, usize>,
}

impl Exchange {
    /// A request that is no SOAP message: a page of the Web-PS, a token. `what` is its service and its TD.
    pub(crate) fn outside_soap(at: Timestamp, what: (&str, &str), status: u16, refusal: Option<&Refusal>) -> Self {
        Self {
            number: 0,
            at,
            service: what.0.to_owned(),
            transaction: Some(what.1.to_owned()),
            message_id: None,
            fault: None,
            reached: if refusal.is_some() { Stage::Connection } else { Stage::Served },
            patient: None,
            actor: None,
            mode: None,
            access: None,
            connexion_secrete: false,
            action: None,
            status,
            refusal: refusal.map(RuleVerdict::from),
            warnings: Vec::new(),
            filtered: std::collections::BTreeMap::new(),
        }
    }
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

impl Exchange {
    /// Where the control port shows it, for as long as it is kept: `/journal/42`.
    #[must_use]
    pub fn link(&self) -> String {
        format!("/journal/{}", self.number)
    }

    /// The verdict of each rule of the stages that it went through, under the policy of now.
    pub(crate) fn verdicts(&self, policy: &Policy) -> BTreeMap<String, Verdict> {
        verdicts::of(self, policy)
    }

    /// As JSON, with its link; `clear` adds patient and actor.
    fn described(&self, clear: bool) -> Value {
        // Strings, numbers and lists: such a value always serialises.
        let mut value = serde_json::to_value(self).unwrap_or_default();
        if let Some(fields) = value.as_object_mut() {
            fields.insert("link".to_owned(), self.link().into());
            if clear {
                fields.insert("patient".to_owned(), self.patient.as_ref().map(|id| id.matricule.as_str()).into());
                fields.insert("actor".to_owned(), self.actor.as_deref().into());
            }
        }
        value
    }
}

/// Exchanges as JSON Lines: one object and one line feed each, without patient nor actor.
#[must_use]
pub fn json_lines(exchanges: &[Exchange]) -> String {
    exchanges.iter().map(|exchange| format!("{}\n", exchange.described(false))).collect()
}

/// The last exchanges, oldest first.
#[derive(Debug, Default)]
pub struct Journal {
    kept: Mutex<Kept>,
    keeps_raw: AtomicBool,
    is_clear: AtomicBool,
}

#[derive(Debug, Default)]
struct Kept {
    recorded: u64,
    exchanges: VecDeque<Exchange>,
    tapes: raw::Tapes,
    export: Option<File>,
}

impl Journal {
    /// Keeps the bytes of the next exchanges, or no longer: health data. Off at start.
    pub fn keep_raw(&self, keep: bool) {
        self.keeps_raw.store(keep, Ordering::Relaxed);
    }

    /// Writes matricule and NameID in the JSON of exchanges, here and in the export: health data. Off at start.
    pub fn show_people(&self, show: bool) {
        self.is_clear.store(show, Ordering::Relaxed);
    }

    /// Appends the next exchanges to a file, one JSON object a line.
    ///
    /// # Errors
    /// The system's, when the file cannot be opened.
    pub fn export_to(&self, path: &Path) -> io::Result<()> {
        let file = File::options().create(true).append(true).open(path)?;
        self.kept().export = Some(file);
        Ok(())
    }

    /// Adds an exchange and gives it its number.
    pub(crate) fn record(&self, mut exchange: Exchange) -> u64 {
        let clear = self.is_clear.load(Ordering::Relaxed);
        let mut kept = self.kept();
        kept.recorded += 1;
        exchange.number = kept.recorded;
        if kept.exchanges.len() == CAPACITY {
            kept.exchanges.pop_front();
        }
        if let Some(file) = &mut kept.export
            && let Err(error) = writeln!(file, "{}", exchange.described(clear))
        {
            tracing::error!(%error, "the journal is no longer written to its file");
            kept.export = None;
        }
        kept.exchanges.push_back(exchange);
        kept.recorded
    }

    /// A tape for the next exchange, when bytes are kept.
    pub(crate) fn tape(&self) -> Option<Tape> {
        self.keeps_raw.load(Ordering::Relaxed).then(Tape::default)
    }

    /// The tape of an exchange that has its number now.
    pub(crate) fn keep(&self, number: u64, tape: Tape) {
        self.kept().tapes.keep(number, tape);
    }

    /// One message of an exchange as it went over the wire; `None` when it was not kept ([`Journal::keep_raw`]) or is
    /// forgotten.
    #[must_use]
    pub fn raw(&self, number: u64, side: Side) -> Option<RawMessage> {
        self.kept().tapes.message(number, side)
    }

    /// A copy of the exchanges kept, oldest first.
    #[must_use]
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.kept().exchanges.iter().cloned().collect()
    }

    /// The exchange of that number.
    #[must_use]
    pub fn exchange(&self, number: u64) -> Option<Exchange> {
        self.kept().exchanges.iter().find(|exchange| exchange.number == number).cloned()
    }

    /// The exchanges kept that a query matches, oldest first.
    #[must_use]
    pub fn find(&self, query: &JournalQuery) -> Vec<Exchange> {
        self.kept().exchanges.iter().filter(|exchange| query.matches(exchange)).cloned().collect()
    }

    /// The last exchange.
    #[must_use]
    pub fn last(&self) -> Option<Exchange> {
        self.kept().exchanges.back().cloned()
    }

    /// As JSON, with its link, and with people when they are shown.
    pub(crate) fn describe(&self, exchange: &Exchange) -> Value {
        exchange.described(self.is_clear.load(Ordering::Relaxed))
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
