//! Documents under one key, readable as long as the key is there.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use dmp_client::{DmpError, DocumentEntry};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::folder::SealedFile;
use super::refusal::{failed, refused};
use super::seal::RoomKey;
use crate::import::Delivered;

/// A document under a key.
#[derive(Debug)]
pub(super) struct Held<T> {
    pub(super) file: Arc<SealedFile>,
    pub(super) entry: DocumentEntry,
    /// What its store must know of it.
    pub(super) about: T,
}

/// Documents under one key.
#[derive(Debug)]
pub(super) struct Room<T> {
    pub(super) key: RoomKey,
    pub(super) documents: BTreeMap<Uuid, Held<T>>,
}

impl<T> Room<T> {
    pub(super) fn new() -> std::io::Result<Self> {
        Ok(Self { key: RoomKey::random()?, documents: BTreeMap::new() })
    }

    pub(super) fn add(&mut self, file: SealedFile, entry: DocumentEntry, about: T) -> Uuid {
        let id = Uuid::new_v4();
        self.documents.insert(id, Held { file: Arc::new(file), entry, about });
        id
    }

    /// Takes those out that a rule names.
    pub(super) fn take(&mut self, named: impl Fn(&Held<T>) -> bool) -> Vec<Held<T>> {
        let documents = std::mem::take(&mut self.documents);
        let (taken, left): (BTreeMap<_, _>, BTreeMap<_, _>) = documents.into_iter().partition(|(_, held)| named(held));
        self.documents = left;
        taken.into_values().collect()
    }

    /// What a reading needs; taken under a lock, used after it.
    pub(super) fn reading(&self, id: Uuid) -> Option<Reading> {
        let held = self.documents.get(&id)?;
        Some(Reading { key: self.key.clone(), file: Arc::clone(&held.file) })
    }
}

/// A reading that was allowed.
pub(super) struct Reading {
    key: RoomKey,
    file: Arc<SealedFile>,
}

impl Reading {
    pub(super) async fn bytes(&self) -> Result<Zeroizing<Vec<u8>>, DmpError> {
        let mut bytes = Zeroizing::new(Vec::new());
        self.file.unseal(&self.key, &mut *bytes).await.map_err(failed)?;
        Ok(bytes)
    }

    /// Writes the document to a file, for the importer that keeps it: its bytes were compared with its entry when they
    /// came, and the seal says that they are the same.
    pub(super) async fn deliver(&self, entry: &DocumentEntry, to: &Path) -> Result<Delivered, DmpError> {
        let mut file = tokio::fs::File::create_new(to).await.map_err(failed)?;
        self.file.unseal(&self.key, &mut file).await.map_err(failed)?;
        file.sync_all().await.map_err(failed)?;
        drop(file);
        let path = to.to_owned();
        let sha1 = tokio::task::spawn_blocking(move || sha1_of(&path)).await;
        let sha1 = sha1.unwrap_or_else(|error| Err(std::io::Error::other(error))).map_err(failed)?;
        let same = entry.same_hash(&sha1).unwrap_or(true);
        Ok(Delivered { sha1, substitute: !same })
    }
}

fn sha1_of(path: &Path) -> std::io::Result<String> {
    use std::io::Read;
    let mut digest = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY);
    let mut file = std::fs::File::open(path)?;
    let mut piece = Zeroizing::new(vec![0; 64 * 1024]);
    loop {
        match file.read(&mut piece)? {
            0 => break,
            read => digest.update(piece.get(..read).unwrap_or_default()),
        }
    }
    Ok(digest.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The key is gone, and with it the document.
pub(super) fn erased() -> DmpError {
    refused("a document that was erased", "a document that is open, in a session and an episode that are")
}
