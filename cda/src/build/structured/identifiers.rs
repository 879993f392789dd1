//! XML identifiers of a body and what points at them.

use std::collections::BTreeSet;

use super::entry::Entry;
use crate::build::faults::Faults;

/// Everything named so far, and the references to look up at the end: (field, target).
#[derive(Default)]
pub(super) struct Identifiers {
    all: BTreeSet<String>,
    narrative: BTreeSet<String>,
    media: BTreeSet<String>,
    footnotes: BTreeSet<String>,
    to_media: Vec<(String, String)>,
    to_narrative: Vec<(String, String)>,
    to_footnotes: Vec<(String, String)>,
}

impl Identifiers {
    /// An `@ID` of the narrative.
    pub(super) fn add_narrative(&mut self, field: &str, id: &str, faults: &mut Faults) {
        self.add(field, id, faults);
        self.narrative.insert(id.to_owned());
    }

    /// A footnote, at which footnoteRef may point.
    pub(super) fn add_footnote(&mut self, field: &str, id: &str, faults: &mut Faults) {
        self.add_narrative(field, id, faults);
        self.footnotes.insert(id.to_owned());
    }

    /// An embedded medium.
    pub(super) fn add_media(&mut self, field: &str, id: &str, faults: &mut Faults) {
        self.add(field, id, faults);
        self.media.insert(id.to_owned());
    }

    /// What an opaque entry names and points at.
    pub(super) fn add_entry(&mut self, field: &str, entry: &Entry, faults: &mut Faults) {
        entry.ids.iter().for_each(|id| self.add(field, id, faults));
        self.media.extend(entry.media.iter().cloned());
        self.to_narrative.extend(entry.references.iter().map(|target| (field.to_owned(), target.clone())));
    }

    pub(super) fn media_reference(&mut self, field: &str, target: &str) {
        self.to_media.push((field.to_owned(), target.to_owned()));
    }

    pub(super) fn footnote_reference(&mut self, field: &str, target: &str) {
        self.to_footnotes.push((field.to_owned(), target.to_owned()));
    }

    /// Every reference must have its target.
    pub(super) fn finish(self, faults: &mut Faults) {
        for (field, target) in &self.to_media {
            faults.check(field, self.media.contains(target), "CDA-SEC-007", "no image or attachment bears that ID");
        }
        for (field, target) in &self.to_narrative {
            faults.check(field, self.narrative.contains(target), "CDA-SEC-008", "no part of a narrative bears that ID");
        }
        for (field, target) in &self.to_footnotes {
            faults.check(field, self.footnotes.contains(target), "CDA-SEC-008", "no footnote bears that ID");
        }
    }

    fn add(&mut self, field: &str, id: &str, faults: &mut Faults) {
        faults.check(field, is_xml_id(id), "CDA-SEC-009", "an ID starts with a letter or _, without space or colon");
        faults.check(field, self.all.insert(id.to_owned()), "CDA-SEC-009", "the same ID twice");
    }
}

/// An NCName of letters, digits, `_`, `-` and `.`; XML allows more, producers need no more.
fn is_xml_id(id: &str) -> bool {
    let letter = |c: char| c == '_' || c.is_ascii_alphabetic();
    id.starts_with(letter) && id.chars().all(|c| letter(c) || c.is_ascii_digit() || c == '-' || c == '.')
}
