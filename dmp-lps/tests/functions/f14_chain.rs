//! F14: what is altered, removed or destroyed without the keys is seen; what the retention removes is not.

use std::path::{Path, PathBuf};

use crate::support::traces::*;
use crate::support::{acceptance_world, clock, consulting, context, patient, qualified, role};
use dmp_client::*;
use dmp_lps::consent::{ConsentGate, Scope, Stance, StanceChange};
use dmp_lps::opening::{BadgeExistence, Opening};
use dmp_lps::trace::*;
use dmp_lps::*;
use dmp_mock::MockDmp;
use dmp_mock::world::seed;
use jiff::Timestamp;

/// A tracer over files, with as many local lines as asked, one a day.
async fn written(folder: &Path, days: usize) -> (Tracer, ManualClock, PathBuf) {
    let (file, clock) = (folder.join("access.db"), clock());
    let tracer = over_files(folder, &clock);
    for day in 0..days {
        let note = Note::of(Action::View).patient(&patient()).document(format!("2.25.{day}"), None);
        tracer.note(&context("alix", "team-1", "visit-1"), note).await.unwrap();
        clock.set(clock::days_later(clock.now(), 1));
    }
    (tracer, clock, file)
}

fn over_files(folder: &Path, clock: &ManualClock) -> Tracer {
    let base = |name: &str| Database::open(folder.join(name)).unwrap();
    over(SqliteTraces::access(base("access.db")), SqliteTraces::air(base("air.db")), clock)
}

/// Somebody who has the file, and no keys.
fn tamper(file: &Path, statement: &str) {
    let base = rusqlite::Connection::open(file).unwrap();
    let armed = "DROP TRIGGER trace_line_append_only; DROP TRIGGER trace_line_kept;";
    base.execute_batch(&format!("{armed}{statement}")).unwrap();
}

async fn faults(tracer: &Tracer, kept: &[DaySeal]) -> Vec<TraceFault> {
    tracer.verify(TraceKind::Access, kept).await.unwrap().faults
}

