//! What a check says, as values, as text and as JSON.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

/// Severity of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The document may be used; something about it should be known or corrected.
    Warning,
    /// The document breaks a rule.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// One breach of one rule. It never holds an identity, a name, an INS or content of the document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// Rule id, e.g. `CDA-HDR-012`.
    pub rule: &'static str,
    /// Error or warning, with the mode and the policies applied.
    pub severity: Severity,
    /// Absolute XPath with positions, from the `ClinicalDocument` whatever stands around it. A missing element is
    /// reported on its parent, a missing attribute on its element.
    pub xpath: String,
    /// Line of the element in the file, from 1; 0 for a finding about an entry.
    pub line: u64,
    /// Column of the element in characters, from 1.
    pub column: u64,
    /// What is wrong, with the French term.
    pub message: &'static str,
    /// What was found: codes, counts and shapes only.
    pub found: String,
    /// What was expected.
    pub expected: &'static str,
    /// What to do.
    pub remedy: &'static str,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, severity, xpath, line, column, message, found, expected, remedy } = self;
        writeln!(f, "{severity} {rule} at {xpath} (line {line}, column {column}): {message}")?;
        write!(f, "  found: {found}\n  expected: {expected}\n  remedy: {remedy}")
    }
}

/// The findings about one document, in document order.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// The findings; at most [`super::CheckOptions::findings_per_rule`] of each rule.
    pub findings: Vec<Finding>,
    /// By rule, how many more findings were counted but are not described.
    pub omitted: BTreeMap<&'static str, u64>,
    /// Whether the reader refused the document (`CDA-DOC-001` to `006`): its rules were not checked then.
    pub refused: bool,
}

impl Report {
    /// Findings that are errors.
    pub fn errors(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.severity == Severity::Error)
    }

    /// Findings that are warnings.
    pub fn warnings(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.severity == Severity::Warning)
    }

    /// Whether there is no error.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.errors().next().is_none()
    }

    /// Whether there is no finding at all.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }

    /// How many findings each rule has, those not described included.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<&'static str, u64> {
        let mut counts = self.omitted.clone();
        for finding in &self.findings {
            *counts.entry(finding.rule).or_default() += 1;
        }
        counts
    }

    /// The report as JSON, one object.
    ///
    /// # Errors
    /// None in practice: the report holds strings and numbers only.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self)
    }
}

impl fmt::Display for Report {
    /// One paragraph per finding, then a summary.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.findings {
            writeln!(f, "{finding}")?;
        }
        for (rule, count) in &self.omitted {
            writeln!(f, "{rule}: {count} more findings are not shown")?;
        }
        write!(f, "{} errors, {} warnings", self.errors().count(), self.warnings().count())
    }
}
