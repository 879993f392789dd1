//! F09, the tests of its page by number. T10 (hidden in AIR) is in `f02_two_factor.rs`.

use crate::support::documents::{bytes, letter};
use crate::support::queue::{Scene, settings, work};
use crate::support::{context, count, feeding, patient, qualified};
use dmp_client::{Consent, ErrorKind, Hidden, Search};
use dmp_lps::consent::{Scope, Stance, StanceChange};
use dmp_lps::outbox::*;
use dmp_mock::MockDmp;
use dmp_mock::faults::{Cut, Effect, Fault};
use dmp_mock::world::{PatientId, seed};
use dmp_protocol::transaction::Transaction;
use jiff::SignedDuration;

/// How many times the mock holds a document.
fn held(mock: &MockDmp, unique_id: &str) -> usize {
    mock.with_world(|world| world.registry.versions_of_document(unique_id).count())
}

#[test]
fn f09_t1_each_transition_and_each_forbidden_one() {
    use Act::*;
    use State as S;
    let allowed = [
        (S::Draft, Validate, S::Scheduled),
        (S::Draft, Hold, S::Held),
        (S::Draft, Cancel, S::Cancelled),
        (S::Draft, Exclude, S::Excluded),
        (S::Held, Validate, S::Held),
        (S::Held, ReleaseDraft, S::Draft),
        (S::Held, ReleaseValidated, S::Scheduled),
        (S::Held, Cancel, S::Cancelled),
        (S::Scheduled, Hold, S::Held),
        (S::Scheduled, Cancel, S::Cancelled),
        (S::Scheduled, Claim, S::Sending),
        (S::Scheduled, Exclude, S::Excluded),
        (S::Sending, Store, S::Sent),
        (S::Sending, PutOff, S::Scheduled),
        (S::Sending, Refuse, S::Failed),
        (S::Sending, Lose, S::Ambiguous),
        (S::Sending, Exclude, S::Excluded),
        (S::Ambiguous, Store, S::Sent),
        (S::Ambiguous, Miss, S::Scheduled),
        (S::Ambiguous, Refuse, S::Failed),
        (S::Failed, Resume, S::Scheduled),
        (S::Failed, Cancel, S::Cancelled),
        (S::Excluded, Resume, S::Scheduled),
        (S::Cancelled, Resume, S::Scheduled),
    ];
    let acts = [
        Validate,
        Hold,
        ReleaseDraft,
        ReleaseValidated,
        Cancel,
        Claim,
        Store,
        PutOff,
        Refuse,
        Lose,
        Miss,
        Exclude,
        Resume,
    ];
    for state in State::ALL {
        for act in acts {
            let expected = allowed.iter().find(|(from, step, _)| (*from, *step) == (state, act)).map(|(.., to)| *to);
            assert_eq!(state.after(act).ok(), expected, "{state:?} {act:?}");
        }
    }
    let refused = State::Sending.after(Cancel).unwrap_err().to_string();
    assert!(refused.contains("delete or replace it in the DMP"), "{refused}");
}

#[tokio::test]
async fn f09_t2_a_cancel_is_possible_until_it_is_sent() {
    let (mock, scene) = (MockDmp::start().await.unwrap(), Scene::new());
    let (early, _) = scene.letter("visit-1").await;
    let (late, _) = scene.letter("visit-2").await;
    scene.clock.advance(SignedDuration::from_secs(15 * 60 - 1));
    let worker = scene.queue.worker(feeding(&mock)).await.unwrap();
    assert!(work(&worker).await.is_empty(), "one second before the end of the delay nothing is due");
    scene.queue.cancel(early).await.unwrap();
    scene.clock.advance(SignedDuration::from_secs(1));

    // While the request is on the way the answer waits behind a gate.
    mock.faults().add(Fault::new(Effect::Hold { gate: "t2".to_owned() }).on(Transaction::Submit)).unwrap();
    let sending = tokio::spawn(async move { worker.step().await.map(|_| worker) });
    mock.faults().reached("t2").await;
    let refused = scene.queue.cancel(late).await.unwrap_err();
    assert!(matches!(refused, OutboxError::Forbidden(Forbidden { state: State::Sending, act: Act::Cancel })));
    mock.faults().open("t2");
    let worker = sending.await.unwrap().unwrap();
    assert!(work(&worker).await.is_empty());
    assert_eq!((scene.state(early).await, scene.state(late).await), (State::Cancelled, State::Sent));
    assert_eq!(count(&mock, "TD2.1"), 1);
}

