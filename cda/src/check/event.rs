//! `CDA-EVT`: documented events and orders.

use super::findings::Findings;
use super::shape;
use super::subject::{Subject, actor_kind, has_code, practice_setting, require_precision};
use super::tree::At;
use crate::Precision;
use crate::header::ActorKind;

/// Types of document (LOINC) whose event or order is prescribed.
const IMAGING_REQUEST: &str = "55115-0";
const IMAGING_REPORT: &str = "18748-4";
const CHILD_EXAMINATION: &str = "59283-2";
const BIOLOGY_REPORT: &str = "11502-2";

/// Code of the event that each of these documents must bear.
const EVENT_OF_TYPE: [(&str, &str); 2] = [(IMAGING_REQUEST, IMAGING_REQUEST), (CHILD_EXAMINATION, "11429006")];
/// Code of the event of a patient's own document.
const PATIENT_EVENT: &str = "EXP_PATIENT";

/// What the translations of an imaging act are about.
const TRANSLATIONS: [(&str, &str); 2] = [("121139", "modality"), ("39111-0", "region")];
/// Longest UID of DICOM.
const UID_MAX: usize = 64;
const DICOM: &str = "urn:dicom-org:ps3-20";

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (_, event) in subject.events() {
        let performers = event.all("performer").count();
        if let Some(second) = event.all("performer").nth(1) {
            findings.report("CDA-EVT-005", second.place(), shape::count(performers, "performer"));
        }
    }
    let Some((position, main)) = subject.main_event() else {
        findings.report("CDA-EVT-001", subject.root.place(), "no documentationOf/serviceEvent");
        return;
    };
    if position != 0 {
        let place = subject.root.first("documentationOf").unwrap_or(main).place();
        findings.report("CDA-EVT-007", place, format!("the main event is number {}", position + 1));
    }
    time(main, findings);
    performer(main, findings);
    codes(subject, main, findings);
    orders(subject, findings);
}

fn time(event: At<'_>, findings: &mut Findings<'_>) {
    let time = event.first("effectiveTime");
    let low = time.and_then(|time| time.first("low"));
    if low.and_then(At::valued).and_then(|low| low.value("value")).is_none() {
        findings.report("CDA-EVT-002", low.or(time).unwrap_or(event).place(), "no low/@value");
    }
    let high = time.and_then(|time| time.first("high"));
    for bound in low.into_iter().chain(high) {
        require_precision("CDA-EVT-003", bound, Precision::Minute, findings);
    }
}

fn performer(event: At<'_>, findings: &mut Findings<'_>) {
    const RULE: &str = "CDA-EVT-004";
    let Some(performer) = event.first("performer") else {
        findings.report(RULE, event.place(), "no performer");
        return;
    };
    if performer.value("typeCode") != Some("PRF") {
        findings.report(RULE, &performer.attribute_place("typeCode"), shape::code(performer.value("typeCode")));
    }
    // A null id is enough: documents of the Assurance Maladie have no other.
    if performer.every("assignedEntity/id").is_empty() {
        findings.report(RULE, performer.place(), "no id");
    }
    if !has_code(practice_setting(event)) {
        let place = practice_setting(event).unwrap_or(performer).place();
        findings.report("CDA-EVT-006", place, "no standardIndustryClassCode");
    }
}

fn codes(subject: &Subject<'_>, event: At<'_>, findings: &mut Findings<'_>) {
    const RULE: &str = "CDA-EVT-008";
    let document_type = subject.type_code().unwrap_or_default();
    let found = event.first("code").and_then(At::valued).and_then(|code| code.value("code"));
    let place = event.first("code").unwrap_or(event).place();
    let of_type = EVENT_OF_TYPE.iter().find(|(known, _)| *known == document_type).map(|(_, code)| *code);
    let expected = of_type.or_else(|| is_patients_own(subject).then_some(PATIENT_EVENT));
    if expected.is_some() && found != expected {
        findings.report(RULE, place, shape::code(found));
    }
    if document_type != IMAGING_REPORT {
        return;
    }
    if found.is_none() {
        findings.report(RULE, place, "no code");
    }
    let qualifiers: Vec<&str> =
        event.every("code/translation/qualifier/name").into_iter().filter_map(|name| name.value("code")).collect();
    for (qualifier, name) in TRANSLATIONS {
        if !qualifiers.contains(&qualifier) {
            findings.report("CDA-EVT-009", place, format!("no translation for the {name}"));
        }
    }
    study(event, findings);
}

/// All authors are the patient.
fn is_patients_own(subject: &Subject<'_>) -> bool {
    let authors = subject.root.every("author/assignedAuthor");
    !authors.is_empty() && authors.into_iter().all(|author| actor_kind(author) == ActorKind::Patient)
}

fn study(event: At<'_>, findings: &mut Findings<'_>) {
    const RULE: &str = "CDA-EVT-010";
    let mut ids = event.all("id").filter(|id| !id.is_null() && id.value("root").is_some()).peekable();
    if ids.peek().is_none() {
        findings.report(RULE, event.place(), "no id");
    }
    for id in ids {
        if id.value("extension").is_some() {
            findings.report(RULE, &id.place().attribute("extension"), "an extension");
        }
        let length = id.value("root").map_or(0, str::len);
        if length > UID_MAX {
            findings.report(RULE, &id.place().attribute("root"), shape::count(length, "characters"));
        }
    }
}

fn orders(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let orders = subject.root.every("inFulfillmentOf/order");
    let complete = |id: At<'_>| !id.is_null() && id.value("root").is_some() && id.value("extension").is_some();
    let place = orders.first().copied().unwrap_or(subject.root).place();
    match subject.type_code() {
        Some(IMAGING_REPORT) => {
            let has_id = orders.iter().any(|order| order.all("id").any(complete));
            let has_accession = orders
                .iter()
                .any(|order| order.elements().any(|at| at.is_in(DICOM, "accessionNumber") && complete(at)));
            for (present, name) in [(has_id, "order id with an extension"), (has_accession, "accessionNumber")] {
                if !present {
                    findings.report("CDA-EVT-011", place, format!("no {name}"));
                }
            }
        }
        Some(BIOLOGY_REPORT) => {
            let has_id = |order: &At<'_>| order.all("id").any(|id| !id.is_null() && id.value("root").is_some());
            if !orders.iter().any(has_id) {
                findings.report("CDA-EVT-012", place, "no order id");
            }
        }
        _ => {}
    }
}
