//! F10: each reason where it is found first, when a document is queued or when it is sent; warnings.

use std::sync::atomic::Ordering;

use crate::support::documents::{bytes, concept, letter};
use crate::support::queue::{Scene, settings, work};
use crate::support::{context, feeding, patient, with_long_title};
use cda::n1::{N1Builder, N1Content};
use dmp_client::{Hidden, Language, Policy, QualifiedPatient, Realm};
use dmp_lps::consent::{Scope, Stance, StanceChange};
use dmp_lps::outbox::*;
use dmp_lps::{Clock, Confirmed, InternalUserId, PatientKey, UserAction};
use dmp_mock::MockDmp;
use dmp_mock::faults::Fault;
use dmp_mock::world::holder::HolderAction;
use dmp_mock::world::{PatientId, seed};
use dmp_protocol::transaction::Transaction;
use dmp_vocabulary::identity::Ins;
use dmp_vocabulary::oids;

async fn reasons(scene: &Scene, id: FeedId) -> Vec<&'static str> {
    let item = scene.queue.get(id).await.unwrap();
    assert_eq!(item.state, State::Excluded);
    item.reasons.into_iter().map(Reason::code).collect()
}

#[tokio::test]
async fn f10_ins_not_qualified_deceased_and_opposed_are_told_at_once() {
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
async fn f10_deceased_is_looked_at_again_right_before_sending() {
    let (mock, scene) = (MockDmp::start().await.unwrap(), Scene::new());
    let (id, _) = scene.letter("visit-1").await;
    scene.register.deceased.store(true, Ordering::SeqCst);
    scene.pass_delay();
    work(&scene.queue.worker(feeding(&mock)).await.unwrap()).await;
    assert_eq!(reasons(&scene, id).await, ["DECEASED"]);
    assert_eq!(mock.journal().exchanges().len(), 0);
}

#[tokio::test]
async fn f10_already_fed() {
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

/// Another text in the place of one that is there.
fn with(document: &[u8], old: &str, new: &str) -> Vec<u8> {
    let text = String::from_utf8(document.to_vec()).unwrap();
    assert!(text.contains(old), "{old}");
    text.replace(old, new).into_bytes()
}

fn feed(hidden: &[Hidden]) -> NewFeed {
    let feed = NewFeed::of(context("alix", "team-1", "visit-1"), patient()).validated();
    hidden.iter().fold(feed, |feed, flag| feed.hidden(*flag))
}

/// What speaks against a document when it is queued.
async fn told(settings: OutboxSettings, document: Vec<u8>, hidden: &[Hidden]) -> Vec<&'static str> {
    let scene = Scene::with(settings);
    let id = scene.queue.enqueue_bytes(feed(hidden), document).await.unwrap();
    scene.queue.get(id).await.unwrap().reasons.into_iter().map(Reason::code).collect()
}

#[tokio::test]
async fn f10_empty() {
    assert_eq!(told(settings(), hollow(&bytes(&letter())), &[]).await, ["EMPTY"]);
}

#[tokio::test]
async fn f10_type_forbidden() {
    for code in ["11369-6", "DOCPAT01", "REMB"] {
        let mut forbidden = letter();
        forbidden.document_type = Some(concept("JDV_J07", code));
        assert_eq!(told(settings(), bytes(&forbidden), &[]).await, ["TYPE_FORBIDDEN"], "{code}");
    }
}

#[tokio::test]
async fn f10_type_unknown_is_a_refusal_or_a_warning() {
    let document = with(&bytes(&letter()), "11488-4", "99999-9");
    assert_eq!(told(settings(), document.clone(), &[]).await, ["TYPE_UNKNOWN"]);
    let lenient = OutboxSettings { policy: Policy::lenient("X09").unwrap(), ..settings() };
    assert!(!told(lenient, document, &[]).await.contains(&"TYPE_UNKNOWN"));
}

#[tokio::test]
async fn f10_title() {
    let document = bytes(&letter());
    assert_eq!(told(settings(), with_long_title(&document), &[]).await, ["TITLE"]);
    let blank = with(&document, "Compte rendu de consultation</title>", " </title>");
    assert_eq!(told(settings(), blank, &[]).await, ["TITLE"]);
}

#[tokio::test]
async fn f10_visibility() {
    let both = [Hidden::FromPatient, Hidden::FromProfessionals];
    assert_eq!(told(settings(), bytes(&letter()), &both).await, ["VISIBILITY"]);
    assert_eq!(told(settings(), bytes(&letter()), &both[..1]).await, [""; 0]);
    let allowed = OutboxSettings { cumulation: true, ..settings() };
    assert_eq!(told(allowed, bytes(&letter()), &both).await, [""; 0], "where the DMP allows it");
}

#[tokio::test]
async fn f10_cda_invalid() {
    let mut stranger = letter();
    stranger.patient.ins = Some(Ins::parse("284063599941750", oids::INS_NIR_TEST, Realm::Test).unwrap().value);
    assert_eq!(told(settings(), bytes(&stranger), &[]).await, ["CDA_INVALID"], "of another patient");
    // A fault that the DMP takes: the establishment decides.
    let faulty = with(&bytes(&letter()), "<realmCode code=\"FR\"/>", "");
    for (faults, expected) in [(Faults::Warn, Vec::new()), (Faults::Enforce, vec!["CDA_INVALID"])] {
        assert_eq!(told(OutboxSettings { faults, ..settings() }, faulty.clone(), &[]).await, expected, "{faults:?}");
    }
}

#[tokio::test]
async fn f10_vac_rule() {
    let mut note = letter();
    note.document_type = Some(concept("JDV_J07", "87273-9"));
    let told = told(settings(), bytes(&note), &[Hidden::FromPatient]).await;
    assert!(told.contains(&"VAC_RULE"), "a note de vaccination is hidden from nobody: {told:?}");
}

/// What speaks against a document when it is sent.
async fn sent(mock: &MockDmp, feeder: impl Feeder, document: Vec<u8>) -> Vec<&'static str> {
    let scene = Scene::new();
    let id = scene.queue.enqueue_bytes(feed(&[]), document).await.unwrap();
    assert_eq!(scene.state(id).await, State::Scheduled);
    scene.pass_delay();
    work(&scene.queue.worker(feeder).await.unwrap()).await;
    let unique_id = scene.queue.get(id).await.unwrap().unique_id;
    assert!(!mock.with_world(|world| world.registry.knows_unique_id(&unique_id)));
    reasons(&scene, id).await
}

