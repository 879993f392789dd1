//! Section FR-Document-PDF-copie: the PDF that a consumer shows first (`CDA-SEC-001` to `005`).

use dmp_vocabulary::oids::LOINC;
use dmp_xml::StartTag;

use super::findings::Findings;
use super::place::Place;
use super::section::Section;
use super::shape;
use super::tree::{At, Tree};
use crate::{CdaErrorKind, CdaLimits};

/// FR-Document-PDF-copie.
pub(super) const COPY_TEMPLATE: &str = "1.2.250.1.213.1.1.2.243";
/// FR-Document-attache.
const ATTACHED: &str = "1.2.250.1.213.1.1.3.18";
/// FR-Type-document-attache.
const ATTACHED_TYPE: &str = "1.2.250.1.213.1.1.3.48.18";
/// "Copie du document".
const COPY_CODE: &str = "55108-5";
/// "Type de document".
const TYPE_CODE: &str = "69764-9";
const COPY_TITLE: &str = "Copie du document";

/// The entry of a PDF copy, kept while it passes, without its texts and within the bounds of a header.
pub(super) struct CopyEntry {
    tree: Tree,
    depth: usize,
    limits: CdaLimits,
}

impl CopyEntry {
    /// `depth` is the number of elements open around the entry.
    pub(super) fn new(depth: usize, limits: &CdaLimits) -> Self {
        Self { tree: Tree::new(limits.header_elements, limits.header_bytes), depth, limits: *limits }
    }

    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    pub(super) fn start<'r>(
        &mut self,
        tag: &StartTag,
        place: &Place,
        resolve: impl FnOnce(&str) -> Option<&'r str>,
    ) -> Result<(), CdaErrorKind> {
        self.tree.start(tag, place, resolve).map_err(|full| full.refusal(&self.limits))
    }

    pub(super) fn end(&mut self) {
        self.tree.end();
    }
}

/// The section itself, once it is read.
pub(super) fn check_section(section: &Section, findings: &mut Findings<'_>) {
    match &section.code {
        Some((code, system, _)) if code.as_deref() == Some(COPY_CODE) && system.as_deref() == Some(LOINC) => {}
        Some((code, _, place)) => findings.report("CDA-SEC-001", place, shape::code(code.as_deref())),
        None => findings.report("CDA-SEC-001", &section.place, "no code"),
    }
    match &section.title {
        Some((title, _)) if title == COPY_TITLE => {}
        Some((title, place)) => findings.report("CDA-SEC-002", place, shape::characters(title)),
        None => findings.report("CDA-SEC-002", &section.place, "no title"),
    }
    if section.attached != 1 {
        findings.report(
            "CDA-SEC-003",
            &section.place,
            shape::count(section.attached, "organizers FR-Document-attache"),
        );
    }
}

/// One entry of the section; gives the number of its organizers FR-Document-attache.
pub(super) fn check_entry(entry: &CopyEntry, findings: &mut Findings<'_>) -> usize {
    let Some(root) = entry.tree.root() else { return 0 };
    let organizers: Vec<At<'_>> = root.all("organizer").filter(|at| has_template(*at, ATTACHED)).collect();
    for organizer in &organizers {
        check_organizer(*organizer, findings);
        check_type(*organizer, findings);
        check_media(*organizer, findings);
    }
    organizers.len()
}

fn check_organizer(organizer: At<'_>, findings: &mut Findings<'_>) {
    const RULE: &str = "CDA-SEC-003";
    for (attribute, expected) in [("classCode", "CLUSTER"), ("moodCode", "EVN")] {
        if organizer.value(attribute) != Some(expected) {
            let place = organizer.attribute_place(attribute);
            findings.report(RULE, &place, format!("@{attribute} {}", shape::code(organizer.value(attribute))));
        }
    }
    let ids = organizer.all("id").filter(|id| id.value("root").is_some()).count();
    if ids != 1 {
        findings.report(RULE, organizer.place(), shape::count(ids, "id"));
    }
    let status = organizer.first("statusCode").and_then(|status| status.value("code"));
    if status != Some("completed") {
        let place = organizer.first("statusCode").unwrap_or(organizer).place();
        findings.report(RULE, place, format!("statusCode {}", shape::code(status)));
    }
}

fn check_type(organizer: At<'_>, findings: &mut Findings<'_>) {
    let is_code = |at: Option<At<'_>>, code| {
        at.is_some_and(|at| at.value("code") == Some(code) && at.value("codeSystem") == Some(LOINC))
    };
    let observations = organizer.every("component/observation");
    let typed = observations.iter().find(|at| has_template(**at, ATTACHED_TYPE));
    match typed {
        None => findings.report("CDA-SEC-004", organizer.place(), "no observation FR-Type-document-attache"),
        Some(typed) if !is_code(typed.first("code"), TYPE_CODE) => {
            let code = typed.first("code").and_then(|code| code.value("code"));
            findings.report("CDA-SEC-004", typed.place(), format!("code {}", shape::code(code)));
        }
        Some(typed) if !is_code(typed.first("value"), COPY_CODE) => {
            let value = typed.first("value").and_then(|value| value.value("code"));
            findings.report("CDA-SEC-004", typed.place(), format!("value {}", shape::code(value)));
        }
        Some(_) => {}
    }
}

fn check_media(organizer: At<'_>, findings: &mut Findings<'_>) {
    const RULE: &str = "CDA-SEC-005";
    let values = organizer.every("component/observationMedia/value");
    let [value] = values[..] else {
        findings.report(RULE, organizer.place(), shape::count(values.len(), "observationMedia/value"));
        return;
    };
    for (attribute, expected) in [("mediaType", "application/pdf"), ("representation", "B64")] {
        if value.value(attribute) != Some(expected) {
            let place = value.attribute_place(attribute);
            findings.report(RULE, &place, format!("@{attribute} {}", shape::code(value.value(attribute))));
        }
    }
}

fn has_template(at: At<'_>, root: &str) -> bool {
    at.all("templateId").any(|template| template.value("root") == Some(root))
}
