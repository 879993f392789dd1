//! Why an input was refused.

/// A refusal of the reader, with the place where it was noticed.
///
/// The text never holds content of the document: names of elements at most.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("XML refused at line {line}, column {column}: {kind}")]
pub struct XmlError {
    /// What is wrong.
    pub kind: XmlErrorKind,
    /// Line, from 1.
    pub line: u64,
    /// Column in characters, from 1.
    pub column: u64,
}

/// What is wrong with an input.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum XmlErrorKind {
    /// The source could not be read.
    #[error("the source could not be read ({0})")]
    Io(std::io::ErrorKind),
    /// The bytes are not UTF-8, or another encoding is declared.
    #[error("not UTF-8: send the document in UTF-8 and declare no other encoding")]
    NotUtf8,
    /// A character that XML 1.0 forbids, written raw or as a reference.
    #[error("character U+{0:04X} is forbidden in XML 1.0")]
    ForbiddenCharacter(u32),
    /// A document type declaration.
    #[error("a DOCTYPE is refused: it can hide entities and files")]
    Doctype,
    /// A reference to an entity that is none of the five predefined ones.
    #[error("undeclared entity")]
    UndeclaredEntity,
    /// A limit is passed.
    #[error("limit passed: {what}, at most {allowed} allowed")]
    LimitPassed {
        /// What was counted.
        what: &'static str,
        /// The bound.
        allowed: u64,
    },
    /// The same attribute twice, by expanded name.
    #[error("attribute {0} twice on one element")]
    DuplicateAttribute(String),
    /// A prefix without declaration.
    #[error("prefix {0} is not bound to a namespace")]
    UnboundPrefix(String),
    /// A namespace declaration that Namespaces in XML 1.0 forbids.
    #[error("illegal namespace declaration")]
    IllegalNamespace,
    /// A name with a character or a colon that is not allowed there.
    #[error("not a legal XML name")]
    IllegalName,
    /// A second root element, or text or CDATA outside the root.
    #[error("content outside the root element")]
    ContentOutsideRoot,
    /// The input ended before its root element was closed, or holds none.
    #[error("the document ends before its root element is closed")]
    Truncated,
    /// Any other breach of the syntax.
    #[error("not well-formed: {0}")]
    Syntax(&'static str),
}
