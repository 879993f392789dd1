//! Collects findings under the policies of the caller.

use std::collections::BTreeMap;

use super::options::{CheckOptions, RulePolicy};
use super::place::Place;
use super::report::{Finding, Report, Severity};
use super::rule::{self, Rule, RuleSeverity};

/// The findings so far.
pub(super) struct Findings<'o> {
    pub(super) options: &'o CheckOptions,
    found: Vec<(Finding, Option<Place>)>,
    described: BTreeMap<&'static str, usize>,
    omitted: BTreeMap<&'static str, u64>,
}

impl<'o> Findings<'o> {
    pub(super) fn new(options: &'o CheckOptions) -> Self {
        Self { options, found: Vec::new(), described: BTreeMap::new(), omitted: BTreeMap::new() }
    }

    /// A breach of `rule` at `place`; `found` holds codes, counts and shapes only.
    pub(super) fn report(&mut self, rule: &str, place: &Place, found: impl Into<String>) {
        let Some((rule, severity)) = self.severity(rule) else { return };
        self.push(rule, severity, place, found.into());
    }

    /// A breach that is an error whatever the severity of its rule, unless the policy says otherwise.
    pub(super) fn report_error(&mut self, rule: &str, place: &Place, found: impl Into<String>) {
        let Some((rule, severity)) = self.severity(rule) else { return };
        let error = self.options.policy(rule.id) == RulePolicy::Enforce;
        self.push(rule, if error { Severity::Error } else { severity }, place, found.into());
    }

    /// A breach outside the document: the container of the file.
    pub(super) fn report_file(&mut self, rule: &str, xpath: &str, (line, column): (u64, u64), found: String) {
        let Some((rule, severity)) = self.severity(rule) else { return };
        if self.has_room(rule.id) {
            let xpath = xpath.to_owned();
            self.found.push((finding(rule, severity, xpath, (line, column), found), None));
        }
    }

    /// The report of a document that the reader refused.
    pub(super) fn refuse(rule: &str, position: (u64, u64), found: String) -> Report {
        let finding = rule::by_id(rule).map(|rule| finding(rule, Severity::Error, "/".to_owned(), position, found));
        Report { findings: finding.into_iter().collect(), omitted: BTreeMap::new(), refused: true }
    }

    pub(super) fn finish(self) -> Report {
        let mut findings: Vec<Finding> = self
            .found
            .into_iter()
            .map(|(finding, place)| match place {
                Some(place) => Finding { xpath: place.xpath(), ..finding },
                None => finding,
            })
            .collect();
        findings.sort_by_key(|finding| (finding.line, finding.column, finding.rule));
        Report { findings, omitted: self.omitted, refused: false }
    }

    fn push(&mut self, rule: &'static Rule, severity: Severity, place: &Place, found: String) {
        if self.has_room(rule.id) {
            // The XPath is written at the end, when the number of siblings is known.
            let finding = finding(rule, severity, String::new(), (place.line(), place.column()), found);
            self.found.push((finding, Some(place.clone())));
        }
    }

    fn has_room(&mut self, rule: &'static str) -> bool {
        let described = self.described.entry(rule).or_default();
        if *described < self.options.findings_per_rule {
            *described += 1;
            return true;
        }
        *self.omitted.entry(rule).or_default() += 1;
        false
    }

    /// The rule and its severity here; `None` when it is not to be reported.
    fn severity(&self, id: &str) -> Option<(&'static Rule, Severity)> {
        let rule = rule::by_id(id)?;
        let produced = self.options.is_produced();
        let natural = match rule.severity {
            RuleSeverity::Error => Severity::Error,
            RuleSeverity::Warning => Severity::Warning,
            RuleSeverity::ErrorWhenProduced if produced => Severity::Error,
            RuleSeverity::ErrorWhenProduced => Severity::Warning,
            RuleSeverity::AdviceWhenProduced if produced => Severity::Warning,
            RuleSeverity::AdviceWhenProduced => return None,
        };
        match self.options.policy(rule.id) {
            RulePolicy::Off => None,
            RulePolicy::Warn => Some((rule, Severity::Warning)),
            RulePolicy::Enforce if self.options.strict => Some((rule, Severity::Error)),
            RulePolicy::Enforce => Some((rule, natural)),
        }
    }
}

fn finding(
    rule: &'static Rule,
    severity: Severity,
    xpath: String,
    (line, column): (u64, u64),
    found: String,
) -> Finding {
    let Rule { id, message, expected, remedy, .. } = *rule;
    Finding { rule: id, severity, xpath, line, column, message, found, expected, remedy }
}
