//! Codes that must belong to a value set (jeu de valeurs): one table for all families.

use dmp_vocabulary::nomenclature::ValueSet;

use super::findings::Findings;
use super::shape;
use super::subject::Subject;
use super::tree::At;

/// Coded elements: where, in which set, the rule for an unknown code and the rule for a known code under another
/// system.
const CODED: [(&str, &str, &str, &str); 9] = [
    ("code", "JDV_J07", "CDA-HDR-013", "CDA-HDR-014"),
    ("author/assignedAuthor/code", "JDV_J01", "CDA-AUT-009", "CDA-AUT-010"),
    ("author/functionCode", "JDV_J47", "CDA-AUT-020", "CDA-AUT-020"),
    ("legalAuthenticator/assignedEntity/code", "JDV_J01", "CDA-LAU-010", "CDA-LAU-010"),
    ("informant/relatedEntity/code", "JDV_J11", "CDA-PRT-004", "CDA-PRT-004"),
    ("participant/functionCode", "JDV_J47", "CDA-PRT-010", "CDA-PRT-010"),
    ("componentOf/encompassingEncounter/code", "JDV_J142", "CDA-ENC-005", "CDA-ENC-005"),
    ("componentOf/encompassingEncounter/location/healthCareFacility/code", "JDV_J02", "CDA-ENC-004", "CDA-ENC-004"),
    ("standardIndustryClassCode", "JDV_J04", "CDA-LAU-011", "CDA-LAU-011"),
];

/// The one that is looked for at any depth.
const ANYWHERE: &str = "standardIndustryClassCode";

/// Attributes: element, attribute, set, rule.
const ATTRIBUTES: [(&str, &str, &str, &str); 2] = [
    ("participant", "typeCode", "JDV_J144", "CDA-PRT-007"),
    ("componentOf/encompassingEncounter/encounterParticipant", "typeCode", "JDV_J140", "CDA-ENC-007"),
];

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (path, set, code_rule, system_rule) in CODED {
        let Some(set) = subject.tables().value_set(set) else { continue };
        let elements = if path == ANYWHERE {
            subject.root.descendants().filter(|at| at.is(ANYWHERE)).collect()
        } else {
            subject.root.every(path)
        };
        for element in elements {
            coded(element, set, code_rule, system_rule, findings);
        }
    }
    for (path, attribute, set, rule) in ATTRIBUTES {
        let Some(set) = subject.tables().value_set(set) else { continue };
        for element in subject.root.every(path).into_iter().filter(|at| !at.is_null()) {
            let value = element.value(attribute);
            if !value.is_some_and(|value| has_code(set, value)) {
                findings.report(rule, &element.attribute_place(attribute), shape::code(value));
            }
        }
    }
}

/// An element that is null or without code is the business of other rules; so is a missing system.
fn coded(element: At<'_>, set: &ValueSet, code_rule: &str, system_rule: &str, findings: &mut Findings<'_>) {
    let Some(code) = element.valued().and_then(|element| element.value("code")) else { return };
    if !has_code(set, code) {
        findings.report(code_rule, &element.place().attribute("code"), shape::code(Some(code)));
    } else if let Some(system) = element.value("codeSystem")
        && !set.contains(code, system)
    {
        let found = format!("{} under {}", shape::code(Some(code)), shape::code(Some(system)));
        findings.report(system_rule, &element.place().attribute("codeSystem"), found);
    }
}

fn has_code(set: &ValueSet, code: &str) -> bool {
    set.concepts().iter().any(|concept| concept.code == code)
}
