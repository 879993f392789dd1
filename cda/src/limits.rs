//! What the reader accepts before it gives up.

/// Bounds of the reader; passing one is [`crate::CdaErrorKind::LimitPassed`] (`CDA-DOC-006`).
///
/// The header is kept in memory and has bounds of its own; the body is only looked at while it passes, so that a
/// document of 50 MiB costs a few hundred kilobytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CdaLimits {
    /// Bounds on the XML of the whole file: 50 MiB, depth 128, 256 attributes, 1 000 000 elements, tags of 1 MiB.
    pub xml: dmp_xml::Limits,
    /// Bytes of names, attribute values and text of all the header elements that are kept.
    pub header_bytes: usize,
    /// Elements of the header that are kept.
    pub header_elements: usize,
    /// Bytes of the decoded content of an unstructured body, or of one embedded file.
    pub media_bytes: u64,
    /// Sections of a structured body; their codes and titles have the bounds of the header once more.
    pub sections: usize,
    /// Embedded files of a structured body.
    pub media: usize,
}

impl Default for CdaLimits {
    fn default() -> Self {
        Self {
            xml: dmp_xml::Limits::default(),
            header_bytes: 8 << 20,
            // Ten times what the largest published sample holds, body included.
            header_elements: 50_000,
            media_bytes: 50 << 20,
            // Thirty is what the richest published sample holds.
            sections: 10_000,
            media: 10_000,
        }
    }
}
