//! Why a message could not be read.

use dmp_xml::Element;

/// A message that is not the one expected, or lacks what gives it a meaning. Everything else is read as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The body is another message.
    #[error("line {line}, column {column}: found <{found}>, expected <{expected}>")]
    UnexpectedElement {
        /// Name with the customary prefix.
        expected: &'static str,
        /// Local name found, cut to 64 characters.
        found: String,
        /// Line of the start tag, from 1.
        line: u64,
        /// Column of the start tag, from 1.
        column: u64,
    },
    /// A child without which the message says nothing is absent.
    #[error("line {line}, column {column}: <{parent}> has no <{expected}>")]
    MissingElement {
        /// Name of the parent with the customary prefix.
        parent: &'static str,
        /// Name of the child with the customary prefix.
        expected: &'static str,
        /// Line of the parent's start tag, from 1.
        line: u64,
        /// Column of the parent's start tag, from 1.
        column: u64,
    },
    /// `xop:Include` without `href`.
    #[error("line {line}, column {column}: <xop:Include> has no href, the part of the document cannot be found")]
    MissingHref {
        /// Line of the start tag, from 1.
        line: u64,
        /// Column of the start tag, from 1.
        column: u64,
    },
    /// A document inside the message is not base64.
    #[error("line {line}, column {column}: <xdsb:Document> is neither an xop:Include nor base64: {reason}")]
    InvalidBase64 {
        /// What the decoder says; no content.
        reason: String,
        /// Line of the start tag, from 1.
        line: u64,
        /// Column of the start tag, from 1.
        column: u64,
    },
}

impl ReadError {
    /// Checks the expanded name of a message element.
    pub(crate) fn expect(element: &Element, namespace: &str, local: &str, expected: &'static str) -> Result<(), Self> {
        if element.is(namespace, local) {
            return Ok(());
        }
        let found = element.name.local.chars().take(64).collect();
        Err(Self::UnexpectedElement { expected, found, line: element.line, column: element.column })
    }

    pub(crate) fn missing(parent: &'static str, element: &Element, expected: &'static str) -> Self {
        Self::MissingElement { parent, expected, line: element.line, column: element.column }
    }
}
