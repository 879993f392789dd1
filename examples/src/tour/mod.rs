//! The main job, end to end: a program built on `dmp-client` talks to an in-process `dmp-mock` over real TLS.
//!
//! Each file is fed by the structure (INDIRECTE), found, retrieved, masked, unmasked, revealed and read by a named
//! professional (AIR simplifié), then deleted. Three refusals follow, which the SDK's types cannot express.

pub mod big;
mod journey;
mod refusals;
mod setup;
mod wrap;

use std::fmt;
use std::path::PathBuf;

pub use refusals::ShownRefusal;
pub use setup::Tour;

use crate::bare::Failure;

/// The bytes of an N1 document that holds this text.
pub(crate) fn wrapped_text(text: &str) -> Result<Vec<u8>, Failure> {
    wrap::wrap(&wrap::Content::Text(text))
}

/// What became of one file.
#[derive(Debug)]
pub struct Journey {
    /// The file.
    pub file: PathBuf,
    /// How it ended.
    pub ending: Ending,
    /// What was done on the way, in order.
    pub steps: Vec<Step>,
}

/// How the journey of a file ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Ending {
    /// Fed, found, and retrieved with the same bytes.
    Identical {
        /// uniqueId.
        unique_id: String,
        /// SHA-1 of the bytes, sent and received.
        sha1: String,
        /// Size in bytes.
        size: u64,
    },
    /// Refused by a rule of the DMP, here or by the mock.
    Refused {
        /// Rule, such as `X10`.
        rule: String,
        /// What it says and what to do.
        explanation: String,
    },
    /// Something that must not happen.
    Failed {
        /// During which step.
        step: Step,
        /// Why.
        why: String,
    },
}

/// A step of a journey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The document and its metadata were read.
    Read,
    /// TD0.2.
    Existence,
    /// TD0.3.
    Authorise,
    /// TD2.1.
    Feed,
    /// TD3.1.
    Find,
    /// TD3.2, compared byte by byte.
    Retrieve,
    /// TD3.3b.
    Reveal,
    /// TD3.3a.
    Mask,
    /// TD3.3a.
    Unmask,
    /// TD3.3d.
    Archive,
    /// TD3.3d.
    Unarchive,
    /// TD3.3c, and the document is found no more.
    Delete,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Read => "read",
            Self::Existence => "TD0.2 exists",
            Self::Authorise => "TD0.3 authorise",
            Self::Feed => "TD2.1 feed",
            Self::Find => "TD3.1 find",
            Self::Retrieve => "TD3.2 retrieve",
            Self::Reveal => "TD3.3b reveal",
            Self::Mask => "TD3.3a mask",
            Self::Unmask => "TD3.3a unmask",
            Self::Archive => "TD3.3d archive",
            Self::Unarchive => "TD3.3d unarchive",
            Self::Delete => "TD3.3c delete",
        })
    }
}

/// Everything a tour showed.
#[derive(Debug)]
pub struct Report {
    /// One per file, in the order given.
    pub journeys: Vec<Journey>,
    /// The three refusals.
    pub refusals: Vec<ShownRefusal>,
}

impl Report {
    /// Whether each file came back identical or was refused by a rule, and each refusal was the expected one.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.journeys.iter().all(|journey| !matches!(journey.ending, Ending::Failed { .. }))
            && self.refusals.iter().all(ShownRefusal::is_expected)
    }
}

/// Runs the tour on CDA (`.xml`), PDF and text files; `tell` is called after each journey.
///
/// # Errors
/// The mock or the client could not be set up, or a bare connection failed.
pub async fn run(files: &[PathBuf], tell: impl FnMut(&Journey)) -> Result<Report, Failure> {
    run_captured(files, None, tell).await
}

/// As [`run`], and the client writes every exchange to a folder.
///
/// # Errors
/// As [`run`]; the folder cannot be written.
pub async fn run_captured(
    files: &[PathBuf],
    capture: Option<&std::path::Path>,
    mut tell: impl FnMut(&Journey),
) -> Result<Report, Failure> {
    let tour = Tour::start(capture).await?;
    let mut journeys = Vec::new();
    let mut invisible_is_shown = false;
    for file in files {
        let journey = tour.journey(file, !invisible_is_shown).await;
        invisible_is_shown |= journey.steps.contains(&Step::Reveal);
        tell(&journey);
        journeys.push(journey);
    }
    let refusals = tour.refusals().await?;
    Ok(Report { journeys, refusals })
}

/// The documents of `testdata/tour` and `testdata/cda`, in alphabetical order.
#[must_use]
pub fn own_documents() -> Vec<PathBuf> {
    let testdata = concat!(env!("CARGO_MANIFEST_DIR"), "/../testdata");
    ["tour", "cda"].iter().flat_map(|folder| documents_in(&PathBuf::from(testdata).join(folder))).collect()
}

/// The `.xml`, `.pdf` and `.txt` files of a folder, in alphabetical order; none if there is no such folder.
#[must_use]
pub fn documents_in(folder: &std::path::Path) -> Vec<PathBuf> {
    let is_document = |path: &PathBuf| path.extension().is_some_and(|e| e == "xml" || e == "pdf" || e == "txt");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .map(|entries| entries.flatten().map(|entry| entry.path()).filter(is_document).collect())
        .unwrap_or_default();
    files.sort();
    files
}
