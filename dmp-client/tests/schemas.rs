//! Every message of the road, both ways, against the schemas of the standards, where they are.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

mod support;
#[path = "support/validator.rs"]
mod validator;

use std::path::{Path, PathBuf};

use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::world::seed;
use support::documents::{document, letter, unique_id};
use support::*;

#[tokio::test(flavor = "multi_thread")]
async fn every_message_validates() {
    if !validator::is_present() {
        return;
    }
    let mock = MockDmp::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    walk(&mock, folder.path()).await;
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 40, "{files:?}");
    let read =
        |file: &PathBuf| (file.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(file).unwrap());
    validator::assert_valid(&files.iter().map(read).collect::<Vec<_>>());
}

/// The road, and some refusals, captured into `folder`.
async fn walk(mock: &MockDmp, folder: &Path) {
    let client = builder(mock).capture(Capture::directory(folder).unwrap()).build().unwrap();
    let feeding = client.indirect(sender()).unwrap().record(followed(), Consent::given()).unwrap();
    let session = client.air_simplifie(medecin(), factor()).unwrap();
    let record = session.record(followed(), Consent::given()).unwrap();
    for matricule in [seed::PATIENT_FOLLOWED, seed::PATIENT_UNKNOWN_TO_ALL, seed::PATIENT_CLOSED, "285079999999935"] {
        session.record(patient(matricule), Consent::given()).unwrap().existence().await.unwrap();
    }
    record.authorise().await.unwrap();
    record.administrative_data().await.unwrap();
    record.authorisations(AuthorizationMode::Toute).await.unwrap();
    session.authorised(AuthorisedList::all()).await.unwrap();
    let first = letter();
    let hidden = Submission::of(document(&first).await).and(document(&letter()).await).hidden(Hidden::FromPatient);
    feeding.submit(&hidden).await.unwrap();
    feeding.submit(&hidden).await.unwrap_err();
    let id = unique_id(&first);
    let entry = record.entry(&id).await.unwrap();
    record.retrieve(&entry).await.unwrap();
    record.retrieve("2.25.1").await.unwrap_err();
    record.reveal_to_patient(&id).await.unwrap();
    record.mask(&id).await.unwrap();
    record.unmask(&id).await.unwrap();
    record.archive(&id).await.unwrap();
    record.unarchive(&id).await.unwrap();
    let second = cda::n1::N1Builder { replaces: first.unique_id.clone(), version: Some(2), ..letter() };
    feeding.submit(&Submission::of(document(&second).await.replacing(&id))).await.unwrap();
    feeding.delete(unique_id(&second).as_str()).await.unwrap();
    record.find(Search::approved().since("2020").until("20301231235959")).await.unwrap();
    record.find(Search::by_reference(["ACC%"]).author("%MODELE%")).await.unwrap();
    record.new_since(jiff::Timestamp::UNIX_EPOCH, &KnownDocuments::none()).await.unwrap();
    for lot in record.submissions_since(jiff::Timestamp::UNIX_EPOCH).await.unwrap() {
        record.contents_of(&lot).await.unwrap();
    }
    let (mut one, mut two) = (Vec::new(), Vec::new());
    record.retrieve_all(vec![Delivery::new("2.25.1", &mut one), Delivery::new("2.25.2", &mut two)]).await.unwrap();
    session
        .record(patient(seed::PATIENT_UNKNOWN_TO_ALL), Consent::given())
        .unwrap()
        .find(Search::approved())
        .await
        .unwrap_err();
}
