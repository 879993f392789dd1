//! One fault at a time in an example document: the right rule speaks, and nothing else but what follows from it.
//!
//! `testdata/cda/mutations.tsv`: document, mode, text after which the fault is made, text replaced (`…` stands for
//! anything, the shortest), its replacement, the rules expected (none: the change is legal), a note.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use std::collections::BTreeSet;

use cda::check::{CheckOptions, Clock, Report, check, rules};
use dmp_vocabulary::Realm;
use dmp_xml::{Element, Limits};

const DOCUMENTS: [(&str, &str); 4] = [
    ("v1", "n1-consultation-v1.xml"),
    ("v2", "n1-consultation-v2-rplc.xml"),
    ("letter", "n3-lettre-liaison-pdf-copie.xml"),
    ("auto", "n3-autopresentable.xml"),
];

/// What no finding may show: the identities, names and texts of the examples.
const SECRETS: [&str; 10] = [
    "284063599941750",
    "280057599900151",
    "899999000021",
    "VERTHUIS",
    "ORMELAIN",
    "CAPUCINE",
    "TRESSALIS",
    "10B0990016",
    "19840617",
    "0639980017",
];

fn example(name: &str) -> String {
    let (_, file) = DOCUMENTS.iter().find(|(known, _)| *known == name).unwrap();
    support::text(file)
}

fn options(mode: &str) -> CheckOptions {
    let mut options = match mode {
        "produce" => CheckOptions::produce().for_the_dmp().in_realm(Realm::Test),
        "production" => CheckOptions::produce().for_the_dmp().in_realm(Realm::Production),
        "receive" => CheckOptions::receive(),
        other => panic!("mode {other}"),
    };
    options.clock = Clock::At("2026-06-01T00:00:00Z".parse().unwrap());
    options
}

struct Mutation {
    line: usize,
    document: String,
    mode: String,
    after: String,
    find: String,
    replace: String,
    rules: BTreeSet<String>,
}

fn mutations() -> Vec<Mutation> {
    let table = support::text("mutations.tsv");
    let unescape = |text: &str| text.replace("\\n", "\n").replace("\\t", "\t");
    let rows = table.lines().enumerate().skip(1).map(|(index, line)| {
        let columns: Vec<&str> = line.split('\t').collect();
        let [document, mode, after, find, replace, rules, _note] = columns[..] else { panic!("line {}", index + 1) };
        Mutation {
            line: index + 1,
            document: document.to_owned(),
            mode: mode.to_owned(),
            after: unescape(after),
            find: unescape(find),
            replace: unescape(replace),
            rules: rules.split_whitespace().map(str::to_owned).collect(),
        }
    });
    rows.collect()
}

impl Mutation {
    fn apply(&self) -> String {
        let mut text = example(&self.document);
        let from = text.find(&self.after).unwrap_or_else(|| panic!("line {}: no {:?}", self.line, self.after));
        let (start, end) = self.find.split_once('…').unwrap_or((self.find.as_str(), ""));
        let from = from + self.after.len();
        let begin = from + text[from..].find(start).unwrap_or_else(|| panic!("line {}: no {start:?}", self.line));
        let end_at = begin + start.len();
        let end_at = end_at + text[end_at..].find(end).unwrap_or_else(|| panic!("line {}", self.line)) + end.len();
        text.replace_range(begin..end_at, &self.replace);
        text
    }

    fn check(&self) -> (String, Report) {
        let document = self.apply();
        let report = check(document.as_bytes(), &options(&self.mode));
        (document, report)
    }
}

fn fired(report: &Report) -> BTreeSet<String> {
    report.counts().keys().map(|rule| (*rule).to_owned()).collect()
}

#[test]
fn examples_give_no_finding() {
    for (name, _) in DOCUMENTS {
        for mode in ["produce", "receive"] {
            let report = check(example(name).as_bytes(), &options(mode));
            // A document autoprésentable is one by its shape: its warning cannot be avoided.
            let expected: &[&str] = if name == "auto" { &["CDA-DOC-011"] } else { &[] };
            assert_eq!(fired(&report), expected.iter().map(|r| (*r).to_owned()).collect(), "{name} {mode}: {report}");
            assert!(report.is_valid());
        }
    }
}

