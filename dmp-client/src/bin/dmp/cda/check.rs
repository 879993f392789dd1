//! `dmp cda check`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use cda::check::{self, CheckOptions};
use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use crate::arguments::RealmChoice;
use crate::code::Tables;
use crate::exit::{Failure, INPUT, REFUSED};
use crate::output::Report;

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// CDA files.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Every warning is an error.
    #[arg(long)]
    strict: bool,
    /// Check documents that we make: advice, and errors for habits that are tolerated in what others made.
    #[arg(long)]
    produce: bool,
    /// What the documents are meant for; default dmp with --produce, none otherwise.
    #[arg(long, value_enum)]
    profile: Option<Profile>,
    /// World of the patients' identities: an INS of another one is an error.
    #[arg(long, value_enum, default_value_t = AnyRealm::None)]
    realm: AnyRealm,
    #[command(flatten)]
    tables: Tables,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Profile {
    /// Also what the DMP asks of a document.
    Dmp,
    /// The CI-SIS only.
    None,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum AnyRealm {
    /// Real patients.
    Production,
    /// Test platforms.
    Test,
    /// Either.
    None,
}

pub(super) fn run(check: &Check) -> Result<Report, Failure> {
    let options = options(check)?;
    let (mut lines, mut reports, mut exit_code) = (Vec::new(), Vec::new(), 0);
    for file in &check.files {
        match checked(file, &options) {
            Ok(report) => {
                lines.push(as_text(file, &report));
                reports.push(as_json(file, &report));
                if !report.is_valid() {
                    exit_code = exit_code.max(REFUSED);
                }
            }
            // The other files are checked all the same.
            Err(error) => {
                lines.push(format!("{}: cannot be read: {error}", file.display()));
                reports.push(json!({ "file": file.display().to_string(), "unreadable": error.to_string() }));
                exit_code = INPUT;
            }
        }
    }
    Ok(Report::of(lines, &reports).ending_with(exit_code))
}

fn options(check: &Check) -> Result<CheckOptions, Failure> {
    let mut options = if check.produce { CheckOptions::produce() } else { CheckOptions::receive() };
    options.dmp = check.profile.map_or(check.produce, |profile| profile == Profile::Dmp);
    options.strict = check.strict;
    options.realm = match check.realm {
        AnyRealm::Production => Some(RealmChoice::Production.into()),
        AnyRealm::Test => Some(RealmChoice::Test.into()),
        AnyRealm::None => None,
    };
    options.nomenclatures = check.tables.of_folder()?.map(Arc::new);
    Ok(options)
}

fn checked(file: &Path, options: &CheckOptions) -> std::io::Result<check::Report> {
    let source = std::io::BufReader::with_capacity(64 * 1024, std::fs::File::open(file)?);
    check::check_reader(source, options)
}

fn as_json(file: &Path, report: &check::Report) -> Value {
    json!({
        "file": file.display().to_string(),
        "valid": report.is_valid(),
        "errors": report.errors().count(),
        "warnings": report.warnings().count(),
        "refused": report.refused,
        "findings": report.findings,
        "omitted": report.omitted,
    })
}

/// The summary first, then one paragraph per finding.
fn as_text(file: &Path, report: &check::Report) -> String {
    let summary =
        format!("{}: {} errors, {} warnings", file.display(), report.errors().count(), report.warnings().count());
    let findings = report.findings.iter().map(|finding| format!("\n{finding}"));
    let omitted = report.omitted.iter().map(|(rule, count)| format!("\n{rule}: {count} more findings are not shown"));
    std::iter::once(summary).chain(findings).chain(omitted).collect()
}
