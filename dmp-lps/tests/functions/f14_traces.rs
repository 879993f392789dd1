//! F14: what is traced of a session, and what happens when it cannot be.

use crate::support::documents::{bytes, document, letter, unique_id};
use crate::support::queue::Register;
use crate::support::traces::*;
use crate::support::{clock, consulting, context, feeding, patient, qualified};
use dmp_client::*;
use dmp_lps::consent::{ConsentGate, GateRefusal, Scope, Stance, StanceChange};
use dmp_lps::trace::*;
use dmp_lps::*;
use dmp_mock::MockDmp;
use dmp_mock::faults::{Effect, Fault};
use dmp_mock::world::seed;

#[tokio::test]
async fn f14_t7_a_full_disk_in_air_sends_nothing() {
    let mock = MockDmp::start().await.unwrap();
    let sent = || mock.journal().exchanges().len();
    let base = || Database::in_memory().unwrap();
    let (access, air) = (|| SqliteTraces::access(base()), || SqliteTraces::air(base()));
    let ctx = context("alix", "team-1", "visit-1");
    for tracer in [over(FullDisk(access()), air(), &clock()), over(access(), FullDisk(air()), &clock())] {
        let before = sent();
        let session = consulting(&mock).watched(tracer.of(&ctx));
        let refused = session.record(qualified(), Consent::given()).unwrap().existence().await.unwrap_err();
        assert_eq!((refused.rule(), refused.outcome(), refused.td()), (Some("F14"), Outcome::NotSent, "TD0.2"));
        assert_eq!(sent(), before, "something was sent");
        // Outside AIR a call goes on without its trace, unless the establishment decides otherwise.
        let session = feeding(&mock).watched(tracer.of(&ctx));
        session.record(qualified(), Consent::given()).unwrap().existence().await.unwrap();
        assert_eq!(sent(), before + 1);
    }
    let before = sent();
    let settings = TraceSettings { trace_or_fail: TraceOrFail::Always, ..TraceSettings::default() };
    let tracer = Tracer::new(FullDisk(access()), air(), keys(), clock(), settings);
    let session = feeding(&mock).watched(tracer.of(&ctx));
    session.record(qualified(), Consent::given()).unwrap().existence().await.unwrap_err();
    assert_eq!(sent(), before);
    tracer.note(&ctx, Note::of(Action::View).patient(&patient())).await.unwrap_err();
}

/// `action outcome transaction`, and the number of documents, in order.
async fn told(tracer: &Tracer) -> Vec<String> {
    let lines = lines(tracer).await;
    let tell = |line: &AccessTrace| {
        let transaction = line.transaction.as_deref().unwrap_or("-");
        format!("{} {} {transaction} {}", line.action, line.outcome.as_str(), line.documents.len())
    };
    lines.iter().map(tell).collect()
}

