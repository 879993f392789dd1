//! Benchmark: `cargo run --release --bin read_documents -- [FILE or DIR…]` (default: the documents of `testdata/cda`).
//!
//! Reads and maps the largest documents, and prints MB/s beside a plain pass of the XML library over the same bytes.
//! Reading gives header, outline, SHA-1 of the bytes and SHA-256 of the canonical form; mapping gives the XDS entry; the
//! plain pass only asks for each event. A document of 3 MB on one line is always among them.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program that talks to a person")]

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use cda::CdaLimits;
use cda::check::{CheckOptions, check};
use cda::metadata::{MappingOptions, derive};
use dmp_examples::bare::Failure;
use dmp_examples::tour::documents_in;

/// How many documents are measured.
const LARGEST: usize = 8;
/// How long each measure lasts at least.
const MEASURE: Duration = Duration::from_millis(400);
/// A document with a body in base64, to be made large.
const SMALL: &str = include_str!("../../../testdata/cda/n1-consultation-v1.xml");

fn main() -> ExitCode {
    let given: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    match measure_all(&given) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

fn measure_all(given: &[PathBuf]) -> Result<(), Failure> {
    let mut documents = vec![("3 MB on one line".to_owned(), one_line(3_000_000)?)];
    documents.extend(largest(given)?);
    println!(
        "{:<60}{:>10}{:>12}{:>13}{:>11}{:>13}",
        "document", "bytes", "read + map", "read + map", "check", "plain pass"
    );
    for (name, bytes) in &documents {
        let read = fastest(|| read_and_map(bytes))?;
        let checked = fastest(|| {
            black_box(check(bytes, &CheckOptions::receive().for_the_dmp()));
            Ok(())
        })?;
        let plain = fastest(|| plain_pass(bytes))?;
        let speed = |time: Duration| format!("{:.0} MB/s", bytes.len() as f64 / 1e6 / time.as_secs_f64());
        println!(
            "{name:<60}{:>10}{:>9.2} ms{:>13}{:>11}{:>13}",
            bytes.len(),
            read.as_secs_f64() * 1e3,
            speed(read),
            speed(checked),
            speed(plain)
        );
    }
    Ok(())
}

/// The largest files of those given, or in the folders given.
fn largest(given: &[PathBuf]) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let default = [Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/cda")];
    let given = if given.is_empty() { &default } else { given };
    let mut documents = Vec::new();
    for path in given {
        let files = if path.is_dir() { documents_in(path) } else { vec![path.clone()] };
        for file in files {
            let bytes = std::fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
            let name = file.file_name().map(|name| name.to_string_lossy().into_owned());
            documents.push((name.unwrap_or_default(), bytes));
        }
    }
    documents.sort_by_key(|(_, bytes)| std::cmp::Reverse(bytes.len()));
    documents.truncate(LARGEST);
    Ok(documents)
}

/// A whole document on one line, its body that long in base64.
fn one_line(length: usize) -> Result<Vec<u8>, Failure> {
    let (before, rest) = SMALL.split_once("representation=\"B64\">").ok_or("no body in base64")?;
    let (_, after) = rest.split_once('<').ok_or("no end of the body")?;
    let body = "QUJD".repeat(length / 4);
    let document = format!("{before}representation=\"B64\">{body}<{after}");
    Ok(document.replace(['\n', '\r'], " ").into_bytes())
}

fn read_and_map(bytes: &[u8]) -> Result<(), Failure> {
    let document = cda::read(bytes, &CdaLimits::default())?;
    black_box(derive(&document, &MappingOptions::default()));
    Ok(())
}

fn plain_pass(bytes: &[u8]) -> Result<(), Failure> {
    let mut reader = quick_xml::Reader::from_reader(bytes);
    loop {
        match reader.read_event()? {
            quick_xml::events::Event::Eof => return Ok(()),
            event => drop(black_box(event)),
        }
    }
}

/// The fastest of as many runs as fit in the measure.
fn fastest(work: impl Fn() -> Result<(), Failure>) -> Result<Duration, Failure> {
    let start = Instant::now();
    let mut best = Duration::MAX;
    while start.elapsed() < MEASURE {
        let run = Instant::now();
        work()?;
        best = best.min(run.elapsed());
    }
    Ok(best)
}
