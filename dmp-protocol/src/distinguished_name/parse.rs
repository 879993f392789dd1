//! Reading RFC 4514 and RFC 2253 text.

use super::{DistinguishedName, MAX_ATTRIBUTES, MAX_TEXT, NameAttribute, RelativeName, attribute_type, encoding};

/// Why a text or a certificate's name is no distinguished name. Holds no part of it: it may name a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DnError {
    /// Longer than [`MAX_TEXT`] or more than [`MAX_ATTRIBUTES`] attributes.
    #[error("the distinguished name is longer than {MAX_TEXT} bytes or has more than {MAX_ATTRIBUTES} attributes")]
    TooLong,
    /// No `type=value` at this byte.
    #[error("no `type=value` at byte {at} of the distinguished name")]
    MissingEquals {
        /// Offset in the text.
        at: usize,
    },
    /// A type that is neither a known keyword nor a dotted OID.
    #[error("unknown attribute type at byte {at} of the distinguished name: use CN, OU, O, ST, L, C or a dotted OID")]
    UnknownType {
        /// Offset in the text.
        at: usize,
    },
    /// A backslash that escapes nothing, or an open quote.
    #[error("broken escape or quote at byte {at} of the distinguished name")]
    Escape {
        /// Offset in the text.
        at: usize,
    },
    /// A value that is not a DER string, or bytes that are not UTF-8.
    #[error("an attribute value of the distinguished name is not a readable string")]
    Value,
}

pub(super) fn parse(text: &str) -> Result<DistinguishedName, DnError> {
    if text.len() > MAX_TEXT {
        return Err(DnError::TooLong);
    }
    let mut scanner = Scanner { text, at: 0 };
    let mut relative_names = Vec::new();
    let mut attributes = Vec::new();
    let mut total = 0;
    loop {
        attributes.push(scanner.attribute()?);
        total += 1;
        if total > MAX_ATTRIBUTES {
            return Err(DnError::TooLong);
        }
        let separator = scanner.next_character();
        if separator != Some('+') {
            relative_names.push(RelativeName { attributes: std::mem::take(&mut attributes) });
        }
        if separator.is_none() {
            break;
        }
    }
    relative_names.reverse();
    Ok(DistinguishedName { relative_names })
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl Scanner<'_> {
    fn attribute(&mut self) -> Result<NameAttribute, DnError> {
        let start = self.at;
        let length = self.text[start..].find('=').ok_or(DnError::MissingEquals { at: start })?;
        let written = self.text[start..start + length].trim();
        let oid = attribute_type::oid(written).ok_or(DnError::UnknownType { at: start })?;
        self.at = start + length + 1;
        self.skip_spaces();
        let (value, der) = match self.peek() {
            Some('#') => self.hexadecimal()?,
            Some('"') => text_value(self.quoted()?),
            _ => text_value(self.plain()?),
        };
        self.skip_spaces();
        match self.peek() {
            None | Some(',' | ';' | '+') => Ok(NameAttribute { oid, value, der }),
            Some(_) => Err(DnError::Escape { at: self.at }),
        }
    }

    fn hexadecimal(&mut self) -> Result<(String, Vec<u8>), DnError> {
        self.at += 1;
        let digits = self.text[self.at..].bytes().take_while(u8::is_ascii_hexdigit).count();
        let hexadecimal = &self.text[self.at..self.at + digits];
        let (pairs, rest) = hexadecimal.as_bytes().as_chunks::<2>();
        if !rest.is_empty() {
            return Err(DnError::Value);
        }
        let der = pairs.iter().map(|pair| hex_pair(*pair)).collect::<Option<Vec<u8>>>().ok_or(DnError::Value)?;
        self.at += digits;
        let value = encoding::decode_der(&der).ok_or(DnError::Value)?;
        Ok((value, der))
    }

    fn quoted(&mut self) -> Result<String, DnError> {
        let start = self.at;
        self.at += 1;
        let mut bytes = Vec::new();
        loop {
            match self.next_character() {
                None => return Err(DnError::Escape { at: start }),
                Some('"') => break,
                Some('\\') => self.escaped(&mut bytes)?,
                Some(other) => push(&mut bytes, other),
            }
        }
        String::from_utf8(bytes).map_err(|_| DnError::Value)
    }

    /// An unquoted value; spaces at its end are dropped unless escaped.
    fn plain(&mut self) -> Result<String, DnError> {
        let mut bytes = Vec::new();
        let mut kept = 0;
        while let Some(character) = self.peek() {
            match character {
                ',' | ';' | '+' => break,
                '"' => return Err(DnError::Escape { at: self.at }),
                '\\' => {
                    self.at += 1;
                    self.escaped(&mut bytes)?;
                    kept = bytes.len();
                }
                other => {
                    self.at += other.len_utf8();
                    push(&mut bytes, other);
                    if !other.is_whitespace() {
                        kept = bytes.len();
                    }
                }
            }
        }
        bytes.truncate(kept);
        String::from_utf8(bytes).map_err(|_| DnError::Value)
    }

    /// What follows a backslash: two hexadecimal digits (one byte) or one special character.
    fn escaped(&mut self, bytes: &mut Vec<u8>) -> Result<(), DnError> {
        let rest = &self.text.as_bytes()[self.at..];
        if let Some(byte) = rest.first_chunk::<2>().and_then(|pair| hex_pair(*pair)) {
            bytes.push(byte);
            self.at += 2;
            return Ok(());
        }
        match self.peek() {
            Some(special @ ('"' | '+' | ',' | ';' | '<' | '>' | '\\' | ' ' | '#' | '=')) => {
                bytes.push(special as u8);
                self.at += 1;
                Ok(())
            }
            _ => Err(DnError::Escape { at: self.at }),
        }
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn next_character(&mut self) -> Option<char> {
        let character = self.peek()?;
        self.at += character.len_utf8();
        Some(character)
    }

    fn skip_spaces(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.next_character();
        }
    }
}

fn text_value(text: String) -> (String, Vec<u8>) {
    let der = encoding::encode_utf8(&text);
    (text, der)
}

fn push(bytes: &mut Vec<u8>, character: char) {
    bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
}

fn hex_pair([high, low]: [u8; 2]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(high)? << 4 | digit(low)?)
}
