//! The folder of encrypted files.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dmp_client::mode::{AccessMode, Consults};
use dmp_client::{DmpError, DocumentEntry, DocumentState, Record};
use tokio::fs::File;
use tokio::io::AsyncWrite;
use uuid::Uuid;

use super::refusal::failed;
use super::seal::{FileId, RoomKey};
use crate::private_folder::private_folder;

const EXTENSION: &str = "sealed";

/// A folder of encrypted files, of one program alone.
#[derive(Debug, Clone)]
pub(super) struct SealedFolder(Arc<PathBuf>);

impl SealedFolder {
    /// Takes a folder, made if it is not there. What a crash left in it goes: nobody has its keys.
    pub(super) fn open(folder: impl Into<PathBuf>) -> io::Result<Self> {
        let folder = folder.into();
        private_folder(&folder)?;
        for file in std::fs::read_dir(&folder)? {
            let path = file?.path();
            if path.extension().is_some_and(|extension| extension == EXTENSION) {
                std::fs::remove_file(path)?;
            }
        }
        Ok(Self(Arc::new(folder)))
    }

    /// TD3.2, encrypted while it streams; its bytes were compared with the entry. A dropped future leaves nothing.
    pub(super) async fn download<A: Consults, X: AccessMode>(
        &self,
        key: &RoomKey,
        record: &Record<A, X>,
        entry: &DocumentEntry,
    ) -> Result<SealedFile, DmpError> {
        let id = *Uuid::new_v4().as_bytes();
        let path = self.0.join(format!("{}.{EXTENSION}", Uuid::from_bytes(id).simple()));
        let sealed = SealedFile { id, path };
        let mut file = File::create_new(&sealed.path).await.map_err(failed)?;
        let (mut plain, from) = tokio::io::duplex(64 * 1024);
        let download = async {
            let retrieved = record.retrieve_to(entry, &mut plain).await;
            drop(plain);
            retrieved
        };
        let (retrieved, written) = tokio::join!(download, key.seal(&id, from, &mut file));
        // Where the disk fails, the download fails too, for want of a reader: the disk is the cause.
        written.map_err(failed)?;
        retrieved?;
        Ok(sealed)
    }
}

/// One encrypted document: gone from the disk when it is dropped.
#[derive(Debug)]
pub(super) struct SealedFile {
    id: FileId,
    path: PathBuf,
}

impl SealedFile {
    pub(super) async fn unseal(&self, key: &RoomKey, to: &mut (impl AsyncWrite + Unpin)) -> io::Result<()> {
        key.unseal(&self.id, File::open(&self.path).await?, to).await
    }

    /// Erases it; whether it is gone.
    pub(super) fn erase(&self) -> bool {
        gone(std::fs::remove_file(&self.path), &self.path)
    }
}

fn gone(removed: io::Result<()>, path: &Path) -> bool {
    removed.is_ok() || !path.exists()
}

impl Drop for SealedFile {
    fn drop(&mut self) {
        self.erase();
    }
}

/// What the entry says to whoever opens the document (`EX_3.2-1025`).
pub(super) fn alerts(entry: &DocumentEntry) -> Vec<DocumentState> {
    DocumentState::alerts(entry)
}
