//! Content-Transfer-Encoding: documents are sent as `binary`; some producers send base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use bytes::Bytes;

/// How the bytes of a part are encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TransferEncoding {
    /// `binary`, `8bit`, `7bit` or absent: as they are.
    Identity,
    /// `base64`: decoded by the parser.
    Base64,
}

impl TransferEncoding {
    pub(super) fn from_name(name: &str) -> Option<Self> {
        match name.trim().to_ascii_lowercase().as_str() {
            "binary" | "8bit" | "7bit" => Some(Self::Identity),
            "base64" => Some(Self::Base64),
            _ => None,
        }
    }
}

/// Decodes a part piece by piece.
pub(super) enum Decoder {
    Identity,
    Base64(Base64),
}

/// The text is not base64.
pub(super) struct NotBase64;

impl Decoder {
    pub(super) fn new(encoding: TransferEncoding) -> Self {
        match encoding {
            TransferEncoding::Identity => Self::Identity,
            TransferEncoding::Base64 => Self::Base64(Base64::default()),
        }
    }

    pub(super) fn decode(&mut self, bytes: Bytes) -> Result<Bytes, NotBase64> {
        match self {
            Self::Identity => Ok(bytes),
            Self::Base64(state) => state.decode(&bytes).map(Bytes::from),
        }
    }

    /// The bytes still held, at the end of the part.
    pub(super) fn finish(&mut self) -> Result<Bytes, NotBase64> {
        match self {
            Self::Identity => Ok(Bytes::new()),
            Self::Base64(state) => state.finish().map(Bytes::from),
        }
    }
}

/// At most three characters wait for the rest of their group of four.
#[derive(Default)]
pub(super) struct Base64 {
    pending: Vec<u8>,
    ended: bool,
}

impl Base64 {
    fn decode(&mut self, text: &[u8]) -> Result<Vec<u8>, NotBase64> {
        let mut characters = std::mem::take(&mut self.pending);
        characters.extend(text.iter().filter(|b| !b.is_ascii_whitespace()));
        if characters.is_empty() {
            return Ok(Vec::new());
        }
        if self.ended {
            return Err(NotBase64);
        }
        self.pending = characters.split_off(characters.len() - characters.len() % 4);
        // Padding can only close the last group: the engine refuses it before, the flag refuses what follows.
        self.ended = characters.last() == Some(&b'=');
        if self.ended && !self.pending.is_empty() {
            return Err(NotBase64);
        }
        STANDARD.decode(characters).map_err(|_| NotBase64)
    }

    fn finish(&mut self) -> Result<Vec<u8>, NotBase64> {
        // Padding left out at the end is a known habit.
        STANDARD_NO_PAD.decode(std::mem::take(&mut self.pending)).map_err(|_| NotBase64)
    }
}