#[tokio::test]
async fn f14_t2_an_altered_line_is_detected() {
    for (what, statement) in [
        ("its body", "UPDATE trace_line SET body = substr(body, 1, 20) || x'00' || substr(body, 22) WHERE seq = 3"),
        ("its time", "UPDATE trace_line SET at = at + 1000000 WHERE seq = 3"),
        ("whom it is about", "UPDATE trace_line SET tags = (SELECT tags FROM trace_line WHERE seq = 4) WHERE seq = 3"),
        ("its call", "UPDATE trace_line SET opens = 1 WHERE seq = 3"),
        (
            "destroyed without the keys",
            "UPDATE trace_line SET body = NULL, tags = x'', destroyed = zeroblob(32) WHERE seq = 3",
        ),
        ("its whole content, with a digest made anew", "UPDATE trace_line SET digest = zeroblob(32) WHERE seq = 3"),
        ("its place in the chain", "UPDATE trace_line SET chain = zeroblob(32) WHERE seq = 3"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let (tracer, _, file) = written(folder.path(), 5).await;
        let before = tracer.verify(TraceKind::Access, &[]).await.unwrap();
        assert_eq!((before.lines, before.seals, before.is_sound()), (5, 4, true), "{what}: {before:?}");
        tamper(&file, statement);
        let found = faults(&tracer, &[]).await;
        assert!(found.contains(&TraceFault::Altered { seq: 3 }), "{what}: {found:?}");
    }
    // Without dropping the triggers, the file itself refuses.
    let folder = tempfile::tempdir().unwrap();
    let (_, _, file) = written(folder.path(), 2).await;
    let base = rusqlite::Connection::open(file).unwrap();
    base.execute("UPDATE trace_line SET body = x'00'", []).unwrap_err();
    base.execute("DELETE FROM trace_line", []).unwrap_err();
}

#[tokio::test]
async fn f14_t3_a_missing_line_is_detected() {
    for (statement, first, last) in [
        ("DELETE FROM trace_line WHERE seq = 3", 3, 3),
        ("DELETE FROM trace_line WHERE seq BETWEEN 2 AND 4", 2, 4),
        ("DELETE FROM trace_line WHERE seq = 1", 1, 1),
        ("DELETE FROM trace_line WHERE seq = 5", 5, 5),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let (tracer, _, file) = written(folder.path(), 5).await;
        tamper(&file, statement);
        let found = faults(&tracer, &[]).await;
        assert!(found.contains(&TraceFault::Missing { first, last }), "{statement}: {found:?}");
    }
}

#[tokio::test]
async fn a_store_put_back_is_seen_by_the_seals_kept_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let (tracer, clock, _) = written(folder.path(), 5).await;
    let kept = tracer.seals(TraceKind::Access).await.unwrap();
    assert_eq!(kept.len(), 5, "each day that has ended");
    assert_eq!(faults(&tracer, &kept).await, []);
    // The same keys, an older copy.
    let copy = tempfile::tempdir().unwrap();
    let (older, _, _) = written(copy.path(), 3).await;
    let days = |found: Vec<TraceFault>| found.iter().filter(|fault| matches!(fault, TraceFault::Seal { .. })).count();
    assert!(faults(&older, &[]).await.is_empty(), "nothing in the file tells");
    assert_eq!(days(faults(&older, &kept).await), 5, "the lines are others, or not there");
    // A head that somebody rewrote stops the trace: nothing is chained to it.
    tamper(&folder.path().join("access.db"), "UPDATE trace_mark SET code = zeroblob(32) WHERE kind = 'head'");
    let again = over_files(folder.path(), &clock);
    assert!(faults(&again, &[]).await.contains(&TraceFault::Mark));
    let settings = TraceSettings { trace_or_fail: TraceOrFail::Always, ..TraceSettings::default() };
    let base = Database::open(folder.path().join("access.db")).unwrap();
    let strict = Tracer::new(SqliteTraces::access(base.clone()), SqliteTraces::air(base), keys(), clock, settings);
    let refused = strict.note(TraceActor::software(), Note::of(Action::Purge)).await.unwrap_err();
    assert!(matches!(refused, TraceError::Altered(_)), "{refused}");
}

#[tokio::test]
async fn lines_are_read_under_their_keys_only() {
    let folder = tempfile::tempdir().unwrap();
    let (_, clock, file) = written(folder.path(), 2).await;
    let content = std::fs::read(&file).unwrap();
    let shows = |text: &str| content.windows(text.len()).any(|window| window == text.as_bytes());
    for text in [seed::PATIENT_FOLLOWED, "2.25.0", "alix", "visit-1", "899999000013"] {
        assert!(!shows(text), "{text} is in the file");
    }
    let base = |name: &str| Database::open(folder.path().join(name)).unwrap();
    let with = |keys: TraceKeys| {
        let (access, air) = (SqliteTraces::access(base("access.db")), SqliteTraces::air(base("air.db")));
        Tracer::new(access, air, keys, clock.clone(), TraceSettings::default())
    };
    let other = with(TraceKeys::new(1, &[8; KEY_LENGTH]).unwrap());
    // The line that tells of the reading cannot be chained, and without it nothing is read.
    assert!(matches!(other.read(&TraceExtract::all(), &archivist()).await, Err(TraceError::Altered(_))));
    let unknown = with(TraceKeys::new(2, &[8; KEY_LENGTH]).unwrap());
    let error = unknown.verify(TraceKind::Access, &[]).await.unwrap_err();
    assert!(matches!(error, TraceError::Key(TraceKeyError::Unknown(1))), "{error}");
    // A new secret, beside the former one: what is written under either is found.
    let rotated = with(TraceKeys::new(2, &[8; KEY_LENGTH]).unwrap().with_former(1, &SECRET).unwrap());
    let note = Note::of(Action::Save).patient(&patient());
    rotated.note(&context("alix", "team-1", "visit-1"), note).await.unwrap();
    assert_eq!(faults(&rotated, &[]).await, []);
    let found = rotated.read(&TraceExtract::by_patient(&patient()), &archivist()).await.unwrap();
    let done: Vec<Action> = found.iter().map(|line| line.action).filter(|one| *one != Action::ReadTraces).collect();
    assert_eq!(done, [Action::View, Action::View, Action::Save]);
}

