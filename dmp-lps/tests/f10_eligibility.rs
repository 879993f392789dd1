//! F10: one test per reason that is known without the DMP; NO_DMP, DMP_CLOSED and the reasons of the pre-flight are met
//! where they are found, in `f09_outbox`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

mod support;

use std::sync::atomic::Ordering;

use dmp_client::{Hidden, QualifiedPatient, Realm};
use dmp_lps::PatientKey;
use dmp_lps::consent::{Scope, Stance, StanceChange};
use dmp_lps::outbox::*;
use dmp_mock::MockDmp;
use dmp_vocabulary::identity::Ins;
use dmp_vocabulary::oids;
use support::documents::{bytes, concept, letter};
use support::queue::{Scene, work};
use support::{context, feeding, patient, with_long_title};

async fn reasons(scene: &Scene, id: FeedId) -> Vec<&'static str> {
    let item = scene.queue.get(id).await.unwrap();
    assert_eq!(item.state, State::Excluded);
    item.reasons.into_iter().map(Reason::code).collect()
}

#[tokio::test]
async fn all_that_speaks_against_a_document_is_told_at_once() {
    let scene = Scene::new();
    scene.register.unqualified.store(true, Ordering::SeqCst);
    scene.register.deceased.store(true, Ordering::SeqCst);
    let opposed = StanceChange::new(Scope::Feeding, Stance::InformedOpposed);
    let _ = scene.gate.record(&context("alix", "team-1", "visit-1"), &patient(), opposed).await.unwrap();
    let (id, _) = scene.letter("visit-1").await;
    assert_eq!(reasons(&scene, id).await, ["INS_NOT_QUALIFIED", "DECEASED", "OPPOSED"]);
    // When they disappear a user resumes it.
    scene.register.unqualified.store(false, Ordering::SeqCst);
    assert_eq!(scene.queue.retry(id).await.unwrap().state, State::Excluded);
    assert_eq!(reasons(&scene, id).await, ["DECEASED", "OPPOSED"]);
}

#[tokio::test]
async fn death_is_looked_at_again_right_before_sending() {
    let (mock, scene) = (MockDmp::start().await.unwrap(), Scene::new());
    let (id, _) = scene.letter("visit-1").await;
    scene.register.deceased.store(true, Ordering::SeqCst);
    scene.pass_delay();
    work(&scene.queue.worker(feeding(&mock)).await.unwrap()).await;
    assert_eq!(reasons(&scene, id).await, ["DECEASED"]);
    assert_eq!(mock.journal().exchanges().len(), 0);
}

#[tokio::test]
async fn the_same_bytes_are_fed_once() {
    let (mock, scene) = (MockDmp::start().await.unwrap(), Scene::new());
    let document = bytes(&letter());
    let feed = || NewFeed::of(context("alix", "team-1", "visit-1"), patient()).validated();
    let first = scene.queue.enqueue_bytes(feed(), document.clone()).await.unwrap();
    scene.pass_delay();
    work(&scene.queue.worker(feeding(&mock)).await.unwrap()).await;
    assert_eq!(scene.queue.get(first).await.unwrap().state, State::Sent);
    let second = scene.queue.enqueue_bytes(feed(), document).await.unwrap();
    assert_eq!(reasons(&scene, second).await, ["ALREADY_FED"]);
    let refused = scene.queue.retry(second).await.unwrap_err();
    assert!(matches!(refused, OutboxError::ExcludedForGood { code: "ALREADY_FED" }));
}

#[tokio::test]
async fn e2_15_nothing_is_sent_for_an_unqualified_deceased_or_opposed_patient_a_nia_or_the_same_bytes() {
    let mock = MockDmp::start().await.unwrap();
    type Prepare = fn(&Scene);
    let cases: [(&str, Prepare); 2] = [
        ("INS_NOT_QUALIFIED", |scene| scene.register.unqualified.store(true, Ordering::SeqCst)),
        ("DECEASED", |scene| scene.register.deceased.store(true, Ordering::SeqCst)),
    ];
    for (reason, prepare) in cases {
        let scene = Scene::new();
        prepare(&scene);
        let (id, _) = scene.letter("visit-1").await;
        assert_eq!(reasons(&scene, id).await, [reason]);
    }
    let scene = Scene::new();
    let opposed = StanceChange::new(Scope::Feeding, Stance::InformedOpposed);
    let _ = scene.gate.record(&context("alix", "team-1", "visit-1"), &patient(), opposed).await.unwrap();
    let (id, _) = scene.letter("visit-1").await;
    assert_eq!(reasons(&scene, id).await, ["OPPOSED"]);

    let nia = Ins::parse("280057599900151", oids::INS_NIA, Realm::Production).unwrap().value;
    let key = PatientKey::from(&QualifiedPatient::declared(nia));
    let feed = NewFeed::of(context("alix", "team-1", "visit-2"), key).validated();
    let id = scene.queue.enqueue_bytes(feed, bytes(&letter())).await.unwrap();
    assert_eq!(reasons(&scene, id).await, ["INS_NOT_QUALIFIED"]);
    scene.pass_delay();
    work(&scene.queue.worker(feeding(&mock)).await.unwrap()).await;
    assert_eq!(mock.journal().exchanges().len(), 0);

    // Already fed: the second of two with the same bytes.
    let scene = Scene::new();
    let document = bytes(&letter());
    let feed = || NewFeed::of(context("alix", "team-1", "visit-1"), patient()).validated();
    scene.queue.enqueue_bytes(feed(), document.clone()).await.unwrap();
    scene.pass_delay();
    work(&scene.queue.worker(feeding(&mock)).await.unwrap()).await;
    let sent = mock.journal().exchanges().len();
    let again = scene.queue.enqueue_bytes(feed(), document).await.unwrap();
    assert_eq!(reasons(&scene, again).await, ["ALREADY_FED"]);
    work(&scene.queue.worker(feeding(&mock)).await.unwrap()).await;
    assert_eq!(mock.journal().exchanges().len(), sent);
}

