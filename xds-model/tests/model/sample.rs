//! Invented messages, built from scratch with the public API.

use xds_model::iti41::{DocumentPart, ProvideAndRegister};
use xds_model::{
    Association, Author, AuthorSpecialty, AvailabilityStatus, CodedValue, Cx, DocumentContent, DocumentEntry,
    RegistryObjectList, SourcePatientInfo, SubmissionSet, Xcn, Xon, scheme,
};

pub(crate) fn author() -> Author {
    let specialty =
        CodedValue::new("G15_10/SM26", "Médecin - Qualifié en Médecine Générale (SM)", "1.2.250.1.213.1.1.4.5");
    Author {
        institution: Some(Xon::structure("CLINIQUE DU MODELE", "10B0990008")),
        person: Some(Xcn::professional("899999000013", "MODELE", "ALIX")),
        roles: vec!["Médecin traitant".into()],
        specialty: Some(AuthorSpecialty::new(&specialty)),
        other_slots: Vec::new(),
    }
}

pub(crate) fn submission_set() -> SubmissionSet {
    SubmissionSet {
        entry_uuid: "SubmissionSet01".into(),
        unique_id: "2.25.3.1".into(),
        source_id: "2.25.3".into(),
        patient_id: Cx::ins("280057599900151", "1.2.250.1.213.1.4.10"),
        submission_time: Some("20260302091730".into()),
        title: Some("Consultation & suites <1>".into()),
        authors: vec![author()],
        content_type_code: Some(CodedValue::new("07", "Consultations soins externes", "1.2.250.1.213.2.2")),
        ..SubmissionSet::default()
    }
}

pub(crate) fn document_entry() -> DocumentEntry {
    DocumentEntry {
        entry_uuid: "Document01".into(),
        unique_id: "2.25.3.2".into(),
        patient_id: Cx::ins("280057599900151", "1.2.250.1.213.1.4.10"),
        mime_type: "text/xml".into(),
        hash: Some("a4159b6627e1f409b0a1e51ea243c1b4e885924d".into()),
        size: Some(5347),
        language_code: Some("fr-FR".into()),
        creation_time: Some("20260302091500".into()),
        service_start_time: Some("20260302084500".into()),
        service_stop_time: Some("20260302090500".into()),
        legal_authenticator: author().person,
        source_patient_id: Some(Cx::local("IPP-000042", "2.25.3.9")),
        source_patient_info: Some(
            SourcePatientInfo::default().with_birth_name("EXEMPLE", "CAMILLE", "CAMILLE").with_birth_date("19800514"),
        ),
        title: Some("Compte rendu de consultation".into()),
        authors: vec![author()],
        class_code: Some(CodedValue::new("10", "Compte rendu", "1.2.250.1.213.1.1.4.1")),
        type_code: Some(CodedValue::new("11488-4", "CR ou fiche de consultation", "2.16.840.1.113883.6.1")),
        format_code: Some(CodedValue::new("urn:ihe:iti:xds-sd:text:2008", "Texte", "1.3.6.1.4.1.19376.1.2.3")),
        confidentiality_codes: vec![
            CodedValue::new("N", "Normal", "2.16.840.1.113883.5.25"),
            CodedValue::new("INVISIBLE_PATIENT", "Non visible par le patient", "1.2.250.1.213.1.1.4.13"),
        ],
        event_codes: vec![CodedValue::new("I10", "Hypertension essentielle", "2.16.840.1.113883.6.3")],
        healthcare_facility_type_code: Some(CodedValue::new(
            "SA01",
            "Établissement public de santé",
            "1.2.250.1.71.4.2.4",
        )),
        practice_setting_code: Some(CodedValue::new("AMBULATOIRE", "Ambulatoire", "1.2.250.1.213.1.1.4.9")),
        reference_ids: vec![Cx::reference("ACC-1", "2.25.3.6", "urn:ihe:iti:xds:2013:accession")],
        ..DocumentEntry::default()
    }
}

pub(crate) fn signature_entry() -> DocumentEntry {
    DocumentEntry {
        entry_uuid: "Signature01".into(),
        unique_id: "2.25.3.3".into(),
        language_code: Some("art".into()),
        title: Some("Source".into()),
        source_patient_info: None,
        class_code: Some(CodedValue::new(scheme::SIGNATURE_CLASS_CODE, "Digital Signature", "URN")),
        type_code: Some(CodedValue::new("E1762", "Full Document", "ASTM")),
        format_code: Some(CodedValue::new("http://www.w3.org/2000/09/xmldsig#", "Default Signature Style", "URN")),
        event_codes: vec![CodedValue::new("1.2.840.10065.1.12.1.14", "Source", "1.2.840.10065.1.12")],
        reference_ids: Vec::new(),
        ..document_entry()
    }
}

/// The entry as the registry returns it after a replacement and an archive.
pub(crate) fn stored_entry() -> DocumentEntry {
    DocumentEntry {
        entry_uuid: "urn:uuid:0f3c6a10-1620-11f1-8a52-5254004d0001".into(),
        logical_id: Some("urn:uuid:0f3c6a10-1620-11f1-8a52-5254004d0000".into()),
        status: Some(AvailabilityStatus::Archived),
        version: Some(3),
        repository_unique_id: Some("1.2.250.1.213.4.1.1.1.2".into()),
        ..document_entry()
    }
}

pub(crate) fn provide_and_register() -> ProvideAndRegister {
    let part = |id: &str, number: u8| DocumentPart {
        id: id.into(),
        content: DocumentContent::Href(format!(
            "cid:543d3008-e394-40b3-b57a-64e5272f53df-{number}@urn%3Aihe%3Aiti%3Axds-b%3A2007"
        )),
    };
    let objects = RegistryObjectList {
        submission_sets: vec![submission_set()],
        document_entries: vec![document_entry(), signature_entry()],
        associations: vec![
            Association::has_member("Association01", "SubmissionSet01", "Document01"),
            Association::has_member("Association02", "SubmissionSet01", "Signature01"),
            Association::signs("Association03", "Signature01", "SubmissionSet01"),
            Association::replaces("Association04", "Document01", "urn:uuid:0f3c6a10-1620-11f1-8a52-5254004d0009"),
        ],
        ..RegistryObjectList::default()
    };
    ProvideAndRegister { objects, documents: vec![part("Document01", 1), part("Signature01", 2)] }
}
