//! X03, X04, X05: which attributes there are, how they are written, whose they are.

use dmp_protocol::rules::Refusal;
use dmp_vocabulary::Oid;
use xds_model::{Cx, DocumentEntry, Dtm, SubmissionSet};

use super::METADATA_ERROR;
use super::lot::Lot;
use crate::rules::{Denial, Hearing, breach};
use crate::world::PatientId;

const TITLE_MAX: usize = 128;
/// [EX_2.1-1130].
const UNIQUE_ID_MAX: usize = 128;

/// X03 then X04.
pub(super) fn check(lot: &Lot<'_>, hearing: &mut Hearing<'_>) -> Result<(), Denial> {
    for attribute in missing_of_set(lot.set) {
        hearing.registry(missing(attribute))?;
    }
    for document in &lot.documents {
        for attribute in missing_of_entry(document.entry) {
            hearing.registry(missing(attribute))?;
        }
        if document.entry.is_signature() {
            signature_patient_info(document.entry, hearing)?;
        }
    }
    for attribute in malformed_of_set(lot.set) {
        hearing.registry(malformed(attribute))?;
    }
    for document in &lot.documents {
        for attribute in malformed_of_entry(document.entry) {
            hearing.registry(malformed(attribute))?;
        }
    }
    Ok(())
}

fn missing(attribute: &'static str) -> Refusal {
    breach(
        "X03",
        METADATA_ERROR,
        format!("L'attribut {attribute} est obligatoire"),
        format!("no {attribute}"),
        "every mandatory attribute of the lot and of each entry",
    )
}

fn malformed(attribute: &'static str) -> Refusal {
    breach(
        "X04",
        METADATA_ERROR,
        format!("Le format de l'attribut {attribute} est incorrect"),
        format!("a {attribute} that is not of its form"),
        "the formats of the profile: OID without ^ of 128 characters at most, DTM in UTC, title of 128 characters",
    )
}

/// Names whose condition fails.
fn failing<const N: usize>(conditions: [(bool, &'static str); N]) -> impl Iterator<Item = &'static str> {
    conditions.into_iter().filter(|(holds, _)| !holds).map(|(_, attribute)| attribute)
}

fn missing_of_set(set: &SubmissionSet) -> impl Iterator<Item = &'static str> {
    failing([
        (set.submission_time.is_some(), "submissionTime"),
        (!set.authors.is_empty(), "author"),
        (set.content_type_code.is_some(), "contentTypeCode"),
        (!set.patient_id.is_empty(), "patientId"),
        (!set.source_id.is_empty(), "sourceId"),
        (!set.unique_id.is_empty(), "uniqueId"),
    ])
}

fn missing_of_entry(entry: &DocumentEntry) -> impl Iterator<Item = &'static str> {
    let signature = entry.is_signature();
    let has_patient_info = entry.source_patient_info.as_ref().is_some_and(|info| !info.fields.is_empty());
    failing([
        (!entry.mime_type.is_empty(), "mimeType"),
        (entry.language_code.is_some(), "languageCode"),
        (entry.creation_time.is_some(), "creationTime"),
        (entry.service_start_time.is_some(), "serviceStartTime"),
        (entry.legal_authenticator.is_some(), "legalAuthenticator"),
        (entry.source_patient_id.is_some(), "sourcePatientId"),
        (signature || has_patient_info, "sourcePatientInfo"),
        (entry.title.as_deref().is_some_and(|title| !title.is_empty()), "title"),
        (!entry.authors.is_empty(), "author"),
        (entry.authors.iter().all(|author| author.person.is_some()), "authorPerson"),
        (entry.class_code.is_some(), "classCode"),
        (entry.type_code.is_some(), "typeCode"),
        (entry.format_code.is_some(), "formatCode"),
        (!entry.confidentiality_codes.is_empty(), "confidentialityCode"),
        (entry.healthcare_facility_type_code.is_some(), "healthcareFacilityTypeCode"),
        (entry.practice_setting_code.is_some(), "practiceSettingCode"),
        (!entry.patient_id.is_empty(), "patientId"),
        (!entry.unique_id.is_empty(), "uniqueId"),
    ])
}

/// An empty slot circulates and has been refused with this sentence (xds.md §4.3).
fn signature_patient_info(entry: &DocumentEntry, hearing: &mut Hearing<'_>) -> Result<(), Denial> {
    match &entry.source_patient_info {
        Some(info) if info.values("PID-5").next().is_none() => hearing.registry(breach(
            "X03",
            "XDSRepositoryMetadataError",
            "Le champ 'sourcePatientInfo PID5' est obligatoire",
            "a sourcePatientInfo without PID-5 on the signature entry",
            "no slot at all, or one with PID-5",
        )),
        _ => Ok(()),
    }
}

fn malformed_of_set(set: &SubmissionSet) -> impl Iterator<Item = &'static str> {
    failing([
        (is_oid(&set.unique_id), "uniqueId"),
        (is_oid(&set.source_id), "sourceId"),
        (is_date(set.submission_time.as_ref()), "submissionTime"),
        (is_patient_id(&set.patient_id), "patientId"),
    ])
}