/// A letter without its content.
fn hollow(letter: &[u8]) -> Vec<u8> {
    let text = String::from_utf8(letter.to_vec()).unwrap();
    let (before, after) = text.split_once("representation=\"B64\"").unwrap();
    let (attributes, rest) = after.split_once('>').unwrap();
    let (_, end) = rest.split_once("</text>").unwrap();
    format!("{before}representation=\"B64\"{attributes}></text>{end}").into_bytes()
}

#[tokio::test]
async fn what_the_pre_flight_refuses_is_excluded_with_its_reason() {
    let (mock, scene) = (MockDmp::start().await.unwrap(), Scene::new());
    let mut forbidden = letter();
    forbidden.document_type = Some(concept("JDV_J07", "11369-6"));
    let stranger = support::documents::letter_by("10B0990009");
    let cases = [
        (bytes(&forbidden), Vec::new(), "TYPE_FORBIDDEN"),
        (with_long_title(&bytes(&letter())), Vec::new(), "TITLE"),
        (bytes(&stranger), Vec::new(), "AUTHOR_MISMATCH"),
        (hollow(&bytes(&letter())), Vec::new(), "EMPTY"),
        (bytes(&letter()), vec![Hidden::FromPatient, Hidden::FromProfessionals], "VISIBILITY"),
    ];
    let mut queued = Vec::new();
    for (number, (document, hidden, reason)) in cases.into_iter().enumerate() {
        let ctx = context("alix", "team-1", &format!("visit-{number}"));
        let feed = hidden.into_iter().fold(NewFeed::of(ctx, patient()).validated(), NewFeed::hidden);
        queued.push((scene.queue.enqueue_bytes(feed, document).await.unwrap(), reason));
    }
    scene.pass_delay();
    work(&scene.queue.worker(feeding(&mock)).await.unwrap()).await;
    for (id, reason) in queued {
        assert_eq!(reasons(&scene, id).await, [reason]);
    }
    let submitted = mock.journal().exchanges().iter().any(|one| one.transaction.as_deref() == Some("TD2.1"));
    assert!(!submitted, "refused before the network");
}

#[tokio::test]
async fn a_patient_without_a_dmp() {
    let (mock, scene) = (MockDmp::start().await.unwrap(), Scene::new());
    let stranger = Ins::parse("284063599941750", oids::INS_NIR_TEST, Realm::Test).unwrap().value;
    let mut builder = letter();
    builder.patient.ins = Some(stranger.clone());
    let key = PatientKey::from(&QualifiedPatient::declared(stranger));
    let feed = NewFeed::of(context("alix", "team-1", "visit-1"), key).validated();
    let id = scene.queue.enqueue_bytes(feed, bytes(&builder)).await.unwrap();
    scene.pass_delay();
    work(&scene.queue.worker(feeding(&mock)).await.unwrap()).await;
    assert_eq!(reasons(&scene, id).await, ["NO_DMP"]);
}

#[tokio::test]
async fn what_is_no_document_is_not_queued() {
    let scene = Scene::new();
    let feed = NewFeed::of(context("alix", "team-1", "visit-1"), patient());
    assert!(matches!(scene.queue.enqueue_bytes(feed, b"%PDF-1.4".to_vec()).await, Err(OutboxError::Document(_))));
    assert_eq!(std::fs::read_dir(scene.folder.path().join("spool")).unwrap().count(), 0);
    assert!(scene.queue.list(FeedFilter::default()).await.unwrap().is_empty());
}