#[tokio::test]
async fn f09_t3_an_answer_that_is_lost_leaves_one_document() {
    for processed in [true, false] {
        let (mock, scene) = (MockDmp::start().await.unwrap(), Scene::new());
        let (id, unique_id) = scene.letter("visit-1").await;
        scene.pass_delay();
        let cut =
            Fault::new(Effect::Cut { at: Cut::BeforeAnswer }).on(Transaction::Submit).processed(processed).times(1);
        mock.faults().add(cut).unwrap();
        let worker = scene.queue.worker(feeding(&mock)).await.unwrap();
        let _ = worker.step().await.unwrap();
        assert_eq!(scene.state(id).await, State::Ambiguous);
        work(&worker).await;
        assert_eq!((scene.state(id).await, held(&mock, &unique_id)), (State::Sent, 1), "processed: {processed}");
        // Asked first, and sent again only when it was not there.
        assert_eq!((count(&mock, "TD3.1b"), count(&mock, "TD2.1")), (1, if processed { 1 } else { 2 }));
    }
}

#[tokio::test]
async fn f09_rule_10_an_answer_that_is_always_lost_is_sent_again_later_and_not_for_ever() {
    let mock = MockDmp::start().await.unwrap();
    let scene = Scene::with(OutboxSettings { tries: 4, ..settings() });
    let (id, _) = scene.letter("visit-1").await;
    scene.pass_delay();
    let cut = Fault::new(Effect::Cut { at: Cut::BeforeAnswer }).on(Transaction::Submit).processed(false);
    mock.faults().add(cut).unwrap();
    let worker = scene.queue.worker(feeding(&mock)).await.unwrap();
    work(&worker).await;
    assert_eq!(count(&mock, "TD2.1"), 2, "once more at once, then later");
    assert_eq!(scene.state(id).await, State::Scheduled);
    for _ in 0..8 {
        scene.clock.advance(SignedDuration::from_hours(6));
        work(&worker).await;
    }
    let item = scene.queue.get(id).await.unwrap();
    assert_eq!((item.state, count(&mock, "TD2.1")), (State::Failed, 4));
    assert!(item.error.is_some() && item.failed_at.is_some(), "its user sees why");
}

#[tokio::test]
async fn f09_t3_a_worker_that_is_killed_between_sending_and_the_answer_leaves_one_document() {
    let (mock, scene) = (MockDmp::start().await.unwrap(), Scene::new());
    let (id, unique_id) = scene.letter("visit-1").await;
    scene.pass_delay();
    let gate = Fault::new(Effect::Hold { gate: "t3".to_owned() }).on(Transaction::Submit).processed(true).times(1);
    mock.faults().add(gate).unwrap();
    let worker = scene.queue.worker(feeding(&mock)).await.unwrap();
    let sending = tokio::spawn(async move { worker.step().await.map(drop) });
    mock.faults().reached("t3").await;
    // Another worker that starts beside it leaves what it has alone.
    let other = scene.queue.worker(feeding(&mock)).await.unwrap();
    assert_eq!(scene.state(id).await, State::Sending);
    sending.abort();
    assert!(sending.await.unwrap_err().is_cancelled());
    // No new worker starts: when the lease has passed the living one takes it up.
    assert!(work(&other).await.is_empty());
    scene.clock.advance(SignedDuration::from_mins(10));
    work(&other).await;
    assert_eq!((scene.state(id).await, held(&mock, &unique_id), count(&mock, "TD2.1")), (State::Sent, 1, 1));
}

