//! `component`: which kind of body, and what is in it while it passes.

use dmp_xml::StartTag;

use super::media::OpenMedia;
use super::sink::Sink;
use super::structure::StructureWatch;
use crate::{Body, CdaErrorKind, CdaLimits, EmbeddedMedia, HL7, MediaRole, UnstructuredBody};

/// Follows `component/nonXMLBody/text` and `component/structuredBody`; the first body counts.
pub(super) struct BodyWatch<'a> {
    found: Found,
    in_component: bool,
    /// The body that counts is open.
    in_body: bool,
    /// The `text` element of an unstructured body is open.
    text: Option<OpenMedia>,
    text_seen: bool,
    limits: CdaLimits,
    sink: Sink<'a>,
}

enum Found {
    Nothing,
    Unstructured(UnstructuredBody),
    Structured(Box<StructureWatch>),
}

impl<'a> BodyWatch<'a> {
    pub(super) fn new(limits: &CdaLimits, sink: Sink<'a>) -> Self {
        Self {
            found: Found::Nothing,
            in_component: false,
            in_body: false,
            text: None,
            text_seen: false,
            limits: *limits,
            sink,
        }
    }

    /// `depth` is 1 for a child of `ClinicalDocument`.
    pub(super) fn start(&mut self, tag: &StartTag, depth: usize, place: (u64, u64)) -> Result<(), CdaErrorKind> {
        let is = |local| tag.name.is(HL7, local);
        match (depth, &mut self.found) {
            (1, _) => self.in_component = is("component"),
            (2, Found::Nothing) if self.in_component && is("nonXMLBody") => {
                self.found = Found::Unstructured(UnstructuredBody::default());
                self.in_body = true;
            }
            (2, Found::Nothing) if self.in_component && is("structuredBody") => {
                self.found = Found::Structured(Box::new(StructureWatch::new(&self.limits)));
                self.in_body = true;
            }
            (TEXT_DEPTH, Found::Unstructured(_)) if self.in_body && is("text") && !self.text_seen => {
                self.text_seen = true;
                let media = EmbeddedMedia::at(MediaRole::Body, place.0, place.1);
                self.text = Some(OpenMedia::start(media, tag, depth, self.limits.media_bytes, &mut self.sink));
            }
            (_, Found::Structured(watch)) if self.in_body => return watch.start(tag, depth, place, &mut self.sink),
            _ => {}
        }
        Ok(())
    }

    /// Text of the element at `depth`; children of `text` have none that counts.
    pub(super) fn text(&mut self, text: &str, depth: usize) -> Result<(), CdaErrorKind> {
        match (&mut self.found, &mut self.text) {
            (_, Some(media)) if depth == TEXT_DEPTH => media.text(text, &mut self.sink),
            (Found::Structured(watch), _) if self.in_body => watch.text(text, depth, &mut self.sink),
            _ => Ok(()),
        }
    }

    pub(super) fn end(&mut self, depth: usize) -> Result<(), CdaErrorKind> {
        match (depth, &mut self.found) {
            (1, _) => self.in_component = false,
            (2, _) => self.in_body = false,
            (TEXT_DEPTH, Found::Unstructured(body)) => {
                if let Some(media) = self.text.take() {
                    *body = media.end(&mut self.sink)?.into();
                }
            }
            (_, Found::Structured(watch)) if self.in_body => return watch.end(depth, &mut self.sink),
            _ => {}
        }
        Ok(())
    }

    pub(super) fn finish(self) -> Body {
        match self.found {
            Found::Nothing => Body::Absent,
            Found::Unstructured(body) => Body::Unstructured(body),
            Found::Structured(watch) => Body::Structured(watch.finish()),
        }
    }
}

impl From<EmbeddedMedia> for UnstructuredBody {
    fn from(media: EmbeddedMedia) -> Self {
        Self {
            media_type: media.media_type,
            representation: media.representation,
            compression: media.compression,
            content: media.content,
            kind: media.kind,
        }
    }
}

/// `component/nonXMLBody/text` below `ClinicalDocument`.
const TEXT_DEPTH: usize = 3;
