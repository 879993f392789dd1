//! The references from an envelope to its parts.

use dmp_xml::{Element, Writer};

use super::XOP;
use super::cid::{ContentId, decode_cid};
use super::error::MtomError;

/// One `xop:Include` of an envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Include {
    /// Content-ID referred to, decoded, without angle brackets.
    pub content_id: String,
}

/// All references below `root`, in document order.
///
/// # Errors
/// [`MtomError::Reference`] for an href that is not a `cid:` URL, [`MtomError::DuplicateReference`] when a part is
/// referred to twice: a document counted or signed twice is an attack or a bug, never a need.
pub fn includes(root: &Element) -> Result<Vec<Include>, MtomError> {
    let mut found = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for element in root.descendants().filter(|e| e.is(XOP, "Include")) {
        let content_id = decode_cid(element.attr("href").ok_or(MtomError::Reference)?)?;
        if !seen.insert(content_id.clone()) {
            return Err(MtomError::DuplicateReference);
        }
        found.push(Include { content_id });
    }
    Ok(found)
}

/// Writes the reference to a part.
pub fn write_include(w: &mut Writer, content_id: &ContentId) {
    w.empty("xop:Include", &[("xmlns:xop", XOP), ("href", &content_id.href())]);
}