#[tokio::test]
async fn f09_t4_opposition_during_the_delay_excludes() {
    let (mock, scene) = (MockDmp::start().await.unwrap(), Scene::new());
    let (id, _) = scene.letter("visit-1").await;
    let ctx = context("sacha", "team-1", "visit-1");
    let opposed = StanceChange::new(Scope::Feeding, Stance::InformedOpposed);
    assert!(scene.gate.record(&ctx, &patient(), opposed).await.unwrap().reevaluate_queue);
    scene.pass_delay();
    let worker = scene.queue.worker(feeding(&mock)).await.unwrap();
    work(&worker).await;
    let item = scene.queue.get(id).await.unwrap();
    assert_eq!((item.state, item.reasons), (State::Excluded, vec![Reason::Opposed]));
    assert_eq!(mock.journal().exchanges().len(), 0, "nothing was sent, TD0.2 included");
    // The patient changes their mind: a user resumes it.
    let informed = StanceChange::new(Scope::Feeding, Stance::InformedNotOpposed);
    let _ = scene.gate.record(&ctx, &patient(), informed).await.unwrap();
    scene.queue.retry(id).await.unwrap();
    scene.pass_delay();
    work(&worker).await;
    assert_eq!(scene.state(id).await, State::Sent);
}

#[tokio::test]
async fn f09_t5_documents_of_one_episode_share_a_lot() {
    let (mock, scene) = (MockDmp::start().await.unwrap(), Scene::new());
    let (first, _) = scene.letter("stay-1").await;
    let (cancelled, unique_id) = scene.letter("stay-1").await;
    scene.clock.advance(SignedDuration::from_mins(5));
    let (second, _) = scene.letter("stay-1").await;
    let (other, _) = scene.letter("stay-2").await;
    scene.queue.cancel(cancelled).await.unwrap();
    scene.clock.advance(SignedDuration::from_mins(10));
    let worker = scene.queue.worker(feeding(&mock)).await.unwrap();
    assert_eq!(work(&worker).await.len(), 1, "the other episode is not due yet");
    let lot = |item: FeedItem| item.lot.unwrap();
    let (a, b) = (scene.queue.get(first).await.unwrap(), scene.queue.get(second).await.unwrap());
    assert_eq!(lot(a), lot(b));
    assert_eq!((scene.state(other).await, held(&mock, &unique_id)), (State::Scheduled, 0));
    assert_eq!((count(&mock, "TD0.2"), count(&mock, "TD2.1"), count(&mock, "TD3.1")), (1, 1, 0));
    // One lot, one signature.
    let followed = PatientId::new(seed::PATIENT_FOLLOWED, seed::TEST_NIR_OID);
    let signatures = mock.with_world(|world| {
        let entries = world.registry.entries_of(&followed);
        (world.registry.lots_of(&followed).count(), entries.filter(|stored| stored.entry.is_signature()).count())
    });
    assert_eq!(signatures, (1, 1));
}

#[tokio::test]
async fn f09_t6_a_restart_goes_on_where_it_was() {
    let (mock, scene) = (MockDmp::start().await.unwrap(), Scene::new());
    let (id, unique_id) = scene.letter("visit-1").await;
    scene.pass_delay();
    // A worker dies while its request is answered: the future is dropped, the mock has the document.
    mock.faults()
        .add(Fault::new(Effect::Hold { gate: "t6".to_owned() }).on(Transaction::Submit).processed(true))
        .unwrap();
    let worker = scene.queue.worker(feeding(&mock)).await.unwrap();
    let sending = tokio::spawn(async move { worker.step().await.map(drop) });
    mock.faults().reached("t6").await;
    sending.abort();
    let _ = sending.await;
    mock.faults().clear();
    assert_eq!(scene.state(id).await, State::Sending);

    let worker = scene.queue.worker(feeding(&mock)).await.unwrap();
    assert_eq!(scene.state(id).await, State::Ambiguous);
    work(&worker).await;
    assert_eq!((scene.state(id).await, held(&mock, &unique_id)), (State::Sent, 1));
    assert_eq!(std::fs::read_dir(scene.folder.path().join("spool")).unwrap().count(), 0, "what is sent is forgotten");
}

