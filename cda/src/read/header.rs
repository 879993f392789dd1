//! The header's children as small trees, one at a time, within a budget.

use dmp_xml::{Element, Node, StartTag};

use crate::{CdaErrorKind, CdaLimits, Header};

/// Rebuilds a child of `ClinicalDocument`, hands it to the typed header when it ends, and forgets it.
pub(super) struct HeaderWatch {
    header: Header,
    open: Vec<Element>,
    elements_left: usize,
    bytes_left: usize,
    limits: CdaLimits,
}

impl HeaderWatch {
    pub(super) fn new(limits: &CdaLimits) -> Self {
        Self {
            header: Header::default(),
            open: Vec::new(),
            elements_left: limits.header_elements,
            bytes_left: limits.header_bytes,
            limits: *limits,
        }
    }

    /// Whether an element of the header is being rebuilt.
    pub(super) fn is_open(&self) -> bool {
        !self.open.is_empty()
    }

    pub(super) fn start(&mut self, tag: &StartTag, line: u64, column: u64) -> Result<(), CdaErrorKind> {
        let passed =
            CdaErrorKind::LimitPassed { what: "elements of the header", allowed: self.limits.header_elements as u64 };
        self.elements_left = self.elements_left.checked_sub(1).ok_or(passed)?;
        let attributes = tag.attributes.iter().map(|a| a.name.local.len() + a.name.namespace.len() + a.value.len());
        let declarations = tag.namespaces.iter().map(|n| n.prefix.len() + n.uri.len());
        self.spend(tag.name.local.len() + attributes.sum::<usize>() + declarations.sum::<usize>())?;
        self.open.push(Element::from_tag(tag.clone(), line, column));
        Ok(())
    }

    pub(super) fn text(&mut self, text: &str) -> Result<(), CdaErrorKind> {
        self.spend(text.len())?;
        let Some(element) = self.open.last_mut() else { return Ok(()) };
        if let Some(Node::Text(before)) = element.children.last_mut() {
            before.push_str(text);
        } else {
            element.children.push(Node::Text(text.to_owned()));
        }
        Ok(())
    }

    pub(super) fn end(&mut self) {
        let Some(element) = self.open.pop() else { return };
        match self.open.last_mut() {
            Some(parent) => parent.children.push(Node::Element(element)),
            None => self.header.take(&element),
        }
    }

    pub(super) fn finish(self) -> Header {
        self.header
    }

    fn spend(&mut self, bytes: usize) -> Result<(), CdaErrorKind> {
        let passed =
            CdaErrorKind::LimitPassed { what: "bytes of the header", allowed: self.limits.header_bytes as u64 };
        self.bytes_left = self.bytes_left.checked_sub(bytes).ok_or(passed)?;
        Ok(())
    }
}
