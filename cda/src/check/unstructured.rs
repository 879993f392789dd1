//! `CDA-BDY`: the body, and the content of an unstructured one.

use super::findings::Findings;
use super::media::Media;
use super::shape;
use super::subject::Subject;
use super::tree::At;
use crate::FileKind;

/// Media types of an unstructured body; we write the first two unless the caller widens it.
const MEDIA_TYPES: [&str; 5] = ["application/pdf", "text/plain", "text/rtf", "image/jpeg", "image/tiff"];
const WRITTEN: usize = 2;

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let unstructured = subject.root.every("component/nonXMLBody");
    let structured = subject.root.every("component/structuredBody").len();
    if unstructured.len() + structured != 1 {
        let found = format!("{} nonXMLBody, {structured} structuredBody", unstructured.len());
        findings.report("CDA-BDY-001", subject.root.place(), found);
    }
    for body in &unstructured {
        if body.first("text").is_none() {
            findings.report("CDA-BDY-002", body.place(), "no text");
        }
    }
    let texts = subject.root.every("component/nonXMLBody/text");
    for (text, media) in texts.into_iter().zip(subject.contents) {
        content(subject, text, media, findings);
    }
}

fn content(subject: &Subject<'_>, text: At<'_>, media: &Media, findings: &mut Findings<'_>) {
    let has_children = text.elements().next().is_some();
    let is_empty = media.decoded == 0 && media.fault.is_none();
    if text.is_null() || has_children || is_empty {
        let found = match (text.is_null(), has_children) {
            (true, _) => "null",
            (_, true) => "child elements",
            _ => "nothing",
        };
        findings.report("CDA-BDY-002", text.place(), found);
    }
    if text.is_null() {
        return;
    }
    let media_type = media_type(subject, text, findings);
    let is_base64 = text.value("representation") == Some("B64");
    if !is_base64 {
        let found = shape::code(text.value("representation"));
        findings.report("CDA-BDY-005", &text.attribute_place("representation"), found);
    }
    let compression = text.value("compression");
    if compression.is_some() {
        findings.report("CDA-BDY-009", &text.place().attribute("compression"), shape::code(compression));
    }
    if let Some(fault) = media.fault.filter(|_| is_base64 && !has_children) {
        findings.report("CDA-BDY-006", text.place(), fault.to_string());
    }
    if media.fault.is_some() || is_empty || compression.is_some() {
        return;
    }
    if let Some(media_type) = media_type.filter(|media_type| !media.looks_like(media_type)) {
        let found = format!("{} declared {}", media.kind.media_type(), shape::code(Some(media_type)));
        findings.report("CDA-BDY-007", &text.place().attribute("mediaType"), found);
    }
    if media.kind == FileKind::Pdf && !media.declares_pdf_a1 {
        findings.report("CDA-BDY-008", text.place(), "a PDF without pdfaid:part 1");
    }
}

fn media_type<'t>(subject: &Subject<'_>, text: At<'t>, findings: &mut Findings<'_>) -> Option<&'t str> {
    let Some(media_type) = text.value("mediaType") else {
        findings.report("CDA-BDY-003", text.place(), "no mediaType");
        return None;
    };
    let two = subject.options.is_produced() && !subject.options.five_media_types;
    let legal = if two { &MEDIA_TYPES[..WRITTEN] } else { &MEDIA_TYPES[..] };
    if !legal.contains(&media_type) {
        findings.report("CDA-BDY-004", &text.place().attribute("mediaType"), shape::code(Some(media_type)));
    }
    Some(media_type)
}
