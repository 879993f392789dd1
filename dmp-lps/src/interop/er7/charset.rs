//! MSH-18: the two character sets of the volet, and the two that older senders use.

use super::Er7Error;

/// Character set of a message, MSH-18.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Charset {
    /// `UNICODE UTF-8`; also what a message without MSH-18 is read as, ASCII being a part of it.
    #[default]
    Utf8,
    /// `8859/15`.
    Latin9,
    /// `8859/1`: read, for older senders.
    Latin1,
}

/// Where ISO 8859-15 differs from ISO 8859-1.
const LATIN9: [(u8, char); 8] =
    [(0xA4, '€'), (0xA6, 'Š'), (0xA8, 'š'), (0xB4, 'Ž'), (0xB8, 'ž'), (0xBC, 'Œ'), (0xBD, 'œ'), (0xBE, 'Ÿ')];

impl Charset {
    /// The value of MSH-18.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Utf8 => "UNICODE UTF-8",
            Self::Latin9 => "8859/15",
            Self::Latin1 => "8859/1",
        }
    }

    /// The first repetition of MSH-18.
    pub(super) fn of_msh_18(value: &[u8]) -> Result<Self, Er7Error> {
        match value.trim_ascii() {
            b"" | b"ASCII" | b"UNICODE UTF-8" => Ok(Self::Utf8),
            b"8859/15" => Ok(Self::Latin9),
            b"8859/1" => Ok(Self::Latin1),
            _ => Err(Er7Error::UnknownCharset),
        }
    }

    pub(super) fn decode(self, bytes: &[u8]) -> Result<String, Er7Error> {
        match self {
            Self::Utf8 => match std::str::from_utf8(bytes) {
                Ok(text) => Ok(text.to_owned()),
                Err(error) => Err(Er7Error::Decode { charset: self.as_str(), offset: error.valid_up_to() }),
            },
            Self::Latin1 => Ok(bytes.iter().map(|&byte| char::from(byte)).collect()),
            Self::Latin9 => Ok(bytes.iter().map(|&byte| latin9(byte)).collect()),
        }
    }

    pub(super) fn encode(self, text: &str) -> Result<Vec<u8>, Er7Error> {
        if self == Self::Utf8 {
            return Ok(text.as_bytes().to_vec());
        }
        let encoded: Option<Vec<u8>> = text.chars().map(|c| self.byte(c)).collect();
        encoded.ok_or(Er7Error::Encode { charset: self.as_str() })
    }

    fn byte(self, c: char) -> Option<u8> {
        if self == Self::Latin9 {
            if let Some((byte, _)) = LATIN9.iter().find(|(_, other)| *other == c) {
                return Some(*byte);
            }
            let replaced = LATIN9.iter().any(|(byte, _)| char::from(*byte) == c);
            return u8::try_from(c).ok().filter(|_| !replaced);
        }
        u8::try_from(c).ok()
    }
}

fn latin9(byte: u8) -> char {
    LATIN9.iter().find(|(other, _)| *other == byte).map_or(char::from(byte), |(_, c)| *c)
}
