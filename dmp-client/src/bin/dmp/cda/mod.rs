//! `dmp cda`: documents without any DMP.

mod build;
mod check;
mod extract;
mod header;

use std::path::{Path, PathBuf};

use clap::Subcommand;
use dmp_client::Document;

use crate::arguments::Shared;
use crate::exit::Failure;
use crate::output::{Report, fields};

#[derive(Debug, Subcommand)]
pub(crate) enum CdaCommand {
    /// Check documents by all the rules; exit code 1 if one has an error.
    Check(check::Check),
    /// Print what the header says, and what the body is made of.
    Header {
        /// A CDA file.
        file: PathBuf,
    },
    /// Print the XDS metadata that a document would be submitted with.
    Metadata {
        /// A CDA file.
        file: PathBuf,
    },
    /// Write an unstructured document (N1) around a PDF or a text; it is checked before it is written.
    Build(build::Build),
    /// Write the files that a document embeds: its body, its PDF copy, added documents, images.
    Extract {
        /// A CDA file.
        file: PathBuf,
        /// Where to write; created if needed. No file is ever overwritten.
        #[arg(short, long, value_name = "DIR")]
        output: PathBuf,
    },
}

pub(crate) async fn run(shared: &Shared, command: CdaCommand) -> Result<Report, Failure> {
    match command {
        CdaCommand::Check(check) => check::run(&check),
        CdaCommand::Header { file } => header::run(&file),
        CdaCommand::Metadata { file } => metadata(&file).await,
        CdaCommand::Build(build) => build::run(shared, &build),
        CdaCommand::Extract { file, output } => extract::run(&file, &output),
    }
}

/// What a document says does not depend on who sends it.
async fn metadata(file: &Path) -> Result<Report, Failure> {
    let document = Document::from_cda_file(file).await.map_err(|error| refused(file, error))?;
    let findings: Vec<String> = document.findings().map(ToString::to_string).collect();
    let mut lines = fields(document.entry());
    lines.extend(findings.iter().map(|finding| format!("refused by the DMP: {finding}")));
    Ok(Report::of(lines, document.entry()).with("findings", findings))
}

fn open(file: &Path) -> Result<impl std::io::Read + use<>, Failure> {
    let opened = std::fs::File::open(file).map_err(|error| refused(file, error))?;
    Ok(std::io::BufReader::with_capacity(64 * 1024, opened))
}

fn refused(file: &Path, error: impl std::fmt::Display) -> Failure {
    Failure::input(format!("{}: {error}", file.display()))
}
