//! The entry of the signature of a lot (`xds.md` §4.3).

use bytes::Bytes;
use dmp_protocol::certificate::Certificate;
use dmp_vocabulary::Oid;
use jiff::Timestamp;
use xds_model::{Author, CodedValue, Cx, DocumentEntry, Dtm, Xon, scheme};

use super::document::{Digests, Hidden};
use crate::session::Establishment;

/// Attribute type O of a distinguished name.
const ORGANISATION: &str = "2.5.4.10";

/// The author of the signature: that of the lot, under the institution that signs. When the certificate belongs to
/// the entité juridique (EJ) of the establishment, that institution is the EJ.
pub(super) fn signing_author(author: Author, certificate: &Certificate, establishment: &Establishment) -> Author {
    match certificate.structure_id() {
        Some(structure) if structure != establishment.id.as_str() => {
            let name = certificate.subject().values(ORGANISATION).next().unwrap_or_default();
            Author { institution: Some(Xon::structure(name, structure)), ..author }
        }
        _ => author,
    }
}

/// The entry of a signature file made now.
pub(super) fn signature_entry(
    id: &str,
    unique_id: &Oid,
    author: Author,
    patient: Cx,
    first: Option<&DocumentEntry>,
    file: &Bytes,
    now: Timestamp,
) -> DocumentEntry {
    let time = Dtm::from_timestamp(now);
    DocumentEntry {
        entry_uuid: id.to_owned(),
        unique_id: unique_id.to_string(),
        mime_type: "text/xml".to_owned(),
        hash: Some(Digests::sha1_of(file)),
        size: Some(file.len() as u64),
        language_code: Some("art".to_owned()),
        creation_time: Some(time.clone()),
        service_start_time: Some(time.clone()),
        service_stop_time: Some(time),
        legal_authenticator: first.and_then(|entry| entry.legal_authenticator.clone()),
        source_patient_id: Some(patient.clone()),
        patient_id: patient,
        // sourcePatientInfo is left out: an empty slot has been refused.
        title: Some("Source".to_owned()),
        authors: vec![author],
        class_code: Some(CodedValue::new(scheme::SIGNATURE_CLASS_CODE, "Digital Signature", "URN")),
        type_code: Some(CodedValue::new("E1762", "Full Document", "ASTM")),
        format_code: Some(CodedValue::new("http://www.w3.org/2000/09/xmldsig#", "Default Signature Style", "URN")),
        confidentiality_codes: vec![
            CodedValue::new("N", "Normal", "2.16.840.1.113883.5.25"),
            Hidden::FromProfessionals.coded_value(),
            Hidden::FromPatient.coded_value(),
        ],
        event_codes: vec![CodedValue::new("1.2.840.10065.1.12.1.14", "Source", "1.2.840.10065.1.12")],
        healthcare_facility_type_code: first.and_then(|entry| entry.healthcare_facility_type_code.clone()),
        practice_setting_code: first.and_then(|entry| entry.practice_setting_code.clone()),
        ..DocumentEntry::default()
    }
}
