//! Content-ID and the `cid:` URL that refers to it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use uuid::Uuid;

use super::error::{FramingError, MtomError};

/// Left as they are in a `cid:` URL; everything else, `:` included, is percent-encoded.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'@');

/// A Content-ID without its angle brackets, safe to write in a header.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ContentId(String);

impl ContentId {
    /// Checks a Content-ID given without angle brackets.
    ///
    /// # Errors
    /// [`FramingError::ContentId`].
    pub fn new(id: impl Into<String>) -> Result<Self, FramingError> {
        let id = id.into();
        let allowed = |b: u8| b.is_ascii_graphic() && !matches!(b, b'<' | b'>' | b'"' | b'\\');
        if (1..=200).contains(&id.len()) && id.bytes().all(allowed) {
            Ok(Self(id))
        } else {
            Err(FramingError::ContentId)
        }
    }

    /// The form of the DMP's clients: `<uuid>-<number>@urn:ihe:iti:xds-b:2007`; parts are numbered from 1.
    #[must_use]
    pub fn numbered(message: Uuid, number: usize) -> Self {
        Self(format!("{}-{number}@urn:ihe:iti:xds-b:2007", message.hyphenated()))
    }

    /// The identifier without angle brackets.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The `href` of the `xop:Include` that refers to it.
    #[must_use]
    pub fn href(&self) -> String {
        encode_cid(&self.0)
    }
}

/// `cid:` URL of a Content-ID given without angle brackets.
#[must_use]
pub fn encode_cid(content_id: &str) -> String {
    format!("cid:{}", utf8_percent_encode(content_id, ENCODED))
}

/// Content-ID, without angle brackets, that a `cid:` URL refers to.
///
/// # Errors
/// [`MtomError::Reference`] when it is not a `cid:` URL, is empty, or its percent-encoding is broken.
pub fn decode_cid(href: &str) -> Result<String, MtomError> {
    let href = href.trim();
    let encoded = match href.get(..4) {
        Some(scheme) if scheme.eq_ignore_ascii_case("cid:") => &href[4..],
        _ => return Err(MtomError::Reference),
    };
    if encoded.is_empty() || !percent_signs_are_sound(encoded) {
        return Err(MtomError::Reference);
    }
    percent_decode_str(encoded).decode_utf8().map(|id| id.into_owned()).map_err(|_| MtomError::Reference)
}

/// The decoder lets a lone `%` through; two spellings of one identifier must not differ in what they are compared to.
fn percent_signs_are_sound(encoded: &str) -> bool {
    encoded.split('%').skip(1).all(|after| after.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2)
}
