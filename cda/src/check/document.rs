//! `CDA-HDR`: the elements of the document itself.

use std::collections::HashSet;

use jiff::SignedDuration;

use super::findings::Findings;
use super::shape;
use super::subject::{Subject, require_precision};
use super::tree::At;
use crate::{Precision, TimeText};

const FRANCE: &str = "2.16.840.1.113883.2.8.2.1";
const CI_SIS: &str = "1.2.250.1.213.1.1.1.1";
const XDS_SD: &str = "1.3.6.1.4.1.19376.1.2.20";
const CDA_TYPE: (&str, &str) = ("2.16.840.1.113883.1.3", "POCD_HD000040");
const CONFIDENTIALITY: &str = "2.16.840.1.113883.5.25";

/// Longest title, in characters.
const TITLE_MAX: usize = 128;
/// Clocks of producers may be that much ahead.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_mins(5);
/// nullFlavor values of the national headers.
const NULL_FLAVORS: [&str; 5] = ["UNK", "NASK", "ASKU", "NAV", "MSK"];

/// Elements that may not be null, but for those of the main event.
const MANDATORY: [&str; 32] = [
    "id",
    "code",
    "title",
    "effectiveTime",
    "confidentialityCode",
    "languageCode",
    "setId",
    "versionNumber",
    "recordTarget",
    "recordTarget/patientRole",
    "recordTarget/patientRole/id",
    "recordTarget/patientRole/patient",
    "recordTarget/patientRole/patient/name",
    "recordTarget/patientRole/patient/name/family",
    "recordTarget/patientRole/patient/name/given",
    "author",
    "author/assignedAuthor",
    "author/assignedAuthor/id",
    "custodian",
    "custodian/assignedCustodian/representedCustodianOrganization/id",
    "legalAuthenticator",
    "legalAuthenticator/assignedEntity",
    "legalAuthenticator/assignedEntity/id",
    "documentationOf",
    "documentationOf/serviceEvent",
    "relatedDocument/parentDocument",
    "relatedDocument/parentDocument/id",
    "componentOf",
    "componentOf/encompassingEncounter",
    "componentOf/encompassingEncounter/location",
    "componentOf/encompassingEncounter/location/healthCareFacility",
    "componentOf/encompassingEncounter/location/healthCareFacility/code",
];
/// Mandatory elements of the main event, under its `serviceEvent`.
const MANDATORY_IN_EVENT: [&str; 3] =
    ["effectiveTime", "performer", "performer/assignedEntity/representedOrganization/standardIndustryClassCode"];

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    realm_and_type(subject.root, findings);
    templates(subject, findings);
    identifiers(subject.root, findings);
    type_and_title(subject, findings);
    creation(subject, findings);
    confidentiality_and_language(subject.root, findings);
    version(subject.root, findings);
    null_flavors(subject, findings);
}

fn realm_and_type(root: At<'_>, findings: &mut Findings<'_>) {
    let realms: Vec<At<'_>> = root.all("realmCode").collect();
    match realms[..] {
        [realm] if realm.value("code") == Some("FR") => {}
        [realm] => findings.report("CDA-HDR-001", &realm.attribute_place("code"), shape::code(realm.value("code"))),
        _ => findings.report("CDA-HDR-001", root.place(), shape::count(realms.len(), "realmCode")),
    }
    match root.first("typeId") {
        Some(id) if (id.value("root"), id.value("extension")) == (Some(CDA_TYPE.0), Some(CDA_TYPE.1)) => {}
        Some(id) => {
            let found = format!("{} / {}", shape::code(id.value("root")), shape::code(id.value("extension")));
            findings.report("CDA-HDR-002", id.place(), found);
        }
        None => findings.report("CDA-HDR-002", root.place(), "no typeId"),
    }
}