#[tokio::test]
async fn f14_t1_every_transaction_leaves_its_trace() {
    let (mock, tracer) = (MockDmp::start().await.unwrap(), tracer(&clock()));
    let ctx = context("alix", "team-1", "visit-1");
    let session = consulting(&mock).watched(tracer.of(&ctx));
    let record = session.record(qualified(), Consent::given()).unwrap();
    let feeding = feeding(&mock).watched(tracer.of(&ctx)).record(qualified(), Consent::given()).unwrap();
    let (first, second) = {
        let first = letter();
        let (set_id, replaces) = (first.set_id.clone(), first.unique_id.clone());
        let second = cda::n1::N1Builder { set_id, version: Some(2), replaces, ..letter() };
        (first, second)
    };
    let id = unique_id(&second);

    record.existence().await.unwrap();
    record.authorise().await.unwrap();
    record.administrative_data().await.unwrap();
    record.authorisations(AuthorizationMode::Active).await.unwrap();
    session.authorised(AuthorisedList::authorised_since("2026-01-01T00:00:00Z".parse().unwrap())).await.unwrap();
    feeding.submit(&Submission::of(document(&first).await)).await.unwrap();
    let replacement = document(&second).await.replacing(unique_id(&first));
    feeding.submit(&Submission::of(replacement)).await.unwrap();
    record.find(Search::approved().type_codes([("11488-4", "2.16.840.1.113883.6.1")])).await.unwrap();
    record.retrieve(id.as_str()).await.unwrap();
    record.mask(id.as_str()).await.unwrap();
    record.unmask(id.as_str()).await.unwrap();
    record.archive(id.as_str()).await.unwrap();
    record.unarchive(id.as_str()).await.unwrap();
    feeding.delete(id.as_str()).await.unwrap();
    record.remove_authorisation().await.unwrap();
    // Refused by the DMP, and refused here.
    record.retrieve("2.25.1").await.unwrap_err();
    record.web_ps(dmp_client::web_ps::Page::Documents).await.unwrap_err();

    let expected = [
        "existence done TD0.2 0",
        "authorise done TD0.3 0",
        "administrative-data done TD1.3a 0",
        "list-authorisations done TD1.6 0",
        "list-authorised done TD0.4 0",
        "feed done TD2.1 1",
        "locate done TD3.1b 1",
        "replace done TD2.1 1",
        "search done TD3.1 0",
        "retrieve done TD3.2 1",
        "search done TD3.1 0",
        "mask done TD3.3a 1",
        "search done TD3.1 0",
        "unmask done TD3.3a 1",
        "search done TD3.1 0",
        "archive done TD3.3d 1",
        "search done TD3.1 0",
        "unarchive done TD3.3d 1",
        "locate done TD3.1b 1",
        "delete done TD3.3c 1",
        "remove-authorisation done TD0.3 0",
        "retrieve refused TD3.2 1",
        "web-ps denied TD0.10 0",
    ];
    assert_eq!(told(&tracer).await, expected);
    assert_eq!(mock.journal().exchanges().len(), expected.len() - 1, "one line for each exchange");
    let lines = lines(&tracer).await;
    let search = lines[8].detail.as_deref().unwrap();
    assert!(search.contains("XDSDocumentEntryTypeCode=('11488-4^^2.16.840.1.113883.6.1')"), "{search}");
    assert!(!search.contains(seed::PATIENT_FOLLOWED) && lines[8].listed.is_some());
    assert_eq!(lines[6].detail.as_deref(), Some("before feed"));
    assert!(lines[7].detail.as_deref().unwrap().starts_with("replaces 2.25."));
    assert_eq!(lines[9].documents[0].unique_id, id);
    for line in &lines {
        assert_eq!((line.user.as_deref(), line.professional.as_deref()), (Some("alix"), Some(seed::MEDECIN)));
        assert_eq!((line.structure.as_deref(), line.episode.as_deref()), (Some(seed::STRUCTURE_EG), Some("visit-1")));
        assert_eq!(line.ins.is_some(), line.action != Action::ListAuthorised);
        assert_eq!(line.assertions.len(), usize::from(line.action != Action::WebPs));
        assert!(line.duration_ms.is_some() && !line.secret && line.access == "normal");
    }
    assert!(lines[21].code.is_some() && lines[22].code.as_deref() == Some("TD0.10"));
    // In AIR each assertion was generated, then used; the others are no business of that trace.
    let air = tracer.read_air(&TraceExtract::all(), &archivist()).await.unwrap();
    assert_eq!(air.len(), 2 * (expected.len() - 6), "all but the five of INDIRECTE and the page");
    assert!(air.iter().all(|line| line.id_nat_ps == seed::MEDECIN && line.id_nat_struct == seed::STRUCTURE_EG));
    let generated = air.iter().find(|line| line.statut == AirEvent::Generated).unwrap();
    assert!(generated.saml_auth_context.is_some() && generated.certificate_serial.is_some());
}

#[tokio::test]
async fn f14_t1_every_local_act_leaves_its_trace() {
    let clock = clock();
    let tracer = tracer(&clock);
    let (ctx, key) = (context("alix", "team-1", "visit-1"), patient());
    let gate = ConsentGate::new(Database::in_memory().unwrap(), clock.clone())
        .with_sentence("Texte du guide.")
        .traced(tracer.clone());
    let denied = gate.check(Scope::Consultation, &ctx, &key).await.unwrap();
    assert_eq!(denied.refusal(), Some(GateRefusal::NotInformed));
    for stance in [Stance::InformedNotOpposed, Stance::InformedOpposed] {
        let _ = gate.record(&ctx, &key, StanceChange::new(Scope::Consultation, stance)).await.unwrap();
    }
    let outsider = ctx.professional_key().unwrap();
    let _ = gate.record_consent(&ctx, &key, &outsider, "v1", true).await.unwrap();

    let folder = tempfile::tempdir().unwrap();
    let spool = outbox::Spool::open(folder.path()).unwrap();
    let (store, register) = (Database::in_memory().unwrap(), Register::default());
    let queue = outbox::Outbox::new(store, spool, gate.clone(), register, clock.clone(), Default::default())
        .traced(tracer.clone());
    let fed = letter();
    let feed = outbox::NewFeed::of(ctx.clone(), key.clone()).validated();
    let id = queue.enqueue_bytes(feed, bytes(&fed)).await.unwrap();
    let used = queue.used_by(&context("nour", "team-1", "visit-1"));
    used.hold(id).await.unwrap();
    used.release(id).await.unwrap();
    used.hide(id, &[Hidden::FromPatient]).await.unwrap();
    used.cancel(id).await.unwrap();
    used.cancel(id).await.unwrap_err();

    let confirmed = Confirmed::<acts::Deletion>::by(crate::support::consult::act(0));
    tracer.note(&ctx, Note::confirmation(&confirmed).patient(&key).document("2.25.7", None)).await.unwrap();
    let here = tracer.at_workstation("PC-12");
    here.note(&ctx, Note::of(Action::View).patient(&key).patient_local("IPP-1").document("2.25.7", None))
        .await
        .unwrap();

    let expected = [
        "denied denied - 0",
        "stance-change done - 0",
        "stance-change done - 0",
        "express-consent done - 0",
        "queue done - 1",
        "hold done - 1",
        "release done - 1",
        "hide done - 1",
        "cancel done - 1",
        "confirm done - 1",
        "view done - 1",
    ];
    assert_eq!(told(&tracer).await, expected);
    let lines = lines(&tracer).await;
    assert_eq!((lines[0].code.as_deref(), lines[0].detail.as_deref()), (Some("NOT_INFORMED"), Some("consultation")));
    assert_eq!(lines[2].detail.as_deref(), Some("consultation informed-opposed"));
    assert_eq!(lines[4].documents[0].unique_id, unique_id(&fed));
    let users: Vec<&str> = lines.iter().filter_map(|line| line.user.as_deref()).collect();
    assert_eq!(users, ["alix", "alix", "alix", "alix", "alix", "nour", "nour", "nour", "nour", "alix", "alix"]);
    assert_eq!((lines[10].workstation.as_deref(), lines[10].patient_local.as_deref()), (Some("PC-12"), Some("IPP-1")));
    assert!(lines.iter().all(|line| line.ins.as_deref() == Some(key.as_str())));
}

