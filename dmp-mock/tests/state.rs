//! Snapshots and the state file: everything comes back, and what is no state is refused.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

mod support;

use std::io::Read as _;
use std::path::{Path, PathBuf};

use dmp_mock::world::holder::HolderAction;
use dmp_mock::world::{GrantHolder, PatientId, StoredEntry, World, seed};
use dmp_mock::{MockDmp, Snapshot, StartError, StateError};
use dmp_protocol::transaction::Transaction;
use jiff::{SignedDuration, Span};
use support::Sender;
use support::lot::{document, flag, submission, unique_id};
use xds_model::Association;

fn worlds() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/worlds")
}

fn camille() -> PatientId {
    PatientId::new(seed::PATIENT_FOLLOWED, seed::TEST_NIR_OID)
}

async fn feed(mock: &MockDmp, number: u32, replaced: Option<&str>) {
    let sender = Sender::indirecte(mock);
    let (mut entry, bytes) = document(number);
    entry.confidentiality_codes.push(flag("INVISIBLE_PATIENT"));
    entry.title = Some("Titre <accentué> & \"cité\"\non two lines".to_owned());
    let id = entry.entry_uuid.clone();
    let mut lot = submission(&sender, vec![(entry, bytes)]);
    if let Some(target) = replaced {
        lot.request.objects.associations.push(Association::replaces("Replaces", &id, target));
    }
    let answer = lot.send(&sender).await;
    assert_eq!((answer.status.as_u16(), answer.rule()), (200, None));
}

fn uuid(mock: &MockDmp, number: u32) -> String {
    mock.with_world(|world| world.registry.last_version(&unique_id(number)).unwrap().entry.entry_uuid.clone())
}

/// Everything of a world that can be compared, and every byte.
fn told(world: &World) -> Vec<String> {
    let mut told = Vec::new();
    for patient in world.patients() {
        let mut add = |what: &dyn std::fmt::Debug| told.push(format!("{} {what:?}", patient.id.matricule));
        add(&(&patient.record, &patient.grants, &patient.blocked, &patient.medecin_traitant, &patient.accesses));
        add(&(&patient.birth_name, &patient.given_names, &patient.birth_date, patient.default_masking));
        add(&(&patient.administrative.telecoms, patient.administrative.representatives.len()));
        add(&world.access_history(&patient.id, false));
        add(&world.vaccinations(&patient.id).len());
        for StoredEntry { entry, depositor, deposited_at, hidden_since, content, .. } in
            world.registry.entries_of(&patient.id)
        {
            let mut bytes = Vec::new();
            content.reader().unwrap().read_to_end(&mut bytes).unwrap();
            assert_eq!(bytes.len() as u64, content.length());
            add(&serde_json::to_string(entry).unwrap());
            add(&(depositor, deposited_at, hidden_since, content.sha1(), content.sha256()));
        }
    }
    told.extend(world.professionals().map(|one| format!("{one:?} {:?} {:?}", one.roles, one.structures)));
    told.extend(world.structures().map(|one| format!("{one:?}")));
    told.extend(world.labels().map(|(label, id)| format!("{label} {}", id.matricule)));
    told.extend(world.registry.lots().map(|lot| serde_json::to_string(&lot.set).unwrap()));
    told.extend(world.registry.associations().map(|one| serde_json::to_string(one).unwrap()));
    told
}

fn of(mock: &MockDmp) -> Vec<String> {
    mock.with_world(|world| told(world))
}

fn same(found: &[String], expected: &[String]) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert_eq!(found, expected);
    }
}

/// Documents in several versions, holder's decisions, accesses, a large document, a moved clock.
async fn live(mock: &MockDmp) {
    feed(mock, 1, None).await;
    feed(mock, 2, Some(&uuid(mock, 1))).await;
    mock.clock().advance_calendar(Span::new().days(100)).unwrap();
    let _ = mock.notifications(&camille());
    let who = GrantHolder::Structure(seed::STRUCTURE_OTHER.into());
    mock.decide(&camille(), HolderAction::Block { who }).unwrap();
    let large = HolderAction::AddDocument {
        document: "2.25.77".into(),
        type_code: "DOCPAT01".into(),
        title: "Grand".into(),
        mime_type: "text/plain".into(),
        content: "QUJD".repeat(900_000),
    };
    mock.decide(&camille(), large).unwrap();
}

