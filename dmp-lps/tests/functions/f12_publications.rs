//! F12: who may correct what, what the software knows of what it fed, requests of patients.

use crate::support::cards::{card, card_of_alix};
use crate::support::correction::{Scene, ctx, current, record, successor};
use crate::support::documents::{document, letter, unique_id};
use crate::support::{clock, consulting, feeding, patient, professional, qualified};
use dmp_client::*;
use dmp_lps::correction::*;
use dmp_lps::outbox::Badge;
use dmp_lps::rights_request::{NewRequest, RequestKind, RequestLog, RequestOutcome};
use dmp_lps::visibility::{
    EntryState, InvisibleDocument, VisibilityCalendar, Worklist, WorklistFilter, WorklistSettings,
};
use dmp_lps::*;
use dmp_mock::MockDmp;
use dmp_mock::faults::{Cut, Effect, Fault};
use dmp_protocol::transaction::Transaction;
use jiff::SignedDuration;

#[tokio::test]
async fn f12_who_may_delete_and_why() {
    let (mock, scene) = (MockDmp::start().await.unwrap(), Scene::new());
    let first = scene.fed(&mock).await;
    let id = unique_id(&first);
    let sent = mock.journal().exchanges().len();
    let delete = |ctx: AccessContext, cause, id: String, confirmed| {
        let (flow, record) = (&scene.flow, record(&mock));
        async move { flow.delete(&ctx, &record, cause, id, confirmed).await }
    };
    let colleague = || AccessContext { professional: Some(professional("899999000021")), ..ctx() };
    let elsewhere = || {
        let structure = dmp_vocabulary::identity::StructureId::parse("1990000010", Realm::Test).unwrap().value;
        AccessContext { structure, ..colleague() }
    };
    use CorrectionCause::{ContentError, LocalFinalDeletion, NewVersion};
    // Rule 8: its author alone; rule 4: the author or the author's structure.
    let of_colleague = delete(colleague(), LocalFinalDeletion, id.clone(), scene.confirmed()).await.unwrap_err();
    assert!(matches!(of_colleague, CorrectionError::NotAuthor { rule: 8 }), "{of_colleague}");
    let of_stranger = delete(elsewhere(), ContentError, id.clone(), scene.confirmed()).await.unwrap_err();
    assert!(matches!(of_stranger, CorrectionError::NotAuthor { rule: 4 }), "{of_stranger}");
    let never_fed = delete(ctx(), LocalFinalDeletion, "2.25.42".to_owned(), scene.confirmed()).await.unwrap_err();
    assert!(matches!(never_fed, CorrectionError::NotFed), "{never_fed}");
    let no_cause = delete(ctx(), NewVersion, id.clone(), scene.confirmed()).await.unwrap_err();
    assert!(matches!(no_cause, CorrectionError::Cause { cause: NewVersion }), "{no_cause}");
    let old = scene.confirmed();
    scene.clock.advance(SignedDuration::from_secs(121));
    let expired = delete(ctx(), ContentError, id.clone(), old).await.unwrap_err();
    assert!(matches!(&expired, CorrectionError::Dmp(error) if error.rule() == Some("F26")), "{expired}");
    assert_eq!(mock.journal().exchanges().len(), sent, "nothing is sent");

    // A final deletion is one here, too.
    let removed = delete(ctx(), LocalFinalDeletion, id.clone(), scene.confirmed()).await.unwrap();
    assert_eq!((removed.change, removed.local_copy), (Change::Done, LocalCopyFate::Deleted));
    assert!(matches!(scene.replace(&mock, &first, &successor(&first)).await, Err(CorrectionError::Removed)));

    // An imaging reference needs no confirmation, anything else does.
    let second = scene.fed(&mock).await;
    let reader = consulting(&mock).record(qualified(), Consent::given()).unwrap();
    let mut entry = reader.entry(unique_id(&second)).await.unwrap();
    let refused = scene.flow.delete_imaging_reference(&ctx(), &record(&mock), ContentError, &entry).await.unwrap_err();
    assert!(matches!(refused, CorrectionError::NotImagingReference));
    let format = xds_model::CodedValue::without_display("1.2.840.10008.5.1.4.1.1.88.59", "1.2.840.10008.2.6.1");
    entry.format_code = Some(format);
    let removed = scene.flow.delete_imaging_reference(&ctx(), &record(&mock), ContentError, &entry).await.unwrap();
    assert_eq!(removed.change, Change::Done);
}