#[tokio::test]
async fn f09_t7_an_outage_of_two_hours_ends_with_one_document() {
    let (mock, scene) = (MockDmp::start().await.unwrap(), Scene::new());
    let (id, unique_id) = scene.letter("visit-1").await;
    scene.pass_delay();
    let outage = mock.faults().add(Fault::http(503)).unwrap();
    let worker = scene.queue.worker(feeding(&mock)).await.unwrap();
    let mut tries = 0;
    for _ in 0..24 {
        tries += work(&worker).await.len();
        scene.clock.advance(SignedDuration::from_mins(5));
    }
    let item = scene.queue.get(id).await.unwrap();
    assert_eq!(item.state, State::Scheduled);
    assert!((4..=9).contains(&tries), "the delays grow: {tries} tries in two hours");
    assert!(item.error.is_some_and(|error| error.kind == "Server" || error.kind == "Transport"));
    mock.faults().remove(outage);
    scene.clock.advance(SignedDuration::from_hours(6));
    work(&worker).await;
    assert_eq!((scene.state(id).await, held(&mock, &unique_id)), (State::Sent, 1));
}

#[tokio::test]
async fn f09_t8_a_throttled_search_delays_nothing() {
    let (mock, scene) = (MockDmp::start().await.unwrap(), Scene::new());
    let (id, _) = scene.letter("visit-1").await;
    scene.pass_delay();
    let throttled = Fault::code("DMPAccessDeniedByExcededThreshold").on(Transaction::Search);
    mock.faults().add(throttled).unwrap();
    // The very session that feeds has been told to search less.
    let session = crate::support::cards::card_of_alix(&mock);
    let record = session.record(qualified(), Consent::given()).unwrap();
    assert_eq!(record.find(Search::approved()).await.unwrap_err().kind(), ErrorKind::Throttled);
    let worker = scene.queue.worker(session).await.unwrap();
    work(&worker).await;
    assert_eq!(scene.state(id).await, State::Sent);
}

#[tokio::test]
async fn f09_t9_a_closed_dmp_receives_nothing() {
    let (mock, scene) = (MockDmp::start().await.unwrap(), Scene::new());
    let (id, _) = scene.letter("visit-1").await;
    scene.pass_delay();
    let patient = PatientId::new(seed::PATIENT_FOLLOWED, seed::TEST_NIR_OID);
    mock.decide(&patient, dmp_mock::world::holder::HolderAction::Close).unwrap();
    let worker = scene.queue.worker(feeding(&mock)).await.unwrap();
    work(&worker).await;
    let item = scene.queue.get(id).await.unwrap();
    assert_eq!((item.state, item.reasons), (State::Excluded, vec![Reason::DmpClosed]));
    assert_eq!((count(&mock, "TD0.2"), count(&mock, "TD2.1")), (1, 0));
}

#[tokio::test]
async fn s_08_a_document_in_its_delay_is_held_released_cancelled_and_never_there_twice() {
    let (mock, scene) = (MockDmp::start().await.unwrap(), Scene::new());
    let (id, unique_id) = scene.letter("visit-1").await;
    let (dropped, never) = scene.letter("visit-2").await;
    assert_eq!(scene.queue.hold(id).await.unwrap().state, State::Held);
    scene.pass_delay();
    scene.queue.cancel(dropped).await.unwrap();
    let worker = scene.queue.worker(feeding(&mock)).await.unwrap();
    assert!(work(&worker).await.is_empty(), "one is held, the other was withdrawn");
    // Released, its delay begins again.
    assert_eq!(scene.queue.release(id).await.unwrap().state, State::Scheduled);
    assert!(work(&worker).await.is_empty());
    scene.pass_delay();

    // The process dies while the DMP stores the document.
    let gate = Fault::new(Effect::Hold { gate: "s8".to_owned() }).on(Transaction::Submit).processed(true).times(1);
    mock.faults().add(gate).unwrap();
    let sending = tokio::spawn(async move { worker.step().await.map(drop) });
    mock.faults().reached("s8").await;
    assert!(matches!(scene.queue.hold(id).await, Err(OutboxError::Forbidden(_))), "it is on the way");
    sending.abort();
    assert!(sending.await.unwrap_err().is_cancelled());
    let worker = scene.queue.worker(feeding(&mock)).await.unwrap();
    work(&worker).await;
    assert_eq!((scene.state(id).await, scene.state(dropped).await), (State::Sent, State::Cancelled));
    assert_eq!((held(&mock, &unique_id), held(&mock, &never)), (1, 0));
}

