//! The main road: feed, find, retrieve, hide, show, reveal, archive, delete.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

mod support;

use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::world::seed;
use dmp_protocol::error::Origin;
use support::documents::{bytes, document, letter, letter_by, unique_id};
use support::*;

fn feeding(mock: &MockDmp) -> IndirectRecord {
    client(mock).indirect(sender()).unwrap().record(followed(), Consent::given()).unwrap()
}

fn consulting(mock: &MockDmp) -> AirRecord {
    air(mock).record(followed(), Consent::given()).unwrap()
}

async fn fed(mock: &MockDmp, hidden: &[Hidden]) -> String {
    let letter = letter();
    let submission = hidden.iter().fold(Submission::of(document(&letter).await), |s, flag| s.hidden(*flag));
    feeding(mock).submit(&submission).await.unwrap();
    unique_id(&letter)
}

/// "No such document", which the DMP has said: no refusal before sending.
fn concluded(error: &DmpError, rule: &str) {
    assert_eq!(error.rule(), Some(rule), "{error:?}");
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::PatientState, Outcome::NotProcessed), "{error:?}");
    assert!(matches!(error.origin(), Origin::Concluded(_)), "{error:?}");
    let text = format!("{error} {}", error.explain(Language::French));
    assert!(text.contains(" not done: rule ") && !text.contains("before sending"), "{text}");
}

#[tokio::test]
async fn a_document_goes_up_and_comes_back_byte_for_byte() {
    let mock = MockDmp::start().await.unwrap();
    let letter = letter();
    let sent = bytes(&letter);
    let submission = Submission::of(Document::from_cda_bytes(sent.clone()).await.unwrap());
    let receipt = feeding(&mock).submit(&submission).await.unwrap();
    assert_eq!(receipt.document_unique_ids, [unique_id(&letter)]);
    assert!(receipt.submission_unique_id.starts_with("2.25."));

    let record = consulting(&mock);
    let found = record.find(Search::approved().type_codes([("11488-4", "2.16.840.1.113883.6.1")])).await.unwrap();
    let entry = found.iter().find(|entry| entry.unique_id == unique_id(&letter)).unwrap();
    assert_eq!(entry.title.as_deref(), Some("Compte rendu de consultation"));
    assert_eq!(record.retrieve(entry).await.unwrap(), sent);

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("letter.xml");
    let retrieved = record.retrieve_to_file(entry, &path).await.unwrap();
    assert!(retrieved.verified && retrieved.size == sent.len() as u64);
    assert_eq!(std::fs::read(&path).unwrap(), sent);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left");
}

#[tokio::test]
async fn sending_the_same_submission_again_is_a_duplicate() {
    let mock = MockDmp::start().await.unwrap();
    let submission = Submission::of(document(&letter()).await);
    let record = feeding(&mock);
    record.submit(&submission).await.unwrap();
    let error = record.submit(&submission).await.unwrap_err();
    assert_eq!(error.code().map(Code::as_str), Some("XDSDuplicateUniqueIdInRegistry"));
    let reference = record.reference_of(&submission.documents()[0].entry().unique_id).await.unwrap();
    assert!(reference.entry_uuid.is_some());
    assert_eq!(record.reference_of("2.25.1").await.unwrap().entry_uuid, None);
}

#[tokio::test]
async fn several_documents_are_one_lot() {
    let mock = MockDmp::start().await.unwrap();
    let (first, second) = (letter(), letter());
    let submission = Submission::of(document(&first).await).and(document(&second).await);
    let receipt = feeding(&mock).submit(&submission).await.unwrap();
    assert_eq!(receipt.document_unique_ids, [unique_id(&first), unique_id(&second)]);
    assert_eq!(consulting(&mock).find(Search::approved()).await.unwrap().len(), 2);
}

#[tokio::test]
async fn visibility_is_changed_on_the_current_version() {
    let mock = MockDmp::start().await.unwrap();
    let id = fed(&mock, &[]).await;
    let record = consulting(&mock);
    assert_eq!(record.mask(&id).await.unwrap(), Change::Done);
    assert_eq!(record.mask(&id).await.unwrap(), Change::Unchanged);
    assert!(record.entry(&id).await.unwrap().has_confidentiality("MASQUE_PS"));
    assert_eq!(record.unmask(&id).await.unwrap(), Change::Done);
    let entry = record.entry(&id).await.unwrap();
    assert!(!entry.has_confidentiality("MASQUE_PS"));
    assert_eq!(entry.version, Some(3));
}

#[tokio::test]
async fn what_the_patient_did_not_see_is_revealed_for_good() {
    let mock = MockDmp::start().await.unwrap();
    let id = fed(&mock, &[Hidden::FromPatient, Hidden::FromRepresentatives]).await;
    let record = consulting(&mock);
    assert_eq!(record.reveal_to_patient(&id).await.unwrap(), Change::Done);
    assert_eq!(record.reveal_to_patient(&id).await.unwrap(), Change::Unchanged);
    assert_eq!(record.reveal_to_representatives(&id).await.unwrap(), Change::Done);
    assert_eq!(record.entry(&id).await.unwrap().confidentiality_codes.len(), 1);
}

