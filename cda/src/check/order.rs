//! `CDA-DOC-008` and `009`: order, repetition, absence and unknown elements, while they pass.

use dmp_xml::StartTag;

use super::findings::Findings;
use super::place::Place;
use super::schema::{self, Class, Content, Misplaced};

/// Follows the open elements whose class is known: the header, the N1 body, sections, the entry of a PDF copy.
#[derive(Debug, Default)]
pub(super) struct OrderWatch {
    open: Vec<Open>,
}

#[derive(Debug)]
struct Open {
    /// `None` for what is not looked into.
    content: Option<Content>,
    place: Place,
    null: bool,
}

impl OrderWatch {
    /// `copied` says that this is the entry of a PDF copy, which is looked into, other entries are not.
    pub(super) fn start(&mut self, tag: &StartTag, place: &Place, copied: bool, findings: &mut Findings<'_>) {
        let class = match self.open.last_mut() {
            None => schema::class("ClinicalDocument"),
            Some(Open { content: None, .. }) => None,
            Some(Open { content: Some(parent), .. }) => child_class(parent, tag, place, findings),
        };
        let class = if copied { schema::class("copyEntry") } else { class };
        let null = tag.attr("nullFlavor").is_some();
        self.open.push(Open { content: class.map(Content::new), place: place.clone(), null });
    }

    pub(super) fn end(&mut self, findings: &mut Findings<'_>) {
        let Some(Open { content: Some(content), place, null }) = self.open.pop() else { return };
        // An element without value has no child.
        if null {
            return;
        }
        for name in content.missing() {
            findings.report("CDA-DOC-008", &place, format!("no {name}"));
        }
    }
}

fn child_class(
    parent: &mut Content,
    tag: &StartTag,
    place: &Place,
    findings: &mut Findings<'_>,
) -> Option<&'static Class> {
    let (class, misplaced) = parent.next(&tag.name);
    match misplaced {
        None => {}
        Some(Misplaced::Unknown) => {
            findings.report("CDA-DOC-009", place, "an element that the schema does not know here")
        }
        Some(Misplaced::OutOfOrder) => findings.report("CDA-DOC-008", place, "an element after those that follow it"),
        Some(Misplaced::Repeated) => findings.report("CDA-DOC-008", place, "an element more often than allowed"),
    }
    class
}
