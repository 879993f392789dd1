//! The bytes of queued documents, in files of their owner: a document is on the disk before it is in the queue.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::FeedId;
use crate::private_folder::private_folder;

/// A folder of documents. It holds health data: it belongs on an encrypted volume (EXI 12).
#[derive(Debug, Clone)]
pub struct Spool {
    folder: PathBuf,
}

/// The bytes could not be kept or read. Names the file, never its content.
#[derive(Debug, thiserror::Error)]
#[error("the queued document {id} could not be {what}: {source}")]
pub struct SpoolError {
    /// The document.
    pub id: FeedId,
    /// `kept`, `read` or `removed`.
    pub what: &'static str,
    /// What the system said.
    pub source: io::Error,
}

impl Spool {
    /// Takes a folder, made if it is not there.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn open(folder: impl Into<PathBuf>) -> io::Result<Self> {
        let folder = folder.into();
        private_folder(&folder)?;
        Ok(Self { folder })
    }

    pub(super) fn path(&self, id: FeedId) -> PathBuf {
        self.folder.join(format!("{id}.xml"))
    }

    /// Copies a file into the spool; on the disk when it returns.
    pub(super) async fn keep_file(&self, id: FeedId, from: &Path) -> Result<(), SpoolError> {
        let from = from.to_owned();
        self.keep(id, move |to| io::copy(&mut std::fs::File::open(from)?, to).map(drop)).await
    }

    /// Writes bytes into the spool; on the disk when it returns.
    pub(super) async fn keep_bytes(&self, id: FeedId, bytes: Vec<u8>) -> Result<(), SpoolError> {
        self.keep(id, move |to| to.write_all(&bytes)).await
    }

    async fn keep(
        &self,
        id: FeedId,
        fill: impl FnOnce(&mut std::fs::File) -> io::Result<()> + Send + 'static,
    ) -> Result<(), SpoolError> {
        let (path, folder) = (self.path(id), self.folder.clone());
        let kept = tokio::task::spawn_blocking(move || {
            let temporary = path.with_extension("part");
            let mut options = std::fs::OpenOptions::new();
            options.write(true).create(true).truncate(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut file = options.open(&temporary)?;
            fill(&mut file)?;
            file.sync_all()?;
            std::fs::rename(&temporary, &path)?;
            // The name is on the disk when the folder is.
            std::fs::File::open(folder)?.sync_all()
        });
        let kept = kept.await.unwrap_or_else(|error| Err(io::Error::other(error)));
        kept.map_err(|source| SpoolError { id, what: "kept", source })
    }

    /// The documents whose bytes are here; none when the folder cannot be read.
    pub(super) async fn kept(&self) -> Vec<FeedId> {
        let mut kept = Vec::new();
        let Ok(mut files) = tokio::fs::read_dir(&self.folder).await else { return kept };
        while let Ok(Some(file)) = files.next_entry().await {
            let name = file.file_name();
            kept.extend(name.to_str().and_then(|name| name.strip_suffix(".xml")).and_then(FeedId::parse));
        }
        kept
    }

    /// Removes the bytes of a document that needs no more sending; one that is gone already is gone.
    pub(super) async fn forget(&self, id: FeedId) -> Result<(), SpoolError> {
        match tokio::fs::remove_file(self.path(id)).await {
            Err(source) if source.kind() != io::ErrorKind::NotFound => Err(SpoolError { id, what: "removed", source }),
            _ => Ok(()),
        }
    }
}
