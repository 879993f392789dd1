//! What one pass over a file gives.

use crate::{FileKind, Header, StructuredBody};

/// A CDA document, without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Document {
    /// How the document stands in its file.
    pub shape: Shape,
    /// Whether the file bears a `ds:Signature`: the document in it is signed, and nothing here verified it.
    pub signed: bool,
    /// The header.
    pub header: Header,
    /// What the body is.
    pub body: Body,
    /// Digests of the file.
    pub fingerprint: Fingerprint,
}

/// How a document stands in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Shape {
    /// The root is the `ClinicalDocument`.
    ClinicalDocument,
    /// Document autoprésentable: an `xsl:stylesheet` whose `data:Contenu` holds the `ClinicalDocument`.
    Autopresentable,
    /// Enveloping signature: a `ds:Signature` whose `ds:Object` holds the `ClinicalDocument`.
    Signed,
}

impl Shape {
    /// Where the document stands.
    #[must_use]
    pub fn place(self) -> &'static str {
        match self {
            Self::ClinicalDocument => "/ClinicalDocument",
            Self::Autopresentable => "/xsl:stylesheet/data:Contenu/ClinicalDocument",
            Self::Signed => "/ds:Signature/ds:Object/ClinicalDocument",
        }
    }

    /// XDS mimeType of the file.
    #[must_use]
    pub fn mime_type(self) -> &'static str {
        match self {
            Self::Autopresentable => "application/xslt+xml",
            Self::ClinicalDocument | Self::Signed => "text/xml",
        }
    }
}

/// Digests of the exact bytes and of the canonical form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint {
    /// SHA-1 of the exact bytes: the XDS `hash`.
    pub sha1: [u8; 20],
    /// Number of bytes: the XDS `size`.
    pub size: u64,
    /// SHA-256 of the inclusive Canonical XML 1.0 with comments of the whole file: what the XAdES Manifest of a
    /// submission set holds.
    pub c14n_sha256: [u8; 32],
}

impl Fingerprint {
    /// The SHA-1 as XDS writes it: 40 lower-case hexadecimal digits.
    #[must_use]
    pub fn sha1_hex(&self) -> String {
        self.sha1.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// What the body is; its content is not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Body {
    /// No `component` with a body of a known kind.
    Absent,
    /// N1, `nonXMLBody` (corps non structuré).
    Unstructured(UnstructuredBody),
    /// N3, `structuredBody` (corps structuré).
    Structured(StructuredBody),
}

/// `component/nonXMLBody/text`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct UnstructuredBody {
    /// `@mediaType`.
    pub media_type: Option<String>,
    /// `@representation`, `B64` in a conformant document.
    pub representation: Option<String>,
    /// `@compression`, not foreseen by the CI-SIS: the content is delivered as it is.
    pub compression: Option<String>,
    /// What the content was.
    pub content: Content,
    /// What its first bytes look like, whatever the declared type.
    pub kind: FileKind,
}

/// The content of an unstructured body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Content {
    /// Valid base64.
    Base64 {
        /// Bytes once decoded.
        decoded: u64,
    },
    /// Base64 that cannot be decoded (`CDA-BDY-006`).
    InvalidBase64(Base64Fault),
    /// Plain text, when `@representation` is not `B64` (`CDA-BDY-005`).
    Text {
        /// Bytes of UTF-8.
        bytes: u64,
    },
}

impl Default for Content {
    fn default() -> Self {
        Self::Text { bytes: 0 }
    }
}

/// Where base64 is broken; offsets count the characters that are not white space, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Base64Fault {
    /// A character outside the alphabet `A-Z a-z 0-9 + /`, or after the padding.
    #[error("unexpected character at offset {offset}")]
    UnexpectedCharacter {
        /// Where.
        offset: u64,
    },
    /// Not a multiple of four characters, padding included.
    #[error("{length} characters, which is no multiple of 4")]
    WrongLength {
        /// Characters that are not white space.
        length: u64,
    },
}