#[tokio::test]
async fn f14_t4_the_local_purge_leaves_the_trace_of_air() {
    let (mock, clock) = (MockDmp::start().await.unwrap(), clock());
    let tracer = tracer(&clock);
    let session = consulting(&mock).watched(tracer.of(&context("alix", "team-1", "visit-1")));
    let record = session.record(qualified(), Consent::given()).unwrap();
    record.existence().await.unwrap();
    let first: Timestamp = clock.now();
    clock.set(clock::months_later(first, 3));
    record.find(Search::approved()).await.unwrap();

    let purged_at = async |now: Timestamp| {
        clock.set(now);
        let purged = tracer.purge().await.unwrap();
        (purged.access, purged.air)
    };
    let six_months = clock::months_later(first, 6);
    assert_eq!(purged_at(six_months).await, (0, 0), "six months are not over");
    assert_eq!(purged_at(six_months + jiff::SignedDuration::from_secs(1)).await, (2, 0), "both lines of the call");
    assert_eq!(acts(&tracer).await, ["search done", "purge done"]);
    let air = tracer.read_air(&TraceExtract::all(), &archivist()).await.unwrap();
    assert_eq!(air.iter().filter(|line| line.statut == AirEvent::Generated).count(), 2);
    for trace in [TraceKind::Access, TraceKind::Air] {
        let verified = tracer.verify(trace, &[]).await.unwrap();
        assert!(verified.is_sound(), "{trace:?}: {verified:?}");
    }
    assert_eq!(tracer.verify(TraceKind::Access, &[]).await.unwrap().forgotten, 2);
}

#[tokio::test]
async fn a_period_longer_than_any_calendar_purges_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (tracer, clock, _) = written(folder.path(), 3).await;
    tracer.dmp_closed(&patient(), clock.now()).await.unwrap();
    clock.set(clock::months_later(clock.now(), 12 * 40));
    let base = |name: &str| Database::open(folder.path().join(name)).unwrap();
    for (access_months, air_years) in [(i32::MAX.unsigned_abs(), 20_000), (u32::MAX, u32::MAX)] {
        let settings = TraceSettings { access_months, air_years, ..TraceSettings::default() };
        let (access, air) = (SqliteTraces::access(base("access.db")), SqliteTraces::air(base("air.db")));
        let longest = Tracer::new(access, air, keys(), clock.clone(), settings);
        assert_eq!(longest.purge().await.unwrap(), PurgedTraces::default(), "{access_months} {air_years}");
    }
    assert_eq!(tracer.verify(TraceKind::Access, &[]).await.unwrap().lines, 3);
}

