//! `component`: which kind of body, and the content of an unstructured one while it passes.

use std::io::Write;

use dmp_xml::StartTag;

use super::base64_stream::Base64Stream;
use crate::{Body, CdaErrorKind, Content, HL7, UnstructuredBody};

/// Follows `component/nonXMLBody/text` and `component/structuredBody`; the first body counts.
pub(super) struct BodyWatch<'a> {
    body: Body,
    in_component: bool,
    in_unstructured: bool,
    /// The `text` element is open: what its own text goes through.
    text: Option<TextContent>,
    text_seen: bool,
    limit: u64,
    written: u64,
    sink: Option<&'a mut dyn Write>,
}

enum TextContent {
    Base64(Base64Stream),
    Plain,
}

impl<'a> BodyWatch<'a> {
    pub(super) fn new(limit: u64, sink: Option<&'a mut dyn Write>) -> Self {
        Self {
            body: Body::Absent,
            in_component: false,
            in_unstructured: false,
            text: None,
            text_seen: false,
            limit,
            written: 0,
            sink,
        }
    }

    /// `depth` is 1 for a child of `ClinicalDocument`.
    pub(super) fn start(&mut self, tag: &StartTag, depth: usize) {
        let is = |local| tag.name.is(HL7, local);
        match depth {
            1 => self.in_component = is("component"),
            2 if self.in_component && self.body == Body::Absent => {
                self.in_unstructured = is("nonXMLBody");
                if self.in_unstructured {
                    self.body = Body::Unstructured(UnstructuredBody::default());
                } else if is("structuredBody") {
                    self.body = Body::Structured;
                }
            }
            3 if self.in_unstructured && is("text") && !self.text_seen => self.open_text(tag),
            _ => {}
        }
    }

    /// Text of the element at `depth`; children of `text` have none that counts.
    pub(super) fn text(&mut self, text: &str, depth: usize) -> Result<(), CdaErrorKind> {
        if depth != TEXT_DEPTH {
            return Ok(());
        }
        match &mut self.text {
            Some(TextContent::Base64(stream)) => {
                let decoded = stream.push(text);
                self.deliver(&decoded)?;
                self.refuse_fault()
            }
            Some(TextContent::Plain) => self.deliver(text.as_bytes()),
            None => Ok(()),
        }
    }

    pub(super) fn end(&mut self, depth: usize) -> Result<(), CdaErrorKind> {
        match depth {
            1 => self.in_component = false,
            2 => self.in_unstructured = false,
            TEXT_DEPTH => return self.close_text(),
            _ => {}
        }
        Ok(())
    }

    pub(super) fn finish(self) -> Body {
        self.body
    }

    fn open_text(&mut self, tag: &StartTag) {
        self.text_seen = true;
        let attribute = |name| tag.attr(name).map(str::trim).filter(|v| !v.is_empty()).map(str::to_owned);
        let body = UnstructuredBody {
            media_type: attribute("mediaType"),
            representation: attribute("representation"),
            compression: attribute("compression"),
            content: Content::default(),
        };
        let base64 = body.representation.as_deref() == Some("B64");
        self.text = Some(if base64 { TextContent::Base64(Base64Stream::default()) } else { TextContent::Plain });
        self.body = Body::Unstructured(body);
    }

    fn close_text(&mut self) -> Result<(), CdaErrorKind> {
        let Some(mut text) = self.text.take() else { return Ok(()) };
        let content = match &mut text {
            TextContent::Plain => Content::Text { bytes: self.written },
            TextContent::Base64(stream) => {
                let rest = stream.finish();
                self.deliver(&rest)?;
                match stream.fault() {
                    Some(fault) => Content::InvalidBase64(fault),
                    None => Content::Base64 { decoded: self.written },
                }
            }
        };
        self.text = Some(text);
        self.refuse_fault()?;
        self.text = None;
        if let Body::Unstructured(body) = &mut self.body {
            body.content = content;
        }
        Ok(())
    }

    fn deliver(&mut self, bytes: &[u8]) -> Result<(), CdaErrorKind> {
        self.written += bytes.len() as u64;
        if self.written > self.limit {
            return Err(CdaErrorKind::LimitPassed { what: "bytes of the body's content", allowed: self.limit });
        }
        match &mut self.sink {
            Some(sink) => sink.write_all(bytes).map_err(|error| CdaErrorKind::Io(error.kind())),
            None => Ok(()),
        }
    }

    /// A caller who wants the content must not get half of it in silence.
    fn refuse_fault(&self) -> Result<(), CdaErrorKind> {
        match &self.text {
            Some(TextContent::Base64(stream)) if self.sink.is_some() => {
                stream.fault().map_or(Ok(()), |fault| Err(CdaErrorKind::InvalidBase64(fault)))
            }
            _ => Ok(()),
        }
    }
}

/// `component/nonXMLBody/text` below `ClinicalDocument`.
const TEXT_DEPTH: usize = 3;
