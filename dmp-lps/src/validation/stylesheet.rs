//! Stylesheets: of documents autoprésentables, and those with which a software shows documents.

use cda::check::{CheckOptions, lint_stylesheet};

use super::{Complaint, Policy, Verdict};

/// Refuses what acts or fetches in a stylesheet (`EX_2.1-1115`): script, event handlers, `iframe`, `object`, external
/// `href`, `src`, `import` and `url()`, functions that read other files.
///
/// ```
/// use dmp_lps::validation::{Policy, StylesheetLint};
///
/// let sheet = br#"<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:import href="https://exemple.test/a"/></xsl:stylesheet>"#;
/// assert!(!StylesheetLint(Policy::Enforce).check(sheet).passes());
/// ```
#[derive(Debug, Clone, Copy)]
pub struct StylesheetLint(
    /// What a finding does.
    pub Policy,
);

impl StylesheetLint {
    /// Looks at a stylesheet. The document autoprésentable is looked at with its document.
    #[must_use]
    pub fn check(self, stylesheet: &[u8]) -> Verdict {
        let report = lint_stylesheet(stylesheet, &CheckOptions::produce());
        Verdict::of("stylesheet", self.0, Ok(report.findings.iter().map(Complaint::from).collect()))
    }
}
