//! What the checks look for.

use std::collections::BTreeMap;
use std::sync::Arc;

use dmp_vocabulary::Realm;
use dmp_vocabulary::nomenclature::Nomenclatures;

use super::rule::{self, UnknownRule};
use crate::CdaLimits;

/// Choices of a check; [`Default`] checks a received document, outside the DMP profile and without a realm.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CheckOptions {
    /// Whose document it is.
    pub mode: Mode,
    /// Whether the document is meant for the DMP: rules `CDA-DMP-001` to `009`.
    pub dmp: bool,
    /// World of the INS (`CDA-PAT-008`). `None`, the default: every kind of INS is accepted.
    pub realm: Option<Realm>,
    /// Every warning becomes an error, but for the rules whose policy is [`RulePolicy::Warn`].
    pub strict: bool,
    /// Switch `n1_media_types = five`: a produced unstructured body may also be RTF, JPEG or TIFF (`CDA-BDY-004`).
    /// Default: PDF and plain text only.
    pub five_media_types: bool,
    /// What "now" is for `CDA-HDR-019`.
    pub clock: Clock,
    /// Bounds on the document (`CDA-DOC-006`).
    pub limits: CdaLimits,
    /// How many findings of one rule are described; the others are counted in [`super::Report::omitted`].
    pub findings_per_rule: usize,
    /// Tables to use instead of the embedded edition.
    pub nomenclatures: Option<Arc<Nomenclatures>>,
    policies: BTreeMap<&'static str, RulePolicy>,
}

/// Whose document it is: the severity of the rules marked `E*` and `P` depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Someone else's: what published samples get wrong is a warning.
    Receive,
    /// Ours: everything that is wrong is an error, and advice is given.
    Produce,
}

/// What becomes of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RulePolicy {
    /// At its own severity.
    Enforce,
    /// At most a warning.
    Warn,
    /// Not at all. A document that the reader refuses (`CDA-DOC-001` to `006`) stays refused.
    Off,
}

/// What "now" is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// The clock of the system when the check runs.
    System,
    /// A fixed instant.
    At(jiff::Timestamp),
}

impl Default for CheckOptions {
    fn default() -> Self {
        Self {
            mode: Mode::Receive,
            dmp: false,
            realm: None,
            strict: false,
            five_media_types: false,
            clock: Clock::System,
            limits: CdaLimits::default(),
            findings_per_rule: 100,
            nomenclatures: None,
            policies: BTreeMap::new(),
        }
    }
}

impl CheckOptions {
    /// Checks a document that someone else made.
    #[must_use]
    pub fn receive() -> Self {
        Self::default()
    }

    /// Checks a document before it is sent.
    #[must_use]
    pub fn produce() -> Self {
        Self { mode: Mode::Produce, ..Self::default() }
    }

    /// The same, with the DMP profile.
    #[must_use]
    pub fn for_the_dmp(self) -> Self {
        Self { dmp: true, ..self }
    }

    /// The same, in a realm.
    #[must_use]
    pub fn in_realm(self, realm: Realm) -> Self {
        Self { realm: Some(realm), ..self }
    }

    /// The same, with another policy for one rule.
    ///
    /// # Errors
    /// [`UnknownRule`] when no rule has this id.
    pub fn with_policy(mut self, rule: &str, policy: RulePolicy) -> Result<Self, UnknownRule> {
        let known = rule::by_id(rule).ok_or_else(|| UnknownRule(rule.to_owned()))?;
        self.policies.insert(known.id, policy);
        Ok(self)
    }

    pub(super) fn policy(&self, rule: &str) -> RulePolicy {
        self.policies.get(rule).copied().unwrap_or(RulePolicy::Enforce)
    }

    pub(super) fn tables(&self) -> &Nomenclatures {
        self.nomenclatures.as_deref().unwrap_or_else(|| Nomenclatures::embedded())
    }

    pub(super) fn is_produced(&self) -> bool {
        self.mode == Mode::Produce
    }
}

impl Clock {
    pub(super) fn now(self) -> jiff::Timestamp {
        match self {
            Self::System => jiff::Timestamp::now(),
            Self::At(instant) => instant,
        }
    }
}
