//! X09 and X10: value sets, and the types that an LPS may not create.

use dmp_protocol::nomenclature::Nomenclatures;
use dmp_protocol::rules::Refusal;
use xds_model::{CodedValue, DocumentEntry};

use super::METADATA_ERROR;
use super::lot::Lot;
use crate::rules::{Denial, Hearing, breach};

/// Where an entry has a coded attribute.
type Attribute = fn(&DocumentEntry) -> &Option<CodedValue>;

/// Value sets of the DMP, by attribute.
const DMP_SETS: [(&str, Attribute); 5] = [
    ("JDV_J57", |entry| &entry.class_code),
    ("JDV_J66", |entry| &entry.type_code),
    ("JDV_J60", |entry| &entry.format_code),
    ("JDV_J61", |entry| &entry.healthcare_facility_type_code),
    ("JDV_J62", |entry| &entry.practice_setting_code),
];

pub(super) fn check(lot: &Lot<'_>, hearing: &mut Hearing<'_>) -> Result<(), Denial> {
    let nomenclatures = Nomenclatures::embedded();
    for entry in lot.clinical().map(|one| one.entry) {
        if is_forbidden(entry, nomenclatures) {
            hearing.registry(breach(
                "DOC-02",
                METADATA_ERROR,
                outside_domain(entry.type_code.as_ref()),
                "a type of document of the holder, of the assurance maladie or of the vaccination service",
                "a type that the software of a professional may create [EX_2.1-1010]",
            ))?;
        }
        for (set, code) in DMP_SETS {
            let Some(code) = code(entry) else { continue };
            if !nomenclatures.contains(set, &code.code, &code.system) {
                hearing.registry(outside("DOC-01", set, code))?;
            }
        }
        check_class(entry, nomenclatures, hearing)?;
    }
    if let Some(code) = &lot.set.content_type_code
        && !nomenclatures.contains("JDV_J59", &code.code, &code.system)
    {
        hearing.registry(outside("DOC-01", "JDV_J59", code))?;
    }
    Ok(())
}

/// classCode 90, `DOCPAT*`, REMB, `11369-6`, `74465-6`: everything that the table says is not created by an LPS.
fn is_forbidden(entry: &DocumentEntry, nomenclatures: &Nomenclatures) -> bool {
    let class = entry.class_code.as_ref().map(|code| code.code.as_str());
    let Some(kind) = &entry.type_code else { return class == Some("90") };
    class == Some("90")
        || kind.code.starts_with("DOCPAT")
        || nomenclatures.creatable_by_lps(&kind.code, &kind.system) == Some(false)
}

/// DOC-03: the class is deduced from the type.
fn check_class(entry: &DocumentEntry, nomenclatures: &Nomenclatures, hearing: &mut Hearing<'_>) -> Result<(), Denial> {
    let (Some(kind), Some(class)) = (&entry.type_code, &entry.class_code) else { return Ok(()) };
    match nomenclatures.class_of_type(&kind.code, &kind.system) {
        Some(expected) if expected.code != class.code => hearing.registry(breach(
            "DOC-03",
            METADATA_ERROR,
            "La classe ne correspond pas au type du document",
            format!("class {} for type {}", class.code, kind.code),
            format!("class {}", expected.code),
        )),
        _ => Ok(()),
    }
}

fn outside(rule: &'static str, set: &str, code: &CodedValue) -> Refusal {
    breach(
        rule,
        METADATA_ERROR,
        outside_domain(Some(code)),
        format!("{} of {}", bounded(&code.code), bounded(&code.system)),
        format!("a code of {set}"),
    )
}

fn outside_domain(code: Option<&CodedValue>) -> String {
    let code = code.map(|code| bounded(&code.code)).unwrap_or_default();
    format!("Le code '{code}' ne fait pas partie du domaine d'affinité")
}

/// Codes come from the sender.
fn bounded(code: &str) -> String {
    code.chars().take(64).collect()
}