#[tokio::test]
async fn bris_de_glace_is_traced_with_its_reason_and_refusals_of_guards_without_network() {
    let (mock, tracer) = (MockDmp::start().await.unwrap(), tracer(&clock()));
    let ctx = context("alix", "team-1", "visit-1");
    let session = consulting(&mock).watched(tracer.of(&ctx));
    let reason = "patient inconscient, antécédents inconnus";
    let patient = patient_of(seed::PATIENT_UNKNOWN_TO_ALL);
    let record = session.bris_de_glace(patient, Consent::refused(), reason).await.unwrap();
    record.find(Search::approved()).await.unwrap();
    let gate = ConsentGate::new(Database::in_memory().unwrap(), clock());
    let guards = guard::Guards::new().with(guard::ConsentGuard::new(gate.traced(tracer.clone())));
    let guarded = session.watched(guards.of(ctx, guard::Intent::ByMode));
    let before = mock.journal().exchanges().len();
    guarded.record(qualified(), Consent::given()).unwrap().find(Search::approved()).await.unwrap_err();
    assert_eq!(mock.journal().exchanges().len(), before);

    assert_eq!(told(&tracer).await, ["existence done TD0.2 0", "search done TD3.1 0", "search denied TD3.1 0"]);
    let lines = lines(&tracer).await;
    assert_eq!(lines[0].detail.as_deref(), Some("before bris-de-glace"));
    assert_eq!((lines[1].access.as_str(), lines[1].reason.as_deref()), ("bris_de_glace", Some(reason)));
    assert!(lines[2].code.is_some() && lines[2].assertions.is_empty(), "{:?}", lines[2].code);
    let heard = tracer.listen();
    assert!(heard.is_empty());
}

#[tokio::test]
async fn a_call_that_is_dropped_or_killed_leaves_what_is_known() {
    let (mock, tracer) = (MockDmp::start().await.unwrap(), tracer(&clock()));
    let session = consulting(&mock).watched(tracer.of(&context("alix", "team-1", "visit-1")));
    let record = session.record(qualified(), Consent::given()).unwrap();
    let mut heard = tracer.listen();
    // Each call has its gate: that of a dropped call empties when the mock sees the connection end.
    let wait = async |gate: &str, call: &mut (dyn Future<Output = ()> + Unpin + Send)| {
        let hold = Effect::Hold { gate: gate.to_owned() };
        mock.faults().add(Fault::new(hold).processed(true).times(1)).unwrap();
        while mock.faults().waiting(gate) == 0 {
            tokio::select! {
                biased;
                () = &mut *call => panic!("the answer is held"),
                () = tokio::task::yield_now() => {}
            }
        }
    };
    let call = || {
        let record = record.clone();
        Box::pin(async move { drop(record.existence().await) })
    };
    let mut dropped = call();
    wait("dropped", &mut dropped).await;
    assert_eq!(heard.recv().await.unwrap().outcome, TraceOutcome::Begun);
    drop(dropped);
    // The end is written by a task of its own.
    let end = heard.recv().await.unwrap();
    assert_eq!((end.outcome, end.code.as_deref()), (TraceOutcome::Unknown, Some("abandoned")));
    let mut killed = call();
    wait("killed", &mut killed).await;
    // What kill -9 leaves: nobody tells the end.
    std::mem::forget(killed);
    assert_eq!(acts(&tracer).await, ["existence unknown", "existence begun"]);
    let air = tracer.read_air(&TraceExtract::all(), &archivist()).await.unwrap();
    let events: Vec<(AirEvent, Option<&str>)> = air.iter().map(|line| (line.statut, line.outcome.as_deref())).collect();
    let generated = (AirEvent::Generated, None);
    assert_eq!(events, [generated, (AirEvent::Used, Some("unknown")), generated]);
}
