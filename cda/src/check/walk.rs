//! One pass over the file: what must be seen while it passes is checked here, the header is kept for afterwards.

use std::io::Read;

use dmp_xml::{Event, Reader, StartTag};

use super::findings::Findings;
use super::ids::IdWatch;
use super::media::{Media, MediaScan};
use super::options::CheckOptions;
use super::order::OrderWatch;
use super::place::{Path, Place};
use super::section::SectionWatch;
use super::stylesheet::StylesheetScan;
use super::tree::Tree;
use crate::read::place::Locator;
use crate::{CdaError, CdaErrorKind, CdaLimits, HL7, Shape};

const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// What remains of a file once it is read.
#[derive(Debug)]
pub(super) struct Walked {
    /// `ClinicalDocument` without the content of its `structuredBody`.
    pub(super) header: Tree,
    /// The contents of `component/nonXMLBody/text`, in document order.
    pub(super) contents: Vec<Media>,
}

/// Reads the file to its end; what is wrong with its container, the order of its elements, its sections and their
/// media goes to `findings`.
pub(super) fn walk(source: impl Read, options: &CheckOptions, findings: &mut Findings<'_>) -> Result<Walked, CdaError> {
    let mut walk = Walk::new(&options.limits);
    let mut reader = Reader::new(source, options.limits.xml);
    loop {
        let (line, column) = reader.position();
        let at = |kind| CdaError { kind, line, column };
        let tag = match reader.next()? {
            Event::Start(tag) => tag.clone(),
            Event::Text { text, .. } => {
                walk.text(text, findings).map_err(at)?;
                continue;
            }
            Event::End => {
                walk.end(findings);
                continue;
            }
            Event::Pi { target, data } => {
                walk.instruction(target, data, (line, column), findings);
                continue;
            }
            Event::Comment(_) => continue,
            Event::Eof => break,
        };
        // Positions are those of the event, which begins where the one before ended.
        walk.start(&tag, (line, column), |prefix| reader.resolve_prefix(prefix), findings).map_err(at)?;
    }
    let (line, column) = reader.position();
    let (shape, _) = walk.place.finish().map_err(|kind| CdaError { kind, line, column })?;
    walk.ids.finish(findings);
    if shape == Shape::Autopresentable {
        findings.report_file("CDA-DOC-011", "/xsl:stylesheet", walk.root_position, "an xsl:stylesheet".to_owned());
    }
    Ok(Walked { header: walk.header, contents: walk.contents })
}

/// Reads a stylesheet that stands alone to its end.
pub(super) fn walk_stylesheet(
    source: impl Read,
    options: &CheckOptions,
    findings: &mut Findings<'_>,
) -> Result<(), CdaError> {
    let (mut path, mut scan) = (Path::default(), StylesheetScan::default());
    let mut reader = Reader::new(source, options.limits.xml);
    loop {
        let (line, column) = reader.position();
        match reader.next()? {
            Event::Start(tag) => scan.start(tag, &path.start(&tag.name, line, column), findings),
            Event::Text { text, .. } => scan.text(text, findings),
            Event::End => {
                scan.end();
                path.end();
            }
            Event::Pi { .. } | Event::Comment(_) => {}
            Event::Eof => return Ok(()),
        }
    }
}

struct Walk {
    place: Locator,
    outside: Path,
    inside: Path,
    stylesheet: StylesheetScan,
    order: OrderWatch,
    ids: IdWatch,
    section: SectionWatch,
    header: Tree,
    open: Vec<Zone>,
    contents: Vec<Media>,
    limits: CdaLimits,
    file_depth: usize,
    root_position: (u64, u64),
}

/// Where an open element of the document belongs.
enum Zone {
    /// Kept in the header.
    Header,
    /// `component`, kept; its bodies are recognised in it.
    Component,
    /// `nonXMLBody`, kept.
    Unstructured,
    /// `nonXMLBody/text`: kept without its text, which is decoded while it passes.
    Content(Box<MediaScan>),
    /// `structuredBody`, kept; its children are not.
    Structured,
    /// Below `structuredBody`.
    Section,
}

impl Walk {
    fn new(limits: &CdaLimits) -> Self {
        Self {
            place: Locator::default(),
            outside: Path::default(),
            inside: Path::default(),
            stylesheet: StylesheetScan::default(),
            order: OrderWatch::default(),
            ids: IdWatch::default(),
            section: SectionWatch::new(*limits),
            header: Tree::new(limits.header_elements, limits.header_bytes),
            open: Vec::new(),
            contents: Vec::new(),
            limits: *limits,
            file_depth: 0,
            root_position: (1, 1),
        }
    }

