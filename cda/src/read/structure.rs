//! `structuredBody`: the outline of its sections and the files in them, while they pass.

use dmp_xml::{Element, StartTag};

use super::media::OpenMedia;
use super::sink::Sink;
use super::small_trees::SmallTrees;
use crate::data_types::{CodedElement, InstanceIdentifier, text_of, valued};
use crate::{CdaErrorKind, CdaLimits, EmbeddedMedia, HL7, MediaRole, SectionOutline, StructuredBody};

/// Sections of the two models that hold whole documents.
const COPY_SECTION: &str = "1.2.250.1.213.1.1.2.243";
const ADDED_SECTION: &str = "1.2.250.1.213.1.1.2.37";

/// Follows sections at any depth, and `observationMedia/value` wherever it stands.
pub(super) struct StructureWatch {
    body: StructuredBody,
    limits: CdaLimits,
    /// What the templates of each section make of the files in it.
    roles: Vec<Option<MediaRole>>,
    /// Depth and index of the sections that are open.
    open: Vec<(usize, usize)>,
    /// `templateId`, `code` and `title` of a section.
    parts: SmallTrees,
    /// Depth and `@ID` of the `observationMedia` that is open.
    media_element: Option<(usize, Option<String>)>,
    media: Option<OpenMedia>,
}

impl StructureWatch {
    pub(super) fn new(limits: &CdaLimits) -> Self {
        let elements = ("elements of section headings", limits.header_elements);
        let bytes = ("bytes of section headings", limits.header_bytes);
        Self {
            body: StructuredBody::default(),
            limits: *limits,
            roles: Vec::new(),
            open: Vec::new(),
            parts: SmallTrees::new(elements, bytes),
            media_element: None,
            media: None,
        }
    }

    pub(super) fn start(
        &mut self,
        tag: &StartTag,
        depth: usize,
        (line, column): (u64, u64),
        sink: &mut Sink<'_>,
    ) -> Result<(), CdaErrorKind> {
        let is = |local| tag.name.is(HL7, local);
        let in_heading = || self.open.last().is_some_and(|(section, _)| section + 1 == depth);
        if self.parts.is_open() || (in_heading() && (is("templateId") || is("code") || is("title"))) {
            return self.parts.start(tag, line, column);
        }
        if is("section") {
            return self.open_section(depth);
        }
        if is("observationMedia") {
            self.media_element = Some((depth, tag.attr("ID").map(|id| id.trim().to_owned())));
        } else if is("value") && self.media.is_none() {
            return self.open_media(tag, depth, (line, column), sink);
        }
        Ok(())
    }

    pub(super) fn text(&mut self, text: &str, depth: usize, sink: &mut Sink<'_>) -> Result<(), CdaErrorKind> {
        if self.parts.is_open() {
            return self.parts.text(text);
        }
        match &mut self.media {
            Some(media) if media.depth == depth => media.text(text, sink),
            _ => Ok(()),
        }
    }

    pub(super) fn end(&mut self, depth: usize, sink: &mut Sink<'_>) -> Result<(), CdaErrorKind> {
        if self.parts.is_open() {
            if let Some(part) = self.parts.end() {
                self.take_part(&part);
            }
            return Ok(());
        }
        if let Some(media) = self.media.take_if(|media| media.depth == depth) {
            let media = media.end(sink)?;
            self.body.media.push(media);
        }
        self.media_element.take_if(|(media, _)| *media == depth);
        if self.open.last().is_some_and(|(section, _)| *section == depth) {
            self.open.pop();
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> StructuredBody {
        // A templateId may stand behind the entry: the role is final now.
        for index in 0..self.body.media.len() {
            if let Some(section) = self.body.media[index].section {
                self.body.media[index].role = self.role(section);
            }
        }
        self.body
    }

    fn open_section(&mut self, depth: usize) -> Result<(), CdaErrorKind> {
        let index = self.body.sections.len();
        if index == self.limits.sections {
            let allowed = self.limits.sections as u64;
            return Err(CdaErrorKind::LimitPassed { what: "sections", allowed });
        }
        let parent = self.open.last().map(|(_, index)| *index);
        self.body.sections.push(SectionOutline { parent, ..SectionOutline::default() });
        self.roles.push(None);
        self.open.push((depth, index));
        Ok(())
    }

    fn open_media(
        &mut self,
        tag: &StartTag,
        depth: usize,
        (line, column): (u64, u64),
        sink: &mut Sink<'_>,
    ) -> Result<(), CdaErrorKind> {
        let (Some((element, id)), Some((_, section))) = (&self.media_element, self.open.last()) else { return Ok(()) };
        if element + 1 != depth || tag.attr("nullFlavor").is_some() {
            return Ok(());
        }
        if self.body.media.len() == self.limits.media {
            return Err(CdaErrorKind::LimitPassed { what: "embedded files", allowed: self.limits.media as u64 });
        }
        let place = EmbeddedMedia::at(self.role(*section), line, column);
        let media = EmbeddedMedia { section: Some(*section), id: id.clone(), ..place };
        self.media = Some(OpenMedia::start(media, tag, depth, self.limits.media_bytes, sink));
        Ok(())
    }

    fn take_part(&mut self, part: &Element) {
        let Some((_, index)) = self.open.last() else { return };
        let section = &mut self.body.sections[*index];
        let Some(part) = valued(part) else { return };
        match part.name.local.as_str() {
            "templateId" => {
                let Some(template) = InstanceIdentifier::read(part) else { return };
                let role = match template.root.as_str() {
                    COPY_SECTION => Some(MediaRole::PdfCopy),
                    ADDED_SECTION => Some(MediaRole::AddedDocument),
                    _ => None,
                };
                self.roles[*index] = self.roles[*index].or(role);
                section.template_ids.push(template);
            }
            "code" if section.code.is_none() => section.code = CodedElement::read(part),
            "title" if section.title.is_none() => section.title = text_of(part),
            _ => {}
        }
    }

    /// By the templates of the section, else by those of the sections around it.
    fn role(&self, section: usize) -> MediaRole {
        let around = std::iter::successors(Some(section), |index| self.body.sections[*index].parent);
        around.filter_map(|index| self.roles[index]).next().unwrap_or(MediaRole::Illustration)
    }
}
