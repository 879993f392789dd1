//! The header's children as small trees, handed to the typed header one after the other.

use dmp_xml::StartTag;

use super::small_trees::SmallTrees;
use crate::{CdaErrorKind, CdaLimits, Header};

/// Rebuilds a child of `ClinicalDocument`, hands it to the typed header when it ends, and forgets it.
pub(super) struct HeaderWatch {
    header: Header,
    trees: SmallTrees,
}

impl HeaderWatch {
    pub(super) fn new(limits: &CdaLimits) -> Self {
        let elements = ("elements of the header", limits.header_elements);
        let bytes = ("bytes of the header", limits.header_bytes);
        Self { header: Header::default(), trees: SmallTrees::new(elements, bytes) }
    }

    /// Whether an element of the header is being rebuilt.
    pub(super) fn is_open(&self) -> bool {
        self.trees.is_open()
    }

    pub(super) fn start(&mut self, tag: &StartTag, line: u64, column: u64) -> Result<(), CdaErrorKind> {
        self.trees.start(tag, line, column)
    }

    pub(super) fn text(&mut self, text: &str) -> Result<(), CdaErrorKind> {
        self.trees.text(text)
    }

    pub(super) fn end(&mut self) {
        if let Some(element) = self.trees.end() {
            self.header.take(&element);
        }
    }

    pub(super) fn finish(self) -> Header {
        self.header
    }
}
