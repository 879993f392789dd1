//! Base64 decoded while it passes, whatever the pieces: white space anywhere, padding required.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::Base64Fault;

/// Unused bits at the end may be set: producers that get them wrong exist, and nothing is lost.
const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::RequireNone)
        .with_decode_allow_trailing_bits(true),
);

/// Holds at most three characters between two pieces.
#[derive(Default)]
pub(crate) struct Base64Stream {
    pending: Vec<u8>,
    /// Characters seen, white space left out.
    length: u64,
    padding: u64,
    fault: Option<Base64Fault>,
}

impl Base64Stream {
    /// Decodes what can be; nothing more once a fault is met.
    pub(crate) fn push(&mut self, piece: &str) -> Vec<u8> {
        if self.fault.is_some() {
            return Vec::new();
        }
        for character in piece.bytes().filter(|b| !b.is_ascii_whitespace()) {
            match character {
                b'=' if self.padding < 2 => self.padding += 1,
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' if self.padding == 0 => {
                    self.pending.push(character);
                }
                _ => {
                    self.fault = Some(Base64Fault::UnexpectedCharacter { offset: self.length });
                    return Vec::new();
                }
            }
            self.length += 1;
        }
        let whole = self.pending.len() / 4 * 4;
        let rest = self.pending.split_off(whole);
        let quads = std::mem::replace(&mut self.pending, rest);
        self.decode(&quads)
    }

    /// Decodes the end; [`Self::fault`] is final after this.
    pub(crate) fn finish(&mut self) -> Vec<u8> {
        if self.fault.is_some() {
            return Vec::new();
        }
        if !self.length.is_multiple_of(4) || self.padding == 2 && self.pending.len() != 2 {
            self.fault = Some(Base64Fault::WrongLength { length: self.length });
            return Vec::new();
        }
        let rest = std::mem::take(&mut self.pending);
        self.decode(&rest)
    }

    pub(crate) fn fault(&self) -> Option<Base64Fault> {
        self.fault
    }

    fn decode(&mut self, characters: &[u8]) -> Vec<u8> {
        ENGINE.decode(characters).unwrap_or_else(|_| {
            self.fault = Some(Base64Fault::WrongLength { length: self.length });
            Vec::new()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(pieces: &[&str]) -> Result<Vec<u8>, Base64Fault> {
        let mut stream = Base64Stream::default();
        let mut out: Vec<u8> = pieces.iter().flat_map(|piece| stream.push(piece)).collect();
        out.extend(stream.finish());
        stream.fault().map_or(Ok(out), Err)
    }

    #[test]
    fn pieces_and_white_space_change_nothing() {
        for pieces in
            [&["Ym9uam91cg=="][..], &["Y", "m", "9u\r\n\tam9", "1cg", "=", " \n="], &[" Ym9uam91cg==\n", "", " "]]
        {
            assert_eq!(decode(pieces).as_deref(), Ok(&b"bonjour"[..]), "{pieces:?}");
        }
        assert_eq!(decode(&[]).as_deref(), Ok(&b""[..]));
        assert_eq!(decode(&["Ym9uam91ch=="]).as_deref(), Ok(&b"bonjour"[..]), "unused bits set");
    }

    #[test]
    fn other_characters_and_wrong_lengths_are_refused_where_they_are() {
        use Base64Fault::{UnexpectedCharacter, WrongLength};
        for (text, fault) in [
            ("Ym9u am91cg", WrongLength { length: 10 }),
            ("Ym9uam91cg=", WrongLength { length: 11 }),
            ("Y", WrongLength { length: 1 }),
            ("YWE==", WrongLength { length: 5 }),
            ("YWJj====", UnexpectedCharacter { offset: 6 }),
            ("YWJjZGV==", WrongLength { length: 9 }),
            ("YQ==YQ==", UnexpectedCharacter { offset: 4 }),
            ("Ym9-", UnexpectedCharacter { offset: 3 }),
            ("Ym9é", UnexpectedCharacter { offset: 3 }),
            ("==", WrongLength { length: 2 }),
            ("Y===", UnexpectedCharacter { offset: 3 }),
        ] {
            assert_eq!(decode(&[text]), Err(fault), "{text}");
        }
    }
}
