//! X09 and X10: value sets, and the types that an LPS may not create.

use dmp_protocol::nomenclature::Nomenclatures;
use xds_model::{CodedValue, DocumentEntry};

use super::lot::Lot;
use crate::rules::feeding::{check_type, outside};
use crate::rules::{Denial, Hearing};

/// Where an entry has a coded attribute.
type Attribute = fn(&DocumentEntry) -> &Option<CodedValue>;

/// Value sets of the DMP, by attribute; that of the type is DOC-01.
const DMP_SETS: [(&str, Attribute); 4] = [
    ("JDV_J57", |entry| &entry.class_code),
    ("JDV_J60", |entry| &entry.format_code),
    ("JDV_J61", |entry| &entry.healthcare_facility_type_code),
    ("JDV_J62", |entry| &entry.practice_setting_code),
];

pub(super) fn check(lot: &Lot<'_>, nomenclatures: &Nomenclatures, hearing: &mut Hearing<'_>) -> Result<(), Denial> {
    for entry in lot.clinical().map(|one| one.entry) {
        check_type(entry, nomenclatures, hearing)?;
        for (set, code) in DMP_SETS {
            let Some(code) = code(entry) else { continue };
            if !nomenclatures.contains(set, &code.code, &code.system) {
                hearing.registry(outside("X09", set, code))?;
            }
        }
    }
    if let Some(code) = &lot.set.content_type_code
        && !nomenclatures.contains("JDV_J59", &code.code, &code.system)
    {
        hearing.registry(outside("X09", "JDV_J59", code))?;
    }
    Ok(())
}
