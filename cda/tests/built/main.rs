//! Documents of every kind, built by the crate and kept as golden files: the same model gives the same bytes, which
//! read back, map to the XDS metadata and satisfy every check of a produced document.
//!
//! `BLESS=1 cargo test -p cda --test built` writes the files again; look at the difference before committing it.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests")]

mod edges;
mod letters;
mod media;
mod people;
mod refusals;
mod reports;
mod round_trip;
mod vaccination;

use std::path::{Path, PathBuf};

use cda::CdaLimits;
use cda::check::{CheckOptions, Clock, check};
use cda::metadata::{MappingOptions, document_entry};
use dmp_vocabulary::Realm;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/cda/built")
}

/// Name, bytes.
fn all() -> Vec<(&'static str, Vec<u8>)> {
    let mut all = reports::all();
    all.extend(letters::all());
    all.extend(vaccination::all());
    all
}

#[test]
fn documents_are_rebuilt_byte_for_byte() {
    let mut names: Vec<String> = Vec::new();
    for (name, bytes) in all() {
        let path = folder().join(name);
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&path, &bytes).unwrap();
        }
        let golden = std::fs::read(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(golden == bytes, "{name} is not what the crate builds");
        names.push(name.to_owned());
    }
    let on_disk = std::fs::read_dir(folder()).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut on_disk: Vec<_> = on_disk.collect();
    names.sort();
    on_disk.sort();
    assert_eq!(names, on_disk, "one file per kind, and no other");
}

#[test]
fn documents_satisfy_every_check_of_a_producer() {
    for (name, bytes) in all() {
        let mut options = CheckOptions::produce().for_the_dmp().in_realm(Realm::Test);
        options.clock = Clock::At("2026-06-01T00:00:00Z".parse().unwrap());
        let report = check(&bytes, &options);
        // A finding of its own says that the form is being abandoned.
        let expected = if name == "n3-autopresentable.xml" { &["CDA-DOC-011"][..] } else { &[] };
        let found: Vec<_> = report.counts().into_keys().collect();
        assert_eq!(found, expected, "{name}:\n{report}");
    }
}

#[test]
fn documents_map_to_complete_metadata() {
    for (name, bytes) in all() {
        let document = cda::read(bytes.as_slice(), &CdaLimits::default()).unwrap();
        let entry = document_entry(&document, &MappingOptions::default()).unwrap_or_else(|e| panic!("{name}: {e:?}"));
        assert_eq!(entry.authors.len(), document.header.authors.len(), "{name}");
        let format = entry.format_code.unwrap().code;
        let expected = match name {
            "n1-consultation-text.xml" => "urn:ihe:iti:xds-sd:text:2008",
            name if name.starts_with("n1-") => "urn:ihe:iti:xds-sd:pdf:2008",
            "n3-vaccination-note.xml" => "urn:asip:ci-sis:vac-note:2021",
            _ => "urn:asip:ci-sis:ldl-ees:2017",
        };
        assert_eq!(format, expected, "{name}");
    }
}
