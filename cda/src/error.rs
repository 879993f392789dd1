//! Why a file was refused by the reader.

use dmp_xml::{XmlError, XmlErrorKind};

use crate::Shape;

/// A refusal of the reader: only what `CDA-DOC-001` to `CDA-DOC-006` name is refused, anything else is normal input.
///
/// The text never holds content of the document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{rule}line {line}, column {column}: {kind}", rule = self.kind.rule_prefix())]
pub struct CdaError {
    /// What is wrong.
    pub kind: CdaErrorKind,
    /// Line where it was noticed, from 1.
    pub line: u64,
    /// Column in characters, from 1.
    pub column: u64,
}

/// What is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CdaErrorKind {
    /// The source, or the sink of the body's content, failed.
    #[error("reading or writing failed ({0})")]
    Io(std::io::ErrorKind),
    /// `CDA-DOC-001`, `002`, `003` or `006`: the XML itself is refused.
    #[error("{0}")]
    Xml(XmlErrorKind),
    /// `CDA-DOC-004`: the root is none of the three that hold a CDA document.
    #[error("root {{{namespace}}}{local}: expected ClinicalDocument (urn:hl7-org:v3), xsl:stylesheet or ds:Signature")]
    UnknownRoot {
        /// Namespace of the root found.
        namespace: String,
        /// Local name of the root found.
        local: String,
    },
    /// `CDA-DOC-004`: nothing at the place where this shape holds its document.
    #[error("no ClinicalDocument at {place}", place = .0.place())]
    NoClinicalDocument(Shape),
    /// `CDA-DOC-005`: more than one document at that place.
    #[error("more than one ClinicalDocument at {place}: send one document per file", place = .0.place())]
    SeveralClinicalDocuments(Shape),
    /// `CDA-DOC-006`: a bound of this crate is passed.
    #[error("limit passed: {what}, at most {allowed} allowed")]
    LimitPassed {
        /// What was counted.
        what: &'static str,
        /// The bound.
        allowed: u64,
    },
    /// The content of the body was asked for and is not valid base64 (`CDA-BDY-006`).
    #[error("the base64 of component/nonXMLBody/text is invalid: {0}")]
    InvalidBase64(crate::Base64Fault),
}

impl CdaErrorKind {
    /// The rule that refuses, e.g. `CDA-DOC-003`; `None` when the source or the sink failed.
    #[must_use]
    pub fn rule(&self) -> Option<&'static str> {
        match self {
            Self::Io(_) => None,
            Self::Xml(XmlErrorKind::NotUtf8) => Some("CDA-DOC-001"),
            Self::Xml(XmlErrorKind::Doctype) => Some("CDA-DOC-003"),
            Self::Xml(XmlErrorKind::LimitPassed { .. }) | Self::LimitPassed { .. } => Some("CDA-DOC-006"),
            Self::Xml(_) => Some("CDA-DOC-002"),
            Self::UnknownRoot { .. } | Self::NoClinicalDocument(_) => Some("CDA-DOC-004"),
            Self::SeveralClinicalDocuments(_) => Some("CDA-DOC-005"),
            Self::InvalidBase64(_) => Some("CDA-BDY-006"),
        }
    }

    fn rule_prefix(&self) -> String {
        self.rule().map(|rule| format!("{rule}, ")).unwrap_or_default()
    }
}

impl From<XmlError> for CdaError {
    fn from(error: XmlError) -> Self {
        let kind = match error.kind {
            XmlErrorKind::Io(kind) => CdaErrorKind::Io(kind),
            kind => CdaErrorKind::Xml(kind),
        };
        Self { kind, line: error.line, column: error.column }
    }
}
