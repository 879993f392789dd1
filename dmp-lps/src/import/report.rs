//! What came of imports.

use dmp_client::DmpError;

use super::decision::Decision;
use super::document::ImportedDocument;
use super::identity::IdentityDoubt;

/// What came of one document that was to be imported.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum ImportOutcome {
    /// The local record keeps it.
    Imported(Box<ImportedDocument>),
    /// The local record has it, a newer version of it, or its original: nothing was stored.
    Skipped(Decision),
    /// It names the patient by another number: nothing was stored; import it again with
    /// [`super::Selected::accepting`] if the user says so.
    AskUser(IdentityDoubt),
}

/// What came of several, each for itself (rule 6).
#[derive(Debug, Default)]
#[must_use]
pub struct ImportReport {
    /// uniqueId and outcome, in the order of the selection.
    pub outcomes: Vec<(String, Result<ImportOutcome, DmpError>)>,
}

impl ImportReport {
    /// The documents that the local record keeps now.
    pub fn imported(&self) -> impl Iterator<Item = &ImportedDocument> {
        self.outcomes.iter().filter_map(|(_, outcome)| match outcome {
            Ok(ImportOutcome::Imported(document)) => Some(&**document),
            _ => None,
        })
    }

    /// uniqueIds of those that failed, and why.
    pub fn failed(&self) -> impl Iterator<Item = (&str, &DmpError)> {
        self.outcomes.iter().filter_map(|(id, outcome)| Some((id.as_str(), outcome.as_ref().err()?)))
    }
}
