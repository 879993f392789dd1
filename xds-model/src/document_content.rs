//! Where the bytes of a document are: another MIME part, or the message itself.

use std::fmt;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use dmp_xml::{Element, Writer};

use crate::error::ReadError;
use crate::namespace::XOP;

/// What producers write between the tags: padding may be missing, line breaks are removed before.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Content of `xdsb:Document`.
#[derive(Clone, PartialEq, Eq)]
pub enum DocumentContent {
    /// `xop:Include/@href` verbatim: a `cid:` URL, percent-encoded, of a part of the MTOM message.
    Href(String),
    /// The bytes, base64 in the message. The DMP refuses it in a submission, an answer may fall back to it.
    Inline(Vec<u8>),
}

impl DocumentContent {
    /// Reads the content of `xdsb:Document`.
    pub(crate) fn read(document: &Element) -> Result<Self, ReadError> {
        if let Some(include) = document.child(XOP, "Include") {
            let missing = ReadError::MissingHref { line: include.line, column: include.column };
            return include.attr("href").map(|href| Self::Href(href.trim().to_owned())).ok_or(missing);
        }
        let mut text = document.text();
        text.retain(|character| !character.is_ascii_whitespace());
        let bytes = BASE64.decode(text).map_err(|error| ReadError::InvalidBase64 {
            reason: error.to_string(),
            line: document.line,
            column: document.column,
        })?;
        Ok(Self::Inline(bytes))
    }

    /// Writes `xdsb:Document`.
    pub(crate) fn write(&self, writer: &mut Writer, attributes: &[(&str, &str)]) {
        writer.open("xdsb:Document", attributes);
        match self {
            Self::Href(href) => writer.empty("xop:Include", &[("xmlns:xop", XOP), ("href", href)]),
            Self::Inline(bytes) => writer.text(&BASE64.encode(bytes)),
        }
        writer.close();
    }
}

/// Prints the reference, or the number of bytes.
impl fmt::Debug for DocumentContent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Href(href) => formatter.debug_tuple("Href").field(href).finish(),
            Self::Inline(bytes) => write!(formatter, "Inline({} bytes)", bytes.len()),
        }
    }
}