#[tokio::test]
async fn f14_t5_air_is_purged_ten_years_after_the_closure_of_that_dmp_and_not_before() {
    let (mock, clock) = (MockDmp::start().await.unwrap(), clock());
    let tracer = tracer(&clock);
    let session = consulting(&mock).watched(tracer.of(&context("alix", "team-1", "visit-1")));
    let other = crate::support::traces::patient_of(seed::PATIENT_UNKNOWN_TO_ALL);
    for patient in [qualified(), other.clone(), qualified()] {
        session.record(patient, Consent::given()).unwrap().existence().await.unwrap();
    }
    let air = async || tracer.read_air(&TraceExtract::all(), &archivist()).await.unwrap().len();
    assert_eq!(air().await, 6, "generated and used, three times");

    let closed: Timestamp = "2027-05-10T09:00:00Z".parse().unwrap();
    clock.set("2050-01-01T00:00:00Z".parse().unwrap());
    assert_eq!(tracer.purge().await.unwrap().air, 0, "no closure known");
    tracer.dmp_closed(&patient(), closed).await.unwrap();
    clock.set("2037-05-10T08:59:59Z".parse().unwrap());
    assert_eq!(tracer.purge().await.unwrap().air, 0, "not before");
    tracer.dmp_reopened(&patient()).await.unwrap();
    clock.set("2037-05-10T09:00:00Z".parse().unwrap());
    assert_eq!(tracer.purge().await.unwrap().air, 0, "open again");
    tracer.dmp_closed(&patient(), closed).await.unwrap();
    assert_eq!(tracer.purge().await.unwrap().air, 4);
    assert_eq!(air().await, 2, "the other DMP is not known as closed");
    let left = tracer.read_air(&TraceExtract::by_patient(&PatientKey::from(&other)), &archivist()).await.unwrap();
    assert_eq!(left.len(), 2);
    let verified = tracer.verify(TraceKind::Air, &[]).await.unwrap();
    assert!(verified.is_sound(), "{verified:?}");
    assert_eq!((verified.forgotten, verified.lines, verified.destroyed), (2, 4, 2));
    assert_eq!(tracer.purge().await.unwrap().air, 0);
}

#[tokio::test]
async fn an_opening_tells_the_traces_of_air_that_the_dmp_is_closed() {
    let (mock, clock) = (acceptance_world().await, clock());
    let tracer = tracer(&clock);
    let (ctx, patient) = (context("alix", "team-1", "visit-1"), role(&mock, "P-CLOSED"));
    let gate = ConsentGate::new(Database::in_memory().unwrap(), clock.clone()).with_sentence("Texte du guide.");
    let informed = StanceChange::new(Scope::Consultation, Stance::InformedNotOpposed);
    let _ = gate.record(&ctx, &PatientKey::from(&patient), informed).await.unwrap();
    let session = consulting(&mock).watched(tracer.of(&ctx));
    let opening = Opening::new(&gate, clock.clone(), ctx, &patient).traced(tracer.clone());
    let opened = opening.open(|consent| session.record(patient.clone(), consent)).await.unwrap().unwrap();
    let BadgeExistence::Closed { on: Some(on), .. } = opened.badge().existence else { panic!("not closed") };
    let closed = xds_model::Dtm::from(on.as_str()).timestamp().unwrap();
    let ten_years = clock::months_later(closed, 120);
    for (now, purged) in [(ten_years - jiff::SignedDuration::from_secs(1), 0), (ten_years, 2)] {
        clock.set(now);
        assert_eq!(tracer.purge().await.unwrap().air, purged, "closed {closed}, now {now}");
    }
}

#[tokio::test]
async fn several_writers_of_one_store_leave_one_chain_without_gap() {
    let folder = tempfile::tempdir().unwrap();
    let clock = clock();
    // Two connections to one file, as two processes have.
    let writers = [over_files(folder.path(), &clock), over_files(folder.path(), &clock)];
    let note = async |tracer: &Tracer, document: usize| {
        let view = Note::of(Action::View).document(format!("2.25.{document}"), None);
        let both = [view.clone(), view];
        tracer.note_all(TraceActor::software(), both).await.unwrap();
    };
    for document in 0..10 {
        tokio::join!(note(&writers[0], document), note(&writers[1], document), note(&writers[0], document));
    }
    for tracer in &writers {
        let verified = tracer.verify(TraceKind::Access, &[]).await.unwrap();
        assert_eq!((verified.lines, verified.faults), (60, vec![]));
    }
    assert_eq!(lines(&writers[1]).await.len(), 60);
}
