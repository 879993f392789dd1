//! What the local record holds, as far as recognising a document goes.

use dmp_client::DocumentEntry;

/// A document of the local record, by the identifier that the software gives.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LocalDocumentId(String);

impl LocalDocumentId {
    /// Any text of the software.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// A new one, drawn.
    #[must_use]
    pub fn random() -> Self {
        Self(uuid::Uuid::new_v4().to_string())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A document of the local record: produced here, imported, or received otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalDocument {
    /// Its identifier in the software.
    pub id: LocalDocumentId,
    /// `id` of the CDA, which is the uniqueId of its entry.
    pub unique_id: String,
    /// Logical id of its entry, where it is known: the same for every version of its metadata.
    pub logical_id: Option<String>,
    /// `setId` of the CDA: `root`, or `root^extension`.
    pub set_id: Option<String>,
    /// `versionNumber` of the CDA; never the versionInfo of the entry (rule 2).
    pub version_number: Option<u64>,
    /// SHA-1 of its bytes, 40 hexadecimal digits.
    pub sha1: Option<String>,
    /// Whether this software produced it, and fed it or is to feed it.
    pub produced_here: bool,
}

impl LocalDocument {
    /// Whether this is the document of that entry.
    pub(super) fn is_of(&self, entry: &DocumentEntry) -> bool {
        let same_logical_id = self.logical_id.is_some() && self.logical_id == entry.logical_id;
        self.unique_id == entry.unique_id || same_logical_id
    }
}