#[tokio::test]
async fn f12_what_is_gone_already_is_agreed_to() {
    let (mock, scene) = (MockDmp::start().await.unwrap(), Scene::new());
    let (first, second) = (scene.fed(&mock).await, scene.fed(&mock).await);
    // Deleted by somebody else; deleted by us, and the answer was lost.
    record(&mock).delete(unique_id(&first)).await.unwrap();
    let cut = Fault::new(Effect::Cut { at: Cut::BeforeAnswer }).on(Transaction::Delete).processed(true).times(1);
    mock.faults().add(cut).unwrap();
    let lost = scene.delete(&mock, &unique_id(&second)).await.unwrap_err();
    assert!(matches!(&lost, CorrectionError::Dmp(error) if error.outcome() == Outcome::Unknown), "{lost}");
    for builder in [&first, &second] {
        assert_eq!(scene.badge(&unique_id(builder)).await, Badge::Sent);
        let gone = scene.delete(&mock, &unique_id(builder)).await.unwrap();
        assert_eq!(gone.change, Change::AlreadyGone);
        assert_eq!(scene.badge(&unique_id(builder)).await, Badge::RemovedFromDmp);
    }
    // Asked again, nothing is sent.
    let sent = mock.journal().exchanges().len();
    assert_eq!(scene.delete(&mock, &unique_id(&first)).await.unwrap().change, Change::AlreadyGone);
    assert_eq!(mock.journal().exchanges().len(), sent);
    // What was never known here is refused, not agreed to.
    assert!(scene.delete(&mock, "2.25.42").await.is_err());
}

#[tokio::test]
async fn f12_an_employee_makes_a_document_visible_by_replacing_it() {
    let (mock, scene) = (MockDmp::start().await.unwrap(), Scene::new());
    let worklist =
        Worklist::new(scene.base.clone(), scene.clock.clone(), WorklistSettings::new(VisibilityCalendar::Segur));
    let builder = letter();
    let hidden = document(&builder).await.hidden(Hidden::FromPatient);
    record(&mock).submit(&Submission::of(hidden.clone())).await.unwrap();
    scene.flow.fed(&ctx(), &patient(), &hidden).await.unwrap();
    worklist.add(InvisibleDocument::of(&patient(), hidden.entry(), Some(scene.clock.now())).unwrap()).await.unwrap();
    let mut events = scene.flow.events();

    // Renewed with the restriction: the entry goes on, with its first deposit.
    let second = successor(&builder);
    let still = document(&second).await.hidden(Hidden::FromPatient);
    let cause = CorrectionCause::NewVersion;
    scene.flow.replace(&ctx(), &record(&mock), cause, unique_id(&builder), still).await.unwrap();
    worklist.follow(&events.try_recv().unwrap()).await.unwrap();
    let listed = worklist.list(WorklistFilter::default()).await.unwrap();
    assert_eq!((listed.len(), &listed[0].entry.unique_id), (1, &unique_id(&second)));
    assert_eq!(listed[0].entry.deposited_at, scene.clock.now());

    let third = successor(&second);
    let cause = CorrectionCause::VisibilityByReplacement;
    let visible = document(&third).await;
    scene.flow.replace(&ctx(), &record(&mock), cause, unique_id(&second), visible).await.unwrap();
    worklist.follow(&events.try_recv().unwrap()).await.unwrap();
    let filter = WorklistFilter { closed: true, ..WorklistFilter::default() };
    let listed = worklist.list(filter.clone()).await.unwrap();
    assert_eq!((listed.len(), listed[0].entry.state), (1, EntryState::MadeVisible));
    let mark = scene.flow.ledger().badge(&patient(), &unique_id(&third)).await.unwrap();
    assert_eq!(mark, Mark { badge: Badge::Sent, hidden: Vec::new() });
    let removed = scene.delete(&mock, &unique_id(&third)).await.unwrap();
    assert_eq!(removed.change, Change::Done);
    worklist.follow(&events.try_recv().unwrap()).await.unwrap();
    assert_eq!(worklist.list(filter).await.unwrap()[0].entry.state, EntryState::MadeVisible, "closed stays closed");
}

