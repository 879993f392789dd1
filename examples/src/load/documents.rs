//! Documents of a size, and records that hold many.

use dmp_mock::world::{Content, Deposit, PatientId, Registry, seed};
use jiff::Timestamp;
use xds_model::{Association, Author, CodedValue, Cx, DocumentEntry, Dtm, SubmissionSet, Xcn, Xon};

use crate::bare::Failure;
use crate::tour::wrapped_text;

/// The type of the few documents that a search looks for.
pub(super) const RARE: &str = "11502-2";
const COMMON: &str = "11490-0";

/// An N1 document of about that many bytes, each number another.
pub(super) fn cda_of(bytes: usize, number: usize) -> Result<Vec<u8>, Failure> {
    // Base64 takes four characters for three bytes; the header takes some 8 KB.
    let text =
        format!("{number} ").repeat((bytes.saturating_sub(8 << 10) * 3 / 4 / (number.to_string().len() + 1)).max(1));
    wrapped_text(&text)
}

/// Puts `held` documents in the record, of which `rare` have the type that is looked for.
pub(super) fn fill(registry: &mut Registry, patient: &PatientId, held: usize, rare: usize) {
    let every = held.checked_div(rare).unwrap_or(usize::MAX);
    for number in 0..held {
        let kind = if number % every == 0 && rare > 0 { RARE } else { COMMON };
        registry.deposit(Deposit {
            set: SubmissionSet {
                entry_uuid: "SubmissionSet01".into(),
                unique_id: format!("2.25.8.{number}"),
                ..SubmissionSet::default()
            },
            entries: vec![(entry(number, kind, patient), Content::from_bytes(&b"<x/>"[..]))],
            associations: vec![Association::has_member("a", "SubmissionSet01", "Document01")],
            patient: patient.clone(),
            depositor: seed::STRUCTURE_EG.into(),
            at: Timestamp::now(),
        });
    }
}

fn entry(number: usize, kind: &str, patient: &PatientId) -> DocumentEntry {
    let loinc = "2.16.840.1.113883.6.1";
    let time = Some(Dtm::from_timestamp(Timestamp::now()));
    DocumentEntry {
        entry_uuid: "Document01".into(),
        unique_id: format!("2.25.9.{number}"),
        patient_id: Cx::ins(&patient.matricule, &patient.oid),
        source_patient_id: Some(Cx::ins(&patient.matricule, &patient.oid)),
        mime_type: "text/xml".into(),
        title: Some(format!("Compte rendu numéro {number}")),
        language_code: Some("fr-FR".into()),
        creation_time: time.clone(),
        service_start_time: time,
        class_code: Some(CodedValue::new("10", "Comptes rendus", "1.2.250.1.213.1.1.4.1")),
        type_code: Some(CodedValue::new(kind, "Compte rendu", loinc)),
        format_code: Some(CodedValue::new("urn:ihe:iti:xds-sd:text:2008", "Texte", "1.3.6.1.4.1.19376.1.2.3")),
        confidentiality_codes: vec![CodedValue::new("N", "Normal", "2.16.840.1.113883.5.25")],
        authors: vec![Author {
            institution: Some(Xon::structure("CLINIQUE DU MODELE", seed::STRUCTURE_EG)),
            person: Some(Xcn::professional(seed::MEDECIN, "MODELE", "ALIX")),
            ..Author::default()
        }],
        legal_authenticator: Some(Xcn::professional(seed::MEDECIN, "MODELE", "ALIX")),
        ..DocumentEntry::default()
    }
}
