//! The checks on the published documents: what each of them breaks is written down in
//! `testdata/cda/expected-findings.tsv` (file, rule, count, reason), and nothing else may be found. A document that the
//! table does not know must only give no error.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests")]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use cda::check::{CheckOptions, Clock, Severity, check};
use dmp_vocabulary::Realm;

/// Documents that carry an INS of production (OID `.8`).
const PRODUCTION: [&str; 4] =
    ["CSE-CS9_2024.01.xml", "CSE-MDE_2023.01.xml", "OBP-SCM_2024.01.xml", "OBP-SNE_2024.01.xml"];

/// File, rule and count of the table.
fn expected() -> BTreeMap<(String, String), u64> {
    let table = support::text("expected-findings.tsv");
    let rows = table.lines().skip(1).map(|line| {
        let columns: Vec<&str> = line.split('\t').collect();
        let [file, rule, count, reason] = columns[..] else { panic!("{line}") };
        assert!(!reason.is_empty(), "{line}");
        ((file.to_owned(), rule.to_owned()), count.parse().unwrap())
    });
    rows.collect()
}

/// Every published document by its file name; `None` where they are not there.
fn documents() -> Option<Vec<(String, Vec<u8>)>> {
    let Some(folder) = support::published() else {
        println!("skipped: ../shared not present");
        return None;
    };
    let entries = std::fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|e| e == "xml"));
    let mut documents: Vec<(String, Vec<u8>)> = paths
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(path).unwrap()))
        .collect();
    documents.sort();
    Some(documents)
}

/// Those that the table knows.
fn known_documents() -> Option<Vec<(String, Vec<u8>)>> {
    let known: BTreeSet<String> = expected().into_keys().map(|(file, _)| file).collect();
    assert_eq!(known.len(), 54);
    Some(documents()?.into_iter().filter(|(name, _)| known.contains(name)).collect())
}

fn receive() -> CheckOptions {
    let mut options = CheckOptions::receive();
    options.clock = Clock::At("2026-06-01T00:00:00Z".parse().unwrap());
    options
}

/// File and rule of every error.
fn errors(documents: &[(String, Vec<u8>)], options: &CheckOptions) -> BTreeSet<(String, &'static str)> {
    let errors = documents.iter().flat_map(|(name, bytes)| {
        let report = check(bytes, options);
        report.errors().map(|finding| (name.clone(), finding.rule)).collect::<Vec<_>>()
    });
    errors.collect()
}

#[test]
fn nothing_but_the_expected_findings() {
    let Some(documents) = known_documents() else { return };
    let mut found = BTreeMap::new();
    for (name, bytes) in &documents {
        for (rule, count) in check(bytes, &receive()).counts() {
            found.insert((name.clone(), rule.to_owned()), count);
        }
    }
    assert_eq!(found, expected());
}

#[test]
fn no_published_document_has_an_error() {
    let Some(documents) = documents() else { return };
    assert_eq!(errors(&documents, &receive()), BTreeSet::new());
}

#[test]
fn the_dmp_profile_refuses_three() {
    let Some(documents) = known_documents() else { return };
    let expected = [
        ("CNAM-HR_2021.01.xml", "CDA-DMP-003"),
        ("OPH-BRE_2022.02.xml", "CDA-DMP-001"),
        ("VAC_2023.01.xml", "CDA-DMP-003"),
    ];
    let expected: BTreeSet<_> = expected.into_iter().map(|(name, rule)| (name.to_owned(), rule)).collect();
    assert_eq!(errors(&documents, &receive().for_the_dmp()), expected);
}

#[test]
fn a_realm_refuses_the_ins_of_the_other() {
    let Some(documents) = known_documents() else { return };
    for realm in [Realm::Test, Realm::Production] {
        let found = errors(&documents, &receive().in_realm(realm));
        let expected: BTreeSet<_> = documents
            .iter()
            .map(|(name, _)| name)
            .filter(|name| PRODUCTION.contains(&name.as_str()) == (realm == Realm::Test))
            .map(|name| (name.clone(), "CDA-PAT-008"))
            .collect();
        assert_eq!(found, expected, "{realm:?}");
    }
}

#[test]
fn six_documents_carry_a_matricule_with_a_wrong_key() {
    let Some(documents) = known_documents() else { return };
    let wrong = documents.iter().filter(|(_, bytes)| {
        let report = check(bytes, &receive());
        report.warnings().any(|finding| finding.rule == "CDA-PAT-005" && finding.severity == Severity::Warning)
    });
    assert_eq!(wrong.count(), 6);
}

/// No value of a patient, a professional or a document leaks into a report.
#[test]
fn reports_show_no_identity() {
    let Some(documents) = known_documents() else { return };
    for (name, bytes) in &documents {
        let text = String::from_utf8_lossy(bytes);
        let mut options = receive().for_the_dmp();
        options.mode = cda::check::Mode::Produce;
        let shown = check(bytes, &options).to_string();
        let values = text.split("extension=\"").skip(1).filter_map(|rest| rest.split('"').next());
        for value in values.filter(|value| value.len() >= 9 && value.bytes().filter(u8::is_ascii_digit).count() >= 8) {
            assert!(!shown.contains(value), "{name}");
        }
    }
}
