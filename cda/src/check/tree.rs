//! The small part of a document that is kept: its header, and the entry of a PDF copy.

use std::rc::Rc;

use dmp_xml::StartTag;

use super::place::Place;
use crate::data_types::collapse;
use crate::{CdaErrorKind, CdaLimits, HL7};

const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// Elements of a part, kept within a budget.
#[derive(Debug)]
pub(super) struct Tree {
    nodes: Vec<Node>,
    open: Vec<usize>,
    elements_left: usize,
    bytes_left: usize,
}

/// The budget of a [`Tree`] is spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Full {
    Elements,
    Bytes,
}

impl Full {
    /// `CDA-DOC-006`.
    pub(super) fn refusal(self, limits: &CdaLimits) -> CdaErrorKind {
        match self {
            Self::Elements => {
                CdaErrorKind::LimitPassed { what: "elements of the header", allowed: limits.header_elements as u64 }
            }
            Self::Bytes => {
                CdaErrorKind::LimitPassed { what: "bytes of the header", allowed: limits.header_bytes as u64 }
            }
        }
    }
}

struct Node {
    tag: StartTag,
    /// `xsi:type`, resolved where it stands: `None` inside when its prefix is not bound.
    data_type: Option<Option<(String, String)>>,
    /// Text of the element itself, its children's left out.
    text: String,
    children: Vec<usize>,
    place: Rc<Place>,
}

impl std::fmt::Debug for Node {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "<{}>({} children)", self.tag.name.local, self.children.len())
    }
}

impl Tree {
    pub(super) fn new(elements: usize, bytes: usize) -> Self {
        Self { nodes: Vec::new(), open: Vec::new(), elements_left: elements, bytes_left: bytes }
    }

    /// Adds an element inside the one opened last; `resolve` gives the namespace of a prefix in scope.
    pub(super) fn start<'r>(
        &mut self,
        tag: &StartTag,
        place: &Place,
        resolve: impl FnOnce(&str) -> Option<&'r str>,
    ) -> Result<(), Full> {
        self.elements_left = self.elements_left.checked_sub(1).ok_or(Full::Elements)?;
        let names = |name: &dmp_xml::Name| name.local.len() + name.namespace.len() + name.prefix.len();
        let attributes: usize = tag.attributes.iter().map(|a| names(&a.name) + a.value.len()).sum();
        let declarations: usize = tag.namespaces.iter().map(|n| n.prefix.len() + n.uri.len()).sum();
        self.spend(names(&tag.name) + attributes + declarations)?;
        let data_type = tag.attr_ns(XSI, "type").map(|name| {
            let (prefix, local) = name.trim().split_once(':').unwrap_or(("", name.trim()));
            resolve(prefix).map(|namespace| (namespace.to_owned(), local.to_owned()))
        });
        let index = self.nodes.len();
        let node = Node {
            tag: tag.clone(),
            data_type,
            text: String::new(),
            children: Vec::new(),
            place: Rc::new(place.clone()),
        };
        self.nodes.push(node);
        if let Some(parent) = self.open.last().and_then(|parent| self.nodes.get_mut(*parent)) {
            parent.children.push(index);
        }
        self.open.push(index);
        Ok(())
    }

    /// Text of the element opened last.
    pub(super) fn text(&mut self, text: &str) -> Result<(), Full> {
        self.spend(text.len())?;
        if let Some(node) = self.open.last().and_then(|node| self.nodes.get_mut(*node)) {
            node.text.push_str(text);
        }
        Ok(())
    }

    pub(super) fn end(&mut self) {
        self.open.pop();
    }

    /// The first element; `None` as long as there is none.
    pub(super) fn root(&self) -> Option<At<'_>> {
        (!self.nodes.is_empty()).then_some(At { tree: self, index: 0 })
    }

    fn spend(&mut self, bytes: usize) -> Result<(), Full> {
        self.bytes_left = self.bytes_left.checked_sub(bytes).ok_or(Full::Bytes)?;
        Ok(())
    }
}

