//! F13, the tests of its page by number, and S-09.

use std::path::Path;

use crate::support::consult::{act, deposit};
use crate::support::documents::{bytes, letter};
use crate::support::{clock, consulting, context, count, patient, professional, qualified};
use dmp_client::*;
use dmp_lps::import::*;
use dmp_lps::transient::*;
use dmp_lps::*;
use dmp_mock::MockDmp;
use dmp_mock::faults::{Effect, Fault};
use dmp_protocol::transaction::Transaction;
use jiff::SignedDuration;
use jiff::civil::date;

/// A text of every letter: what is on the disk must not hold it.
const CLEAR: &[u8] = b"ClinicalDocument";

fn ctx() -> AccessContext {
    context("alix", "team-1", "visit-1")
}

fn record(mock: &MockDmp) -> AirRecord {
    consulting(mock).record(qualified(), Consent::given()).unwrap()
}

/// A letter of the DMP: its entry and its bytes.
async fn remote(mock: &MockDmp) -> (DocumentEntry, Vec<u8>) {
    let bytes = bytes(&letter());
    (deposit(mock, bytes.clone(), bytes.clone()).await, bytes)
}

fn files(folder: &Path) -> Vec<Vec<u8>> {
    std::fs::read_dir(folder).unwrap().map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect()
}

/// One file, encrypted.
fn assert_sealed(folder: &Path, clear: &[u8]) {
    let files = files(folder);
    let [file] = &files[..] else { panic!("{} files", files.len()) };
    assert!(file.len() > clear.len() && clear.windows(CLEAR.len()).any(|part| part == CLEAR));
    assert!(!file.windows(CLEAR.len()).any(|part| part == CLEAR));
}

/// Switched on, an episode prepared for médecin MODELE ALIX of team 1.
fn prefetch(folder: &Path, clock: &ManualClock) -> Prefetch {
    let settings = PrefetchSettings { enabled: true, ..PrefetchSettings::default() };
    let prefetch = Prefetch::open(folder, clock.clone(), settings).unwrap();
    prefetch.prepare(&ctx().episode.id, &ctx().team, ctx().professional_key()).unwrap();
    prefetch
}

fn refused<T: std::fmt::Debug>(result: Result<T, DmpError>) -> (Option<&'static str>, ErrorKind) {
    let error = result.unwrap_err();
    (error.rule(), error.kind())
}

const DENIED: (Option<&str>, ErrorKind) = (Some("F13"), ErrorKind::Authorisation);

#[tokio::test]
async fn f13_t1_what_was_viewed_and_closed_is_not_readable() {
    let (mock, folder) = (MockDmp::start().await.unwrap(), tempfile::tempdir().unwrap());
    let views = ViewCache::open(folder.path()).unwrap();
    let (entry, clear) = remote(&mock).await;
    let view = views.view(&ctx(), &patient(), &record(&mock), &entry).await.unwrap();
    assert_eq!(*view.bytes().await.unwrap(), clear);
    assert_sealed(folder.path(), &clear);
    view.close();
    assert!(files(folder.path()).is_empty() && views.is_empty());
    // The session closes under an open viewer.
    let view = views.view(&ctx(), &patient(), &record(&mock), &entry).await.unwrap();
    views.close();
    assert!(files(folder.path()).is_empty());
    assert_eq!(refused(view.bytes().await), DENIED);
    assert_eq!(refused(views.view(&ctx(), &patient(), &record(&mock), &entry).await), DENIED);
    assert_eq!(count(&mock, "TD3.2"), 2);
}

#[tokio::test]
async fn f13_t2_the_end_of_an_episode_erases_what_was_held_for_it() {
    let mock = MockDmp::start().await.unwrap();
    let (seen, held) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (views, prefetch) = (ViewCache::open(seen.path()).unwrap(), prefetch(held.path(), &clock()));
    let (entry, _) = remote(&mock).await;
    let view = views.view(&ctx(), &patient(), &record(&mock), &entry).await.unwrap();
    let elsewhere = context("alix", "team-1", "visit-2");
    let other = views.view(&elsewhere, &patient(), &record(&mock), &entry).await.unwrap();
    prefetch.fetch(&ctx(), &record(&mock), &entry).await.unwrap();
    let prefetched = prefetch.open_document(&ctx(), &patient(), &entry.unique_id).await.unwrap();

    let episode = ctx().episode.id;
    let report = views.close_episode(&ctx(), &episode).await.and(prefetch.close_episode(&ctx(), &episode).await);
    let purged = vec![entry.unique_id.clone(), entry.unique_id.clone()];
    assert_eq!(report, PurgeReport { episode, purged, kept_by_user: vec![], failures: vec![] });
    assert_eq!((files(seen.path()).len(), files(held.path()).len()), (1, 0));
    assert_eq!(refused(view.bytes().await), DENIED);
    assert_eq!(refused(prefetched.bytes().await), DENIED);
    assert_eq!(refused(prefetch.list(&ctx()).await), DENIED);
    other.bytes().await.unwrap();
}

