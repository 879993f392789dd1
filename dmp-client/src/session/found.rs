//! What a search found.

use std::ops::Deref;

use xds_model::DocumentEntry;

/// Entries that a search found, those of signatures left out; nothing else is (`EX_3.1-1055`).
///
/// A part of the answer may be missing: a screen that shows these entries must say so when [`Self::is_partial`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    entries: Vec<DocumentEntry>,
    notices: Vec<String>,
    partial: bool,
}

impl Found {
    pub(crate) fn new(entries: Vec<DocumentEntry>, notices: Vec<String>, partial: bool) -> Self {
        Self { entries, notices, partial }
    }

    /// Whether the DMP said that it gives only a part (`PartialSuccess`).
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.partial
    }

    /// Codes of the warnings and errors that came with the entries.
    #[must_use]
    pub fn notices(&self) -> &[String] {
        &self.notices
    }

    /// The other entries that are about the same order, imaging study or accession as `entry` (`REC_3.2-1080`): to be
    /// proposed when it is shown, replaced or deleted. Nothing is asked of the DMP.
    pub fn linked_to<'f>(&'f self, entry: &'f DocumentEntry) -> impl Iterator<Item = &'f DocumentEntry> {
        self.entries.iter().filter(|other| other.unique_id != entry.unique_id && entry.shares_reference_with(other))
    }

    /// The entries alone.
    #[must_use]
    pub fn into_entries(self) -> Vec<DocumentEntry> {
        self.entries
    }
}

impl Deref for Found {
    type Target = [DocumentEntry];

    fn deref(&self) -> &[DocumentEntry] {
        &self.entries
    }
}

impl IntoIterator for Found {
    type Item = DocumentEntry;
    type IntoIter = std::vec::IntoIter<DocumentEntry>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

impl<'a> IntoIterator for &'a Found {
    type Item = &'a DocumentEntry;
    type IntoIter = std::slice::Iter<'a, DocumentEntry>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.iter()
    }
}
