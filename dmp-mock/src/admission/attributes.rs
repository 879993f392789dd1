//! V30 to V32 and V47: which attributes there are, and the values that are the same for everybody.

use dmp_protocol::rules::Refusal;
use dmp_protocol::vihf::{Assertion, AuthenticationMode, name};

use super::Examined;
use crate::rules::{Denial, Hearing, breach};

const VERSIONS: [&str; 2] = ["3.0", "4.0"];

/// Every attribute of vihf.md §3.1; none may come twice.
const KNOWN: [&str; 14] = [
    name::STRUCTURE,
    name::SECTOR,
    name::SUBJECT_ID,
    name::ROLE,
    name::VERSION,
    name::MODE,
    name::RESOURCE_ID,
    name::RESSOURCE_URN,
    name::PURPOSE_OF_USE,
    name::CONFIDENTIALITY_CODE,
    name::LPS_ID,
    name::LPS_NOM,
    name::LPS_VERSION,
    name::LPS_HOMOLOGATION,
];

/// V31, first half: without a known mode no other rule can be chosen.
pub(super) fn mode_is_known(assertion: &Assertion, hearing: &mut Hearing<'_>) -> Result<(), Denial> {
    if assertion.attributes_named(name::MODE).next().is_none() {
        return hearing.fault(missing("V30", name::MODE));
    }
    if assertion.mode().is_some() {
        return Ok(());
    }
    let expected = "DIRECTE, INDIRECTE or INDIRECTE_RENFORCEE";
    hearing.fault(incorrect_value("V31", name::MODE, assertion.text(name::MODE), "another value", expected))
}

/// V30, V31, V32, V47.
pub(super) fn check(examined: &Examined<'_>, hearing: &mut Hearing<'_>) -> Result<(), Denial> {
    let assertion = examined.assertion;
    for known in KNOWN {
        if assertion.attributes_named(known).count() > 1 {
            hearing.fault(breach(
                "V30",
                "DMPInvalidData",
                format!("Le champ {known} est présent plusieurs fois"),
                "the attribute twice",
                "each attribute once; several roles are values of one attribute",
            ))?;
        }
    }
    for attribute in &assertion.attributes {
        if !KNOWN.iter().any(|known| attribute.is(known)) && attribute.name != "Mode_Acces_Raison" {
            hearing.observe(breach(
                "V30",
                "DMPInvalidData",
                "",
                "an attribute that the DMP does not know",
                "ignored; only the attributes of the VIHF",
            ));
        }
    }
    for required in required(examined) {
        if !has_value(assertion, required) {
            hearing.fault(missing("V30", required))?;
        }
    }
    match assertion.text(name::VERSION) {
        Some(version) if VERSIONS.contains(&version) => {}
        version => {
            hearing.fault(incorrect_value("V31", name::VERSION, version, "another version", "3.0 or 4.0"))?;
        }
    }
    let resource = assertion.text(name::RESSOURCE_URN);
    if resource != Some("urn:dmp") {
        hearing.fault(incorrect_value("V32", name::RESSOURCE_URN, resource, "another value", "urn:dmp"))?;
    }
    for required in [name::LPS_NOM, name::LPS_VERSION, name::LPS_HOMOLOGATION] {
        if !has_value(assertion, required) {
            hearing.fault(missing("V47", required))?;
        }
    }
    Ok(())
}

/// Mandatory attributes without those of V44 (purpose), V41 (resource-id) and V47 (software), checked apart.
fn required(examined: &Examined<'_>) -> impl Iterator<Item = &'static str> + use<> {
    // A card that names its holder says it already; a CPE that is not nominative does not.
    let named_by_card = examined.mode == AuthenticationMode::Directe && examined.tls.subject().names_a_person();
    let subject_id = (!named_by_card).then_some(name::SUBJECT_ID);
    [name::STRUCTURE, name::SECTOR, name::ROLE, name::VERSION, name::RESSOURCE_URN, name::PURPOSE_OF_USE]
        .into_iter()
        .chain(subject_id)
}

fn has_value(assertion: &Assertion, attribute: &str) -> bool {
    assertion.attributes_named(attribute).next().is_some_and(|attribute| {
        !attribute.values.is_empty()
            && attribute.values.iter().all(|value| value.text().is_none_or(|text| !text.trim().is_empty()))
    })
}

pub(super) fn missing(rule: &'static str, attribute: &str) -> Refusal {
    breach(
        rule,
        "DMPInvalidData",
        format!("Le champ {attribute} est obligatoire"),
        format!("no {attribute}, or an empty one"),
        "a value: see the attributes mandatory in this mode",
    )
}

/// V31 and its kin, without the value: it may be personal, or is not one text.
pub(super) fn incorrect(rule: &'static str, attribute: &str, found: &str, expected: &str) -> Refusal {
    breach(rule, "DMPInvalidData", format!("Le champ {attribute} est incorrect"), found, expected)
}

/// The same with the value, of an attribute that says nothing of a person: the sender reads what it sent.
pub(super) fn incorrect_value(
    rule: &'static str,
    attribute: &str,
    value: Option<&str>,
    found: &str,
    expected: &str,
) -> Refusal {
    let mut refusal = incorrect(rule, attribute, found, expected);
    let value = value.unwrap_or_default();
    // A misplaced INS is not repeated.
    let number = value.split(|one: char| !one.is_ascii_digit()).any(|run| run.len() >= LONG_NUMBER);
    if !value.trim().is_empty() && !number {
        refusal.text.push_str(" : ");
        refusal.text.extend(value.trim().chars().filter(|one| !one.is_control()).take(REPEATED_MAX));
    }
    refusal
}

/// Characters of a value that are repeated.
const REPEATED_MAX: usize = 64;
/// Digits of what may be a number of somebody.
const LONG_NUMBER: usize = 13;