#[tokio::test]
async fn a_snapshot_file_brings_everything_back() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("snapshot.sqlite");
    let mock = MockDmp::builder().lenient("X14").world_file(worlds().join("default.toml")).start().await.unwrap();
    live(&mock).await;
    let assertion = {
        let air = Sender::air(&mock);
        let assertion = air.sign(&air.assertion());
        let request = air.existence_request();
        let first = air.send_as(Transaction::Existence, &assertion, |w| request.write(w)).await;
        assert_eq!(first.rule(), None);
        assertion
    };
    let expected = of(&mock);
    mock.save_to(&file).unwrap();
    mock.save_to(&file).unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "one file, replaced");

    let now = mock.clock().now();
    mock.clock().set("2040-01-01T00:00:00Z".parse().unwrap());
    mock.decide(&camille(), HolderAction::Close).unwrap();
    mock.load_from(&file).unwrap();
    same(&of(&mock), &expected);
    assert!(mock.clock().now().duration_since(now) < SignedDuration::from_mins(5), "the time of the snapshot");
    // The same assertion is still a second use.
    let air = Sender::air(&mock);
    let request = air.existence_request();
    let again = air.send_as(Transaction::Existence, &assertion, |w| request.write(w)).await;
    assert_eq!(again.rule(), Some("V54"));

    let other = MockDmp::start().await.unwrap();
    other.restore(&Snapshot::load_from(&file).unwrap());
    same(&of(&other), &expected);
    // It goes on from there.
    feed(&other, 3, None).await;
}

#[tokio::test]
async fn every_document_of_the_acceptance_world_survives() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state");
    let start = || MockDmp::builder().world_file(worlds().join("acceptance.toml")).state(&file).start();
    let mock = start().await.unwrap();
    let expected = of(&mock);
    assert!(matches!(start().await, Err(StartError::State(StateError::InUse { .. }))), "one mock for one file");
    drop(mock);
    let mock = start().await.unwrap();
    same(&of(&mock), &expected);
}

#[tokio::test]
async fn the_state_file_follows_what_happens() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state");
    let start = || MockDmp::builder().lenient("X14").state(&file).start();
    let mock = start().await.unwrap();
    live(&mock).await;
    let (expected, offset) = (of(&mock), mock.clock().now().duration_since(jiff::Timestamp::now()));
    drop(mock);
    let mock = start().await.unwrap();
    same(&of(&mock), &expected);
    let restarted = mock.clock().now().duration_since(jiff::Timestamp::now());
    assert!((restarted - offset).abs() < SignedDuration::from_mins(1), "the clock was moved");

    // A restored snapshot is kept too, and what comes after it.
    let kept = mock.snapshot();
    mock.decide(&camille(), HolderAction::Close).unwrap();
    mock.restore(&kept);
    feed(&mock, 9, None).await;
    let expected = of(&mock);
    drop(mock);
    same(&of(&start().await.unwrap()), &expected);
}

#[tokio::test]
async fn what_is_no_state_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let mock = MockDmp::start().await.unwrap();
    std::fs::write(path("text"), "[[patient]]\nins = \"x\"\n".repeat(100)).unwrap();
    rusqlite::Connection::open(path("other")).unwrap().execute_batch("CREATE TABLE item (a)").unwrap();
    mock.save_to(path("version")).unwrap();
    rusqlite::Connection::open(path("version")).unwrap().pragma_update(None, "user_version", 99).unwrap();
    feed(&mock, 1, None).await;
    mock.save_to(path("piece")).unwrap();
    rusqlite::Connection::open(path("piece")).unwrap().execute_batch("DELETE FROM piece").unwrap();
    mock.save_to(path("item")).unwrap();
    let damage = "UPDATE item SET value = '{}' WHERE kind = 'entry'";
    rusqlite::Connection::open(path("item")).unwrap().execute_batch(damage).unwrap();
    let whole = std::fs::read({
        mock.save_to(path("whole")).unwrap();
        path("whole")
    })
    .unwrap();
    std::fs::write(path("cut"), &whole[..whole.len() / 2]).unwrap();
    let cases = [
        ("text", "is not a state of dmp-mock"),
        ("other", "is not a state of dmp-mock"),
        ("version", "has format 99, this dmp-mock reads format 1"),
        ("piece", "is damaged: the bytes of a document are missing"),
        ("item", "is damaged: an item of kind entry cannot be read"),
        ("cut", "is damaged"),
        ("absent", "could not be opened"),
    ];
    for (name, expected) in cases {
        let error = Snapshot::load_from(path(name)).unwrap_err().to_string();
        assert!(error.contains(expected), "{name}: {error}");
        assert!(!error.contains(seed::PATIENT_FOLLOWED), "{error}");
        if name != "absent" {
            let started = MockDmp::builder().state(path(name)).start().await;
            assert!(matches!(started, Err(StartError::State(_))), "{name}");
        }
    }
    assert!(mock.load_from(path("text")).is_err());
    mock.load_from(path("whole")).unwrap();
}
