//! An error that teaches, in English or French.

use std::fmt;

use super::catalogue::{Bilingual, Entry};
use super::dmp_error::{DmpError, Origin};
use super::kind::Language;
use super::local::LocalRefusal;

/// What happened, why, what was expected and what to do. Holds no health data and no sentence of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explanation {
    language: Language,
    verb: &'static str,
    /// `TD2.1`; `TD0.1` when a session or a configuration was refused.
    pub transaction: &'static str,
    /// Code of the DMP, key of a signal, or nothing.
    pub code: Option<String>,
    /// Rule of a refusal made here.
    pub rule: Option<&'static str>,
    /// What it means.
    pub meaning: Option<String>,
    /// Usual cause.
    pub cause: Option<String>,
    /// What was found, for a refusal made here or in place of an answer.
    pub found: Option<String>,
    /// What was expected, for a refusal made here.
    pub expected: Option<String>,
    /// What to do.
    pub remedy: Option<String>,
}

impl DmpError {
    /// Cause, rule, found, expected and remedy in that language.
    #[must_use]
    pub fn explain(&self, language: Language) -> Explanation {
        let blank = Explanation {
            language,
            verb: "refused",
            transaction: self.td(),
            code: None,
            rule: None,
            meaning: None,
            cause: None,
            found: None,
            expected: None,
            remedy: None,
        };
        match self.origin() {
            Origin::Local(refusal) => blank.with_refusal("refused before sending", refusal, language),
            Origin::Concluded(refusal) => blank.with_refusal("not done", refusal, language),
            Origin::Signal(signal) => Explanation {
                verb: "failed",
                found: self.found().map(str::to_owned),
                code: Some(signal.http_status().map_or_else(|| signal.key().to_owned(), |s| format!("HTTP {s}"))),
                ..blank.with_entry(signal.entry(), language)
            },
            Origin::Remote(_) => {
                let known = self.code().and_then(|code| code.known()).map(|known| known.entry());
                let mut explanation = blank.with_entry(known, language);
                explanation.code = self.code().map(ToString::to_string);
                if let Some(refinement) = self.refinement() {
                    explanation.cause = filled(refinement.meaning.get(language));
                    explanation.remedy = filled(refinement.remedy.get(language));
                }
                explanation
            }
        }
    }
}

impl Explanation {
    fn with_refusal(self, verb: &'static str, refusal: &LocalRefusal, language: Language) -> Self {
        Self {
            verb,
            rule: Some(refusal.rule()),
            meaning: filled(refusal.meaning_text(language)),
            found: refusal.found_text().map(str::to_owned),
            expected: refusal.expected_text(language).map(str::to_owned),
            remedy: filled(refusal.remedy_text(language)),
            ..self
        }
    }

    fn with_entry(self, entry: Option<&Entry>, language: Language) -> Self {
        let Some(entry) = entry else { return self };
        let text = |text: &Bilingual| filled(text.get(language));
        Self { meaning: text(&entry.meaning), cause: text(&entry.cause), remedy: text(&entry.remedy), ..self }
    }

    /// `TD3.1 refused: DMPClosed (the DMP is closed): stop feeding…`.
    pub(super) fn one_line(&self) -> String {
        let what = self.rule.map(|rule| format!("rule {rule}")).or_else(|| self.code.clone());
        let mut line = format!("{} {}: {}", self.transaction, self.verb, what.unwrap_or_else(|| "no code".to_owned()),);
        if let Some(meaning) = self.meaning.as_ref().or(self.cause.as_ref()) {
            line.push_str(&format!(" ({meaning})"));
        }
        if let Some(found) = &self.found {
            line.push_str(&format!(", found {found}"));
        }
        if let Some(expected) = &self.expected {
            line.push_str(&format!(", expected {expected}"));
        }
        if let Some(remedy) = &self.remedy {
            line.push_str(&format!(": {remedy}"));
        }
        line.replace(['\n', '\r'], " ")
    }
}

impl fmt::Display for Explanation {
    /// One labelled line per thing known.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let labels = match self.language {
            Language::English => ["Transaction", "Code", "Rule", "Meaning", "Cause", "Found", "Expected", "What to do"],
            Language::French => {
                ["Transaction", "Code", "Règle", "Signification", "Cause", "Trouvé", "Attendu", "Que faire"]
            }
        };
        let values = [
            Some(self.transaction),
            self.code.as_deref(),
            self.rule,
            self.meaning.as_deref(),
            self.cause.as_deref(),
            self.found.as_deref(),
            self.expected.as_deref(),
            self.remedy.as_deref(),
        ];
        let separator = if self.language == Language::French { " : " } else { ": " };
        let lines: Vec<String> = labels
            .iter()
            .zip(values)
            .filter_map(|(label, value)| value.map(|value| format!("{label}{separator}{value}")))
            .collect();
        f.write_str(&lines.join("\n"))
    }
}

fn filled(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}
