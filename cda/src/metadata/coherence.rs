//! Whether an entry says what its document says.

use xds_model::{Author, CodedValue, DocumentEntry, Dtm, Xcn};

use crate::data_types::collapse;

/// An attribute of an entry that differs from what its document gives (`CDA-XDS-001` to `020`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Difference {
    /// Rule, e.g. `CDA-XDS-009`.
    pub rule: &'static str,
    /// XDS attribute.
    pub attribute: &'static str,
}

/// Compares an entry with the one derived from the bytes by [`super::document_entry`].
///
/// Codes are compared, labels are not; persons and institutions by their identifiers; dates as instants; titles with
/// white space collapsed. Absent `hash` and `size` (0 counts as absent) agree with anything. Confidentiality: N, R or V
/// only, the masking codes are no matter of the document. sourcePatientInfo: every field of the document must be
/// there, others may be.
#[must_use]
pub fn differences(derived: &DocumentEntry, sent: &DocumentEntry) -> Vec<Difference> {
    let same_codes = |of: fn(&DocumentEntry) -> &Option<CodedValue>| same_code(of(derived).as_ref(), of(sent).as_ref());
    let authors = || derived.authors.iter().zip(&sent.authors);
    let rows = [
        ("CDA-XDS-001", "uniqueId", derived.unique_id == sent.unique_id),
        ("CDA-XDS-002", "patientId", derived.patient_id.same_identifier(&sent.patient_id)),
        ("CDA-XDS-003", "author", derived.authors.len() == sent.authors.len()),
        ("CDA-XDS-004", "authorPerson", authors().all(|(a, b)| same_person(a.person.as_ref(), b.person.as_ref()))),
        ("CDA-XDS-005", "authorInstitution", authors().all(|(a, b)| institution(a) == institution(b))),
        ("CDA-XDS-006", "typeCode", same_codes(|entry| &entry.type_code)),
        ("CDA-XDS-007", "classCode", same_codes(|entry| &entry.class_code)),
        ("CDA-XDS-008", "formatCode", same_codes(|entry| &entry.format_code)),
        ("CDA-XDS-009", "title", title(derived) == title(sent)),
        ("CDA-XDS-010", "creationTime", same_time(derived.creation_time.as_ref(), sent.creation_time.as_ref())),
        ("CDA-XDS-011", "serviceStartTime, serviceStopTime", same_service_times(derived, sent)),
        ("CDA-XDS-012", "languageCode", derived.language_code == sent.language_code),
        ("CDA-XDS-013", "confidentialityCode", level(derived) == level(sent)),
        ("CDA-XDS-014", "practiceSettingCode", same_codes(|entry| &entry.practice_setting_code)),
        ("CDA-XDS-015", "healthcareFacilityTypeCode", same_codes(|entry| &entry.healthcare_facility_type_code)),
        (
            "CDA-XDS-016",
            "legalAuthenticator",
            same_person(derived.legal_authenticator.as_ref(), sent.legal_authenticator.as_ref()),
        ),
        ("CDA-XDS-017", "hash", sent.same_hash(derived.hash.as_deref().unwrap_or_default()).unwrap_or(true)),
        ("CDA-XDS-018", "size", sent.size.is_none_or(|size| size == 0 || Some(size) == derived.size)),
        ("CDA-XDS-019", "mimeType", derived.mime_type == sent.mime_type),
        ("CDA-XDS-020", "sourcePatientInfo", same_patient_info(derived, sent)),
    ];
    let different = rows.into_iter().filter(|(_, _, agrees)| !agrees);
    different.map(|(rule, attribute, _)| Difference { rule, attribute }).collect()
}

fn same_code(one: Option<&CodedValue>, other: Option<&CodedValue>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => one.same_code(other),
        (one, other) => one.is_none() && other.is_none(),
    }
}

fn same_person(one: Option<&Xcn>, other: Option<&Xcn>) -> bool {
    let identity = |xcn: &Xcn| (xcn.id().into_owned(), xcn.authority_oid().to_owned());
    one.map(identity) == other.map(identity)
}

fn institution(author: &Author) -> Option<(String, String)> {
    author.institution.as_ref().map(|xon| (xon.id().into_owned(), xon.authority_oid().to_owned()))
}

fn title(entry: &DocumentEntry) -> Option<String> {
    entry.title.as_deref().map(collapse)
}

/// As instants where both are dates, else as texts.
fn same_time(one: Option<&Dtm>, other: Option<&Dtm>) -> bool {
    let known = |dtm: &Dtm| dtm.to_utc_seconds().unwrap_or_else(|| dtm.clone());
    one.map(known) == other.map(known)
}

fn same_service_times(derived: &DocumentEntry, sent: &DocumentEntry) -> bool {
    same_time(derived.service_start_time.as_ref(), sent.service_start_time.as_ref())
        && same_time(derived.service_stop_time.as_ref(), sent.service_stop_time.as_ref())
}

fn level(entry: &DocumentEntry) -> Option<&str> {
    let mut codes = entry.confidentiality_codes.iter().map(|code| code.code.as_str());
    codes.find(|code| matches!(*code, "N" | "R" | "V"))
}

fn same_patient_info(derived: &DocumentEntry, sent: &DocumentEntry) -> bool {
    let fields = |entry: &DocumentEntry| entry.source_patient_info.clone().unwrap_or_default().fields;
    let sent = fields(sent);
    fields(derived).iter().all(|field| sent.contains(field))
}
