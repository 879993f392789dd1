//! One document with every field; every format of an unstructured body.

use cda::build::{
    Authenticator, Author, Custodian, DocumentHeader, EventCode, Identifier, LegalAuthenticator, Name, Recipient,
    UnstructuredContent, WriteOptions,
};
use cda::{CdaLimits, read_with_body};
use dmp_client::mode::{AccessMode, Feeds};
use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::world::{StoredEntry, seed};

use crate::scene::writing::*;
use crate::scene::*;
use crate::support::documents::concept;

/// Every optional field of the header; usage and birth names differ.
fn full(about: &QualifiedPatient) -> DocumentHeader {
    let mut full = header(about, "11490-0");
    full.patient.local_ids = vec![Identifier::local(oid("2.999.35.7.1"), "IPP0004217")];
    full.patient.used_family = Some("D'ÉPREUVE".to_owned());
    full.patient.used_given = Some("LOU".to_owned());
    let mut author = alix();
    author.name = Name { prefix: Some("MME".to_owned()), suffix: Some("DR".to_owned()), ..author.name };
    full.authors = vec![Author {
        function: Some(concept("JDV_J47", "PCP")),
        time: Some(at("2026-03-02T10:10:00+01:00")),
        ..Author::from(author)
    }];
    full.custodian = Some(Custodian::Structure(clinic()));
    full.legal_authenticator = Some(LegalAuthenticator { time: Some(full.created.clone()), ..alix().into() });
    full.authenticators = vec![Authenticator { professional: noe(), time: Some(full.created.clone()) }];
    full.recipients = vec![Recipient { id: Some(noe().id), name: Some(noe().name), ..Recipient::default() }];
    full.orders = vec![order("DEM-7")];
    let hypertension = code("I10", "Hypertension essentielle", "2.16.840.1.113883.6.3");
    full.event.code = Some(EventCode { concept: hypertension, translations: Vec::new() });
    full
}

fn stored(mock: &MockDmp, unique_id: &str) -> StoredEntry {
    mock.with_world(|world| world.registry.last_version(unique_id).unwrap().clone())
}

/// The whole of one document and of what is kept of it.
async fn feeds_a_full_document<A: Feeds, X: AccessMode>(
    mock: &MockDmp,
    record: &Record<A, X>,
    mode: &str,
    access: &str,
) {
    let watch = Watch::start(mock);
    open(record).await;
    let header = full(&p_open());
    let bytes = header.write_unstructured(UnstructuredContent::pdf(&pdf()), &WriteOptions::default()).unwrap();
    let submission = Submission::of(document(&bytes).await);
    assert!(record.preflight(&submission).await.unwrap().is_empty(), "the report is clean");
    record.submit(&submission).await.unwrap();
    watch.conforms(mode, access);
    let transactions = watch.transactions();
    let [asked, fed] = transactions.as_slice() else { panic!("no TD3.1 after: {transactions:?}") };
    assert_eq!((asked.as_str(), &fed[..4]), ("TD0.2", "TD2."));

    let kept = stored(mock, &unique_id(&header));
    assert_eq!(kept.depositor, seed::STRUCTURE_EG, "imputed to the structure");
    let entry = &kept.entry;
    assert_eq!(entry.format_code.as_ref().unwrap().code, "urn:ihe:iti:xds-sd:pdf:2008");
    let info = entry.source_patient_info.as_ref().unwrap();
    let names: Vec<&str> = info.values("PID-5").collect();
    assert_eq!(names.len(), 2, "birth and usage names: {names:?}");
    assert_eq!(entry.authors[0].institution.as_ref().unwrap().id(), seed::STRUCTURE_EG);
    assert_eq!(entry.authors[0].roles, ["Médecin traitant"]);
    assert!(entry.service_stop_time.is_some() && entry.legal_authenticator.is_some());
    assert_eq!(entry.source_patient_id.as_ref().unwrap().id(), "IPP0004217");
}

#[tokio::test]
async fn a_2_1_010_and_2_1_160_and_2_1_110_and_2_1_240_and_2_2_010_a_full_document() {
    let mock = mock().await;
    let patient = p_open();
    feeds_a_full_document(&mock, &cps(&mock, &patient), "DIRECTE", "normal").await;
    feeds_a_full_document(&mock, &psc(&mock, &patient), "DIRECTE", "normal").await;
    feeds_a_full_document(&mock, &es(&mock, &patient), "INDIRECTE", "normal").await;
    feeds_a_full_document(&mock, &cps_15(&mock, &patient), "DIRECTE", "centre_15").await;
    feeds_a_full_document(&mock, &es_15(&mock, &patient), "INDIRECTE", "centre_15").await;
    feeds_a_full_document(&mock, &cpe(&mock, &patient), "DIRECTE", "normal").await;
}

/// Mandatory fields only; what the patient will open is what was put in.
async fn feeds_every_format<A: Feeds, X: AccessMode>(mock: &MockDmp, record: &Record<A, X>, mode: &str, access: &str) {
    for (media_type, body, format) in media() {
        let watch = Watch::start(mock);
        open(record).await;
        let mut header = header(&p_open(), "CERT_DECL");
        header.event.stop = None;
        record.submit(&Submission::of(document(&unstructured(&header, media_type, &body)).await)).await.unwrap();
        watch.conforms(mode, access);

        let (entry, content) = mock.with_world(|world| {
            let id = id_of(&p_open());
            let seen = world.documents_seen_by_holder(&id, false);
            seen.last().map(|stored| (stored.entry.clone(), stored.content.clone())).unwrap()
        });
        assert_eq!(entry.unique_id, unique_id(&header), "the patient sees it");
        assert_eq!(entry.format_code.as_ref().unwrap().code, format);
        let mut rendered = Vec::new();
        read_with_body(content.reader().unwrap(), &CdaLimits::default(), &mut rendered).unwrap();
        assert_eq!(rendered, body, "{format}");
    }
}

#[tokio::test]
async fn a_2_1_011_and_2_1_111_every_format_of_a_certificate() {
    let mock = mock().await;
    let patient = p_open();
    feeds_every_format(&mock, &cps(&mock, &patient), "DIRECTE", "normal").await;
    feeds_every_format(&mock, &es(&mock, &patient), "INDIRECTE", "normal").await;
    feeds_every_format(&mock, &cps_15(&mock, &patient), "DIRECTE", "centre_15").await;
}