#[tokio::test]
async fn archived_then_back() {
    let mock = MockDmp::start().await.unwrap();
    let id = fed(&mock, &[]).await;
    let record = consulting(&mock);
    assert_eq!(record.archive(&id).await.unwrap(), Change::Done);
    assert_eq!(record.archive(&id).await.unwrap(), Change::Unchanged);
    assert!(record.find(Search::approved()).await.unwrap().is_empty());
    assert_eq!(record.find(Search::approved_or_archived()).await.unwrap().len(), 1);
    assert_eq!(record.unarchive(&id).await.unwrap(), Change::Done);
    assert_eq!(record.find(Search::approved()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn deleted_by_the_structure_after_changes() {
    let mock = MockDmp::start().await.unwrap();
    let id = fed(&mock, &[]).await;
    let record = consulting(&mock);
    record.mask(&id).await.unwrap();
    record.unmask(&id).await.unwrap();
    assert_eq!(feeding(&mock).delete(&id).await.unwrap(), Change::Done);
    assert!(record.find(Search::approved()).await.unwrap().is_empty());
    assert!(record.retrieve(&id).await.is_err());
    concluded(&feeding(&mock).delete(&id).await.unwrap_err(), "RG_3130");
    concluded(&record.mask(&id).await.unwrap_err(), "RG_2710");
}

#[tokio::test]
async fn an_archived_document_is_deleted_from_its_entry() {
    let mock = MockDmp::start().await.unwrap();
    let id = fed(&mock, &[]).await;
    let record = consulting(&mock);
    record.archive(&id).await.unwrap();
    let entry = record.entry(&id).await.unwrap();
    assert_eq!(feeding(&mock).delete(&entry).await.unwrap(), Change::Done);
}

#[tokio::test]
async fn a_new_version_replaces_the_old_one() {
    let mock = MockDmp::start().await.unwrap();
    let first = letter();
    feeding(&mock).submit(&Submission::of(document(&first).await)).await.unwrap();
    let second = cda::n1::N1Builder {
        set_id: first.set_id.clone(),
        version: Some(2),
        replaces: first.unique_id.clone(),
        ..letter()
    };
    let replacing = document(&second).await.replacing(unique_id(&first));
    feeding(&mock).submit(&Submission::of(replacing)).await.unwrap();
    let found = consulting(&mock).find(Search::approved()).await.unwrap();
    let ids: Vec<&str> = found.iter().map(|entry| entry.unique_id.as_str()).collect();
    assert_eq!(ids, [unique_id(&second)]);
    let orphan = cda::n1::N1Builder { version: Some(2), replaces: Some("2.25.1".parse().unwrap()), ..letter() };
    let lost = document(&orphan).await.replacing("2.25.1");
    concluded(&feeding(&mock).submit(&Submission::of(lost)).await.unwrap_err(), "RG_2710");
}

#[tokio::test]
async fn refused_before_anything_is_sent() {
    let mock = MockDmp::start().await.unwrap();
    let by_others = document(&letter_by(seed::STRUCTURE_OTHER)).await;
    let hidden_twice = document(&letter()).await.hidden(Hidden::FromPatient).hidden(Hidden::FromProfessionals);
    let extension = Document::from_cda_bytes(&include_bytes!("../../testdata/cda/refused-id-with-extension.xml")[..]);
    let of_another = Document::from_cda_bytes(&include_bytes!("../../testdata/cda/n1-consultation-v1.xml")[..]);
    let once = document(&letter()).await;
    let (mut long, mut opaque) = (once.entry().clone(), once.entry().clone());
    long.title = Some("é".repeat(129));
    opaque.type_code = None;
    let forbidden = {
        let mut entry = once.entry().clone();
        entry.type_code = Some(xds_model::CodedValue::new("REMB", "Remboursement", "1.2.250.1.213.1.1.4.12"));
        entry
    };
    let stop_before_start = {
        let mut entry = once.entry().clone();
        entry.service_stop_time = Some("20260301000000".into());
        entry
    };
    let bare = Document::from_cda_bytes(&b"<ClinicalDocument xmlns=\"urn:hl7-org:v3\"/>"[..]).await.unwrap();
    assert!(bare.findings().count() > 10);
    let opaque_of = async |entry| Document::from_opaque_bytes(&b"bytes"[..], entry).await.unwrap();
    let table = [
        ("X12", Submission::of(by_others)),
        ("X13", Submission::of(bare.clone())),
        ("X21", Submission::of(hidden_twice)),
        ("X04", Submission::of(extension.await.unwrap())),
        ("X05", Submission::of(of_another.await.unwrap())),
        ("X04", Submission::of(opaque_of(long).await)),
        ("X03", Submission::of(opaque_of(opaque).await)),
        ("X10", Submission::of(opaque_of(forbidden).await)),
        ("X15", Submission::of(opaque_of(stop_before_start).await)),
        ("X14", Submission::of(once.clone().replacing("2.25.1"))),
        ("X08", Submission::of(once.clone()).and(once)),
        ("X09", Submission::of(document(&letter()).await).content_type("99")),
    ];
    for (rule, submission) in table {
        let error = feeding(&mock).submit(&submission).await.unwrap_err();
        assert_eq!(error.rule(), Some(rule), "{error}");
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::Validation, Outcome::NotSent), "{rule}");
    }
    let opposed = client(&mock).indirect(sender()).unwrap().record(followed(), Consent::refused()).unwrap();
    let error = opposed.submit(&Submission::of(document(&letter()).await)).await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Authorisation, Outcome::NotSent));
    assert!(mock.journal().exchanges().is_empty(), "the mock heard nothing");
}