#[test]
fn each_fault_is_caught_by_its_rule_and_nothing_else() {
    let mutations = mutations();
    assert!(mutations.len() >= 200, "{}", mutations.len());
    let mut failures = Vec::new();
    for mutation in &mutations {
        let (_, report) = mutation.check();
        let found = fired(&report);
        let expected = if mutation.document == "auto" && mutation.rules.is_empty() {
            BTreeSet::from(["CDA-DOC-011".to_owned()])
        } else {
            mutation.rules.clone()
        };
        if found != expected {
            failures.push(format!("line {}: expected {expected:?}, found {found:?}\n{report}", mutation.line));
        }
    }
    assert!(failures.is_empty(), "{} of {}\n{}", failures.len(), mutations.len(), failures.join("\n\n"));
}

/// The limits need a document of their own; the metadata rules compare two things.
#[test]
fn every_rule_has_its_fault() {
    let tested: BTreeSet<String> = mutations().into_iter().flat_map(|mutation| mutation.rules).collect();
    let untested: Vec<&str> = rules()
        .iter()
        .map(|rule| rule.id)
        .filter(|id| !tested.contains(*id) && !id.starts_with("CDA-XDS-") && *id != "CDA-DOC-006")
        .collect();
    assert!(untested.is_empty(), "{untested:?}");
}

#[test]
fn findings_show_no_identity_and_no_content() {
    for mutation in mutations() {
        let (_, report) = mutation.check();
        let shown = format!("{report}\n{report:?}\n{}", report.to_json().unwrap());
        for secret in SECRETS {
            assert!(!shown.contains(secret), "line {}: {secret}", mutation.line);
        }
    }
}

#[test]
fn each_xpath_selects_one_node_at_the_line_given() {
    for mutation in mutations() {
        let (document, report) = mutation.check();
        if report.refused {
            continue;
        }
        let root = dmp_xml::parse(document.as_bytes(), &Limits::default()).unwrap();
        for finding in report.findings.iter().filter(|finding| !finding.xpath.contains("processing-instruction")) {
            let selected = select(&root, &finding.xpath);
            assert_eq!(selected, [finding.line], "line {}: {}", mutation.line, finding.xpath);
        }
    }
}

/// The lines of the elements that an XPath of a finding selects; the document inside counts as a root.
fn select(root: &Element, xpath: &str) -> Vec<u64> {
    let mut steps = xpath.trim_start_matches('/').split('/').peekable();
    let inner = root.descendants().find(|element| element.name.local == "ClinicalDocument").unwrap();
    let top = if steps.next() == Some("ClinicalDocument") { inner } else { root };
    let mut selected = vec![top];
    while let Some(step) = steps.next() {
        if let Some(attribute) = step.strip_prefix('@') {
            assert!(steps.peek().is_none());
            let local = attribute.rsplit(':').next().unwrap();
            selected.retain(|element| element.attributes.iter().any(|a| a.name.local == local));
            break;
        }
        let (name, rank) =
            match step.strip_suffix(']').filter(|_| !step.starts_with('*')).and_then(|s| s.split_once('[')) {
                Some((name, rank)) => (name, Some(rank.parse::<usize>().unwrap())),
                None => (step, None),
            };
        let is_named = |element: &Element| match name.strip_prefix("*[local-name()='") {
            Some(rest) => rest.starts_with(&format!("{}'", element.name.local)),
            None => name.rsplit(':').next() == Some(&element.name.local),
        };
        selected = selected
            .iter()
            .flat_map(|parent| {
                let named: Vec<&Element> = parent.elements().filter(|element| is_named(element)).collect();
                match rank {
                    Some(rank) => named.get(rank - 1).copied().into_iter().collect(),
                    None => named,
                }
            })
            .collect();
    }
    selected.iter().map(|element| element.line).collect()
}
