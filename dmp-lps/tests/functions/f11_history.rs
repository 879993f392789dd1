//! F11: historical feeding, the tests of its page by number, and S-14.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::support::documents::{bytes, random_oid, unique_id};
use crate::support::queue::{Queue, Register, Scene, settings, work};
use crate::support::shelf::{PDF, Shelf, former_letter};
use crate::support::{consulting, context, count, feeding, patient};
use dmp_lps::consent::ConsentGate;
use dmp_lps::history::*;
use dmp_lps::indicators::{Indicators, Period};
use dmp_lps::outbox::*;
use dmp_lps::{Clock, Confirmed, Database, InternalUserId, ManualClock, UserAction};
use dmp_mock::MockDmp;
use dmp_mock::faults::{Effect, Fault};
use dmp_mock::world::{PatientId, seed};
use dmp_protocol::transaction::Transaction;
use dmp_vocabulary::Realm;
use dmp_vocabulary::identity::Finess;
use jiff::SignedDuration;

type Histories = History<Database, Database, Register, Shelf>;

/// Open at any time, at full speed.
fn at_once() -> HistorySettings {
    HistorySettings { window: FeedingWindow::always(), pace: std::time::Duration::ZERO, ..HistorySettings::default() }
}

fn confirmed(clock: &ManualClock) -> Confirmed<HistoryFeed> {
    let user = InternalUserId::new("alix").unwrap();
    Confirmed::by(UserAction { user, screen: "history".to_owned(), at: clock.now() })
}

/// Plans everything that is a candidate.
async fn plan(history: &Histories) -> HistoryPlan {
    let candidates = history.candidates(&patient(), &HistoryFilter::default()).await.unwrap();
    history.plan(&context("alix", "team-1", "stay-9"), &patient(), candidates).await.unwrap()
}

fn verdicts(plan: &HistoryPlan) -> Vec<Verdict> {
    plan.planned().iter().map(|planned| planned.verdict.clone()).collect()
}

fn stored(mock: &MockDmp, unique_id: &str) -> dmp_client::DocumentEntry {
    mock.with_world(|world| world.registry.last_version(unique_id).unwrap().entry.clone())
}

#[tokio::test]
async fn f11_t1_dates_preserved() {
    let (mock, scene, shelf) = (MockDmp::start().await.unwrap(), Scene::new(), Shelf::empty());
    let scan = shelf.scan("2023-05-04T09:15:00Z");
    let letter = former_letter("2022-01-31T10:00:00Z");
    let cda = shelf.put(&letter, LocalContent::Cda(bytes(&letter)));
    // The author of the scan is of the structure that feeds now, whoever still works there; the patient's name has changed
    // for the better since.
    shelf.traits.lock().unwrap().used_family = Some("EXEMPLE-NEUF".to_owned());
    let history = History::new(scene.queue.clone(), shelf.clone(), at_once());
    let fed = history.feed(plan(&history).await, confirmed(&scene.clock)).await.unwrap();
    assert_eq!((fed.queued.len(), fed.skipped, fed.warning), (2, 0, None));
    work(&history.worker(feeding(&mock)).await.unwrap()).await;

    let entry = stored(&mock, &scan);
    let times = [entry.creation_time, entry.service_start_time].map(|time| time.unwrap().to_string());
    assert!(times.iter().all(|time| time.starts_with("20230504091500")), "{times:?}");
    assert_eq!(entry.authors[0].person.as_ref().unwrap().id(), seed::MEDECIN);
    let traits = entry.source_patient_info.unwrap();
    assert!(traits.values("PID-5").any(|name| name.contains("EXEMPLE-NEUF")), "the traits of now");
    assert!(stored(&mock, &cda).creation_time.unwrap().to_string().starts_with("20220131100000"));
    for item in scene.queue.list(FeedFilter::default()).await.unwrap() {
        assert!(item.historical && item.state == State::Sent && item.lane == Lane::Historical);
        assert!(item.documented_at.unwrap() < scene.clock.now() - SignedDuration::from_hours(24 * 365));
    }
    // The body is the unchanged PDF.
    let (_, content) = shelf.documents.lock().unwrap()[0].clone();
    let LocalContent::File { header, media_type, bytes } = content else { panic!("a scan") };
    let built = header.build(cda::n1::N1Content { media_type, bytes: &bytes }).unwrap();
    let mut body = Vec::new();
    cda::read_with_body(&*built, &cda::CdaLimits::default(), &mut body).unwrap();
    assert_eq!(body, PDF);
    assert_eq!((count(&mock, "TD3.1"), count(&mock, "TD2.1")), (0, 1), "it only feeds");

    // A CDA document that names the patient otherwise is made again by the software.
    shelf.put(&former_letter("2021-01-31T10:00:00Z"), LocalContent::Cda(crate::support::documents::bytes(&letter)));
    shelf.traits.lock().unwrap().birth_given = Some("DOMINIQUE".to_owned());
    assert_eq!(verdicts(&plan(&history).await), [Verdict::TraitsChanged]);
    shelf.documents.lock().unwrap().clear();
    shelf.put(&former_letter("2021-01-31T10:00:00Z"), LocalContent::Cda(b"no document".to_vec()));
    assert!(matches!(&verdicts(&plan(&history).await)[..], [Verdict::Unusable(_)]));
}

