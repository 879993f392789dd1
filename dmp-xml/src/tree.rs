//! A tree for messages; big documents are read with [`Reader`] instead.

use crate::error::XmlError;
use crate::limits::Limits;
use crate::names::{Attribute, Name, NamespaceDeclaration, StartTag};
use crate::reader::{Event, Reader};

/// One element with its content.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Element {
    /// Expanded name.
    pub name: Name,
    /// Attributes in document order, without namespace declarations.
    pub attributes: Vec<Attribute>,
    /// Namespaces declared on this element, in document order.
    pub namespaces: Vec<NamespaceDeclaration>,
    /// Content in document order; neighbouring text pieces are one node.
    pub children: Vec<Node>,
    /// Whether a direct text child was written, in part at least, as a CDATA section.
    pub has_cdata: bool,
    /// Line of the start tag, from 1.
    pub line: u64,
    /// Column of the start tag in characters, from 1.
    pub column: u64,
}

/// A piece of content.
#[derive(Clone, PartialEq, Eq)]
pub enum Node {
    /// A child element.
    Element(Element),
    /// Text, references expanded.
    Text(String),
    /// A comment.
    Comment(String),
    /// A processing instruction: target and data.
    Pi(String, String),
}

impl std::fmt::Debug for Element {
    /// Shows names only: content may be a patient's.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "<{}>({} nodes)", self.name.local, self.children.len())
    }
}

impl std::fmt::Debug for Node {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Element(element) => element.fmt(f),
            Self::Text(text) => write!(f, "text({} bytes)", text.len()),
            Self::Comment(_) => f.write_str("comment"),
            Self::Pi(target, _) => write!(f, "<?{target}?>"),
        }
    }
}

/// Reads a whole message into a tree.
///
/// # Errors
/// [`XmlError`] when the bytes are not well-formed or a limit is passed.
pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Element, XmlError> {
    let mut reader = Reader::new(bytes, *limits);
    loop {
        let (line, column) = reader.position();
        if let Event::Start(tag) = reader.next()? {
            let root = Element::from_tag(tag.clone(), line, column);
            let root = Element::read_content(root, &mut reader)?;
            while !matches!(reader.next()?, Event::Eof) {}
            return Ok(root);
        }
    }
}

impl Element {
    /// An element without content from a start tag that was just read at (line, column).
    #[must_use]
    pub fn from_tag(tag: StartTag, line: u64, column: u64) -> Self {
        let StartTag { name, attributes, namespaces } = tag;
        Self { name, attributes, namespaces, line, column, ..Self::default() }
    }

    /// Reads from just after a start tag to its end tag into `element`; used to keep one part of a big document.
    ///
    /// # Errors
    /// [`XmlError`] as for [`Reader::next`].
    pub fn read_content<R: std::io::Read>(element: Self, reader: &mut Reader<R>) -> Result<Self, XmlError> {
        Self::read_content_with(element, reader, |_| ())
    }

    /// As [`Element::read_content`], showing each event to `observe` first (a digest of the whole document, say).
    ///
    /// # Errors
    /// [`XmlError`] as for [`Reader::next`].
    pub fn read_content_with<R: std::io::Read>(
        element: Self,
        reader: &mut Reader<R>,
        mut observe: impl FnMut(&Event<'_>),
    ) -> Result<Self, XmlError> {
        let mut current = element;
        let mut parents: Vec<Self> = Vec::new();
        loop {
            let (line, column) = reader.position();
            let event = reader.next()?;
            observe(&event);
            match event {
                Event::Start(tag) => {
                    let child = Self::from_tag(tag.clone(), line, column);
                    parents.push(std::mem::replace(&mut current, child));
                }
                Event::End => match parents.pop() {
                    Some(parent) => {
                        let child = std::mem::replace(&mut current, parent);
                        current.children.push(Node::Element(child));
                    }
                    None => return Ok(current),
                },
                Event::Text { text, cdata } => {
                    current.has_cdata |= cdata;
                    current.push_text(text);
                }
                Event::Comment(text) => current.children.push(Node::Comment(text.to_owned())),
                Event::Pi { target, data } => current.children.push(Node::Pi(target.to_owned(), data.to_owned())),
                // The reader reports an open root itself; this arm only ends the loop.
                Event::Eof => return Ok(current),
            }
        }
    }

    fn push_text(&mut self, piece: &str) {
        if let Some(Node::Text(text)) = self.children.last_mut() {
            text.push_str(piece);
        } else if !piece.is_empty() {
            self.children.push(Node::Text(piece.to_owned()));
        }
    }

    /// Whether this is the expanded name `{namespace}local`.
    #[must_use]
    pub fn is(&self, namespace: &str, local: &str) -> bool {
        self.name.is(namespace, local)
    }

    /// Value of the attribute in no namespace of that name.
    #[must_use]
    pub fn attr(&self, local: &str) -> Option<&str> {
        self.attr_ns("", local)
    }

    /// Value of the attribute of that expanded name.
    #[must_use]
    pub fn attr_ns(&self, namespace: &str, local: &str) -> Option<&str> {
        self.attributes.iter().find(|a| a.name.is(namespace, local)).map(|a| a.value.as_str())
    }

    /// Child elements in order.
    pub fn elements(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            _ => None,
        })
    }

    /// Child elements of that expanded name.
    pub fn children_named<'a>(&'a self, namespace: &'a str, local: &'a str) -> impl Iterator<Item = &'a Self> {
        self.elements().filter(move |e| e.is(namespace, local))
    }

    /// First child element of that expanded name.
    #[must_use]
    pub fn child(&self, namespace: &str, local: &str) -> Option<&Self> {
        self.elements().find(|e| e.is(namespace, local))
    }

    /// First match of a path of child elements.
    #[must_use]
    pub fn descend(&self, path: &[(&str, &str)]) -> Option<&Self> {
        path.iter().try_fold(self, |element, (namespace, local)| element.child(namespace, local))
    }

    /// All text inside, at any depth, comments and processing instructions left out.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = String::new();
        self.collect_text(&mut out);
        out
    }

    /// Depth is bounded by [`Limits::depth`].
    fn collect_text(&self, out: &mut String) {
        for node in &self.children {
            match node {
                Node::Element(element) => element.collect_text(out),
                Node::Text(text) => out.push_str(text),
                Node::Comment(_) | Node::Pi(..) => {}
            }
        }
    }

    /// This element and all elements below it, in document order.
    pub fn descendants(&self) -> impl Iterator<Item = &Self> {
        let mut stack = vec![self];
        std::iter::from_fn(move || {
            let element = stack.pop()?;
            let at = stack.len();
            stack.extend(element.elements());
            stack[at..].reverse();
            Some(element)
        })
    }
}
