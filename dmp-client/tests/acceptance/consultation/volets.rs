//! Structured documents and those of the patient: header and body can be shown.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cda::build::{Informant, RelatedPerson, RelationClass, Telecom, TelecomUse};
use cda::{Body, CdaLimits, Shape};
use dmp_client::mode::{AccessMode, Consults};
use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::world::holder::HolderAction;

use crate::scene::book::*;
use crate::scene::writing::{header, text_bytes};
use crate::scene::{Watch, open, retrieved};
use crate::support::documents::{concept, random_oid};

/// Finds the document by its type, and reads it.
async fn reads<A: Consults, X: AccessMode>(
    mock: &MockDmp,
    record: &Record<A, X>,
    (document, kind): (&str, &str),
    access: &str,
) -> (DocumentEntry, cda::Document, Vec<u8>) {
    let watch = Watch::start(mock);
    open(record).await;
    let kind = concept("JDV_J66", kind);
    let search = Search::approved().type_codes([(kind.code.as_str(), kind.system.as_str())]);
    let found = record.find(search).await.unwrap();
    let entry = found.iter().find(|entry| entry.unique_id == document).unwrap().clone();
    let (bytes, retrieved) = retrieved(record, &entry).await;
    watch.conforms("DIRECTE", access);
    assert!(retrieved.verified && retrieved.alerts.is_empty());
    let read = cda::read(bytes.as_slice(), &CdaLimits::default()).unwrap();
    assert!(read.header.title.is_some() && read.header.patient.is_some(), "a header to show");
    (entry, read, bytes)
}

/// Sections with a title each.
fn has_a_body_to_show(read: &cda::Document) {
    let Body::Structured(body) = &read.body else { panic!("a structured body") };
    assert!(!body.sections.is_empty() && body.sections.iter().all(|section| section.title.is_some()));
}

async fn reads_structured_documents<A: Consults, X: AccessMode>(mock: &MockDmp, record: &Record<A, X>, access: &str) {
    let (entry, read, _) = reads(mock, record, ("2.25.9909402", "CERT_DECL"), access).await;
    assert_eq!(entry.format_code.unwrap().code, "urn:asip:ci-sis:cse-cs8:2017");
    has_a_body_to_show(&read);
    let (entry, read, _) = reads(mock, record, ("2.25.9909301", "11502-2"), access).await;
    assert_eq!(entry.format_code.unwrap().code, "urn:ihe:lab:xd-lab:2008");
    has_a_body_to_show(&read);

    // Readable without external stylesheet: it brings its own, which fetches nothing.
    let (entry, read, bytes) = reads(mock, record, ("2.25.9909302", "11502-2"), access).await;
    assert_eq!((entry.mime_type.as_str(), read.shape), ("application/xslt+xml", Shape::Autopresentable));
    has_a_body_to_show(&read);
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.contains("xsl:template"));
    for external in ["xsl:import", "xsl:include", "<script", "document("] {
        assert!(!text.contains(external), "{external}");
    }
}

#[tokio::test]
async fn a_3_2_400_and_3_2_410_and_3_2_420_structured_documents() {
    let mock = book().await;
    reads_structured_documents(&mock, &tester(&mock, "P-RICH"), "normal").await;
}

#[tokio::test]
async fn a_3_2_401_and_3_2_411_and_3_2_421_structured_documents_in_regulation() {
    let mock = book().await;
    reads_structured_documents(&mock, &tester_15(&mock, "P-RICH"), "centre_15").await;
}

/// The patient says who is to be called and who is trusted.
fn wills(mock: &MockDmp) -> String {
    let mut wills = header(&crate::scene::p_mt(), "11488-4");
    let person = |class, family: &str, phone: &str| {
        Informant::Related(RelatedPerson {
            class,
            relation: Some(concept("JDV_J11", "HUSB")),
            contact: cda::build::Contact {
                telecoms: vec![Telecom::phone(phone).used_for(TelecomUse::Mobile)],
                ..cda::build::Contact::default()
            },
            family: family.to_owned(),
            given: Some("Léo".to_owned()),
        })
    };
    wills.informants = vec![
        person(RelationClass::EmergencyContact, "PREVENIR", "0639980018"),
        person(RelationClass::TrustedPerson, "CONFIANCE", "0639980019"),
    ];
    let document = random_oid().to_string();
    let added = HolderAction::AddDocument {
        document: document.clone(),
        type_code: "EXPPAT_1".to_owned(),
        title: "Mes volontés et mes droits".to_owned(),
        mime_type: "text/xml".to_owned(),
        content: STANDARD.encode(text_bytes(&wills)),
    };
    mock.decide(&number(mock, "P-RICH"), added).unwrap();
    document
}

async fn reads_what_the_patient_wrote<A: Consults, X: AccessMode>(mock: &MockDmp, record: &Record<A, X>, access: &str) {
    let wills = wills(mock);
    let (entry, read, _) = reads(mock, record, (&wills, "EXPPAT_1"), access).await;
    assert!(entry.is_patient_document());
    let persons: Vec<(Option<&str>, Option<&str>, &[String])> = read
        .header
        .related_persons
        .iter()
        .map(|person| {
            let family = person.name.as_ref().and_then(|name| name.family(None));
            (person.class.as_deref(), family, person.telecoms.as_slice())
        })
        .collect();
    let expected: [(Option<&str>, Option<&str>, &[String]); 2] = [
        (Some("ECON"), Some("PREVENIR"), &["tel:0639980018".to_owned()]),
        (Some("NOK"), Some("CONFIANCE"), &["tel:0639980019".to_owned()]),
    ];
    assert_eq!(persons, expected, "persons to warn and of trust");

    let (entry, _, _) = reads(mock, record, ("2.25.9909702", "EXPPAT_2"), access).await;
    assert!(entry.is_patient_document());
}

#[tokio::test]
async fn a_3_2_500_and_3_2_510_documents_of_the_patient() {
    let mock = book().await;
    reads_what_the_patient_wrote(&mock, &tester(&mock, "P-RICH"), "normal").await;
}

#[tokio::test]
async fn a_3_2_501_and_3_2_511_documents_of_the_patient_in_regulation() {
    let mock = book().await;
    reads_what_the_patient_wrote(&mock, &tester_15(&mock, "P-RICH"), "centre_15").await;
}
