//! A document encrypted while it streams: AES-256-GCM by pieces, so that neither a piece nor the end can be moved, changed
//! or left out unseen.

use std::io;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, MAX_TAG_LEN, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use zeroize::Zeroizing;

/// Bytes of a document in one piece.
const PIECE: usize = 64 * 1024;
/// What the keys of files are derived for.
const PURPOSE: &[u8] = b"dmp-lps transient document";

/// The key of a session or of an episode. In memory only, wiped when it is dropped.
#[derive(Clone)]
pub(super) struct RoomKey(Zeroizing<[u8; 32]>);

impl std::fmt::Debug for RoomKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RoomKey(…)")
    }
}

/// Names a file and makes its key its own.
pub(super) type FileId = [u8; 16];

impl RoomKey {
    pub(super) fn random() -> io::Result<Self> {
        let mut key = Zeroizing::new([0; 32]);
        SystemRandom::new().fill(&mut *key).map_err(|_| io::Error::other("no randomness"))?;
        Ok(Self(key))
    }

    fn of_file(&self, id: &FileId) -> io::Result<FileKey> {
        let secret = Salt::new(HKDF_SHA256, id).extract(&*self.0);
        let derived = secret.expand(&[PURPOSE], &AES_256_GCM).map_err(|_| io::Error::other("no key"))?;
        Ok(FileKey { key: LessSafeKey::new(UnboundKey::from(derived)), piece: 0 })
    }

    /// Encrypts a stream to its end.
    pub(super) async fn seal(
        &self,
        id: &FileId,
        mut from: impl AsyncRead + Unpin,
        to: &mut (impl AsyncWrite + Unpin),
    ) -> io::Result<()> {
        let mut key = self.of_file(id)?;
        loop {
            let mut piece = Zeroizing::new(Vec::with_capacity(PIECE + MAX_TAG_LEN));
            (&mut from).take(PIECE as u64).read_to_end(&mut piece).await?;
            let last = piece.len() < PIECE;
            key.seal(&mut piece, last)?;
            to.write_all(&piece).await?;
            if last {
                return to.flush().await;
            }
        }
    }

    /// Decrypts what [`Self::seal`] wrote. After an error, what was written is to be discarded.
    pub(super) async fn unseal(
        &self,
        id: &FileId,
        mut from: impl AsyncRead + Unpin,
        to: &mut (impl AsyncWrite + Unpin),
    ) -> io::Result<()> {
        let mut key = self.of_file(id)?;
        loop {
            let mut piece = Zeroizing::new(Vec::with_capacity(PIECE + MAX_TAG_LEN));
            (&mut from).take((PIECE + MAX_TAG_LEN) as u64).read_to_end(&mut piece).await?;
            let last = piece.len() < PIECE + MAX_TAG_LEN;
            to.write_all(key.unseal(&mut piece, last)?).await?;
            if last {
                return to.flush().await;
            }
        }
    }
}

/// The key of one file, which encrypts each piece once.
struct FileKey {
    key: LessSafeKey,
    piece: u64,
}

impl FileKey {
    fn seal(&mut self, piece: &mut Zeroizing<Vec<u8>>, last: bool) -> io::Result<()> {
        let nonce = self.next(last);
        let sealed = self.key.seal_in_place_append_tag(nonce, Aad::empty(), &mut **piece);
        sealed.map_err(|_| io::Error::other("a transient document could not be encrypted"))
    }

    fn unseal<'p>(&mut self, piece: &'p mut [u8], last: bool) -> io::Result<&'p [u8]> {
        let nonce = self.next(last);
        let opened = self.key.open_in_place(nonce, Aad::empty(), piece);
        opened.map(|bytes| &*bytes).map_err(|_| {
            io::Error::new(io::ErrorKind::InvalidData, "a transient document was altered, or its key is another")
        })
    }

    /// Number of the piece, and whether it is the last one: a key has one file, so no nonce comes twice.
    fn next(&mut self, last: bool) -> Nonce {
        let mut nonce = [0; 12];
        nonce[0] = u8::from(last);
        nonce[4..].copy_from_slice(&self.piece.to_be_bytes());
        self.piece += 1;
        Nonce::assume_unique_for_key(nonce)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn sealed(key: &RoomKey, id: &FileId, bytes: &[u8]) -> Vec<u8> {
        let mut sealed = Vec::new();
        key.seal(id, bytes, &mut sealed).await.unwrap();
        sealed
    }

    async fn unsealed(key: &RoomKey, id: &FileId, sealed: &[u8]) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        key.unseal(id, sealed, &mut bytes).await.map(|()| bytes)
    }

    #[tokio::test]
    async fn what_is_sealed_is_read_again_by_its_key_alone_and_only_whole() {
        let (key, other, id) = (RoomKey::random().unwrap(), RoomKey::random().unwrap(), [7; 16]);
        for length in [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE] {
            let bytes: Vec<u8> = (0..length).map(|number| (number % 251) as u8).collect();
            let written = sealed(&key, &id, &bytes).await;
            assert_eq!(unsealed(&key, &id, &written).await.unwrap(), bytes, "{length}");
            assert!(unsealed(&other, &id, &written).await.is_err(), "another key, {length}");
            assert!(unsealed(&key, &[8; 16], &written).await.is_err(), "another file, {length}");
            // Cut anywhere, and between two pieces.
            for end in [written.len() - 1, written.len() - MAX_TAG_LEN, PIECE + MAX_TAG_LEN] {
                let cut = written.get(..end).filter(|cut| cut.len() < written.len());
                if let Some(cut) = cut {
                    assert!(unsealed(&key, &id, cut).await.is_err(), "{length} cut at {end}");
                }
            }
            let mut altered = written.clone();
            altered[0] ^= 1;
            assert!(unsealed(&key, &id, &altered).await.is_err(), "altered, {length}");
        }
        // Pieces in another order.
        let two: Vec<u8> = (0..2 * PIECE + 1).map(|number| (number / PIECE) as u8).collect();
        let written = sealed(&key, &id, &two).await;
        let (first, rest) = written.split_at(PIECE + MAX_TAG_LEN);
        let (second, last) = rest.split_at(PIECE + MAX_TAG_LEN);
        assert!(unsealed(&key, &id, &[second, first, last].concat()).await.is_err());
    }
}