#[tokio::test]
async fn f12_marks_of_documents_and_what_was_taken_out_is_not_fed_again() {
    use crate::support::queue::{Scene as Queue, work};
    let (mock, queue) = (MockDmp::start().await.unwrap(), Queue::new());
    let base = Database::open(queue.folder.path().join("lps.sqlite")).unwrap();
    let scene = Scene::over(base, CorrectionSettings::default());
    let feed = || outbox::NewFeed::of(ctx(), patient()).validated();
    let bytes = crate::support::documents::bytes;
    let (sent, held, replaced) = (letter(), letter(), letter());
    let newer = successor(&replaced);
    let mut ids = Vec::new();
    for builder in [&sent, &held, &replaced] {
        ids.push(queue.queue.enqueue_bytes(feed().hidden(Hidden::FromPatient), bytes(builder)).await.unwrap());
    }
    queue.queue.hold(ids[1]).await.unwrap();
    queue.pass_delay();
    let worker = queue.queue.worker(feeding(&mock)).await.unwrap();
    work(&worker).await;
    queue.queue.enqueue_bytes(feed().replacing(unique_id(&replaced)), bytes(&newer)).await.unwrap();
    queue.pass_delay();
    work(&worker).await;

    let ledger = scene.flow.ledger();
    let invisible = vec![Hidden::FromPatient];
    let expected = [
        (unique_id(&sent), Badge::Sent, invisible.clone()),
        (unique_id(&held), Badge::Held, invisible.clone()),
        (unique_id(&replaced), Badge::Replaced, invisible.clone()),
        (unique_id(&newer), Badge::Sent, vec![]),
        ("2.25.42".to_owned(), Badge::NeverSent, vec![]),
    ];
    for (id, badge, hidden) in expected.clone() {
        assert_eq!(ledger.badge(&patient(), &id).await.unwrap(), Mark { badge, hidden }, "{badge:?}");
    }
    let local = expected.map(|(id, ..)| id);
    let unpublished = ledger.not_published(&patient(), local).await.unwrap();
    let unpublished: Vec<_> = unpublished.into_iter().map(|(id, mark)| (id, mark.badge)).collect();
    assert_eq!(unpublished, [(unique_id(&held), Badge::Held), ("2.25.42".to_owned(), Badge::NeverSent)]);

    // What the queue sent hidden enters the worklist; what waits, or is visible, does not.
    let item = queue.queue.get(ids[0]).await.unwrap();
    let worklist = Worklist::new(scene.base.clone(), clock(), WorklistSettings::new(VisibilityCalendar::Segur));
    assert!(worklist.add(InvisibleDocument::of_queue(&item, "Compte rendu").unwrap()).await.unwrap());
    let listed = worklist.list(WorklistFilter::default()).await.unwrap();
    assert_eq!(
        (listed[0].entry.unique_id.clone(), listed[0].entry.deposited_at),
        (unique_id(&sent), item.sent_at.unwrap())
    );
    assert!(InvisibleDocument::of_queue(&queue.queue.get(ids[1]).await.unwrap(), "Compte rendu").is_none());

    // Somebody made it visible: a fresh list tells.
    let reader = consulting(&mock).record(qualified(), Consent::given()).unwrap();
    reader.reveal_to_patient(unique_id(&sent)).await.unwrap();
    ledger.seen(&patient(), &[reader.entry(unique_id(&sent)).await.unwrap()]).await.unwrap();
    assert_eq!(ledger.badge(&patient(), &unique_id(&sent)).await.unwrap().hidden, []);

    // What the queue sent is corrected as well; its bytes are not fed again, under any uniqueId.
    scene.delete(&mock, &unique_id(&newer)).await.unwrap();
    for builder in [&newer, &replaced] {
        let again = queue.queue.enqueue_bytes(feed(), bytes(builder)).await.unwrap();
        let item = queue.queue.get(again).await.unwrap();
        assert_eq!(item.state, outbox::State::Excluded);
        assert!(item.reasons.contains(&outbox::Reason::RemovedByUser), "{:?}", item.reasons);
        assert_eq!(ledger.badge(&patient(), &unique_id(builder)).await.unwrap().badge, Badge::RemovedFromDmp);
    }
    // A deletion by the queue counts as well.
    let confirmed = Confirmed::by(UserAction { at: queue.clock.now(), ..scene.confirmed().action().clone() });
    queue.queue.order_deletion(&ctx(), &patient(), &unique_id(&sent), confirmed).await.unwrap();
    queue.pass_delay();
    work(&worker).await;
    assert_eq!(ledger.badge(&patient(), &unique_id(&sent)).await.unwrap().badge, Badge::RemovedFromDmp);
    assert!(matches!(scene.delete(&mock, &unique_id(&sent)).await.unwrap().change, Change::AlreadyGone));
}

