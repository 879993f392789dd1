//! The tour over every document there is, against the table of expected outcomes.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use dmp_examples::tour::{self, Ending};

/// file, outcome (`identical`, or the rule that refuses).
const EXPECTED: &str = include_str!("../../testdata/tour/expected-outcomes.tsv");

fn expected() -> BTreeMap<&'static str, &'static str> {
    let row = |line: &'static str| {
        let mut cells = line.split('\t');
        Some((cells.next()?, cells.next()?))
    };
    EXPECTED.lines().skip(1).filter_map(row).collect()
}

async fn check(files: Vec<PathBuf>) {
    let expected = expected();
    let report = tour::run(&files, |_| ()).await.unwrap();
    let mut wrong = Vec::new();
    for journey in &report.journeys {
        let name = journey.file.file_name().unwrap().to_str().unwrap();
        let outcome = match &journey.ending {
            Ending::Identical { .. } => "identical",
            Ending::Refused { rule, .. } => rule,
            Ending::Failed { step, why } => panic!("{name} failed at {step}: {why}"),
        };
        match expected.get(name) {
            Some(wanted) if *wanted == outcome => {}
            wanted => wrong.push(format!("{name}: expected {wanted:?}, found {outcome}")),
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    for refusal in &report.refusals {
        assert!(refusal.is_expected(), "{}: {:?} {}", refusal.attempt, refusal.rule, refusal.code);
    }
    assert_eq!(report.refusals.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn our_own_documents_come_back_or_are_refused_as_the_table_says() {
    let files = tour::own_documents();
    assert!(files.len() >= 10);
    check(files).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_built_by_the_crate_come_back() {
    let files = tour::documents_in(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../testdata/cda/built")));
    assert!(files.len() >= 12);
    let report = tour::run(&files, |_| ()).await.unwrap();
    for journey in &report.journeys {
        assert!(matches!(journey.ending, Ending::Identical { .. }), "{:?}: {:?}", journey.file, journey.ending);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn published_documents_come_back_or_are_refused_as_the_table_says() {
    let shared = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared"));
    let folders = ["real-documents", "examples/cda"].map(|folder| shared.join(folder));
    if !folders.iter().all(|folder| folder.is_dir()) {
        println!("skipped: ../shared not present");
        return;
    }
    let files: Vec<PathBuf> = folders.iter().flat_map(|folder| tour::documents_in(folder)).collect();
    assert!(files.len() >= 58, "{} files", files.len());
    check(files).await;
}