#[tokio::test]
async fn f13_t3_another_team_reads_nothing() {
    let (mock, folder) = (MockDmp::start().await.unwrap(), tempfile::tempdir().unwrap());
    let prefetch = prefetch(folder.path(), &clock());
    let (entry, _) = remote(&mock).await;
    prefetch.fetch(&ctx(), &record(&mock), &entry).await.unwrap();
    let mut colleague = ctx();
    colleague.professional = Some(professional("899999000021"));
    let mut nobody = ctx();
    nobody.professional = None;
    let others = [context("alix", "team-2", "visit-1"), colleague, nobody, context("alix", "team-1", "visit-2")];
    for other in others {
        assert_eq!(refused(prefetch.open_document(&other, &patient(), &entry.unique_id).await), DENIED);
        assert_eq!(refused(prefetch.list(&other).await), DENIED);
        assert_eq!(refused(prefetch.fetch(&other, &record(&mock), &entry).await), DENIED);
    }
    assert_eq!(count(&mock, "TD3.2"), 1);
    assert_eq!(prefetch.list(&ctx()).await.unwrap(), std::slice::from_ref(&entry));
    // Downloaded once, whoever asks again.
    prefetch.fetch(&ctx(), &record(&mock), &entry).await.unwrap();
    assert_eq!(count(&mock, "TD3.2"), 1);
    // Switched off, nothing is prepared (K07).
    let off = Prefetch::open(tempfile::tempdir().unwrap().path(), clock(), PrefetchSettings::default()).unwrap();
    assert_eq!(refused(off.prepare(&ctx().episode.id, &ctx().team, ctx().professional_key())), DENIED);
    assert_eq!(refused(off.fetch(&ctx(), &record(&mock), &entry).await), DENIED);
}

#[tokio::test]
async fn f13_t4_a_crash_leaves_what_nobody_can_read() {
    let mock = MockDmp::start().await.unwrap();
    let (seen, held) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (entry, clear) = remote(&mock).await;
    let views = ViewCache::open(seen.path()).unwrap();
    let view = views.view(&ctx(), &patient(), &record(&mock), &entry).await.unwrap();
    let prefetch_before = prefetch(held.path(), &clock());
    prefetch_before.fetch(&ctx(), &record(&mock), &entry).await.unwrap();
    // The process dies: nothing is dropped, and memory is lost with its keys.
    std::mem::forget((view, views, prefetch_before));
    assert_sealed(seen.path(), &clear);
    assert_sealed(held.path(), &clear);
    // The next start removes them.
    let views = ViewCache::open(seen.path()).unwrap();
    let prefetch_after = prefetch(held.path(), &clock());
    assert!(files(seen.path()).is_empty() && files(held.path()).is_empty());
    assert!(views.is_empty() && prefetch_after.list(&ctx()).await.unwrap().is_empty());
}

#[tokio::test]
async fn f13_a_download_that_fails_or_is_given_up_leaves_nothing() {
    let (mock, folder) = (MockDmp::start().await.unwrap(), tempfile::tempdir().unwrap());
    let views = ViewCache::open(folder.path()).unwrap();
    let (entry, _) = remote(&mock).await;
    mock.faults().add(Fault::new(Effect::WrongBytes).on(Transaction::Retrieve).times(1)).unwrap();
    assert_eq!(views.view(&ctx(), &patient(), &record(&mock), &entry).await.unwrap_err().rule(), Some("X07"));
    mock.faults().add(Fault::new(Effect::Hold { gate: "view".to_owned() }).on(Transaction::Retrieve)).unwrap();
    let record = record(&mock);
    let (context, patient) = (ctx(), patient());
    tokio::select! {
        _ = views.view(&context, &patient, &record, &entry) => panic!("the DMP holds its answer"),
        () = mock.faults().reached("view") => {}
    }
    assert!(files(folder.path()).is_empty() && views.is_empty());
}

