//! The rules as data: what each one says, how severe it is, what to do about it.

use std::collections::HashMap;
use std::sync::LazyLock;

/// `rule_id`, severity, what the official controls say, published samples that break it, XPath, message.
const RULES: &str = include_str!("../../data/rules.tsv");
/// `rule_id`, what is expected, what to do.
const REMEDIES: &str = include_str!("../../data/remedies.tsv");

/// One rule of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rule {
    /// Identifier, e.g. `CDA-HDR-012`.
    pub id: &'static str,
    /// How severe a breach is.
    pub severity: RuleSeverity,
    /// What the official schema and schematrons say of the same fault: `X` schema error, `S` schematron error, `w`
    /// schematron warning, `-` nothing; a bracket gives a variant that is seen differently.
    pub official: &'static str,
    /// How many of the 107 published samples break it.
    pub samples_breaking_it: u32,
    /// The element the rule is about, relative to `/ClinicalDocument` unless it starts with `/`.
    pub xpath: &'static str,
    /// What is wrong, with the French term.
    pub message: &'static str,
    /// What is expected.
    pub expected: &'static str,
    /// What to do.
    pub remedy: &'static str,
}

/// Severity of a rule, before the mode and the policies are applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RuleSeverity {
    /// `E`: an error.
    Error,
    /// `W`: a warning.
    Warning,
    /// `E*`: an error when we produce, a warning when we check someone else's document.
    ErrorWhenProduced,
    /// `P`: a warning, only when we produce.
    AdviceWhenProduced,
}

/// A rule id that no rule has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no rule {0}: the ids are those of data/rules.tsv, such as CDA-HDR-012")]
pub struct UnknownRule(pub String);

/// Every rule, in the order of the specification.
#[must_use]
pub fn rules() -> &'static [Rule] {
    &TABLE.rules
}

/// A rule by its id.
#[must_use]
pub fn by_id(id: &str) -> Option<&'static Rule> {
    TABLE.by_id.get(id).and_then(|&index| TABLE.rules.get(index))
}

struct Table {
    rules: Vec<Rule>,
    by_id: HashMap<&'static str, usize>,
}

/// Lines of the wrong shape are left out here; a test sees that there are none.
static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let remedies: HashMap<&str, (&str, &str)> = rows(REMEDIES)
        .filter_map(|row| match row[..] {
            [id, expected, remedy] => Some((id, (expected, remedy))),
            _ => None,
        })
        .collect();
    let rules: Vec<Rule> = rows(RULES).filter_map(|row| rule(&row, &remedies)).collect();
    let by_id = rules.iter().enumerate().map(|(index, rule)| (rule.id, index)).collect();
    Table { rules, by_id }
});

fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table.lines().skip(1).map(|line| line.split('\t').collect())
}

fn rule(row: &[&'static str], remedies: &HashMap<&str, (&'static str, &'static str)>) -> Option<Rule> {
    let &[id, severity, official, samples, xpath, message] = row else { return None };
    let severity = match severity {
        "E" => RuleSeverity::Error,
        "W" => RuleSeverity::Warning,
        "E*" => RuleSeverity::ErrorWhenProduced,
        "P" => RuleSeverity::AdviceWhenProduced,
        _ => return None,
    };
    let &(expected, remedy) = remedies.get(id)?;
    Some(Rule { id, severity, official, samples_breaking_it: samples.parse().ok()?, xpath, message, expected, remedy })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_both_tables_is_a_rule() {
        let lines = RULES.lines().count() - 1;
        assert_eq!(rules().len(), lines);
        assert_eq!(lines, 228, "208 rules of the document and 20 of its metadata");
        assert_eq!(REMEDIES.lines().count() - 1, lines);
        for rule in rules() {
            assert!(!rule.expected.is_empty() && !rule.remedy.is_empty(), "{}", rule.id);
            assert_eq!(by_id(rule.id), Some(rule));
        }
        assert_eq!(by_id("CDA-HDR-999"), None);
    }
}