/// One element of a [`Tree`].
#[derive(Debug, Clone, Copy)]
pub(super) struct At<'t> {
    tree: &'t Tree,
    /// Always an index of `tree.nodes`.
    index: usize,
}

impl<'t> At<'t> {
    fn node(self) -> &'t Node {
        &self.tree.nodes[self.index]
    }

    /// Rank of the element in its tree, in document order.
    pub(super) fn index(self) -> usize {
        self.index
    }

    pub(super) fn place(self) -> &'t Place {
        &self.node().place
    }

    /// The place of an attribute, or of the element when it has none of that name.
    pub(super) fn attribute_place(self, name: &str) -> Place {
        if self.attr(name).is_some() { self.place().attribute(name) } else { self.place().clone() }
    }

    /// Local name.
    pub(super) fn local(self) -> &'t str {
        &self.node().tag.name.local
    }

    /// Whether this is a CDA element of that name.
    pub(super) fn is(self, local: &str) -> bool {
        self.node().tag.name.is(HL7, local)
    }

    /// Whether this is an element of another namespace of that name.
    pub(super) fn is_in(self, namespace: &str, local: &str) -> bool {
        self.node().tag.name.is(namespace, local)
    }

    pub(super) fn tag(self) -> &'t StartTag {
        &self.node().tag
    }

    /// The attribute as written.
    pub(super) fn attr(self, name: &str) -> Option<&'t str> {
        self.node().tag.attr(name)
    }

    /// The attribute without white space around it, unless it is blank.
    pub(super) fn value(self, name: &str) -> Option<&'t str> {
        self.attr(name).map(str::trim).filter(|value| !value.is_empty())
    }

    /// `xsi:type` as (namespace, local name); `Some(None)` when its prefix is not bound.
    pub(super) fn data_type(self) -> Option<Option<(&'t str, &'t str)>> {
        let data_type = self.node().data_type.as_ref()?;
        Some(data_type.as_ref().map(|(namespace, local)| (namespace.as_str(), local.as_str())))
    }

    /// Child elements of any name.
    pub(super) fn elements(self) -> impl Iterator<Item = At<'t>> {
        self.node().children.iter().map(move |index| At { tree: self.tree, index: *index })
    }

    /// CDA children of that name.
    pub(super) fn all<'n>(self, local: &'n str) -> impl Iterator<Item = At<'t>> + use<'t, 'n> {
        self.elements().filter(move |child| child.is(local))
    }

    /// First CDA child of that name, null or not.
    pub(super) fn first(self, local: &str) -> Option<At<'t>> {
        self.elements().find(|child| child.is(local))
    }

    /// First match of a path such as `patient/name`; of each step the first child.
    pub(super) fn path(self, path: &str) -> Option<At<'t>> {
        path.split('/').try_fold(self, |at, local| at.first(local))
    }

    /// Every match of a path such as `author/assignedAuthor/id`, in document order.
    pub(super) fn every(self, path: &str) -> Vec<At<'t>> {
        let mut matches = vec![self];
        for local in path.split('/') {
            matches = matches.into_iter().flat_map(|at| at.elements().filter(|child| child.is(local))).collect();
        }
        matches
    }

    /// This element and all below it, in document order.
    pub(super) fn descendants(self) -> impl Iterator<Item = At<'t>> {
        let mut stack = vec![self];
        std::iter::from_fn(move || {
            let at = stack.pop()?;
            let from = stack.len();
            stack.extend(at.elements());
            stack[from..].reverse();
            Some(at)
        })
    }

    /// Whether it says that it has no value.
    pub(super) fn is_null(self) -> bool {
        self.attr("nullFlavor").is_some()
    }

    /// The element unless it is null.
    pub(super) fn valued(self) -> Option<Self> {
        (!self.is_null()).then_some(self)
    }

    /// Text of the element itself.
    pub(super) fn own_text(self) -> &'t str {
        &self.node().text
    }

    /// All text inside, white space collapsed; `None` when blank.
    pub(super) fn text(self) -> Option<String> {
        let mut text = String::new();
        for at in self.descendants() {
            text.push_str(at.own_text());
        }
        Some(collapse(&text)).filter(|text| !text.is_empty())
    }
}