fn malformed_of_entry(entry: &DocumentEntry) -> impl Iterator<Item = &'static str> {
    let persons = entry.authors.iter().filter_map(|author| author.person.as_ref());
    let mut people = persons.chain(entry.legal_authenticator.as_ref());
    failing([
        (is_oid(&entry.unique_id), "uniqueId"),
        (is_patient_id(&entry.patient_id), "patientId"),
        (is_date(entry.creation_time.as_ref()), "creationTime"),
        (is_date(entry.service_start_time.as_ref()), "serviceStartTime"),
        (is_date(entry.service_stop_time.as_ref()), "serviceStopTime"),
        (entry.title.as_deref().is_none_or(|title| title.chars().count() <= TITLE_MAX), "title"),
        (people.all(|person| !person.id().is_empty()), "authorPerson"),
    ])
}

/// An empty text is the business of X03.
fn is_oid(text: &str) -> bool {
    text.is_empty() || (text.len() <= UNIQUE_ID_MAX && Oid::parse(text).is_ok())
}

fn is_date(date: Option<&Dtm>) -> bool {
    date.is_none_or(|date| date.timestamp().is_some())
}

/// CX.1 and CX.4 decide (X05); CX.5 may be missing or in lower case, CX.7 may hold a date (xds.md §14).
fn is_patient_id(id: &Cx) -> bool {
    id.is_empty() || (!id.id().is_empty() && !id.authority_oid().is_empty())
}

/// V42: the patient of the lot, before any question of rights.
pub(super) fn check_set_patient(of_set: &Cx, patient: &PatientId, hearing: &mut Hearing<'_>) -> Result<(), Denial> {
    if of_set.is_empty() || is_of(of_set, patient) {
        return Ok(());
    }
    hearing.registry(another_patient("the patient of the lot is not that of the assertion"))
}

/// X05: the same patient on the lot and on every entry.
pub(super) fn check_patient(lot: &Lot<'_>, patient: &PatientId, hearing: &mut Hearing<'_>) -> Result<(), Denial> {
    let same = lot.documents.iter().all(|one| is_of(&one.entry.patient_id, patient));
    if same && is_of(&lot.set.patient_id, patient) {
        return Ok(());
    }
    hearing.registry(another_patient("an entry whose patient is not that of the assertion"))
}

fn another_patient(found: &str) -> Refusal {
    breach(
        "X05",
        "XDSPatientIdDoesNotMatch",
        "Le patient du lot n'est pas celui du VIHF",
        found,
        "the same INS in the assertion, on the lot and on every entry",
    )
}

/// CX.1 and CX.4 only: older producers add a date.
fn is_of(id: &Cx, patient: &PatientId) -> bool {
    id.id() == patient.matricule && id.authority_oid() == patient.oid
}