#[tokio::test]
async fn f12_requests_of_patients_are_due_after_a_month() {
    let (base, clock) = (Database::in_memory().unwrap(), clock());
    let log = RequestLog::new(base, clock.clone());
    let received_at = "2026-01-31T09:00:00Z".parse().unwrap();
    let service = ServiceId::new("archives").unwrap();
    let new = |kind| NewRequest { patient: patient(), kind, received_at, service: service.clone() };
    let deletion = log.receive(new(RequestKind::Deletion)).await.unwrap();
    assert_eq!(deletion.due_at, "2026-02-28T09:00:00Z".parse().unwrap());
    let rectification = log.clone().due_after(2).receive(new(RequestKind::Rectification)).await.unwrap();
    assert_eq!(rectification.due_at, "2026-03-31T08:00:00Z".parse().unwrap());

    // 2 March: one is late, the other is not due for four weeks.
    let due = log.reminders(SignedDuration::from_hours(24)).await.unwrap();
    assert_eq!(due.iter().map(|due| (due.request.id, due.late)).collect::<Vec<_>>(), [(deletion.id, true)]);
    assert_eq!(log.reminders(SignedDuration::from_hours(24 * 30)).await.unwrap().len(), 2);
    let by = InternalUserId::new("dpo").unwrap();
    log.answered(deletion.id, RequestOutcome::Refused, &by).await.unwrap();
    assert!(log.answered(deletion.id, RequestOutcome::Granted, &by).await.is_err(), "answered once");
    assert!(log.reminders(SignedDuration::from_hours(24)).await.unwrap().is_empty());
    let all = log.of(&patient()).await.unwrap();
    assert_eq!(all[0].outcome, Some((RequestOutcome::Refused, clock.now(), by)));
    assert!(!format!("{all:?}").contains("2800575"), "no identity in what is printed");
}

#[tokio::test]
async fn f12_a_card_corrects_what_it_wrote() {
    // The same flow for the holder of a card, and the refusal of the DMP for a colleague who is no author (rule 4).
    let (mock, scene) = (MockDmp::start().await.unwrap(), Scene::new());
    let first = letter();
    let own = card_of_alix(&mock).record(qualified(), Consent::given()).unwrap();
    own.submit(&Submission::of(document(&first).await)).await.unwrap();
    let second = document(&successor(&first)).await;
    let cause = CorrectionCause::ContentError;
    scene.flow.replace(&ctx(), &own, cause, unique_id(&first), second.clone()).await.unwrap();
    let colleague = card(&mock, "899999000021", "PATRON", "SACHA").record(qualified(), Consent::given()).unwrap();
    let id = second.entry().unique_id.clone();
    let ctx = AccessContext { professional: Some(professional("899999000021")), ..ctx() };
    let refused = scene.flow.delete(&ctx, &colleague, cause, &id, scene.confirmed()).await.unwrap_err();
    assert!(matches!(refused, CorrectionError::Dmp(_)), "{refused}");
    assert_eq!((current(&mock), scene.badge(&id).await), (1, Badge::Sent));
}

#[tokio::test]
async fn f12_confirmations_and_refusals_are_traced() {
    use dmp_lps::trace::{Action, SqliteTraces, TraceKeys, TraceOutcome, TraceSettings, Tracer};
    let (mock, scene) = (MockDmp::start().await.unwrap(), Scene::new());
    let keys = TraceKeys::new(1, &[7; 32]).unwrap();
    let traces = || Database::in_memory().unwrap();
    let (access, air) = (SqliteTraces::access(traces()), SqliteTraces::air(traces()));
    let tracer = Tracer::new(access, air, keys, scene.clock.clone(), TraceSettings::default());
    let mut lines = tracer.listen();
    let flow = scene.flow.clone().traced(tracer);
    let first = scene.fed(&mock).await;
    let (id, record, cause) = (unique_id(&first), record(&mock), CorrectionCause::ContentError);
    flow.replace(&ctx(), &record, cause, &id, document(&successor(&first)).await).await.unwrap();
    assert!(lines.try_recv().is_err(), "the session traces its transactions");
    flow.delete(&ctx(), &record, cause, &id, scene.confirmed()).await.unwrap_err();
    let confirmed = lines.try_recv().unwrap();
    assert_eq!((confirmed.action, confirmed.outcome), (Action::Confirm, TraceOutcome::Done));
    let refused = lines.try_recv().unwrap();
    assert_eq!((refused.action, refused.outcome), (Action::Denied, TraceOutcome::Denied));
    assert_eq!((refused.code.as_deref(), refused.documents[0].unique_id.as_str()), (Some("F12 rule 3"), id.as_str()));
}
