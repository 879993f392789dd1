//! A content while it passes: decoded, measured, recognised, never kept.

use super::base64_stream::Base64Stream;
use crate::file_kind::HEAD;
use crate::{CdaErrorKind, Content, FileKind};

/// The text of one element that holds a file.
pub(super) struct ContentStream {
    /// Absent for a text that is not base64.
    base64: Option<Base64Stream>,
    head: Vec<u8>,
    length: u64,
    limit: u64,
}

impl ContentStream {
    /// `representation` tells whether the text is base64.
    pub(super) fn new(representation: Option<&str>, limit: u64) -> Self {
        let base64 = (representation == Some("B64")).then(Base64Stream::default);
        Self { base64, head: Vec::new(), length: 0, limit }
    }

    /// The bytes of a piece of text.
    pub(super) fn push(&mut self, text: &str) -> Result<Vec<u8>, CdaErrorKind> {
        let bytes = match &mut self.base64 {
            Some(stream) => stream.push(text),
            None => text.as_bytes().to_vec(),
        };
        self.take(&bytes)?;
        Ok(bytes)
    }

    /// The bytes left; what the content was is known after this.
    pub(super) fn finish(&mut self) -> Result<Vec<u8>, CdaErrorKind> {
        let bytes = self.base64.as_mut().map(Base64Stream::finish).unwrap_or_default();
        self.take(&bytes)?;
        Ok(bytes)
    }

    /// What passed so far.
    pub(super) fn content(&self) -> Content {
        match &self.base64 {
            None => Content::Text { bytes: self.length },
            Some(stream) => match stream.fault() {
                Some(fault) => Content::InvalidBase64(fault),
                None => Content::Base64 { decoded: self.length },
            },
        }
    }

    /// What the first bytes look like.
    pub(super) fn kind(&self) -> FileKind {
        FileKind::sniff(&self.head)
    }

    fn take(&mut self, bytes: &[u8]) -> Result<(), CdaErrorKind> {
        let missing = HEAD.saturating_sub(self.head.len()).min(bytes.len());
        self.head.extend_from_slice(&bytes[..missing]);
        self.length += bytes.len() as u64;
        if self.length > self.limit {
            return Err(CdaErrorKind::LimitPassed { what: "bytes of an embedded content", allowed: self.limit });
        }
        Ok(())
    }
}