#[tokio::test]
async fn f13_what_is_held_before_an_episode_grows_old() {
    let (mock, folder, clock) = (MockDmp::start().await.unwrap(), tempfile::tempdir().unwrap(), clock());
    let prefetch = prefetch(folder.path(), &clock);
    let (entry, _) = remote(&mock).await;
    prefetch.fetch(&ctx(), &record(&mock), &entry).await.unwrap();
    clock.advance(PrefetchSettings::default().max_age);
    assert!(prefetch.purge_old().await.is_empty());
    clock.advance(SignedDuration::from_secs(1));
    let reports = prefetch.purge_old().await;
    assert_eq!(reports.iter().map(|report| report.purged.clone()).collect::<Vec<_>>(), [[entry.unique_id.clone()]]);
    assert_eq!(refused(prefetch.open_document(&ctx(), &patient(), &entry.unique_id).await), DENIED);
    assert!(files(folder.path()).is_empty());
}

fn placement() -> Placement {
    Placement { date: date(2026, 3, 2), kind: "CR".to_owned(), unit: "cardiologie".to_owned() }
}

#[tokio::test]
async fn f13_t5_and_s_09_of_an_episode_only_what_was_saved_remains() {
    let mock = MockDmp::start().await.unwrap();
    let (seen, held, local) =
        (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (views, prefetch) = (ViewCache::open(seen.path()).unwrap(), prefetch(held.path(), &clock()));
    let base = Database::in_memory().unwrap();
    let tracer = crate::support::traces::tracer(&clock());
    let (views, prefetch) = (views.traced(tracer.clone()), prefetch.traced(tracer.clone()));
    let folder = ImportFolder::open(local.path()).unwrap();
    let importer = Importer::new(base.clone(), folder, clock()).traced(tracer.clone());
    let whom = ImportPatient::new(&qualified());
    let record = record(&mock);

    // Viewed, viewed and saved, pre-fetched, pre-fetched and saved.
    let mut remotes = Vec::new();
    for _ in 0..4 {
        remotes.push(remote(&mock).await);
    }
    let entries: Vec<DocumentEntry> = remotes.iter().map(|(entry, _)| entry.clone()).collect();
    let plan = importer.plan(&whom, &entries).await.unwrap();
    let save = |number: usize| {
        let item: PlanItem = plan[number].clone();
        Selected::new(item, Confirmed::by(act(0)), placement())
    };
    let viewed = views.view(&ctx(), &patient(), &record, &entries[0]).await.unwrap();
    let saved = views.view(&ctx(), &patient(), &record, &entries[1]).await.unwrap();
    assert!(matches!(importer.import(&ctx(), &saved, &whom, save(1)).await.unwrap(), ImportOutcome::Imported(_)));
    saved.close();
    for entry in &entries[2..] {
        prefetch.fetch(&ctx(), &record, entry).await.unwrap();
    }
    let prefetched = prefetch.open_document(&ctx(), &patient(), &entries[3].unique_id).await.unwrap();
    assert!(matches!(importer.import(&ctx(), &prefetched, &whom, save(3)).await.unwrap(), ImportOutcome::Imported(_)));
    // Saved, it is held no longer; nothing was downloaded twice.
    assert_eq!(prefetch.list(&ctx()).await.unwrap(), std::slice::from_ref(&entries[2]));
    assert_eq!(count(&mock, "TD3.2"), 4);

    let episode = ctx().episode.id;
    let report = views.close_episode(&ctx(), &episode).await.and(prefetch.close_episode(&ctx(), &episode).await);
    let id = |number: usize| entries[number].unique_id.clone();
    let mut kept = vec![id(1), id(3)];
    kept.sort();
    assert_eq!(report, PurgeReport { episode, purged: vec![id(0), id(2)], kept_by_user: kept, failures: vec![] });
    drop(viewed);
    assert!(files(seen.path()).is_empty() && files(held.path()).is_empty());
    let imported = base.imported(Some(patient())).await.unwrap();
    let remaining: Vec<Vec<u8>> =
        imported.iter().map(|document| std::fs::read(&document.files.document).unwrap()).collect();
    assert_eq!(remaining, [remotes[1].1.clone(), remotes[3].1.clone()]);
    assert_eq!(Some(imported[0].provenance.hash()), entries[1].hash.as_deref());
    let acts = ["view done", "view done", "save done", "view done", "save done", "purge done", "purge done"];
    assert_eq!(crate::support::traces::acts(&tracer).await, acts);
}
