//! Canonical XML 1.0, inclusive and exclusive, with or without comments: one streaming engine, two namespace policies.

use std::io::Read;

use crate::error::XmlError;
use crate::names::{Attribute, Name, NamespaceDeclaration};
use crate::namespaces::XML_NAMESPACE;
use crate::reader::{Event, Reader};
use crate::tree::{Element, Node};

/// Which canonical form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Algorithm {
    /// Namespace policy.
    pub mode: Mode,
    /// Whether comments are part of the form.
    pub with_comments: bool,
}

/// How namespaces are rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mode {
    /// Canonical XML 1.0 (`http://www.w3.org/TR/2001/REC-xml-c14n-20010315`).
    Inclusive,
    /// Exclusive XML Canonicalization 1.0 (`http://www.w3.org/2001/10/xml-exc-c14n#`); the prefixes of
    /// `InclusiveNamespaces/@PrefixList`, `#default` written as the empty string.
    Exclusive(Vec<String>),
}

impl Algorithm {
    /// Inclusive, with comments: what the Manifest of a submission set uses.
    #[must_use]
    pub const fn inclusive_with_comments() -> Self {
        Self { mode: Mode::Inclusive, with_comments: true }
    }

    /// Inclusive, without comments: the default of a reference without transform.
    #[must_use]
    pub const fn inclusive() -> Self {
        Self { mode: Mode::Inclusive, with_comments: false }
    }

    /// Exclusive, without comments and without prefix list: what a VIHF uses.
    #[must_use]
    pub const fn exclusive() -> Self {
        Self { mode: Mode::Exclusive(Vec::new()), with_comments: false }
    }
}

/// Canonical form of a whole document, read to its end and written piece by piece to `sink`.
///
/// # Errors
/// [`XmlError`] when the document is not well-formed or passes a limit.
pub fn canonicalize_document<R: Read>(
    reader: &mut Reader<R>,
    algorithm: &Algorithm,
    sink: impl FnMut(&[u8]),
) -> Result<(), XmlError> {
    let mut canonicalizer = Canonicalizer::new(algorithm.clone(), sink);
    loop {
        let event = reader.next()?;
        canonicalizer.event(&event);
        if matches!(event, Event::Eof) {
            return Ok(());
        }
    }
}

/// Canonical form of one element in its place.
///
/// `ancestors` go from the root to the parent; `without` is an element left out with all it holds (the enveloped
/// signature), recognised by identity.
#[must_use]
pub fn canonicalize_element(
    ancestors: &[&Element],
    element: &Element,
    algorithm: &Algorithm,
    without: Option<&Element>,
) -> Vec<u8> {
    let mut out = Vec::new();
    let mut canonicalizer = Canonicalizer::new(algorithm.clone(), |bytes: &[u8]| out.extend_from_slice(bytes));
    for ancestor in ancestors {
        canonicalizer.scope.extend_from_slice(&ancestor.namespaces);
    }
    let inherited = match algorithm.mode {
        Mode::Inclusive => inherited_xml_attributes(ancestors, element),
        Mode::Exclusive(_) => Vec::new(),
    };
    canonicalizer.tree(element, &inherited, without);
    drop(canonicalizer);
    out
}

/// C14N 1.0 §2.4: `xml:` attributes of left-out ancestors are imported into the apex element.
fn inherited_xml_attributes(ancestors: &[&Element], element: &Element) -> Vec<Attribute> {
    let mut inherited: Vec<Attribute> = Vec::new();
    let candidates = ancestors.iter().rev().flat_map(|a| &a.attributes).filter(|a| a.name.namespace == XML_NAMESPACE);
    for attribute in candidates {
        let local = &attribute.name.local;
        if element.attr_ns(XML_NAMESPACE, local).is_none() && !inherited.iter().any(|i| i.name.local == *local) {
            inherited.push(attribute.clone());
        }
    }
    inherited
}

/// The engine: shown the events of a document in order, it writes the canonical bytes.
pub struct Canonicalizer<S: FnMut(&[u8])> {
    algorithm: Algorithm,
    sink: S,
    /// Declarations in scope, innermost last.
    scope: Vec<NamespaceDeclaration>,
    /// Declarations written on open output elements, innermost last.
    rendered: Vec<NamespaceDeclaration>,
    /// Names of open elements, and the lengths of the two stacks before each.
    open: Vec<(String, usize, usize)>,
    root_closed: bool,
    line: String,
}

impl<S: FnMut(&[u8])> std::fmt::Debug for Canonicalizer<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Canonicalizer(depth {})", self.open.len())
    }
}

impl<S: FnMut(&[u8])> Canonicalizer<S> {
    /// An engine that writes to `sink`.
    pub fn new(algorithm: Algorithm, sink: S) -> Self {
        Self {
            algorithm,
            sink,
            scope: Vec::new(),
            rendered: Vec::new(),
            open: Vec::new(),
            root_closed: false,
            line: String::new(),
        }
    }

    /// The next event of the document.
    pub fn event(&mut self, event: &Event<'_>) {
        match event {
            Event::Start(tag) => self.start(&tag.name, &tag.attributes, &[], &tag.namespaces),
            Event::End => self.end(),
            Event::Text { text, .. } => self.text(text),
            Event::Comment(text) => self.comment(text),
            Event::Pi { target, data } => self.instruction(target, data),
            Event::Eof => {}
        }
    }

