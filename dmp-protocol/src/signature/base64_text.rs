//! Base64 as it is met inside signatures: lines, CR, and references to CR that escaped an XML parser.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Width of a line, in characters, in signatures that are built with lines.
const LINE: usize = 76;

/// A text that is no base64. Holds no part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not base64, once spaces, line ends and &#13; are dropped")]
pub struct Base64Error;

/// Decodes base64 after dropping white space and a literal `&#13;` or `&#xD;`.
///
/// # Errors
/// What remains is not padded base64.
pub fn decode_base64(text: &str) -> Result<Vec<u8>, Base64Error> {
    let mut kept = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        rest = match byte {
            b' ' | b'\t' | b'\r' | b'\n' => tail,
            b'&' => carriage_return(rest).ok_or(Base64Error)?,
            _ => {
                kept.push(byte);
                tail
            }
        };
    }
    STANDARD.decode(kept).map_err(|_| Base64Error)
}

/// What follows a literal reference to a carriage return.
fn carriage_return(text: &[u8]) -> Option<&[u8]> {
    ["&#13;", "&#xD;", "&#xd;"].iter().find_map(|reference| text.strip_prefix(reference.as_bytes()))
}

/// Base64 on one line.
pub fn encode_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Base64 in lines of 76 characters, separated by LF.
pub fn encode_base64_lines(bytes: &[u8]) -> String {
    let text = STANDARD.encode(bytes);
    let mut lines = String::with_capacity(text.len() + text.len() / LINE);
    for (position, character) in text.chars().enumerate() {
        if position > 0 && position % LINE == 0 {
            lines.push('\n');
        }
        lines.push(character);
    }
    lines
}