#[tokio::test]
async fn f10_author_mismatch() {
    let mock = MockDmp::start().await.unwrap();
    let stranger = bytes(&crate::support::documents::letter_by("10B0990009"));
    assert_eq!(sent(&mock, feeding(&mock), stranger).await, ["AUTHOR_MISMATCH"]);
}

#[tokio::test]
async fn f10_mode() {
    let mock = MockDmp::start().await.unwrap();
    let refused = Fault::code("DMPAccessDeniedByRightsService").on(Transaction::SubmitByCpe);
    mock.faults().add(refused).unwrap();
    let employee = crate::support::cards::employee(&mock);
    assert_eq!(sent(&mock, employee, bytes(&letter())).await, ["MODE"], "an employee without the right of TD2.2");
}

#[tokio::test]
async fn f10_no_dmp() {
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
async fn f10_dmp_closed() {
    let mock = MockDmp::start().await.unwrap();
    let followed = PatientId::new(seed::PATIENT_FOLLOWED, seed::TEST_NIR_OID);
    mock.decide(&followed, HolderAction::Close).unwrap();
    assert_eq!(sent(&mock, feeding(&mock), bytes(&letter())).await, ["DMP_CLOSED"]);
}

#[tokio::test]
async fn f10_unchanged_and_removed_by_user() {
    let (mock, scene) = (MockDmp::start().await.unwrap(), Scene::new());
    let first = letter();
    scene.queue.enqueue_bytes(feed(&[]), bytes(&first)).await.unwrap();
    scene.pass_delay();
    let worker = scene.queue.worker(feeding(&mock)).await.unwrap();
    work(&worker).await;
    // A new version says it of itself: another id, version and creation, the same content.
    let second = N1Builder {
        unique_id: Some(crate::support::documents::random_oid()),
        version: Some(2),
        replaces: first.unique_id.clone(),
        ..first.clone()
    };
    let same = scene.queue.enqueue_bytes(feed(&[]), bytes(&second)).await.unwrap();
    assert_eq!(reasons(&scene, same).await, ["UNCHANGED"]);
    // Another text, another title, another visibility: each is a change.
    let another_text = second.build(N1Content::text("Tout va mieux.\n")).unwrap();
    let another_title = with(&bytes(&second), "Compte rendu de consultation", "Compte rendu");
    let cases = [(another_text, &[][..]), (another_title, &[]), (bytes(&second), &[Hidden::FromProfessionals])];
    for (document, hidden) in cases {
        let id = scene.queue.enqueue_bytes(feed(hidden), document).await.unwrap();
        assert_eq!(scene.state(id).await, State::Scheduled);
        scene.queue.cancel(id).await.unwrap();
    }

    let user = InternalUserId::new("alix").unwrap();
    let action = UserAction { user, screen: "deletion".to_owned(), at: scene.clock.now() };
    let ctx = context("alix", "team-1", "visit-1");
    let id = crate::support::documents::unique_id(&first);
    scene.queue.order_deletion(&ctx, &patient(), &id, Confirmed::by(action)).await.unwrap();
    work(&worker).await;
    let again = scene.queue.enqueue_bytes(feed(&[]), bytes(&first)).await.unwrap();
    assert_eq!(reasons(&scene, again).await, ["REMOVED_BY_USER"]);
}

#[tokio::test]
async fn f10_order_independence() {
    type Happening = fn(&Scene);
    let faults: [Happening; 3] = [
        |scene| scene.register.unqualified.store(true, Ordering::SeqCst),
        |scene| scene.register.deceased.store(true, Ordering::SeqCst),
        |_| (),
    ];
    let both = [Hidden::FromPatient, Hidden::FromProfessionals];
    let document = with_long_title(&hollow(&bytes(&letter())));
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let scene = Scene::new();
        let mut id = None;
        for fault in order {
            faults[fault](&scene);
            // The document comes before, between or after what happens to its patient.
            if fault == 2 {
                let hidden = both.into_iter().rev().fold(feed(&[]), NewFeed::hidden);
                id = Some(scene.queue.enqueue_bytes(hidden, document.clone()).await.unwrap());
            }
        }
        let id = id.unwrap();
        scene.queue.retry(id).await.unwrap();
        let expected = ["INS_NOT_QUALIFIED", "DECEASED", "EMPTY", "TITLE", "VISIBILITY"];
        assert_eq!(reasons(&scene, id).await, expected, "{order:?}");
    }
}

