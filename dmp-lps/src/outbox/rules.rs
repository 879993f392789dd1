//! F09 rule 1: when and how which documents are sent, as data that a professional or an administrator edits.

use std::collections::BTreeSet;

use dmp_client::Hidden;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::{FeedItem, Grouping};
use crate::context::ServiceId;

/// How documents of some types and services are sent.
///
/// ```
/// let rules: dmp_lps::outbox::FeedRules = serde_json::from_str(r#"[{
///     "name": "Lettres de liaison", "types": ["11490-0"], "services": ["cardiologie"],
///     "delay": "PT30M", "visibility": ["INVISIBLE_PATIENT"], "grouping": "episode", "enabled": true
/// }]"#)?;
/// assert_eq!(rules.rules().len(), 1);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedRule {
    /// Its name, told to users; no two rules have the same.
    pub name: String,
    /// typeCodes that it is about; empty: all.
    #[serde(default)]
    pub types: BTreeSet<String>,
    /// Services that it is about; empty: all.
    #[serde(default)]
    pub services: BTreeSet<ServiceId>,
    /// Between validation and sending; zero is allowed. Written as ISO 8601: `PT15M`.
    pub delay: SignedDuration,
    /// From whom the documents are hidden, unless something was chosen for the document itself (F08 rule V7).
    #[serde(default, with = "super::hidden_codes")]
    pub visibility: Vec<Hidden>,
    /// Which documents share a lot.
    pub grouping: Grouping,
    /// A rule that is switched off is passed over, as if it were not there.
    pub enabled: bool,
}

/// The rules of a software, in their order: the first that is about a document applies.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "Vec<FeedRule>", into = "Vec<FeedRule>")]
pub struct FeedRules(Vec<FeedRule>);

/// Rules that contradict themselves.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RuleError {
    /// Nobody could tell which one planned a document.
    #[error("F09 rule 1: two rules have the name {0:?}; give each a name of its own")]
    SameName(String),
    /// A document cannot be sent before it is validated.
    #[error("F09 rule 1: the delay of the rule {0:?} is negative; give zero or more, such as PT15M")]
    NegativeDelay(String),
}

impl FeedRules {
    /// Rules, in their order.
    ///
    /// # Errors
    /// [`RuleError`].
    pub fn new(rules: Vec<FeedRule>) -> Result<Self, RuleError> {
        let mut names = BTreeSet::new();
        for rule in &rules {
            if !names.insert(&rule.name) {
                return Err(RuleError::SameName(rule.name.clone()));
            }
            if rule.delay.is_negative() {
                return Err(RuleError::NegativeDelay(rule.name.clone()));
            }
        }
        Ok(Self(rules))
    }

    /// The rules.
    #[must_use]
    pub fn rules(&self) -> &[FeedRule] {
        &self.0
    }

    /// The one that applies to a document.
    pub(super) fn of(&self, item: &FeedItem) -> Option<&FeedRule> {
        let applies = |rule: &&FeedRule| {
            let of_type = rule.types.is_empty() || rule.types.contains(&item.type_code);
            let service = item.service.as_ref().is_some_and(|service| rule.services.contains(service));
            of_type && (rule.services.is_empty() || service)
        };
        self.0.iter().filter(|rule| rule.enabled).find(applies)
    }
}

impl TryFrom<Vec<FeedRule>> for FeedRules {
    type Error = RuleError;

    fn try_from(rules: Vec<FeedRule>) -> Result<Self, Self::Error> {
        Self::new(rules)
    }
}

impl From<FeedRules> for Vec<FeedRule> {
    fn from(rules: FeedRules) -> Self {
        rules.0
    }
}