#[tokio::test]
async fn f11_t2_not_qualified_is_refused() {
    let (mock, scene, shelf) = (MockDmp::start().await.unwrap(), Scene::new(), Shelf::empty());
    let id = shelf.scan("2023-05-04T09:15:00Z");
    let history = History::new(scene.queue.clone(), shelf, at_once());
    scene.register.unqualified.store(true, Ordering::SeqCst);
    let refused = plan(&history).await;
    assert_eq!(verdicts(&refused), [Verdict::Refused(vec![Reason::InsNotQualified])]);
    let fed = history.feed(refused, confirmed(&scene.clock)).await.unwrap();
    assert_eq!((fed.queued.len(), fed.skipped), (0, 1));
    // Qualified when it was queued, not when it is sent.
    scene.register.unqualified.store(false, Ordering::SeqCst);
    let fed = history.feed(plan(&history).await, confirmed(&scene.clock)).await.unwrap();
    scene.register.unqualified.store(true, Ordering::SeqCst);
    let worker = history.worker(feeding(&mock)).await.unwrap();
    work(&worker).await;
    assert_eq!((scene.state(fed.queued[0]).await, mock.journal().exchanges().len()), (State::Excluded, 0));
    assert!(plan(&history).await.planned().is_empty(), "its reason is still there");
    // Qualified again it is a candidate, and goes with the item that it has.
    scene.register.unqualified.store(false, Ordering::SeqCst);
    let again = plan(&history).await;
    assert_eq!(again.planned()[0].candidate.standing, Standing::Excluded(fed.queued[0]));
    assert_eq!(history.feed(again, confirmed(&scene.clock)).await.unwrap().queued, fed.queued);
    work(&worker).await;
    assert_eq!(mock.with_world(|world| world.registry.versions_of_document(&id).count()), 1);

    let late = Confirmed::<HistoryFeed>::by(UserAction {
        user: InternalUserId::new("alix").unwrap(),
        screen: "history".to_owned(),
        at: scene.clock.now() - SignedDuration::from_mins(3),
    });
    assert!(matches!(history.feed(HistoryPlan::default(), late).await, Err(HistoryError::Confirmation(_))));
}

#[tokio::test]
async fn f11_what_waits_with_the_traits_of_then_gives_way_to_those_of_now() {
    let (mock, scene, shelf) = (MockDmp::start().await.unwrap(), Scene::new(), Shelf::empty());
    let id = shelf.scan("2023-05-04T09:15:00Z");
    let history = History::new(scene.queue.clone(), shelf.clone(), at_once());
    let fed = history.feed(plan(&history).await, confirmed(&scene.clock)).await.unwrap();
    // The identity is corrected before the night: what waits is excluded, and was made with the former traits.
    scene.register.unqualified.store(true, Ordering::SeqCst);
    let worker = history.worker(feeding(&mock)).await.unwrap();
    work(&worker).await;
    assert_eq!(scene.state(fed.queued[0]).await, State::Excluded);
    shelf.traits.lock().unwrap().used_given = Some("ANTONIN".to_owned());
    scene.register.unqualified.store(false, Ordering::SeqCst);
    let again = history.feed(plan(&history).await, confirmed(&scene.clock)).await.unwrap();
    assert_ne!(again.queued, fed.queued);
    work(&worker).await;
    assert_eq!((scene.state(again.queued[0]).await, scene.state(fed.queued[0]).await), (State::Sent, State::Excluded));
    let record = consulting(&mock).record(crate::support::qualified(), dmp_client::Consent::given()).unwrap();
    record.authorise().await.unwrap();
    let bytes = record.retrieve(id.as_str()).await.unwrap();
    assert!(String::from_utf8_lossy(&bytes).contains("ANTONIN"));
    assert!(plan(&history).await.planned().is_empty(), "it is there once, and waits no more");
}

