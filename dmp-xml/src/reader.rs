//! The strict pull reader.

use std::io::Read;

use quick_xml::events::Event as Token;

use crate::attributes::{for_each_attribute, resolve_reference};
use crate::characters::{is_ncname, is_space, split_qname};
use crate::error::{XmlError, XmlErrorKind};
use crate::feed::{CDATA_CUT, CDATA_DELIMITERS, Feed, TEXT_CUT};
use crate::limits::Limits;
use crate::names::{Attribute, Name, NamespaceDeclaration, StartTag};
use crate::namespaces::{Scope, check_declaration};

/// What [`Reader::next`] finds.
#[derive(Debug)]
pub enum Event<'a> {
    /// A start tag; an empty element gives a start and an end.
    Start(&'a StartTag),
    /// A piece of text, references expanded; one text may arrive in several pieces. Outside the root it is white space.
    Text {
        /// The piece.
        text: &'a str,
        /// Whether it was written in a CDATA section.
        cdata: bool,
    },
    /// The end of the element opened last.
    End,
    /// A comment.
    Comment(&'a str),
    /// A processing instruction other than the XML declaration.
    Pi {
        /// Its target.
        target: &'a str,
        /// The rest, leading white space removed.
        data: &'a str,
    },
    /// The end of the document, after its root was closed.
    Eof,
}

/// Reads XML from any source in bounded memory, refusing all that is not well-formed with namespaces.
pub struct Reader<R: Read> {
    tokens: quick_xml::Reader<Feed<R>>,
    buffer: Vec<u8>,
    state: State,
}

impl<R: Read> std::fmt::Debug for Reader<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Reader(line {}, column {})", self.state.line, self.state.column)
    }
}

impl<R: Read> Reader<R> {
    /// A reader over `source`, which needs no buffering of its own.
    pub fn new(source: R, limits: Limits) -> Self {
        let mut tokens = quick_xml::Reader::from_reader(Feed::new(source, limits));
        tokens.config_mut().check_comments = true;
        Self { tokens, buffer: Vec::new(), state: State::new(limits) }
    }

    /// Line and column, from 1, of the event that [`Reader::next`] will return.
    #[must_use]
    pub fn position(&self) -> (u64, u64) {
        (self.state.line, self.state.column)
    }

    /// Namespace bound to a prefix (empty: the default namespace) inside the element opened last; needed for QNames in
    /// attribute values such as `xsi:type`.
    #[must_use]
    pub fn resolve_prefix(&self, prefix: &str) -> Option<&str> {
        self.state.scope.resolve(prefix)
    }

    /// Depth of the element opened last; 1 is the root, 0 is outside.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.state.depth
    }

    /// The next event.
    ///
    /// # Errors
    /// [`XmlError`] at the first breach; the reader must not be used after it.
    #[allow(clippy::should_implement_trait)] // an iterator could not lend its items
    pub fn next(&mut self) -> Result<Event<'_>, XmlError> {
        let kind = loop {
            if let Some(end) = self.state.pending_end() {
                break Ok(end);
            }
            self.buffer.clear();
            match self.tokens.read_event_into(&mut self.buffer) {
                Ok(token) => match self.state.take(&token) {
                    Ok(Taken::Nothing) => {}
                    result => break result,
                },
                Err(error) => {
                    (self.state.event_line, self.state.event_column) = self.position();
                    break Err(self.tokens.get_mut().refusal().unwrap_or_else(|| describe(&error)));
                }
            }
        };
        let (line, column) = (self.state.event_line, self.state.event_column);
        match kind {
            Ok(taken) => Ok(self.state.event(taken)),
            Err(kind) => Err(XmlError { kind, line, column }),
        }
    }
}