#[test]
fn f10_every_reason_of_the_page_has_its_code_and_its_words() {
    let expected = "INS_NOT_QUALIFIED DECEASED OPPOSED ALREADY_FED UNCHANGED EMPTY REMOVED_BY_USER TYPE_FORBIDDEN TYPE_UNKNOWN \
                    TITLE VISIBILITY CDA_INVALID AUTHOR_MISMATCH NO_DMP DMP_CLOSED VAC_RULE MODE";
    let codes: Vec<&str> = Reason::all().map(Reason::code).collect();
    assert_eq!(codes.join(" "), expected);
    for reason in Reason::all() {
        assert_ne!(reason.meaning(Language::English), reason.meaning(Language::French));
    }
}

#[tokio::test]
async fn f10_warnings_refuse_nothing() {
    let scene = Scene::new();
    let mut office = letter();
    office.encounter.facility = Some(concept("JDV_J02", "SA07"));
    office.event.practice_setting = Some(concept("JDV_J04", "ETABLISSEMENT"));
    let document = String::from_utf8(bytes(&letter())).unwrap();
    let (before, after) = document.split_once("<birthplace").unwrap();
    let (_, after) = after.split_once("</birthplace>").unwrap();
    let unborn = format!("{before}{after}").into_bytes();
    let cases = [
        (bytes(&letter()), Vec::new()),
        (bytes(&office), vec![Warning::SectorSettingIncoherent]),
        (unborn, vec![Warning::BirthplaceMissing]),
    ];
    for (document, expected) in cases {
        let id = scene.queue.enqueue_bytes(feed(&[]), document).await.unwrap();
        let item = scene.queue.get(id).await.unwrap();
        assert_eq!((item.state, item.warnings), (State::Scheduled, expected));
    }
    let (id, _) = scene.letter("visit-1").await;
    assert_eq!(scene.queue.hold(id).await.unwrap().warnings, [Warning::MandatoryTypeHeld]);
    assert_eq!(scene.queue.release(id).await.unwrap().warnings, []);
    // The tables are data of the establishment.
    let none = r#"{"source": "Invented", "types": {}}"#;
    let sectors = r#"{"source": "Invented", "settings": {"SA01": ["HAD"]}}"#;
    let warnings = WarningTables::from_json(sectors, none).unwrap();
    let scene = Scene::with(OutboxSettings { warnings, ..settings() });
    let (id, _) = scene.letter("visit-1").await;
    assert_eq!(scene.queue.hold(id).await.unwrap().warnings, [Warning::SectorSettingIncoherent]);
    assert!(WarningTables::from_json(none, sectors).is_err());
}

#[tokio::test]
async fn what_is_no_document_is_not_queued() {
    let scene = Scene::new();
    let feed = NewFeed::of(context("alix", "team-1", "visit-1"), patient());
    assert!(matches!(scene.queue.enqueue_bytes(feed, b"%PDF-1.4".to_vec()).await, Err(OutboxError::Document(_))));
    assert_eq!(std::fs::read_dir(scene.folder.path().join("spool")).unwrap().count(), 0);
    assert!(scene.queue.list(FeedFilter::default()).await.unwrap().is_empty());
}