fn templates(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let root = subject.root;
    let templates: Vec<(At<'_>, &str)> =
        root.all("templateId").map(|at| (at, at.value("root").unwrap_or_default())).collect();
    let position = |wanted| templates.iter().position(|(_, root)| *root == wanted);
    let (france, ci_sis, xds_sd) = (position(FRANCE), position(CI_SIS), position(XDS_SD));
    for (rule, found) in [("CDA-HDR-003", france), ("CDA-HDR-004", ci_sis)] {
        if found.is_none() {
            findings.report(rule, root.place(), shape::count(templates.len(), "templateId, none of them this one"));
        }
    }
    let mut seen = HashSet::new();
    for (at, root) in &templates {
        if !seen.insert(*root) {
            findings.report("CDA-HDR-008", at.place(), shape::oid(root));
        }
    }
    if france.zip(ci_sis).is_some_and(|found| found != (0, 1)) {
        let found = france.zip(ci_sis).map(|(a, b)| format!("at positions {} and {}", a + 1, b + 1));
        findings.report("CDA-HDR-009", root.place(), found.unwrap_or_default());
    }
    let is_model = |root: &str| ![FRANCE, CI_SIS, XDS_SD].contains(&root);
    match subject.is_structured() {
        Some(false) => {
            for (at, root) in templates.iter().filter(|(_, root)| is_model(root)) {
                findings.report("CDA-HDR-005", at.place(), shape::oid(root));
            }
            if xds_sd.is_none() {
                findings.report("CDA-HDR-005", root.place(), "no templateId XDS-SD");
            }
        }
        Some(true) => {
            if !templates.iter().any(|(_, root)| is_model(root)) {
                findings.report("CDA-HDR-006", root.place(), shape::count(templates.len(), "templateId, no model"));
            }
            if let Some((at, _)) = xds_sd.and_then(|index| templates.get(index)) {
                findings.report("CDA-HDR-007", at.place(), XDS_SD);
            }
        }
        None => {}
    }
}

fn identifiers(root: At<'_>, findings: &mut Findings<'_>) {
    for (rule, name) in [("CDA-HDR-010", "id"), ("CDA-HDR-024", "setId")] {
        match root.first(name) {
            None => findings.report(rule, root.place(), format!("no {name}")),
            Some(id) if id.is_null() => findings.report(rule, id.place(), "null"),
            Some(id) => match id.value("root") {
                None => findings.report(rule, id.place(), "no root"),
                Some(value) if super::identifier::is_uuid(value) => {
                    findings.report("CDA-HDR-011", &id.place().attribute("root"), "a UUID");
                }
                Some(_) => {}
            },
        }
    }
}

fn type_and_title(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let root = subject.root;
    match root.first("code") {
        None => findings.report("CDA-HDR-012", root.place(), "no code"),
        Some(code) => {
            let parts = ["code", "codeSystem", "displayName"];
            let missing: Vec<&str> = parts.into_iter().filter(|part| code.value(part).is_none()).collect();
            if !missing.is_empty() {
                findings.report("CDA-HDR-012", code.place(), format!("no {}", missing.join(", no ")));
            }
        }
    }
    match root.first("title") {
        None => findings.report("CDA-HDR-015", root.place(), "no title"),
        Some(title) if title.is_null() => findings.report("CDA-HDR-015", title.place(), "null"),
        Some(title) => match title.text() {
            None => findings.report("CDA-HDR-015", title.place(), "a blank title"),
            Some(text) if text.chars().count() > TITLE_MAX => {
                findings.report("CDA-HDR-016", title.place(), shape::characters(&text));
            }
            Some(_) => {}
        },
    }
}

fn creation(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let root = subject.root;
    let Some(time) = root.first("effectiveTime") else {
        findings.report("CDA-HDR-017", root.place(), "no effectiveTime");
        return;
    };
    let Some(value) = time.valued().and_then(|time| time.value("value")) else {
        findings.report("CDA-HDR-017", time.place(), if time.is_null() { "null" } else { "no value" });
        return;
    };
    require_precision("CDA-HDR-018", time, Precision::Second, findings);
    let created = TimeText::new(value).parse().and_then(|created| created.instant(None));
    let latest = subject.options.clock.now().saturating_add(CLOCK_TOLERANCE);
    if let (Ok(created), Ok(latest)) = (created, latest)
        && created > latest
    {
        findings.report("CDA-HDR-019", &time.place().attribute("value"), "a time in the future");
    }
}

fn confidentiality_and_language(root: At<'_>, findings: &mut Findings<'_>) {
    match root.first("confidentialityCode") {
        None => findings.report("CDA-HDR-020", root.place(), "no confidentialityCode"),
        Some(code) => {
            if !matches!(code.value("code"), Some("N" | "R" | "V")) {
                findings.report("CDA-HDR-020", &code.attribute_place("code"), shape::code(code.value("code")));
            }
            if code.value("codeSystem").is_some_and(|system| system != CONFIDENTIALITY) {
                let found = shape::code(code.value("codeSystem"));
                findings.report("CDA-HDR-021", &code.place().attribute("codeSystem"), found);
            }
        }
    }
    match root.first("languageCode") {
        None => findings.report("CDA-HDR-022", root.place(), "no languageCode"),
        Some(language) => match language.attr("code") {
            Some("fr-FR") => {}
            Some(code) if is_language(code) => {
                findings.report("CDA-HDR-023", &language.place().attribute("code"), shape::code(Some(code)));
            }
            code => findings.report("CDA-HDR-022", &language.attribute_place("code"), shape::code(code)),
        },
    }
}

/// Two small letters, a hyphen, two capitals.
fn is_language(code: &str) -> bool {
    match code.as_bytes() {
        [a, b, b'-', c, d] => {
            [a, b].iter().all(|l| l.is_ascii_lowercase()) && [c, d].iter().all(|l| l.is_ascii_uppercase())
        }
        _ => false,
    }
}

fn version(root: At<'_>, findings: &mut Findings<'_>) {
    match root.first("versionNumber") {
        None => findings.report("CDA-HDR-025", root.place(), "no versionNumber"),
        Some(number) => match number.valued().and_then(|number| number.value("value")) {
            None => {
                findings.report("CDA-HDR-025", number.place(), if number.is_null() { "null" } else { "no value" });
            }
            Some(value) if !is_positive_integer(value) => {
                findings.report("CDA-HDR-026", &number.place().attribute("value"), shape::pattern(value));
            }
            Some(_) => {}
        },
    }
    if let Some(copy_time) = root.first("copyTime") {
        findings.report("CDA-HDR-027", copy_time.place(), "copyTime");
    }
}

/// Whatever its size; a sign and leading zeros are read.
fn is_positive_integer(value: &str) -> bool {
    let digits = value.strip_prefix('+').unwrap_or(value);
    digits.bytes().all(|byte| byte.is_ascii_digit()) && digits.bytes().any(|byte| byte != b'0')
}

fn null_flavors(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let mut mandatory: Vec<At<'_>> = MANDATORY.iter().flat_map(|path| subject.root.every(path)).collect();
    if let Some((_, event)) = subject.main_event() {
        mandatory.extend(MANDATORY_IN_EVENT.iter().flat_map(|path| event.every(path)));
    }
    for at in mandatory.into_iter().filter(|at| at.is_null()) {
        findings.report("CDA-HDR-028", &at.place().attribute("nullFlavor"), shape::code(at.attr("nullFlavor")));
    }
    let participant_times: Vec<usize> = subject.root.every("participant/time").into_iter().map(At::index).collect();
    for at in subject.root.descendants() {
        let Some(flavor) = at.attr("nullFlavor") else { continue };
        let tolerated = flavor == "NA" && participant_times.binary_search(&at.index()).is_ok();
        if !NULL_FLAVORS.contains(&flavor) && !tolerated {
            findings.report("CDA-HDR-029", &at.place().attribute("nullFlavor"), shape::code(Some(flavor)));
        }
    }
}
