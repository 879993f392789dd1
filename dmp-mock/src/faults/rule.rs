//! Which requests a fault hits, and how often.

use dmp_protocol::transaction::{ResponseCarrier, Transaction};
use serde::{Deserialize, Serialize};

use super::code::{CodeAnswer, FaultCarrier};
use super::effect::{Effect, Weight};
use super::glimpse::Glimpse;

/// The four updates have one message.
pub(super) const ANY_UPDATE: &str = "TD3.3";

/// A fault: conditions, frequency, effect. The same fields in JSON and in a `[[fault]]` of TOML.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// `TD2.1`, or `TD3.3` for the four updates; any request when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction: Option<String>,
    /// Matricule of the patient that the assertion names, 15 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patient: Option<String>,
    /// NameID of the assertion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// Of being hit, for a request that meets the conditions: 0 to 1.
    #[serde(default = "always")]
    pub probability: f64,
    /// The same seed hits the same requests of a series.
    #[serde(default)]
    pub seed: u64,
    /// Requests that meet the conditions and pass before the first that may be hit.
    #[serde(default)]
    pub skip: u64,
    /// Requests hit at most; without limit when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// Whether the DMP does what is asked although the answer is another, or none. When absent: no, unless the effect
    /// spoils the real answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub processed: Option<bool>,
    /// What happens.
    pub effect: Effect,
}

fn always() -> f64 {
    1.0
}

/// Why a fault is not accepted.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FaultError {
    /// No such transaction.
    #[error("no transaction has that identifier: write TD0.2, TD2.1, TD3.1b, TD3.3 (any update) or TD3.3c")]
    Transaction,
    /// Not a probability.
    #[error("{found} is not a probability: write a number from 0 to 1")]
    Probability {
        /// What was given.
        found: f64,
    },
    /// A status that the effect cannot have.
    #[error("HTTP {found} is not possible here: expected {expected}")]
    Status {
        /// What was given.
        found: u16,
        /// What is possible.
        expected: &'static str,
    },
    /// A carrier that the transaction does not have.
    #[error("{transaction} does not refuse in that carrier: it has C3 and {usual:?}")]
    Carrier {
        /// The transaction.
        transaction: &'static str,
        /// How it refuses when it does not fault.
        usual: FaultCarrier,
    },
    /// `processed` contradicts the effect.
    #[error("a fault of kind {kind} is always processed = {always}: leave `processed` out")]
    Processed {
        /// Name of the effect.
        kind: &'static str,
        /// What it always is.
        always: bool,
    },
    /// A handshake is before any request.
    #[error("a handshake has no transaction, patient or actor yet: leave them out")]
    HandshakeCondition,
    /// A drip of nothing.
    #[error("pieces of 0 bytes would never end: give 1 or more")]
    EmptyPieces,
    /// Not an HTTP header value.
    #[error("that text cannot be an HTTP header")]
    Header,
    /// Control characters, or too long.
    #[error("a code or sentence is at most 1024 bytes, without control characters")]
    Text,
    /// A warning or a partial success where none can be.
    #[error("only a registry response (C6, of TD2.1 and TD3.x) carries warnings and partial successes")]
    WarningOutsideRegistry,
}

impl std::fmt::Debug for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fault")
            .field("transaction", &self.transaction)
            .field("effect", &self.effect)
            .field("processed", &self.is_processed())
            .finish_non_exhaustive()
    }
}

impl Fault {
    /// Hits every request, until it is removed.
    #[must_use]
    pub fn new(effect: Effect) -> Self {
        Fault {
            transaction: None,
            patient: None,
            actor: None,
            probability: always(),
            seed: 0,
            skip: 0,
            count: None,
            processed: None,
            effect,
        }
    }

    /// A refusal by that code, in its usual carrier.
    #[must_use]
    pub fn code(code: impl Into<String>) -> Self {
        Fault::new(Effect::Code(CodeAnswer::new(code)))
    }

    /// A web page with that HTTP status.
    #[must_use]
    pub fn http(status: u16) -> Self {
        Fault::new(Effect::Http { status, content_type: None, body: None, retry_after: None })
    }

    /// Only requests of that transaction.
    #[must_use]
    pub fn on(mut self, transaction: Transaction) -> Self {
        self.transaction = Some(transaction.td().to_owned());
        self
    }

    /// Only requests whose assertion names that patient: matricule of 15 characters.
    #[must_use]
    pub fn of_patient(mut self, matricule: impl Into<String>) -> Self {
        self.patient = Some(matricule.into());
        self
    }

    /// Only requests whose assertion is of that NameID.
    #[must_use]
    pub fn by_actor(mut self, name_id: impl Into<String>) -> Self {
        self.actor = Some(name_id.into());
        self
    }

    /// Hits with that probability, the same requests for the same seed.
    #[must_use]
    pub fn with_probability(mut self, probability: f64, seed: u64) -> Self {
        (self.probability, self.seed) = (probability, seed);
        self
    }

    /// Lets that many requests pass first.
    #[must_use]
    pub fn skipping(mut self, requests: u64) -> Self {
        self.skip = requests;
        self
    }

    /// Hits that many requests at most.
    #[must_use]
    pub fn times(mut self, count: u64) -> Self {
        self.count = Some(count);
        self
    }

    /// Whether the DMP does what is asked all the same.
    #[must_use]
    pub fn processed(mut self, processed: bool) -> Self {
        self.processed = Some(processed);
        self
    }

    pub(super) fn is_processed(&self) -> bool {
        self.effect.processes().or(self.processed).unwrap_or(false)
    }

    pub(super) fn check(&self) -> Result<(), FaultError> {
        self.effect.check()?;
        if !(0.0..=1.0).contains(&self.probability) {
            return Err(FaultError::Probability { found: self.probability });
        }
        if let (Some(asked), Some(always)) = (self.processed, self.effect.processes())
            && asked != always
        {
            return Err(FaultError::Processed { kind: self.effect.kind(), always });
        }
        let has_condition = self.transaction.is_some() || self.patient.is_some() || self.actor.is_some();
        if matches!(self.effect, Effect::Handshake { .. }) && has_condition {
            return Err(FaultError::HandshakeCondition);
        }
        match self.transaction.as_deref() {
            Some(ANY_UPDATE) => self.check_carrier(Transaction::Mask),
            Some(td) => self.check_carrier(Transaction::from_td(td).ok_or(FaultError::Transaction)?),
            None => Ok(()),
        }
    }

    fn check_carrier(&self, transaction: Transaction) -> Result<(), FaultError> {
        let Effect::Code(answer) = &self.effect else { return Ok(()) };
        if answer.severity != Weight::Error && transaction.response_carrier() != ResponseCarrier::Registry {
            return Err(FaultError::WarningOutsideRegistry);
        }
        let usual = FaultCarrier::from(transaction.response_carrier());
        match answer.carrier {
            Some(carrier) if carrier != FaultCarrier::C3 && carrier != usual => {
                Err(FaultError::Carrier { transaction: transaction.td(), usual })
            }
            _ => Ok(()),
        }
    }

    pub(super) fn matches(&self, glimpse: &Glimpse) -> bool {
        let is = |asked: &Option<String>, found: Option<&str>| asked.is_none() || asked.as_deref() == found;
        let transaction = self.transaction.as_deref().is_none_or(|asked| glimpse.is_transaction(asked));
        let patient = glimpse.patient.as_ref().map(|patient| patient.matricule.as_str());
        transaction && is(&self.patient, patient) && is(&self.actor, glimpse.actor.as_deref())
    }
}
