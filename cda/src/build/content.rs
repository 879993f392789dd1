//! The content of an unstructured document, and how any content is written.

use base64::Engine as _;
use dmp_xml::Writer;

use super::faults::Faults;
use crate::FileKind;

/// The document proper. `Debug` shows its type and length.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct UnstructuredContent<'a> {
    /// What the bytes are.
    pub media_type: ContentType,
    /// The bytes.
    pub bytes: &'a [u8],
}

impl<'a> UnstructuredContent<'a> {
    /// A PDF, which should be PDF/A-1.
    #[must_use]
    pub fn pdf(bytes: &'a [u8]) -> Self {
        Self { media_type: ContentType::Pdf, bytes }
    }

    /// A text, UTF-8.
    #[must_use]
    pub fn text(text: &'a str) -> Self {
        Self { media_type: ContentType::Text, bytes: text.as_bytes() }
    }

    pub(crate) fn check(&self, allowed: MediaTypes, faults: &mut Faults) {
        let two = matches!(self.media_type, ContentType::Pdf | ContentType::Text);
        let reason = "only PDF and text are written; convert it, or set media_types to five";
        faults.check("content.media_type", two || allowed == MediaTypes::Five, "CDA-BDY-004", reason);
        faults.check("content", !self.bytes.is_empty(), "CDA-BDY-002", "empty");
        let alike = self.media_type.matches(self.bytes);
        faults.check("content", alike, "CDA-BDY-007", "the bytes are not of the media type given");
    }

    pub(super) fn write(&self, w: &mut Writer, layout: Base64Layout) {
        w.open("text", &[("mediaType", self.media_type.as_str()), ("representation", "B64")]);
        write_base64(w, self.bytes, layout);
        w.close();
    }
}

impl std::fmt::Debug for UnstructuredContent<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "UnstructuredContent({:?}, {} bytes)", self.media_type, self.bytes.len())
    }
}

/// Media types of an unstructured body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ContentType {
    /// `application/pdf`
    Pdf,
    /// `text/plain`, UTF-8
    Text,
    /// `text/rtf`, only with [`MediaTypes::Five`]
    Rtf,
    /// `image/jpeg`, only with [`MediaTypes::Five`]
    Jpeg,
    /// `image/tiff`, only with [`MediaTypes::Five`]
    Tiff,
}

impl ContentType {
    /// The media type on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Text => "text/plain",
            Self::Rtf => "text/rtf",
            Self::Jpeg => "image/jpeg",
            Self::Tiff => "image/tiff",
        }
    }

    /// Whether the bytes look like this type.
    fn matches(self, bytes: &[u8]) -> bool {
        match self {
            Self::Pdf => bytes.starts_with(b"%PDF-"),
            Self::Text => std::str::from_utf8(bytes).is_ok(),
            Self::Rtf => FileKind::sniff(bytes) == FileKind::Rtf,
            Self::Jpeg => FileKind::sniff(bytes) == FileKind::Jpeg,
            Self::Tiff => FileKind::sniff(bytes) == FileKind::Tiff,
        }
    }
}

/// Switch `n1_media_types`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum MediaTypes {
    /// PDF and text.
    #[default]
    Two,
    /// Also RTF, JPEG and TIFF, as a certification scenario feeds them.
    Five,
}

/// How base64 is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Base64Layout {
    /// In one run.
    #[default]
    OneRun,
    /// In lines of 76 characters.
    Lines,
}

/// Length of a line of base64, and the bytes that fill it.
const LINE: usize = 76;
const LINE_BYTES: usize = LINE / 4 * 3;

pub(super) fn write_base64(w: &mut Writer, bytes: &[u8], layout: Base64Layout) {
    let engine = &base64::engine::general_purpose::STANDARD;
    match layout {
        Base64Layout::OneRun => w.raw(&engine.encode(bytes)),
        Base64Layout::Lines => {
            for line in bytes.chunks(LINE_BYTES) {
                w.raw("\n");
                w.raw(&engine.encode(line));
            }
            w.raw("\n");
        }
    }
}