/// The library's errors in our words; what it calls an open element at the end is a truncated document here.
fn describe(error: &quick_xml::Error) -> XmlErrorKind {
    use quick_xml::errors::{IllFormedError, SyntaxError};
    match error {
        quick_xml::Error::Io(error) => XmlErrorKind::Io(error.kind()),
        quick_xml::Error::Encoding(_) => XmlErrorKind::NotUtf8,
        quick_xml::Error::IllFormed(IllFormedError::MissingEndTag(_)) => XmlErrorKind::Truncated,
        quick_xml::Error::IllFormed(IllFormedError::MismatchedEndTag { .. } | IllFormedError::UnmatchedEndTag(_)) => {
            XmlErrorKind::Syntax("end tag does not match its start tag")
        }
        quick_xml::Error::IllFormed(IllFormedError::DoubleHyphenInComment) => XmlErrorKind::Syntax("'--' in a comment"),
        quick_xml::Error::IllFormed(IllFormedError::UnclosedReference) => XmlErrorKind::Syntax("'&' without ';'"),
        quick_xml::Error::Syntax(SyntaxError::InvalidBangMarkup) => XmlErrorKind::Syntax("unknown declaration"),
        quick_xml::Error::Syntax(_) => XmlErrorKind::Truncated,
        _ => XmlErrorKind::Syntax("markup cannot be read"),
    }
}

enum Taken {
    Nothing,
    Start,
    End,
    Text { cdata: bool },
    Comment,
    Pi,
    Eof,
}

struct State {
    limits: Limits,
    scope: Scope,
    depth: usize,
    elements: usize,
    seen_root: bool,
    seen_anything: bool,
    empty_element: bool,
    /// How many `]` the text read so far ends with: `]]>` must not appear in text, even across two pieces.
    brackets: usize,
    tag: StartTag,
    text: String,
    target: String,
    line: u64,
    column: u64,
    event_line: u64,
    event_column: u64,
}

impl State {
    fn new(limits: Limits) -> Self {
        Self {
            limits,
            scope: Scope::default(),
            depth: 0,
            elements: 0,
            seen_root: false,
            seen_anything: false,
            empty_element: false,
            brackets: 0,
            tag: StartTag::default(),
            text: String::new(),
            target: String::new(),
            line: 1,
            column: 1,
            event_line: 1,
            event_column: 1,
        }
    }

    fn pending_end(&mut self) -> Option<Taken> {
        self.empty_element.then(|| {
            self.empty_element = false;
            self.close();
            Taken::End
        })
    }

