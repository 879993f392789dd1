//! XML identifiers and what points at them: `CDA-SEC-007`, `008`, `009`.

use std::collections::HashSet;

use dmp_xml::StartTag;

use super::findings::Findings;
use super::place::Place;
use super::shape;
use crate::HL7;

/// References to what has not come yet that are kept; those beyond are not judged.
const MOST_PENDING: usize = 20_000;

/// Every identifier of the document, and the references met so far.
#[derive(Debug, Default)]
pub(super) struct IdWatch {
    all: HashSet<String>,
    narrative: HashSet<String>,
    media: HashSet<String>,
    to_media: Vec<(String, Place)>,
    to_narrative: Vec<(String, Place)>,
}

impl IdWatch {
    pub(super) fn start(&mut self, tag: &StartTag, place: &Place, narrative: bool, findings: &mut Findings<'_>) {
        let is = |local| tag.name.is(HL7, local);
        if let Some(id) = tag.attr("ID") {
            if !self.all.insert(id.to_owned()) {
                findings.report("CDA-SEC-009", &place.attribute("ID"), "an ID that another element bears");
            }
            if narrative {
                self.narrative.insert(id.to_owned());
            }
            if is("observationMedia") || is("regionOfInterest") {
                self.media.insert(id.to_owned());
            }
        }
        if is("renderMultiMedia") {
            let targets = tag.attr("referencedObject").unwrap_or_default();
            let place = place.attribute("referencedObject");
            for target in targets.split_whitespace() {
                keep(&mut self.to_media, &self.media, target, &place);
            }
        }
        if is("reference")
            && let Some(target) = tag.attr("value")
        {
            let target = target.trim();
            // Some producers forget the #; an address is no reference to the narrative.
            let id = target.strip_prefix('#').or_else(|| (!target.contains([':', '/'])).then_some(target));
            if let Some(id) = id {
                keep(&mut self.to_narrative, &self.narrative, id, &place.attribute("value"));
            }
        }
    }

    pub(super) fn finish(&mut self, findings: &mut Findings<'_>) {
        for (target, place) in self.to_media.drain(..).filter(|(target, _)| !self.media.contains(target)) {
            findings.report(
                "CDA-SEC-007",
                &place,
                format!("a target of {} that no media bears", shape::characters(&target)),
            );
        }
        for (target, place) in self.to_narrative.drain(..).filter(|(target, _)| !self.narrative.contains(target)) {
            let found = format!("a target of {} that no part of the narrative bears", shape::characters(&target));
            findings.report("CDA-SEC-008", &place, found);
        }
    }
}

fn keep(pending: &mut Vec<(String, Place)>, known: &HashSet<String>, target: &str, place: &Place) {
    if !known.contains(target) && pending.len() < MOST_PENDING {
        pending.push((target.to_owned(), place.clone()));
    }
}
