//! `CDA-DMP`: what the DMP asks of a document, beyond the CI-SIS.

use dmp_vocabulary::nomenclature::Format;

use super::findings::Findings;
use super::identifier::is_oid;
use super::shape;
use super::subject::{Subject, practice_setting};
use super::tree::At;

/// Note de vaccination.
const VACCINATION_NOTE: &str = "87273-9";

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    identifiers(subject, findings);
    document_type(subject, findings);
    format(subject, findings);
    let facility = subject.root.path("componentOf/encompassingEncounter/location/healthCareFacility/code");
    in_value_set(subject, facility, "JDV_J61", "CDA-DMP-006", findings);
    let setting = subject.main_event().and_then(|(_, event)| practice_setting(event));
    in_value_set(subject, setting, "JDV_J62", "CDA-DMP-007", findings);
    confidentiality(subject, findings);
}

/// A missing id has a rule of its own, and so has a parent that is named by a UUID (`CDA-VER-008`).
fn identifiers(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    const RULE: &str = "CDA-DMP-001";
    let own = subject.root.first("id");
    for id in own.into_iter().chain(subject.root.every("relatedDocument/parentDocument/id")) {
        if !id.is_null() && id.value("extension").is_some() {
            findings.report(RULE, &id.place().attribute("extension"), "an extension");
        }
    }
    if let Some(id) = own.and_then(At::valued)
        && id.value("root").is_some_and(|root| !is_oid(root))
    {
        findings.report(RULE, &id.place().attribute("root"), "a root that is no OID");
    }
}

fn document_type(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let Some(element) = subject.valued("code") else { return };
    let (Some(code), Some(system)) = (element.value("code"), element.value("codeSystem")) else { return };
    if !subject.tables().contains("JDV_J66", code, system) {
        findings.report("CDA-DMP-002", element.place(), shape::code(Some(code)));
    } else if subject.tables().creatable_by_lps(code, system) == Some(false) {
        findings.report("CDA-DMP-003", element.place(), shape::code(Some(code)));
    }
}

/// The French model comes last and is the most precise: from the last to the first; a format of the DMP wins.
fn format(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let tables = subject.tables();
    let text = subject.root.path("component/nonXMLBody/text");
    let (formats, at): (Vec<&Format>, At<'_>) = match text {
        Some(text) => {
            let of_media = |media_type| tables.format_of_media_type(media_type);
            (text.value("mediaType").and_then(of_media).into_iter().collect(), text)
        }
        None => {
            let templates: Vec<At<'_>> = subject.root.all("templateId").collect();
            let of_template = |at: &At<'_>| tables.format_of_template(at.value("root")?);
            (templates.iter().rev().filter_map(of_template).collect(), subject.root)
        }
    };
    match formats.iter().find(|format| format.in_dmp_value_set).or(formats.first()) {
        None => findings.report("CDA-DMP-004", at.place(), "no model or media type with a formatCode"),
        Some(format) if !format.in_dmp_value_set => {
            findings.report("CDA-DMP-005", at.place(), shape::code(Some(&format.concept.code)));
        }
        Some(_) => {}
    }
}

fn in_value_set(subject: &Subject<'_>, element: Option<At<'_>>, set: &str, rule: &str, findings: &mut Findings<'_>) {
    let Some(element) = element.and_then(At::valued) else { return };
    let (Some(code), Some(system)) = (element.value("code"), element.value("codeSystem")) else { return };
    if !subject.tables().contains(set, code, system) {
        findings.report(rule, element.place(), shape::code(Some(code)));
    }
}

fn confidentiality(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let Some(element) = subject.valued("confidentialityCode") else { return };
    let Some(code @ ("R" | "V")) = element.value("code") else { return };
    let rule = if subject.type_code() == Some(VACCINATION_NOTE) { "CDA-DMP-009" } else { "CDA-DMP-008" };
    findings.report(rule, &element.place().attribute("code"), shape::code(Some(code)));
}
