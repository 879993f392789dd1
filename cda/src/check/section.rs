//! The structured body while it passes: sections, their narrative, embedded media. Nothing of it is kept.

use dmp_xml::StartTag;

use super::findings::Findings;
use super::media::MediaScan;
use super::pdf_copy::{self, COPY_TEMPLATE, CopyEntry};
use super::place::Place;
use super::shape;
use super::walk::check_media;
use crate::data_types::collapse;
use crate::{CdaErrorKind, CdaLimits, FileKind, HL7};

/// Characters of a title that are looked at.
const TITLE_KEPT: usize = 256;

/// Follows the open elements below `structuredBody`.
pub(super) struct SectionWatch {
    limits: CdaLimits,
    open: Vec<Role>,
    sections: Vec<Section>,
    /// Open elements of the narrative, the `text` of the section included.
    narrative: usize,
    title: Option<String>,
    media: Option<OpenMedia>,
    copy: Option<CopyEntry>,
    copies: usize,
}

/// What an open element is to this watch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Section,
    Title,
    Narrative,
    ObservationMedia,
    Media,
    Other,
}

/// An open section.
#[derive(Debug)]
pub(super) struct Section {
    pub(super) place: Place,
    pub(super) is_copy: bool,
    /// `code/@code`, `code/@codeSystem` and where.
    pub(super) code: Option<(Option<String>, Option<String>, Place)>,
    pub(super) title: Option<(String, Place)>,
    has_text: bool,
    has_section: bool,
    /// Organizers FR-Document-attache among its entries.
    pub(super) attached: usize,
}

struct OpenMedia {
    scan: MediaScan,
    place: Place,
    media_type: Option<String>,
    is_base64: bool,
    compression: Option<String>,
    /// Null, or a reference to a content that is elsewhere.
    elsewhere: bool,
}

impl std::fmt::Debug for SectionWatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SectionWatch({} open)", self.open.len())
    }
}

impl SectionWatch {
    pub(super) fn new(limits: CdaLimits) -> Self {
        Self {
            limits,
            open: Vec::new(),
            sections: Vec::new(),
            narrative: 0,
            title: None,
            media: None,
            copy: None,
            copies: 0,
        }
    }

    /// Whether the element opened last is part of a narrative.
    pub(super) fn in_narrative(&self) -> bool {
        self.narrative > 0
    }

    /// Whether an element that starts here is the entry of a PDF copy.
    pub(super) fn copies_entry(&self, tag: &StartTag) -> bool {
        self.open.last() == Some(&Role::Section)
            && tag.name.is(HL7, "entry")
            && self.sections.last().is_some_and(|section| section.is_copy)
    }

