//! The pre-flight foretells what becomes of every document: refused by the rule that the table of expected outcomes
//! names, or by none.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests")]

use std::path::{Path, PathBuf};

use dmp_client::{Consequence, Document, Submission};
use dmp_examples::tour::{self, Tour};

/// file, outcome (`identical`, or the rule that refuses).
const EXPECTED: &str = include_str!("../../testdata/tour/expected-outcomes.tsv");

/// Rules that would refuse the document; nothing is sent.
async fn refusals(tour: &Tour, file: &Path) -> Vec<&'static str> {
    let document = Document::from_cda_file(file).await.unwrap();
    let feeding = tour.feeding_of(&document).unwrap();
    let findings = feeding.preflight(&Submission::of(document)).await.unwrap();
    let refused = findings.iter().filter(|finding| finding.consequence == Consequence::Refused);
    refused.map(dmp_client::Finding::rule).collect()
}

async fn check(files: Vec<PathBuf>) {
    let tour = Tour::start(None).await.unwrap();
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "xml")) {
        let name = file.file_name().unwrap().to_str().unwrap();
        let row = EXPECTED.lines().find(|line| line.split('\t').next() == Some(name));
        let outcome = row.and_then(|row| row.split('\t').nth(1)).unwrap_or_else(|| panic!("{name}: not in the table"));
        let expected = if outcome == "identical" { Vec::new() } else { vec![outcome] };
        assert_eq!(refusals(&tour, file).await, expected, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_becomes_of_our_own_documents_is_foretold() {
    check(tour::own_documents()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_becomes_of_published_documents_is_foretold() {
    let shared = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared"));
    let folders = ["real-documents", "examples/cda"].map(|folder| shared.join(folder));
    if !folders.iter().all(|folder| folder.is_dir()) {
        println!("skipped: ../shared not present");
        return;
    }
    check(folders.iter().flat_map(|folder| tour::documents_in(folder)).collect()).await;
}
