//! `CDA-PRT`: the other participations; codes are in [`super::value_sets`].

use dmp_vocabulary::oids::PS_ID_NAT;

use super::findings::Findings;
use super::shape;
use super::subject::{Subject, has_family_name, has_id_under, require_precision};
use super::tree::At;
use crate::Precision;

/// Numéro AM: billing number of a professional.
const AM_NUMBER: &str = "1.2.250.1.215.300.5";
/// `@classCode` of an informant who is not a professional (1.2.250.1.213.1.1.5.824).
const RELATIONS: [&str; 5] = ["ECON", "NOK", "CON", "CAREGIVER", "PAT"];

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let valued = |name| subject.root.elements().filter(move |at| at.is(name) && !at.is_null());
    valued("dataEnterer").for_each(|at| data_enterer(at, findings));
    valued("informant").for_each(|at| informant(at, findings));
    valued("informationRecipient").for_each(|at| recipient(at, findings));
    valued("participant").for_each(|at| participant(at, findings));
    for entity in subject.root.descendants().filter(|at| at.is("assignedEntity") || at.is("associatedEntity")) {
        let ids = entity.all("id").count();
        if let Some(second) = entity.all("id").nth(1) {
            findings.report("CDA-PRT-013", second.place(), shape::count(ids, "id"));
        }
    }
}

fn data_enterer(enterer: At<'_>, findings: &mut Findings<'_>) {
    const RULE: &str = "CDA-PRT-001";
    let time = enterer.first("time");
    match time {
        Some(time) if time.valued().and_then(|time| time.value("value")).is_some() => {
            require_precision(RULE, time, Precision::Second, findings);
        }
        _ => findings.report(RULE, time.unwrap_or(enterer).place(), "no time"),
    }
}

fn informant(informant: At<'_>, findings: &mut Findings<'_>) {
    let assigned = informant.all("assignedEntity").count();
    let related = informant.all("relatedEntity").count();
    if assigned + related != 1 {
        let found = format!("{assigned} assignedEntity, {related} relatedEntity");
        findings.report("CDA-PRT-002", informant.place(), found);
    }
    for entity in informant.all("relatedEntity").filter(|entity| !entity.is_null()) {
        let class = entity.value("classCode");
        if !class.is_some_and(|class| RELATIONS.contains(&class)) {
            findings.report("CDA-PRT-003", &entity.attribute_place("classCode"), shape::code(class));
        }
        let person = entity.first("relatedPerson");
        if !has_family_name(person) {
            findings.report("CDA-PRT-005", person.unwrap_or(entity).place(), "no family name");
        }
    }
}

fn recipient(recipient: At<'_>, findings: &mut Findings<'_>) {
    for id in recipient.every("intendedRecipient/id").into_iter().filter(|id| !id.is_null()) {
        let root = id.value("root");
        if !matches!(root, Some(PS_ID_NAT | AM_NUMBER)) {
            findings.report("CDA-PRT-006", &id.attribute_place("root"), shape::oid(root.unwrap_or_default()));
        }
    }
}

fn participant(participant: At<'_>, findings: &mut Findings<'_>) {
    let time = participant.first("time");
    if time.is_none() {
        findings.report("CDA-PRT-008", participant.place(), "no time");
    }
    if participant.value("typeCode") == Some("REF") {
        let high = time.and_then(|time| time.first("high")).and_then(At::valued);
        if high.and_then(|high| high.value("value")).is_none() {
            findings.report("CDA-PRT-011", time.unwrap_or(participant).place(), "no time/high");
        }
    }
    for entity in participant.all("associatedEntity").filter(|entity| !entity.is_null()) {
        let class = entity.value("classCode");
        if !matches!(class, Some("PROV" | "AGNT")) {
            findings.report("CDA-PRT-009", &entity.attribute_place("classCode"), shape::code(class));
        }
        if class == Some("PROV") && !has_id_under(entity, PS_ID_NAT) {
            findings.report("CDA-PRT-012", entity.place(), "no PS_IdNat");
        }
    }
}