    fn event(&self, taken: Taken) -> Event<'_> {
        match taken {
            Taken::Start => Event::Start(&self.tag),
            Taken::End => Event::End,
            Taken::Text { cdata } => Event::Text { text: &self.text, cdata },
            Taken::Comment => Event::Comment(&self.text),
            Taken::Pi => Event::Pi { target: &self.target, data: &self.text },
            Taken::Nothing | Taken::Eof => Event::Eof,
        }
    }

    fn take(&mut self, token: &Token<'_>) -> Result<Taken, XmlErrorKind> {
        // A cut changes nothing else: "]]" before it and ">" after it are still "]]>".
        if let Token::PI(instruction) = token {
            match &**instruction {
                TEXT_CUT => return Ok(Taken::Nothing),
                CDATA_CUT => {
                    self.column = self.column.saturating_sub(CDATA_DELIMITERS);
                    return Ok(Taken::Nothing);
                }
                _ => {}
            }
        }
        (self.event_line, self.event_column) = (self.line, self.column);
        if !matches!(token, Token::Text(_)) {
            self.brackets = 0;
        }
        let first = !std::mem::replace(&mut self.seen_anything, true);
        match token {
            Token::Start(start) => {
                self.advance(start, 2);
                self.start(start.name().as_ref(), start.attributes_raw())
            }
            Token::Empty(start) => {
                self.advance(start, 3);
                self.empty_element = true;
                self.start(start.name().as_ref(), start.attributes_raw())
            }
            Token::End(end) => {
                self.advance(end, 3);
                self.close();
                Ok(Taken::End)
            }
            Token::Text(text) => {
                self.advance(text, 0);
                self.text(text)
            }
            Token::CData(text) => {
                self.advance(text, CDATA_DELIMITERS);
                self.inside_root()?;
                self.text.clear();
                self.text.push_str(text);
                Ok(Taken::Text { cdata: true })
            }
            Token::GeneralRef(reference) => {
                self.advance(reference, 2);
                self.inside_root()?;
                self.text.clear();
                self.text.push(resolve_reference(reference)?);
                Ok(Taken::Text { cdata: false })
            }
            Token::Comment(comment) => {
                self.advance(comment, 7);
                // XML 1.0 §2.5: a comment may not end in "--->", which the library's check lets pass.
                if comment.ends_with('-') || comment.contains(TEXT_CUT) || comment.contains(CDATA_CUT) {
                    return Err(XmlErrorKind::Syntax("'--' in a comment"));
                }
                self.text.clear();
                self.text.push_str(comment);
                Ok(Taken::Comment)
            }
            Token::PI(instruction) => {
                self.advance(instruction, 4);
                self.instruction(instruction)
            }
            Token::Decl(declaration) => {
                if !first {
                    return Err(XmlErrorKind::Syntax("XML declaration not at the start"));
                }
                self.advance(declaration, 4);
                self.declaration(declaration)
            }
            Token::DocType(_) => Err(XmlErrorKind::Doctype),
            Token::Eof if self.depth > 0 || !self.seen_root => Err(XmlErrorKind::Truncated),
            Token::Eof => Ok(Taken::Eof),
        }
    }

    fn start(&mut self, name: &str, tail: &str) -> Result<Taken, XmlErrorKind> {
        if self.depth == 0 && std::mem::replace(&mut self.seen_root, true) {
            return Err(XmlErrorKind::ContentOutsideRoot);
        }
        self.depth += 1;
        self.elements += 1;
        check_limit("nesting depth", self.depth, self.limits.depth)?;
        check_limit("number of elements", self.elements, self.limits.elements)?;

        self.tag.attributes.clear();
        self.tag.namespaces.clear();
        let (attributes, namespaces) = (&mut self.tag.attributes, &mut self.tag.namespaces);
        let allowed = self.limits.attributes;
        for_each_attribute(tail, |raw, value| {
            check_limit("attributes of one element", attributes.len() + namespaces.len() + 1, allowed)?;
            let (prefix, local) = split_qname(raw).ok_or(XmlErrorKind::IllegalName)?;
            match (prefix, local) {
                ("xmlns", declared) => declare(namespaces, declared, value),
                ("", "xmlns") => declare(namespaces, "", value),
                _ => {
                    let name = Name { prefix: prefix.into(), local: local.into(), namespace: String::new() };
                    attributes.push(Attribute { name, value });
                    Ok(())
                }
            }
        })?;
        self.scope.enter(&self.tag.namespaces)?;

        let (prefix, local) = split_qname(name).ok_or(XmlErrorKind::IllegalName)?;
        let namespace = self.scope.resolve(prefix).ok_or_else(|| XmlErrorKind::UnboundPrefix(prefix.to_owned()))?;
        self.tag.name = Name { prefix: prefix.into(), local: local.into(), namespace: namespace.into() };
        for attribute in self.tag.attributes.iter_mut().filter(|a| !a.name.prefix.is_empty()) {
            let bound = self.scope.resolve(&attribute.name.prefix);
            let bound = bound.ok_or_else(|| XmlErrorKind::UnboundPrefix(attribute.name.prefix.clone()))?;
            attribute.name.namespace = bound.to_owned();
        }
        refuse_duplicates(&self.tag.attributes)?;
        Ok(Taken::Start)
    }

    fn close(&mut self) {
        self.scope.leave();
        self.depth = self.depth.saturating_sub(1);
    }

    fn text(&mut self, raw: &str) -> Result<Taken, XmlErrorKind> {
        if raw.is_empty() {
            return Ok(Taken::Nothing);
        }
        if self.depth == 0 && !raw.chars().all(is_space) {
            return Err(XmlErrorKind::ContentOutsideRoot);
        }
        let head = &raw[..raw.find(|c| c != ']').unwrap_or(raw.len())];
        let closes_across = self.brackets + head.len() >= 2 && raw[head.len()..].starts_with('>');
        if closes_across || raw.contains("]]>") {
            return Err(XmlErrorKind::Syntax("']]>' in text"));
        }
        let trailing = raw.len() - raw.trim_end_matches(']').len();
        self.brackets = if trailing == raw.len() { self.brackets + trailing } else { trailing };
        self.text.clear();
        self.text.push_str(raw);
        Ok(Taken::Text { cdata: false })
    }

    fn instruction(&mut self, raw: &str) -> Result<Taken, XmlErrorKind> {
        let (target, data) = raw.split_once(is_space).unwrap_or((raw, ""));
        if !is_ncname(target) || target.eq_ignore_ascii_case("xml") {
            return Err(XmlErrorKind::Syntax("illegal target of a processing instruction"));
        }
        self.target = target.to_owned();
        self.text.clear();
        self.text.push_str(data.trim_start_matches(is_space));
        Ok(Taken::Pi)
    }

    /// `version="1.0"`, then an optional encoding that must be UTF-8, then an optional `standalone`.
    fn declaration(&self, raw: &str) -> Result<Taken, XmlErrorKind> {
        let mut seen: Vec<String> = Vec::new();
        for_each_attribute(raw.strip_prefix("xml").unwrap_or(raw), |name, value| {
            let legal = match name {
                "version" => seen.is_empty() && value == "1.0",
                "encoding" if value.eq_ignore_ascii_case("utf-8") => seen == ["version"],
                "encoding" => return Err(XmlErrorKind::NotUtf8),
                "standalone" => {
                    matches!(value.as_str(), "yes" | "no") && seen.last().is_some_and(|l| l != "standalone")
                }
                _ => false,
            };
            seen.push(name.to_owned());
            if legal { Ok(()) } else { Err(XmlErrorKind::Syntax("malformed XML declaration")) }
        })?;
        if seen.is_empty() { Err(XmlErrorKind::Syntax("malformed XML declaration")) } else { Ok(Taken::Nothing) }
    }

    fn inside_root(&self) -> Result<(), XmlErrorKind> {
        if self.depth == 0 { Err(XmlErrorKind::ContentOutsideRoot) } else { Ok(()) }
    }

    /// Moves the position over a token: its content and the columns of its delimiters.
    fn advance(&mut self, content: &str, delimiters: u64) {
        let lines = memchr::memchr_iter(b'\n', content.as_bytes()).count() as u64;
        let last = content.rsplit('\n').next().unwrap_or(content).chars().count() as u64;
        self.column = if lines == 0 { self.column + last } else { last + 1 } + delimiters;
        self.line += lines;
    }
}

fn declare(namespaces: &mut Vec<NamespaceDeclaration>, prefix: &str, uri: String) -> Result<(), XmlErrorKind> {
    check_declaration(prefix, &uri)?;
    if namespaces.iter().any(|n| n.prefix == prefix) {
        return Err(XmlErrorKind::DuplicateAttribute(format!("xmlns:{prefix}")));
    }
    namespaces.push(NamespaceDeclaration { prefix: prefix.to_owned(), uri });
    Ok(())
}

fn refuse_duplicates(attributes: &[Attribute]) -> Result<(), XmlErrorKind> {
    for (index, attribute) in attributes.iter().enumerate() {
        let name = &attribute.name;
        if attributes[..index].iter().any(|other| other.name.is(&name.namespace, &name.local)) {
            return Err(XmlErrorKind::DuplicateAttribute(name.local.clone()));
        }
    }
    Ok(())
}

fn check_limit(what: &'static str, found: usize, allowed: usize) -> Result<(), XmlErrorKind> {
    if found > allowed { Err(XmlErrorKind::LimitPassed { what, allowed: allowed as u64 }) } else { Ok(()) }
}
