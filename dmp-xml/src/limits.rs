//! What a reader accepts before it gives up.

/// Bounds on what a reader takes in; passing one is [`crate::XmlErrorKind::LimitPassed`].
///
/// The defaults are those of a CDA document of the national framework (50 MiB, depth 128, 256 attributes).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the whole input.
    pub bytes: u64,
    /// Nesting depth; the root is at depth 1.
    pub depth: usize,
    /// Attributes of one element, namespace declarations included.
    pub attributes: usize,
    /// Elements of the whole document.
    pub elements: usize,
    /// Bytes of one tag, comment or processing instruction; text has no limit of its own, it is delivered in pieces.
    pub token: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 50 << 20, depth: 128, attributes: 256, elements: 1_000_000, token: 1 << 20 }
    }
}

impl Limits {
    /// The same limits with another bound on the size of the input, in bytes.
    #[must_use]
    pub fn with_bytes(self, bytes: u64) -> Self {
        Self { bytes, ..self }
    }
}