    fn start<'r>(
        &mut self,
        tag: &StartTag,
        (line, column): (u64, u64),
        resolve: impl Fn(&str) -> Option<&'r str>,
        findings: &mut Findings<'_>,
    ) -> Result<(), CdaErrorKind> {
        self.file_depth += 1;
        if self.file_depth == 1 {
            self.root_position = (line, column);
        }
        self.place.start(&tag.name)?;
        if !self.place.is_inside() {
            let place = self.outside.start(&tag.name, line, column);
            if self.file_depth == 1 {
                schema_location(tag, &place, findings);
            }
            if self.place.shape() == Some(Shape::Autopresentable) {
                self.stylesheet.start(tag, &place, findings);
            }
            return Ok(());
        }
        let place = self.inside.start(&tag.name, line, column);
        if self.open.is_empty() {
            schema_location(tag, &place, findings);
        }
        let zone = self.zone(tag);
        self.ids.start(tag, &place, self.section.in_narrative(), findings);
        let copied = matches!(zone, Zone::Section) && self.section.copies_entry(tag);
        self.order.start(tag, &place, copied, findings);
        match zone {
            Zone::Section => self.section.start(tag, &place, resolve, findings)?,
            _ => self.header.start(tag, &place, resolve).map_err(|full| full.refusal(&self.limits))?,
        }
        self.open.push(zone);
        Ok(())
    }

    /// Where a child of the element opened last belongs.
    fn zone(&self, tag: &StartTag) -> Zone {
        let is = |local| tag.name.is(HL7, local);
        match self.open.last() {
            Some(Zone::Header) if self.open.len() == 1 && is("component") => Zone::Component,
            Some(Zone::Component) if is("nonXMLBody") => Zone::Unstructured,
            Some(Zone::Component) if is("structuredBody") => Zone::Structured,
            Some(Zone::Unstructured) if is("text") => Zone::Content(Box::default()),
            Some(Zone::Structured | Zone::Section) => Zone::Section,
            _ => Zone::Header,
        }
    }

    fn text(&mut self, text: &str, findings: &mut Findings<'_>) -> Result<(), CdaErrorKind> {
        match self.open.last_mut() {
            None => {
                self.stylesheet.text(text, findings);
                Ok(())
            }
            Some(Zone::Content(scan)) => check_media(scan.push(text), self.limits.media_bytes),
            Some(Zone::Section) => self.section.text(text),
            Some(_) => self.header.text(text).map_err(|full| full.refusal(&self.limits)),
        }
    }

    fn end(&mut self, findings: &mut Findings<'_>) {
        self.file_depth -= 1;
        match self.open.pop() {
            None => {
                self.stylesheet.end();
                self.outside.end();
            }
            Some(zone) => {
                self.order.end(findings);
                match zone {
                    Zone::Section => self.section.end(findings),
                    Zone::Content(scan) => {
                        self.contents.push(scan.finish());
                        self.header.end();
                    }
                    _ => self.header.end(),
                }
                self.inside.end();
            }
        }
        self.place.end();
    }

    /// `xml-stylesheet` outside the root, unless it names the file itself.
    fn instruction(&self, target: &str, data: &str, position: (u64, u64), findings: &mut Findings<'_>) {
        let names_itself = ["href=\"#", "href='#", "href=\"\"", "href=''"].iter().any(|href| data.contains(href));
        if self.file_depth == 0 && target == "xml-stylesheet" && !names_itself {
            let xpath = "/processing-instruction('xml-stylesheet')";
            findings.report_file("CDA-DOC-010", xpath, position, "a stylesheet outside the file".to_owned());
        }
    }
}

/// `CDA-DOC-006` for a decoded content.
pub(super) fn check_media(decoded: u64, allowed: u64) -> Result<(), CdaErrorKind> {
    if decoded > allowed {
        return Err(CdaErrorKind::LimitPassed { what: "bytes of an embedded content", allowed });
    }
    Ok(())
}

fn schema_location(tag: &StartTag, place: &Place, findings: &mut Findings<'_>) {
    if tag.attr_ns(XSI, "schemaLocation").is_some() {
        findings.report("CDA-DOC-007", &place.attribute("xsi:schemaLocation"), "xsi:schemaLocation");
    }
}