#[tokio::test]
async fn f11_t3_pause_and_resume_without_duplicate() {
    let (mock, scene, shelf) = (MockDmp::start().await.unwrap(), Scene::new(), Shelf::empty());
    let ids: Vec<String> = (1..=25).map(|day| shelf.scan(&format!("2023-05-{day:02}T09:15:00Z"))).collect();
    let nights = HistorySettings { window: FeedingWindow::default(), daily_volume: 20, ..at_once() };
    let history = History::new(scene.queue.clone(), shelf.clone(), nights.clone());
    let twice = plan(&history).await;
    let fed = history.feed(twice.clone(), confirmed(&scene.clock)).await.unwrap();
    assert_eq!((fed.queued.len(), fed.warning), (25, Some(DailyVolume { found: 25, limit: 20 })));
    let again = history.feed(twice, confirmed(&scene.clock)).await.unwrap();
    assert_eq!((again.queued.len(), again.skipped), (0, 25), "the same plan again queues nothing");

    // Nine in the morning in Paris: it waits for the evening.
    let worker = history.worker(feeding(&mock)).await.unwrap();
    let evening = "2026-03-02T19:00:00Z".parse().unwrap();
    assert!(matches!(worker.step().await.unwrap(), Step::Idle(Some(until)) if until == evening));
    scene.clock.set(evening);
    assert!(matches!(worker.step().await.unwrap(), Step::Fed(20)));
    history.pause().await.unwrap();
    drop(worker);
    // Still so after a restart.
    let restarted = History::new(scene.over(scene.base.clone()), shelf, nights);
    let worker = restarted.worker(feeding(&mock)).await.unwrap();
    assert!(matches!(worker.step().await.unwrap(), Step::Idle(None)));
    let progress = restarted.progress().await.unwrap();
    assert!(progress.paused && progress.closed_until.is_none());
    assert_eq!((progress.tally.of(State::Sent), progress.tally.of(State::Scheduled)), (20, 5));
    restarted.resume().await.unwrap();
    work(&worker).await;
    for id in &ids {
        assert_eq!(mock.with_world(|world| world.registry.versions_of_document(id).count()), 1);
    }
    assert_eq!(count(&mock, "TD2.1"), 2);
    assert!(plan(&restarted).await.planned().is_empty(), "nothing is left to feed");
}

#[tokio::test]
async fn f11_t4_never_mixed_with_the_lots_of_today() {
    let (mock, scene, shelf) = (MockDmp::start().await.unwrap(), Scene::new(), Shelf::empty());
    let old: Vec<String> = ["2023-05-04T09:15:00Z", "2023-05-05T09:15:00Z"].map(|at| shelf.scan(at)).into();
    let history = History::new(scene.queue.clone(), shelf, at_once());
    // Of the same patient, episode and team.
    let (first, _) = scene.letter("stay-9").await;
    history.feed(plan(&history).await, confirmed(&scene.clock)).await.unwrap();
    let (second, _) = scene.letter("stay-9").await;
    scene.pass_delay();
    let (today, history) =
        (scene.queue.worker(feeding(&mock)).await.unwrap(), history.worker(feeding(&mock)).await.unwrap());
    assert!(work(&history).await.is_empty(), "what is due today goes first");
    assert_eq!(work(&today).await.len(), 1);
    assert_eq!(work(&history).await.len(), 1);
    let lot = async |id| scene.queue.get(id).await.unwrap().lot.unwrap();
    let items = scene.queue.list(FeedFilter { lane: Some(Lane::Historical), ..FeedFilter::default() }).await.unwrap();
    assert_eq!(lot(first).await, lot(second).await);
    assert_eq!((items.len(), &items[0].lot), (2, &items[1].lot));
    assert_ne!(items[0].lot, Some(lot(first).await));
    assert_eq!(count(&mock, "TD2.1"), 2);
    assert!(old.iter().all(|id| mock.with_world(|world| world.registry.knows_unique_id(id))));
}

const DOCUMENTS: usize = 1_000;

