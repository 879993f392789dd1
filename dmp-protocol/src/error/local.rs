//! Refusals made before the network, with the rule that makes them (errors.md §8.4).

use std::sync::OnceLock;

use super::catalogue::{Bilingual, rows};
use super::kind::{Advice, ErrorKind, Language};

/// A refusal made here: rule, what was found, what was expected, what to do.
///
/// `found` and `expected` are shown to users and logs: put no health data in them, no INS, no name, no title.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalRefusal {
    rule: &'static str,
    kind: ErrorKind,
    advice: Advice,
    meaning: Bilingual,
    expected_by_rule: Bilingual,
    remedy: Bilingual,
    found: Option<String>,
    expected: Option<String>,
}

impl LocalRefusal {
    /// A refusal by that rule (`EX_2.1-1130`, `X09`); the catalogue gives kind and texts if it has the rule, else it is
    /// a validation refusal to be corrected.
    #[must_use]
    pub fn new(rule: &'static str) -> Self {
        known_rules().iter().find(|known| known.rule == rule).cloned().unwrap_or_else(|| Self {
            rule,
            kind: ErrorKind::Validation,
            advice: Advice::AfterFix,
            meaning: Bilingual::default(),
            expected_by_rule: Bilingual::default(),
            remedy: Bilingual::default(),
            found: None,
            expected: None,
        })
    }

    /// What was found, without health data.
    #[must_use]
    pub fn found(mut self, found: impl Into<String>) -> Self {
        self.found = Some(found.into());
        self
    }

    /// What was expected, when the rule's own text is not precise enough.
    #[must_use]
    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    /// What is refused, for a rule that the catalogue does not have.
    #[must_use]
    pub fn meaning(mut self, english: &'static str, french: &'static str) -> Self {
        self.meaning = Bilingual { english, french };
        self
    }

    /// What to do, for a rule that the catalogue does not have.
    #[must_use]
    pub fn remedy(mut self, english: &'static str, french: &'static str) -> Self {
        self.remedy = Bilingual { english, french };
        self
    }

    /// Another kind than the rule's.
    #[must_use]
    pub fn kind(mut self, kind: ErrorKind) -> Self {
        self.kind = kind;
        self
    }

    /// Another advice than the rule's.
    #[must_use]
    pub fn advice(mut self, advice: Advice) -> Self {
        self.advice = advice;
        self
    }

    /// The rule.
    #[must_use]
    pub fn rule(&self) -> &'static str {
        self.rule
    }

    /// What was found.
    #[must_use]
    pub fn found_text(&self) -> Option<&str> {
        self.found.as_deref()
    }

    /// What was expected.
    #[must_use]
    pub fn expected_text(&self, language: Language) -> Option<&str> {
        let by_rule = self.expected_by_rule.get(language);
        self.expected.as_deref().or((!by_rule.is_empty()).then_some(by_rule))
    }

    pub(super) fn error_kind(&self) -> ErrorKind {
        self.kind
    }

    pub(super) fn what_to_do(&self) -> Advice {
        self.advice
    }

    pub(super) fn meaning_text(&self, language: Language) -> &'static str {
        self.meaning.get(language)
    }

    pub(super) fn remedy_text(&self, language: Language) -> &'static str {
        self.remedy.get(language)
    }
}

fn known_rules() -> &'static [LocalRefusal] {
    static RULES: OnceLock<Vec<LocalRefusal>> = OnceLock::new();
    RULES.get_or_init(|| rows(include_str!("../../data/errors/rules.tsv")).filter_map(known_rule).collect())
}

fn known_rule([rule, kind, m_en, m_fr, e_en, e_fr, r_en, r_fr, advice]: [&'static str; 9]) -> Option<LocalRefusal> {
    Some(LocalRefusal {
        rule,
        kind: ErrorKind::from_name(kind)?,
        advice: Advice::from_catalogue(advice)?,
        meaning: Bilingual { english: m_en, french: m_fr },
        expected_by_rule: Bilingual { english: e_en, french: e_fr },
        remedy: Bilingual { english: r_en, french: r_fr },
        found: None,
        expected: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read() {
        assert_eq!(known_rules().len(), include_str!("../../data/errors/rules.tsv").lines().count() - 1);
        let mut seen = std::collections::HashSet::new();
        for rule in known_rules() {
            assert!(seen.insert(rule.rule), "{} twice", rule.rule);
            for language in [Language::English, Language::French] {
                assert!(!rule.meaning_text(language).is_empty() && !rule.remedy_text(language).is_empty());
                assert!(rule.expected_text(language).is_some(), "{}", rule.rule);
            }
        }
    }
}
