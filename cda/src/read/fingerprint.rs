//! Hash and size of the exact bytes, taken while they pass.

use std::io::Read;

use sha1::{Digest, Sha1};

/// A source that counts and hashes what is read from it.
pub(super) struct HashingReader<R> {
    source: R,
    sha1: Sha1,
    size: u64,
}

impl<R: Read> HashingReader<R> {
    pub(super) fn new(source: R) -> Self {
        Self { source, sha1: Sha1::new(), size: 0 }
    }

    pub(super) fn finish(self) -> ([u8; 20], u64) {
        (self.sha1.finalize().into(), self.size)
    }
}

impl<R: Read> Read for HashingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.source.read(buffer)?;
        self.sha1.update(&buffer[..count]);
        self.size += count as u64;
        Ok(count)
    }
}
