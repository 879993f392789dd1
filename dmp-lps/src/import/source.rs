//! Where the bytes of a document come from: the DMP, or a transient copy of it.

use std::future::Future;
use std::path::Path;

use dmp_client::mode::{AccessMode, Consults};
use dmp_client::{DmpError, DocumentEntry, Record};

/// A document that was written to a file, whole and compared with its entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// SHA-1 of the bytes, 40 lower-case hexadecimal digits.
    pub sha1: String,
    /// Whether the DMP gave a text in place of an imaging reference.
    pub substitute: bool,
}

/// Gives documents.
pub trait DocumentSource: Send + Sync {
    /// Writes a document to a file that is not there yet. The file takes its name only once it is whole, and has the
    /// hash and the size of the entry (rule 3).
    fn deliver(&self, entry: &DocumentEntry, to: &Path) -> impl Future<Output = Result<Delivered, DmpError>> + Send;

    /// The local record has the document now.
    fn imported(&self, entry: &DocumentEntry) {
        let _ = entry;
    }
}

/// TD3.2, streamed to the file.
impl<A: Consults, X: AccessMode> DocumentSource for Record<A, X> {
    async fn deliver(&self, entry: &DocumentEntry, to: &Path) -> Result<Delivered, DmpError> {
        let retrieved = self.retrieve_to_file(entry, to).await?;
        Ok(Delivered { sha1: retrieved.sha1, substitute: retrieved.substitute })
    }
}