#[tokio::test]
async fn a_lenient_rule_lets_the_dmp_decide() {
    let mock = MockDmp::start().await.unwrap();
    let policy = Policy::lenient("X12").unwrap();
    let client = builder(&mock).policy(policy).build().unwrap();
    let record = client.indirect(sender()).unwrap().record(followed(), Consent::given()).unwrap();
    let by_others = document(&letter_by(seed::STRUCTURE_OTHER)).await;
    let error = record.submit(&Submission::of(by_others)).await.unwrap_err();
    assert_eq!((error.rule(), error.outcome()), (None, Outcome::Refused), "{error}");
}

#[tokio::test]
async fn what_is_mandatory_stays_so_when_the_header_is_not_asked() {
    let mock = MockDmp::start().await.unwrap();
    let client = builder(&mock).policy(Policy::lenient("X13").unwrap()).build().unwrap();
    let record = client.indirect(sender()).unwrap().record(followed(), Consent::given()).unwrap();
    let bare = Document::from_cda_bytes(&b"<ClinicalDocument xmlns=\"urn:hl7-org:v3\"/>"[..]).await.unwrap();
    let error = record.submit(&Submission::of(bare)).await.unwrap_err();
    assert_eq!(error.rule(), Some("X03"));
    assert!(error.to_string().contains("legalAuthenticator"), "{error}");
}

#[tokio::test]
async fn what_is_refused_by_the_dmp_says_so() {
    let mock = MockDmp::start().await.unwrap();
    let error = air(&mock)
        .record(patient(seed::PATIENT_UNKNOWN_TO_ALL), Consent::given())
        .unwrap()
        .find(Search::approved())
        .await
        .unwrap_err();
    assert_eq!(error.code().map(Code::as_str), Some("DMPAuthorizationNotFound"));
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Authorisation, Outcome::Refused));
    assert!(!error.to_string().contains(seed::PATIENT_UNKNOWN_TO_ALL));
}

#[tokio::test]
async fn bytes_that_are_not_those_of_the_entry_are_refused() {
    let mock = MockDmp::start().await.unwrap();
    let id = fed(&mock, &[]).await;
    let record = consulting(&mock);
    let entry = record.entry(&id).await.unwrap();
    let other_hash = DocumentEntry { hash: Some("0".repeat(40)), ..entry.clone() };
    let other_size = DocumentEntry { size: Some(1), ..entry.clone() };
    let folder = tempfile::tempdir().unwrap();
    for entry in [&other_hash, &other_size] {
        let error = record.retrieve_to_file(entry, folder.path().join("letter.xml")).await.unwrap_err();
        assert_eq!(error.rule(), Some("X07"));
        assert!(std::error::Error::source(&error).is_some_and(|source| source.is::<IntegrityError>()));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is kept");
    }
    // Without hash, and with an unknown size, there is nothing to compare.
    let unknown = DocumentEntry { hash: None, size: Some(0), ..entry.clone() };
    assert!(record.retrieve(&unknown).await.is_ok());
    let upper = DocumentEntry { hash: entry.hash.as_ref().map(|hash| hash.to_uppercase()), ..entry };
    assert!(record.retrieve(&upper).await.is_ok());
}

#[tokio::test]
async fn a_file_that_changed_since_it_was_read_is_not_sent() {
    let mock = MockDmp::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("letter.xml");
    std::fs::write(&path, bytes(&letter())).unwrap();
    let submission = Submission::of(Document::from_cda_file(&path).await.unwrap());
    std::fs::write(&path, b"shorter").unwrap();
    let error = feeding(&mock).submit(&submission).await.unwrap_err();
    assert_eq!((error.rule(), error.outcome()), (Some("file"), Outcome::NotSent), "{error:?}");
    std::fs::remove_file(&path).unwrap();
    assert!(feeding(&mock).submit(&submission).await.is_err());
    assert!(consulting(&mock).find(Search::approved()).await.unwrap().is_empty());
}
