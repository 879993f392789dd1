//! One conversation over TLS, as captured by the client, equals the golden one message by message.
//!
//! `UPDATE_GOLDEN=1 cargo test -p dmp-examples --test golden_conversation` rewrites the files.

#![allow(clippy::unwrap_used, reason = "tests")]

mod normalise;

use std::path::{Path, PathBuf};

use dmp_examples::tour::{self, Ending};

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../testdata/golden/conversation");
const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../testdata/cda/n1-consultation-v1.xml");

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[tokio::test(flavor = "multi_thread")]
async fn the_conversation_is_the_golden_one() {
    let folder = tempfile::tempdir().unwrap();
    let report = tour::run_captured(&[PathBuf::from(DOCUMENT)], Some(folder.path()), |_| ()).await.unwrap();
    assert!(matches!(report.journeys[0].ending, Ending::Identical { .. }), "{:?}", report.journeys[0].ending);

    let captured = files(folder.path());
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    if update {
        let _ = std::fs::remove_dir_all(GOLDEN);
        std::fs::create_dir_all(GOLDEN).unwrap();
    }
    for file in &captured {
        let actual = normalise::exchange(&std::fs::read(file).unwrap());
        let golden = Path::new(GOLDEN).join(file.file_name().unwrap());
        if update {
            std::fs::write(&golden, &actual).unwrap();
        }
        let expected = std::fs::read_to_string(&golden).unwrap_or_default();
        assert!(expected == actual, "{} differs:\n{}", golden.display(), first_difference(&expected, &actual));
    }
    let names = |files: &[PathBuf]| files.iter().map(|file| file.file_name().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(names(&captured), names(&files(Path::new(GOLDEN))));
}

fn first_difference(expected: &str, actual: &str) -> String {
    let differing = expected.lines().zip(actual.lines()).find(|(left, right)| left != right);
    differing.map_or_else(
        || format!("{} lines expected, {} found", expected.lines().count(), actual.lines().count()),
        |(left, right)| format!("expected {left}\nfound    {right}"),
    )
}
