//! Small parts of a document as trees, one at a time, within a budget.

use dmp_xml::{Element, Node, StartTag};

use crate::CdaErrorKind;

/// Rebuilds an element, gives it when it ends, and forgets it. What was spent is not given back: the budget bounds
/// what the caller may keep.
pub(super) struct SmallTrees {
    open: Vec<Element>,
    elements: Budget,
    bytes: Budget,
}

/// What is left of a bound.
struct Budget {
    what: &'static str,
    allowed: usize,
    left: usize,
}

impl SmallTrees {
    /// A bound on elements and one on bytes, each with its name.
    pub(super) fn new(elements: (&'static str, usize), bytes: (&'static str, usize)) -> Self {
        Self { open: Vec::new(), elements: Budget::new(elements), bytes: Budget::new(bytes) }
    }

    /// Whether an element is being rebuilt.
    pub(super) fn is_open(&self) -> bool {
        !self.open.is_empty()
    }

    pub(super) fn start(&mut self, tag: &StartTag, line: u64, column: u64) -> Result<(), CdaErrorKind> {
        self.elements.spend(1)?;
        let attributes = tag.attributes.iter().map(|a| a.name.local.len() + a.name.namespace.len() + a.value.len());
        let declarations = tag.namespaces.iter().map(|n| n.prefix.len() + n.uri.len());
        self.bytes.spend(tag.name.local.len() + attributes.sum::<usize>() + declarations.sum::<usize>())?;
        self.open.push(Element::from_tag(tag.clone(), line, column));
        Ok(())
    }

    pub(super) fn text(&mut self, text: &str) -> Result<(), CdaErrorKind> {
        self.bytes.spend(text.len())?;
        let Some(element) = self.open.last_mut() else { return Ok(()) };
        if let Some(Node::Text(before)) = element.children.last_mut() {
            before.push_str(text);
        } else {
            element.children.push(Node::Text(text.to_owned()));
        }
        Ok(())
    }

    /// The whole element, when its own end is reached.
    pub(super) fn end(&mut self) -> Option<Element> {
        let element = self.open.pop()?;
        match self.open.last_mut() {
            Some(parent) => {
                parent.children.push(Node::Element(element));
                None
            }
            None => Some(element),
        }
    }
}

impl Budget {
    fn new((what, allowed): (&'static str, usize)) -> Self {
        Self { what, allowed, left: allowed }
    }

    fn spend(&mut self, amount: usize) -> Result<(), CdaErrorKind> {
        let passed = CdaErrorKind::LimitPassed { what: self.what, allowed: self.allowed as u64 };
        self.left = self.left.checked_sub(amount).ok_or(passed)?;
        Ok(())
    }
}
