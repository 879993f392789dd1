//! A regulation software: all that it subscribes to, in one access mode, which nothing switches off.

use dmp_client::mode::{AccessMode, Centre15, Direct};
use dmp_client::*;
use dmp_vocabulary::identity::BirthDate;

use crate::scene::book::*;
use crate::scene::writing::*;
use crate::scene::{Watch, card, retrieved};

/// A document about somebody of the book.
fn report(about: &QualifiedPatient) -> cda::build::DocumentHeader {
    let mut report = header(&crate::scene::p_mt(), "11488-4");
    report.patient.ins = about.ins().clone();
    report
}

/// Each transaction of documents, on one record.
async fn feeds_and_consults<X: AccessMode>(record: &Record<Direct, X>, about: &QualifiedPatient) {
    assert!(matches!(record.existence().await.unwrap(), Existence::Active(_)));
    assert!(record.administrative_data().await.unwrap().is_some());
    let (first, second) = (report(about), report(about));
    record.submit(&Submission::of(text(&first).await).and(text(&second).await)).await.unwrap();
    let replacing = text(&successor(&first)).await.replacing(unique_id(&first));
    record.submit(&Submission::of(replacing)).await.unwrap();
    let found = record.find(Search::approved()).await.unwrap();
    let entry = found.iter().find(|entry| entry.unique_id == unique_id(&second)).unwrap();
    assert!(retrieved(record, entry).await.1.verified);
    assert_eq!(record.archive(entry).await.unwrap(), Change::Done);
    assert_eq!(record.unarchive(unique_id(&second)).await.unwrap(), Change::Done);
    assert_eq!(record.delete(unique_id(&second)).await.unwrap(), Change::Done);
}

/// No way out of the mode: what a session of regulation opens has no other access, and is no other type.
fn stays_in_regulation(record: &Record<Direct, Centre15>) {
    assert_eq!(record.access(), &Access::Centre15);
    assert_eq!(record.clone().access(), &Access::Centre15);
}

#[tokio::test]
async fn ldrm_01_each_transaction_is_centre_15() {
    let mock = book().await;
    let session = card(&mock, dmp_mock::world::seed::MEDECIN).centre_15();
    let watch = Watch::start(&mock);
    for label in ["P-OPEN", "P-RICH"] {
        let patient = labelled(&mock, label);
        let record = session.record(patient.clone(), Consent::given()).unwrap();
        stays_in_regulation(&record);
        feeds_and_consults(&record, &patient).await;
    }
    assert!(!session.search_patients(PatientCriteria::named("SPECIMEN")).await.unwrap().is_empty(), "TD0.5");
    assert!(session.clone().search_patients(PatientCriteria::named("INTROUVABLE")).await.unwrap().is_empty());

    let minor = labelled(&mock, "P-MINOR");
    let id = number(&mock, "P-MINOR");
    let birth = mock.with_world(|world| world.patient(&id).unwrap().birth_date.clone().unwrap());
    let record = session.record(minor.clone(), Consent::given()).unwrap();
    let secret = record.connexion_secrete(&BirthDate::parse_hl7(&birth).unwrap()).unwrap();
    stays_in_regulation(&secret);
    secret.submit(&Submission::of(text(&report(&minor)).await)).await.unwrap();
    assert!(mock.journal().last().unwrap().connexion_secrete);

    let exchanges = watch.exchanges();
    for one in &exchanges {
        assert!(one.refusal.is_none() && one.status == 200, "{one:?}");
        assert_eq!(one.access.as_deref(), Some("centre_15"), "{one:?}");
    }
    for transaction in ["TD0.2", "TD0.5", "TD1.3a", "TD2.1", "TD3.1", "TD3.1b", "TD3.2", "TD3.3c", "TD3.3d"] {
        assert!(watch.count(transaction) > 0, "{transaction}");
    }
}