/// What a process opens: everything in files.
fn open(folder: &Path, clock: &ManualClock, shelf: &Shelf) -> (Queue, Arc<Histories>) {
    let base = Database::open(folder.join("lps.sqlite")).unwrap();
    let gate = ConsentGate::new(base.clone(), clock.clone());
    let spool = Spool::open(folder.join("spool")).unwrap();
    let queue = Outbox::new(base, spool, gate, Register::default(), clock.clone(), settings());
    (queue.clone(), Arc::new(History::new(queue, shelf.clone(), at_once())))
}

#[tokio::test(flavor = "multi_thread")]
async fn s_14_a_thousand_old_documents_are_fed_once_each_through_a_pause_and_a_crash() {
    let (mock, shelf, clock) = (MockDmp::start().await.unwrap(), Shelf::empty(), crate::support::clock());
    let folder = tempfile::tempdir().unwrap();
    // Clones of one letter under their own ids: building them is not what is tested.
    let model = former_letter("2023-05-04T09:15:00Z");
    let (old, text) = (unique_id(&model), String::from_utf8(bytes(&model)).unwrap());
    for _ in 0..DOCUMENTS {
        let clone = cda::n1::N1Builder { unique_id: Some(random_oid()), ..model.clone() };
        shelf.put(&clone, LocalContent::Cda(text.replace(&old, &unique_id(&clone)).into_bytes()));
    }
    let (_, history) = open(folder.path(), &clock, &shelf);
    let candidates = history.candidates(&patient(), &HistoryFilter::default()).await.unwrap();
    assert_eq!(candidates.len(), DOCUMENTS);
    // Four users at a time, each with a part of it.
    let feeding_parts: Vec<_> = candidates
        .chunks(DOCUMENTS / 4)
        .map(|part| {
            let (history, part, confirmed) = (Arc::clone(&history), part.to_vec(), confirmed(&clock));
            tokio::spawn(async move {
                let ctx = context("alix", "team-1", "stay-9");
                let plan = history.plan(&ctx, &patient(), part).await.unwrap();
                history.feed(plan, confirmed).await.unwrap().queued.len()
            })
        })
        .collect();
    let mut queued = 0;
    for part in feeding_parts {
        queued += part.await.unwrap();
    }
    assert_eq!(queued, DOCUMENTS);

    let worker = history.worker(feeding(&mock)).await.unwrap();
    for _ in 0..15 {
        assert!(matches!(worker.step().await.unwrap(), Step::Fed(_)));
    }
    history.pause().await.unwrap();
    assert!(work(&worker).await.is_empty());
    history.resume().await.unwrap();
    // The process dies while the DMP stores a lot.
    let gate = Fault::new(Effect::Hold { gate: "s14".to_owned() }).on(Transaction::Submit).processed(true).times(1);
    mock.faults().add(gate).unwrap();
    let sending = tokio::spawn(async move { worker.step().await.map(drop) });
    mock.faults().reached("s14").await;
    sending.abort();
    assert!(sending.await.unwrap_err().is_cancelled());
    drop(history);

    let (queue, history) = open(folder.path(), &clock, &shelf);
    work(&history.worker(feeding(&mock)).await.unwrap()).await;
    let items = queue.list(FeedFilter::default()).await.unwrap();
    assert_eq!(items.len(), DOCUMENTS);
    // Indicator A3 counts them.
    let mut register = crate::support::activity::Register::of_one_site();
    register.0.sites.insert(Finess::parse("0B0990008", Realm::Test).unwrap().value);
    let base = Database::open(folder.path().join("lps.sqlite")).unwrap();
    let accesses = crate::support::activity::reading(Vec::new());
    let indicators = Indicators::of(base.clone(), accesses, base, register);
    let report = indicators.report(Period::of_two_years(clock.now())).await.unwrap().to_csv();
    assert!(report.lines().any(|line| line == "0B0990008;2026-03;A3;11488-4;;1000;;1000"), "{report}");
    let followed = PatientId::new(seed::PATIENT_FOLLOWED, seed::TEST_NIR_OID);
    mock.with_world(|world| {
        for item in &items {
            let versions: Vec<_> = world.registry.versions_of_document(&item.unique_id).collect();
            assert_eq!(versions.len(), 1, "{}", item.unique_id);
            let created = versions[0].entry.creation_time.as_ref().unwrap().to_string();
            assert!(created.starts_with("20230504091500"), "{created}");
        }
        assert_eq!(world.registry.lots_of(&followed).count(), DOCUMENTS / 20);
    });
    assert!(history.candidates(&patient(), &HistoryFilter::default()).await.unwrap().is_empty());
}
