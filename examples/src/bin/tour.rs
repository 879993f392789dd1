//! The main job: `cargo run --release --bin tour -- [FILE…]`.
//!
//! With no path it uses the documents of `testdata/`.

#![allow(clippy::print_stderr, reason = "a program that talks to a person")]

use std::fmt::Arguments;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use dmp_examples::tour::{self, Ending, Journey, Report};

#[tokio::main]
async fn main() -> ExitCode {
    let mut files: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    if files.is_empty() {
        files = tour::own_documents();
    }
    say(format_args!(
        "An in-process DMP over real TLS; a structure feeds (INDIRECTE), a médecin consults (AIR simplifié).\n"
    ));
    match tour::run(&files, tell).await {
        Ok(report) => {
            conclude(&report);
            if report.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(failure) => {
            eprintln!("the tour could not run: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn tell(journey: &Journey) {
    let name = journey.file.file_name().map_or_else(|| journey.file.as_path(), Path::new).display();
    match &journey.ending {
        Ending::Identical { sha1, size, .. } => {
            let steps: Vec<String> = journey.steps.iter().map(ToString::to_string).collect();
            say(format_args!("{name}\n  identical: {size} bytes, SHA-1 {sha1}\n  {}", steps.join(" → ")));
        }
        Ending::Refused { rule, explanation } => {
            say(format_args!("{name}\n  refused by {rule}\n  {}", indent(explanation)))
        }
        Ending::Failed { step, why } => say(format_args!("{name}\n  FAILED at {step}\n  {}", indent(why))),
    }
}

fn conclude(report: &Report) {
    say(format_args!(
        "\nThree requests that the SDK's types cannot express, built from dmp-protocol over a bare connection:"
    ));
    for refusal in &report.refusals {
        let rule = refusal.rule.as_deref().unwrap_or("nothing");
        let verdict = if refusal.is_expected() { "" } else { "  UNEXPECTED" };
        say(format_args!(
            "{}{verdict}\n  refused by {rule}: {}\n  {}",
            refusal.attempt,
            refusal.code,
            indent(&refusal.explanation)
        ));
    }
    let count = |test: fn(&Ending) -> bool| report.journeys.iter().filter(|journey| test(&journey.ending)).count();
    say(format_args!(
        "\n{} files: {} identical, {} refused by a rule, {} failed",
        report.journeys.len(),
        count(|ending| matches!(ending, Ending::Identical { .. })),
        count(|ending| matches!(ending, Ending::Refused { .. })),
        count(|ending| matches!(ending, Ending::Failed { .. })),
    ));
}

fn indent(text: &str) -> String {
    text.trim_end().replace('\n', "\n  ")
}

/// Where the output is closed (`| head`), the tour goes on silently: its exit code still tells.
fn say(text: Arguments<'_>) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}
