//! The bytes of a document: in memory when small, in a temporary file otherwise, never copied.

use std::fmt;
use std::fs::File;
use std::io::{self, Cursor, Read};
use std::sync::Arc;

use aws_lc_rs::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY, SHA256};
use bytes::{Bytes, BytesMut};
use tempfile::TempPath;

/// Documents above this size go to a temporary file.
pub(crate) const IN_MEMORY_LIMIT: usize = 1 << 20;

/// The exact bytes of a document part, with what was computed while they arrived.
#[derive(Clone)]
pub struct Content {
    pub(crate) place: Place,
    length: u64,
    sha1: [u8; 20],
    sha256: [u8; 32],
}

/// Where the bytes are.
#[derive(Clone)]
pub(crate) enum Place {
    Memory(Bytes),
    /// Deleted with the last clone.
    File(Arc<TempPath>),
}

impl Content {
    /// Bytes that are in memory already.
    #[must_use]
    pub fn from_bytes(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        let mut digests = ContentDigests::new();
        digests.update(&bytes);
        Self::at(Place::Memory(bytes), digests)
    }

    /// Bytes whose digests were computed on the way.
    pub(crate) fn at(place: Place, digests: ContentDigests) -> Self {
        let ContentDigests { length, sha1, sha256 } = digests;
        Content { place, length, sha1: digest(sha1), sha256: digest(sha256) }
    }

    /// Number of bytes.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
    }

    /// SHA-1 of the exact bytes, which XDS calls the hash.
    #[must_use]
    pub fn sha1(&self) -> [u8; 20] {
        self.sha1
    }

    /// SHA-256 of the exact bytes.
    #[must_use]
    pub fn sha256(&self) -> [u8; 32] {
        self.sha256
    }

    /// A reader from the first byte. Blocking: not on the runtime.
    ///
    /// # Errors
    /// The system's, when the temporary file cannot be opened.
    pub fn reader(&self) -> io::Result<Box<dyn Read>> {
        Ok(match &self.place {
            Place::Memory(bytes) => Box::new(Cursor::new(bytes.clone())),
            Place::File(path) => Box::new(File::open(&**path)?),
        })
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Content").field("length", &self.length).finish_non_exhaustive()
    }
}

/// Length and digests of bytes that pass.
pub(crate) struct ContentDigests {
    length: u64,
    sha1: Context,
    sha256: Context,
}

impl ContentDigests {
    pub(crate) fn new() -> Self {
        ContentDigests { length: 0, sha1: Context::new(&SHA1_FOR_LEGACY_USE_ONLY), sha256: Context::new(&SHA256) }
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.sha1.update(bytes);
        self.sha256.update(bytes);
        self.length += bytes.len() as u64;
    }
}

/// Receives the bytes of a part as they arrive.
pub(crate) struct ContentWriter {
    memory: BytesMut,
    file: Option<(tokio::fs::File, TempPath)>,
    digests: ContentDigests,
}

impl ContentWriter {
    pub(crate) fn new() -> Self {
        ContentWriter { memory: BytesMut::new(), file: None, digests: ContentDigests::new() }
    }

    pub(crate) async fn write(&mut self, chunk: &[u8]) -> io::Result<()> {
        use tokio::io::AsyncWriteExt as _;
        self.digests.update(chunk);
        if self.file.is_none() && self.memory.len() + chunk.len() > IN_MEMORY_LIMIT {
            let (file, path) = tokio::task::spawn_blocking(tempfile::NamedTempFile::new)
                .await
                .map_err(io::Error::other)??
                .into_parts();
            let mut file = tokio::fs::File::from_std(file);
            file.write_all(&std::mem::take(&mut self.memory)).await?;
            self.file = Some((file, path));
        }
        match &mut self.file {
            Some((file, _)) => file.write_all(chunk).await,
            None => {
                self.memory.extend_from_slice(chunk);
                Ok(())
            }
        }
    }

    pub(crate) async fn finish(self) -> io::Result<Content> {
        use tokio::io::AsyncWriteExt as _;
        let place = match self.file {
            Some((mut file, path)) => {
                file.flush().await?;
                Place::File(Arc::new(path))
            }
            None => Place::Memory(self.memory.freeze()),
        };
        Ok(Content::at(place, self.digests))
    }
}

/// The digest as an array; its length is that of the algorithm the context was made for.
fn digest<const N: usize>(context: Context) -> [u8; N] {
    let digest = context.finish();
    let mut bytes = [0; N];
    for (to, from) in bytes.iter_mut().zip(digest.as_ref()) {
        *to = *from;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn small_stays_in_memory_and_large_goes_to_a_file_with_the_same_digests() {
        for length in [0, 5, IN_MEMORY_LIMIT, IN_MEMORY_LIMIT + 1, 3 * IN_MEMORY_LIMIT] {
            let bytes: Vec<u8> = (0..length).map(|index| (index * 7) as u8).collect();
            let mut writer = ContentWriter::new();
            for chunk in bytes.chunks(100_003) {
                writer.write(chunk).await.unwrap();
            }
            let content = writer.finish().await.unwrap();
            assert_eq!(matches!(content.place, Place::File(_)), length > IN_MEMORY_LIMIT);
            assert_eq!(content.length(), length as u64);
            assert_eq!(content.sha256()[..], *aws_lc_rs::digest::digest(&SHA256, &bytes).as_ref());
            let mut read = Vec::new();
            content.reader().unwrap().read_to_end(&mut read).unwrap();
            assert!(read == bytes);
        }
    }

    #[tokio::test]
    async fn the_file_goes_with_the_last_clone() {
        let mut writer = ContentWriter::new();
        writer.write(&vec![1; IN_MEMORY_LIMIT + 1]).await.unwrap();
        let content = writer.finish().await.unwrap();
        let Place::File(path) = &content.place else { panic!("expected a file") };
        let path = path.to_path_buf();
        let clone = content.clone();
        drop(content);
        assert!(path.exists());
        drop(clone);
        assert!(!path.exists());
    }
}