#[tokio::test]
async fn a_refused_document_is_set_apart_and_the_others_go() {
    // The queue believes that the DMP allows both flags, the client knows better.
    let mock = MockDmp::start().await.unwrap();
    let scene = Scene::with(OutboxSettings { cumulation: true, ..settings() });
    let (good, _) = scene.letter("stay-1").await;
    let feed = NewFeed::of(context("alix", "team-1", "stay-1"), patient()).validated();
    let feed = feed.hidden(Hidden::FromPatient).hidden(Hidden::FromProfessionals);
    let bad = scene.queue.enqueue_bytes(feed, bytes(&letter())).await.unwrap();
    scene.pass_delay();
    let worker = scene.queue.worker(feeding(&mock)).await.unwrap();
    work(&worker).await;
    assert_eq!(scene.state(good).await, State::Sent);
    let item = scene.queue.get(bad).await.unwrap();
    assert_eq!((item.state, item.reasons), (State::Excluded, vec![Reason::Visibility]));
    assert_eq!(item.error.unwrap().code.as_deref(), Some("X21"));

    // The DMP refuses a lot without saying which document it means: each is sent alone, one is refused alone.
    let (a, _) = scene.letter("stay-2").await;
    let (b, _) = scene.letter("stay-2").await;
    scene.pass_delay();
    mock.faults().add(Fault::code("XDSRepositoryMetadataError").on(Transaction::Submit).times(2)).unwrap();
    work(&worker).await;
    let mut states = [scene.state(a).await, scene.state(b).await];
    states.sort_by_key(|state| *state == State::Failed);
    assert_eq!(states, [State::Sent, State::Failed]);
    // A user looks at it and sends it after all.
    let failed = if scene.state(a).await == State::Failed { a } else { b };
    scene.queue.retry(failed).await.unwrap();
    scene.pass_delay();
    work(&worker).await;
    assert_eq!(scene.state(failed).await, State::Sent);
}

#[tokio::test]
async fn an_installation_that_is_refused_loses_nothing() {
    let (mock, scene) = (MockDmp::start().await.unwrap(), Scene::new());
    let (id, _) = scene.letter("visit-1").await;
    scene.pass_delay();
    let fault = mock.faults().add(Fault::code("DMPInvalidCertificate")).unwrap();
    let worker = scene.queue.worker(feeding(&mock)).await.unwrap();
    let Step::Blocked(error) = worker.step().await.unwrap() else { panic!("blocked") };
    assert_eq!(error.code().map(|code| code.as_str()), Some("DMPInvalidCertificate"));
    let item = scene.queue.get(id).await.unwrap();
    assert_eq!((item.state, item.attempts), (State::Scheduled, 0), "no try is counted");
    mock.faults().remove(fault);
    scene.clock.advance(SignedDuration::from_hours(1));
    work(&worker).await;
    assert_eq!(scene.state(id).await, State::Sent);
}

#[tokio::test]
async fn the_worker_runs_until_it_is_told_to_stop() {
    let mock = MockDmp::start().await.unwrap();
    let scene = Scene::with(OutboxSettings { delay: SignedDuration::ZERO, ..settings() });
    let mut events = scene.queue.events();
    let worker = scene.queue.worker(feeding(&mock)).await.unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(async move {
        worker.run(async { drop(stopped.await) }).await;
    });
    let (id, _) = scene.letter("visit-1").await;
    let mut told = Vec::new();
    while told.last() != Some(&What::Stored) {
        let event = events.recv().await.unwrap();
        assert_eq!(event.id, id);
        told.push(event.what);
    }
    assert_eq!(told, [What::ByUser, What::Started, What::Stored]);
    stop.send(()).unwrap();
    running.await.unwrap();
    assert_eq!(
        scene.queue.badge(&patient(), &scene.queue.get(id).await.unwrap().unique_id).await.unwrap(),
        Badge::Sent
    );
}