    fn tree(&mut self, element: &Element, inherited: &[Attribute], without: Option<&Element>) {
        self.start(&element.name, &element.attributes, inherited, &element.namespaces);
        for node in &element.children {
            match node {
                Node::Element(child) if without.is_some_and(|w| std::ptr::eq(w, child)) => {}
                Node::Element(child) => self.tree(child, &[], without),
                Node::Text(text) => self.text(text),
                Node::Comment(text) => self.comment(text),
                Node::Pi(target, data) => self.instruction(target, data),
            }
        }
        self.end();
    }

    fn start(
        &mut self,
        name: &Name,
        attributes: &[Attribute],
        inherited: &[Attribute],
        declared: &[NamespaceDeclaration],
    ) {
        let marks = (self.scope.len(), self.rendered.len());
        self.scope.extend_from_slice(declared);
        let mut namespaces = self.to_render(name, attributes, declared);
        namespaces.sort_by(|a, b| a.prefix.cmp(&b.prefix));

        let qualified = qualified(name);
        self.line.clear();
        self.line.push('<');
        self.line.push_str(&qualified);
        for namespace in &namespaces {
            let separator = if namespace.prefix.is_empty() { "" } else { ":" };
            push_attribute(&mut self.line, &format!("xmlns{separator}{}", namespace.prefix), &namespace.uri);
        }
        let mut sorted: Vec<&Attribute> = attributes.iter().chain(inherited).collect();
        sorted.sort_by(|a, b| (&a.name.namespace, &a.name.local).cmp(&(&b.name.namespace, &b.name.local)));
        for attribute in sorted {
            push_attribute(&mut self.line, &self::qualified(&attribute.name), &attribute.value);
        }
        self.line.push('>');
        (self.sink)(self.line.as_bytes());
        self.rendered.extend(namespaces);
        self.open.push((qualified, marks.0, marks.1));
    }

    /// The namespace nodes to write on this element: those of the policy that the output does not have yet.
    fn to_render(
        &self,
        name: &Name,
        attributes: &[Attribute],
        declared: &[NamespaceDeclaration],
    ) -> Vec<NamespaceDeclaration> {
        let mut prefixes: Vec<&str> = match &self.algorithm.mode {
            Mode::Inclusive => {
                // Below the apex, what the parent has in scope is written already.
                let candidates = if self.open.is_empty() { self.scope.as_slice() } else { declared };
                candidates.iter().map(|d| d.prefix.as_str()).collect()
            }
            Mode::Exclusive(listed) => {
                let visible = attributes.iter().map(|a| a.name.prefix.as_str()).filter(|p| !p.is_empty());
                let listed = listed.iter().map(String::as_str).filter(|p| self.in_scope(p).is_some());
                std::iter::once(name.prefix.as_str()).chain(visible).chain(listed).collect()
            }
        };
        prefixes.sort_unstable();
        prefixes.dedup();
        let wanted = prefixes.into_iter().filter(|p| *p != "xml").filter_map(|prefix| {
            let uri = self.in_scope(prefix).unwrap_or("");
            let written = self.rendered.iter().rev().find(|d| d.prefix == prefix).map_or("", |d| d.uri.as_str());
            (uri != written).then(|| NamespaceDeclaration { prefix: prefix.to_owned(), uri: uri.to_owned() })
        });
        wanted.collect()
    }

    fn in_scope(&self, prefix: &str) -> Option<&str> {
        self.scope.iter().rev().find(|d| d.prefix == prefix).map(|d| d.uri.as_str())
    }

    fn end(&mut self) {
        if let Some((name, scope, rendered)) = self.open.pop() {
            (self.sink)(format!("</{name}>").as_bytes());
            self.scope.truncate(scope);
            self.rendered.truncate(rendered);
            self.root_closed = self.open.is_empty();
        }
    }

    fn text(&mut self, text: &str) {
        if self.open.is_empty() {
            return;
        }
        let mut rest = text;
        while let Some(at) = rest.find(['&', '<', '>', '\r']) {
            (self.sink)(&rest.as_bytes()[..at]);
            (self.sink)(match rest.as_bytes()[at] {
                b'&' => b"&amp;",
                b'<' => b"&lt;",
                b'>' => b"&gt;",
                _ => b"&#xD;",
            });
            rest = &rest[at + 1..];
        }
        (self.sink)(rest.as_bytes());
    }

    fn comment(&mut self, text: &str) {
        if self.algorithm.with_comments {
            self.outside_or_inside(&format!("<!--{}-->", text.replace('\r', "&#xD;")));
        }
    }

    fn instruction(&mut self, target: &str, data: &str) {
        let separator = if data.is_empty() { "" } else { " " };
        self.outside_or_inside(&format!("<?{target}{separator}{}?>", data.replace('\r', "&#xD;")));
    }

    /// Outside the root each node stands on a line of its own.
    fn outside_or_inside(&mut self, node: &str) {
        let outside = self.open.is_empty();
        if outside && self.root_closed {
            (self.sink)(b"\n");
        }
        (self.sink)(node.as_bytes());
        if outside && !self.root_closed {
            (self.sink)(b"\n");
        }
    }
}

fn qualified(name: &Name) -> String {
    if name.prefix.is_empty() { name.local.clone() } else { format!("{}:{}", name.prefix, name.local) }
}

fn push_attribute(line: &mut String, name: &str, value: &str) {
    line.push(' ');
    line.push_str(name);
    line.push_str("=\"");
    for c in value.chars() {
        match c {
            '&' => line.push_str("&amp;"),
            '<' => line.push_str("&lt;"),
            '"' => line.push_str("&quot;"),
            '\t' => line.push_str("&#x9;"),
            '\n' => line.push_str("&#xA;"),
            '\r' => line.push_str("&#xD;"),
            c => line.push(c),
        }
    }
    line.push('"');
}
