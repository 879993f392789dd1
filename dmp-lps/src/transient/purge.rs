//! What was erased, and what stays because a user saved it.

use dmp_client::DocumentEntry;

use crate::context::{EpisodeId, PatientKey};
use crate::trace::{Action, Note};

/// The end of an episode, as far as transient documents go (EXI 11). Documents are named by their uniqueId.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct PurgeReport {
    /// The episode.
    pub episode: EpisodeId,
    /// Erased now.
    pub purged: Vec<String>,
    /// Saved by a user during the episode (F06): the local record keeps them.
    pub kept_by_user: Vec<String>,
    /// Files that the system did not remove: their key is erased, nobody can read them.
    pub failures: Vec<String>,
}

impl PurgeReport {
    pub(super) fn new(episode: &EpisodeId) -> Self {
        Self { episode: episode.clone(), purged: Vec::new(), kept_by_user: Vec::new(), failures: Vec::new() }
    }

    pub(super) fn erased(&mut self, unique_id: String, gone: bool) {
        match gone {
            true => self.purged.push(unique_id),
            false => self.failures.push(unique_id),
        }
    }

    /// What the trace tells of it: documents erased, and how many.
    pub(super) fn note(&self) -> Note {
        let detail = format!("transient documents: {} erased, {} kept", self.purged.len(), self.kept_by_user.len());
        let note = Note::of(Action::Purge).detail(detail);
        self.purged.iter().fold(note, |note, unique_id| note.document(unique_id, None))
    }

    /// The report of another store on the same episode, added: each document that was saved once.
    pub fn and(mut self, other: Self) -> Self {
        self.purged.extend(other.purged);
        self.failures.extend(other.failures);
        self.kept_by_user.extend(other.kept_by_user);
        self.kept_by_user.sort();
        self.kept_by_user.dedup();
        self
    }
}

/// What the trace tells of a document on the screen.
pub(super) fn viewed(patient: &PatientKey, entry: &DocumentEntry) -> Note {
    let type_code = entry.type_code.as_ref().map(|code| code.code.as_str());
    Note::of(Action::View).patient(patient).document(&entry.unique_id, type_code)
}
