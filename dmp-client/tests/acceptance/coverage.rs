//! The acceptance book and the functions of the SDK are covered: each id is in the name of a test, or in
//! `without-test.tsv` with a reason.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

#[test]
fn every_scenario_is_a_test_or_says_why_not() {
    covered("acceptance");
}

#[test]
fn every_numbered_test_of_a_function_is_there_or_says_why_not() {
    covered("functions");
}

/// Each id of a folder's list is in the name of a test, or in its list of those that no test bears; never in both.
fn covered(folder: &str) {
    let ids = std::fs::read_to_string(format!("{ROOT}/testdata/{folder}/ids.txt")).unwrap();
    let reasons = reasons(folder);
    let tests = names_of_tests();
    let mut wrong = Vec::new();
    for id in ids.lines() {
        let tested = tests.iter().any(|name| names(name, id));
        match (tested, reasons.get(id)) {
            (false, None) => wrong.push(format!("{id}: no test bears its name and without-test.tsv has no reason")),
            (true, Some(_)) => {
                wrong.push(format!("{id}: a test bears its name, and without-test.tsv says there is none"))
            }
            (_, Some(reason)) if reason.is_empty() => wrong.push(format!("{id}: an empty reason")),
            _ => {}
        }
    }
    wrong.extend(reasons.keys().filter(|id| !ids.lines().any(|one| one == *id)).map(|id| format!("{id}: no such id")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_name_bears_an_id_whole() {
    assert!(names("a_3_1_090_and_3_1_100_types", "3.1-100"));
    assert!(names("e2_03_the_holder", "E2-03"));
    assert!(!names("a_3_1_100_types", "1-100") && !names("a_13_1_100", "3.1-100") && !names("a_3_1_1005", "3.1-100"));
    assert!(!names("e2_03_the_holder", "2-03"));
    assert!(names("f12_t4_and_f12_t5_versions", "F12-T5") && !names("f01_t10_zfa", "F01-T1"));
    assert!(names("f10_the_order_of_reasons", "F10"));
}

/// Whether the name of a test holds the id, its punctuation turned into underscores.
fn names(test: &str, id: &str) -> bool {
    let wanted = id.to_lowercase().replace(['.', '-'], "_");
    let digit = |text: &str, last: bool| {
        let neighbour = if last { text.chars().next_back() } else { text.chars().next() };
        neighbour.is_some_and(|one| one.is_ascii_alphanumeric())
    };
    test.match_indices(&wanted).any(|(at, _)| {
        let before = &test[..at];
        let number_before = before.strip_suffix('_').is_some_and(|rest| {
            rest.rsplit('_').next().is_some_and(|part| !part.is_empty() && part.chars().all(|one| one.is_ascii_digit()))
        });
        // `3_1_100` inside `a_13_1_100` or `1-100` inside `3_1_100` is another id; `3_1_090_3_1_100` needs its `and`.
        !digit(before, true) && !number_before && !digit(&test[at + wanted.len()..], false)
    })
}

fn reasons(folder: &str) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(format!("{ROOT}/testdata/{folder}/without-test.tsv")).unwrap();
    let rows = text.lines().filter(|line| !line.starts_with('#'));
    rows.map(|line| line.split_once('\t').map(|(id, why)| (id.to_owned(), why.trim().to_owned())).unwrap()).collect()
}

fn names_of_tests() -> Vec<String> {
    let mut names = Vec::new();
    for package in ["cda", "dmp-vocabulary", "dmp-protocol", "dmp-client", "dmp-lps", "dmp-mock", "examples"] {
        let mut folders = ["src", "tests"].map(|folder| PathBuf::from(format!("{ROOT}/{package}/{folder}"))).to_vec();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|one| one == "rs") {
                    names.extend(tests_in(&path));
                }
            }
        }
    }
    names
}

/// Names of the functions that stand below a `#[test]` or `#[tokio::test]`.
fn tests_in(path: &Path) -> Vec<String> {
    let source = std::fs::read_to_string(path).unwrap();
    let mut names = Vec::new();
    let mut marked = false;
    for line in source.lines().map(str::trim) {
        if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            marked = true;
        } else if let Some((_, rest)) = line.split_once("fn ").filter(|_| marked) {
            names.extend(rest.split('(').next().map(str::to_owned));
            marked = false;
        }
    }
    names
}
