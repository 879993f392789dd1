//! Non regression of the profile Consultation: authorise, search, open, make visible.

use cda::build::DocumentHeader;
use dmp_client::mode::Consults;
use dmp_client::*;
use dmp_mock::MockDmp;

use crate::scene::book::*;
use crate::scene::writing::*;
use crate::scene::{Watch, es, open, retrieved};

/// A certificate of level 1 and one of level 3 that presents itself, both still invisible to the patient.
async fn certificates(mock: &MockDmp, about: &QualifiedPatient) -> [(DocumentHeader, Vec<u8>); 2] {
    let (text, structured) = (header_of_rich(about), header_of_rich(about));
    let body = body("1.2.250.1.213.1.1.1.5.1", "2025.01");
    let certificates = [(text.clone(), text_bytes(&text)), (structured.clone(), self_presenting(&structured, &body))];
    for (_, bytes) in &certificates {
        let invisible = document(bytes).await.hidden(Hidden::FromPatient);
        es(mock, about).submit(&Submission::of(invisible)).await.unwrap();
    }
    certificates
}

fn header_of_rich(about: &QualifiedPatient) -> DocumentHeader {
    let mut header = header(&crate::scene::p_mt(), "CERT_DECL");
    header.patient.ins = about.ins().clone();
    header
}

async fn consults<A: Consults>(mock: &MockDmp, record: &Record<A>, mode: &str) {
    let certificates = certificates(mock, &labelled(mock, "P-RICH")).await;
    let watch = Watch::start(mock);
    open(record).await;
    record.authorise().await.unwrap();
    let found = record.find(Search::approved().type_codes([("CERT_DECL", "1.2.250.1.213.1.1.4.12")])).await.unwrap();
    for (header, bytes) in &certificates {
        let entry = found.iter().find(|entry| entry.unique_id == unique_id(header)).unwrap();
        let (read, retrieved) = retrieved(record, entry).await;
        assert_eq!((&read, retrieved.alerts), (bytes, vec![DocumentState::InvisibleToPatient]));
        assert_eq!(record.reveal_to_patient(entry).await.unwrap(), Change::Done);
        assert!(DocumentState::of(&record.entry(entry).await.unwrap()).is_empty());
    }
    watch.conforms(mode, "normal");
}

#[tokio::test]
async fn tnr_03_consultation_in_each_mode() {
    let mock = book().await;
    consults(&mock, &tester(&mock, "P-RICH"), "DIRECTE").await;
    consults(&mock, &psc_of_tester(&mock, "P-RICH"), "DIRECTE").await;
    consults(&mock, &air_of_tester(&mock, "P-RICH"), "INDIRECTE_RENFORCEE").await;
}