    pub(super) fn start<'r>(
        &mut self,
        tag: &StartTag,
        place: &Place,
        resolve: impl FnOnce(&str) -> Option<&'r str>,
        findings: &mut Findings<'_>,
    ) -> Result<(), CdaErrorKind> {
        if self.copies_entry(tag) {
            self.copy = Some(CopyEntry::new(self.open.len(), &self.limits));
        }
        if let Some(copy) = &mut self.copy {
            copy.start(tag, place, resolve)?;
        }
        let role = self.role(tag, place, findings);
        if role == Role::Narrative {
            self.narrative += 1;
        }
        if let Some(media) = &mut self.media
            && role != Role::Media
        {
            media.elsewhere |= tag.name.is(HL7, "reference");
        }
        self.open.push(role);
        Ok(())
    }

    pub(super) fn text(&mut self, text: &str) -> Result<(), CdaErrorKind> {
        match (self.open.last(), &mut self.media, &mut self.title) {
            (Some(Role::Media), Some(media), _) => check_media(media.scan.push(text), self.limits.media_bytes),
            (Some(Role::Title), _, Some(title)) => {
                let room = TITLE_KEPT.saturating_sub(title.chars().count());
                title.extend(text.chars().take(room));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    pub(super) fn end(&mut self, findings: &mut Findings<'_>) {
        match self.open.pop() {
            Some(Role::Section) => {
                if let Some(section) = self.sections.pop() {
                    self.close_section(&section, findings);
                }
            }
            Some(Role::Title) => {
                let title = self.title.take().map(|title| collapse(&title)).unwrap_or_default();
                if let Some((text, _)) = self.sections.last_mut().and_then(|section| section.title.as_mut()) {
                    *text = title;
                }
            }
            Some(Role::Narrative) => self.narrative = self.narrative.saturating_sub(1),
            Some(Role::Media) => {
                if let Some(media) = self.media.take() {
                    media.close(findings);
                }
            }
            Some(Role::ObservationMedia | Role::Other) | None => {}
        }
        if let Some(copy) = &mut self.copy {
            copy.end();
        }
        if let Some(copy) = self.copy.take_if(|copy| copy.depth() == self.open.len()) {
            let attached = pdf_copy::check_entry(&copy, findings);
            if let Some(section) = self.sections.last_mut() {
                section.attached += attached;
            }
        }
    }

    fn role(&mut self, tag: &StartTag, place: &Place, findings: &mut Findings<'_>) -> Role {
        let is = |local| tag.name.is(HL7, local);
        let null = tag.attr("nullFlavor").is_some();
        let parent = self.open.last().copied();
        if self.narrative > 0 {
            return Role::Narrative;
        }
        if is("section") && parent != Some(Role::Section) {
            if let Some(outer) = self.sections.last_mut() {
                outer.has_section = true;
            }
            self.sections.push(Section::new(place));
            return Role::Section;
        }
        if parent == Some(Role::Section)
            && let Some(section) = self.sections.last_mut()
        {
            return section.child(tag, place, &mut self.title, &mut self.copies, findings);
        }
        if is("observationMedia") {
            return Role::ObservationMedia;
        }
        if parent == Some(Role::ObservationMedia) && is("value") && self.media.is_none() {
            let attribute = |name| tag.attr(name).map(str::trim).filter(|v| !v.is_empty()).map(str::to_owned);
            self.media = Some(OpenMedia {
                scan: MediaScan::default(),
                place: place.clone(),
                media_type: attribute("mediaType"),
                is_base64: tag.attr("representation").map(str::trim) == Some("B64"),
                compression: attribute("compression"),
                elsewhere: null,
            });
            return Role::Media;
        }
        Role::Other
    }

    fn close_section(&self, section: &Section, findings: &mut Findings<'_>) {
        if section.title.as_ref().is_none_or(|(title, _)| title.is_empty()) {
            findings.report("CDA-SEC-010", &section.place, "no title, or a blank one");
        }
        if !section.has_text && !section.has_section {
            findings.report("CDA-SEC-011", &section.place, "no text and no section inside");
        }
        if section.is_copy {
            pdf_copy::check_section(section, findings);
        }
    }
}

impl Section {
    fn new(place: &Place) -> Self {
        Self {
            place: place.clone(),
            is_copy: false,
            code: None,
            title: None,
            has_text: false,
            has_section: false,
            attached: 0,
        }
    }

    fn child(
        &mut self,
        tag: &StartTag,
        place: &Place,
        title: &mut Option<String>,
        copies: &mut usize,
        findings: &mut Findings<'_>,
    ) -> Role {
        let is = |local| tag.name.is(HL7, local);
        let attribute = |name| tag.attr(name).map(|value| value.trim().to_owned());
        if is("templateId") && tag.attr("root").map(str::trim) == Some(COPY_TEMPLATE) && !self.is_copy {
            self.is_copy = true;
            *copies += 1;
            if *copies > 1 {
                findings.report("CDA-SEC-012", &self.place, shape::count(*copies, "PDF copies so far"));
            }
        } else if is("code") && self.code.is_none() {
            self.code = Some((attribute("code"), attribute("codeSystem"), place.clone()));
        } else if is("title") && self.title.is_none() {
            self.title = Some((String::new(), place.clone()));
            *title = Some(String::new());
            return Role::Title;
        } else if is("text") {
            self.has_text = true;
            return Role::Narrative;
        }
        Role::Other
    }
}

impl OpenMedia {
    fn close(self, findings: &mut Findings<'_>) {
        let media = self.scan.finish();
        if let Some(compression) = &self.compression {
            let place = self.place.attribute("compression");
            findings.report("CDA-SEC-015", &place, shape::code(Some(compression)));
        }
        // A value that is not said to be base64 may be plain text.
        let fault = media.fault.filter(|_| self.is_base64 || self.media_type.as_deref() == Some("application/pdf"));
        if let Some(fault) = fault {
            findings.report("CDA-SEC-006", &self.place, fault.to_string());
        } else if media.fault.is_none() && media.decoded == 0 && !self.elsewhere {
            findings.report("CDA-SEC-006", &self.place, "nothing");
        }
        if media.fault.is_some() || media.decoded == 0 || self.compression.is_some() {
            return;
        }
        let declared = self.media_type.as_deref().unwrap_or_default();
        if !media.looks_like(declared) {
            let found = format!("{} declared {}", media.kind.media_type(), shape::code(Some(declared)));
            findings.report("CDA-SEC-013", &self.place.attribute("mediaType"), found);
        }
        if media.kind == FileKind::Pdf && !media.declares_pdf_a1 {
            findings.report("CDA-SEC-014", &self.place, "a PDF without pdfaid:part 1");
        }
    }
}
