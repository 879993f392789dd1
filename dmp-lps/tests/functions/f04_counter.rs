//! F04, the tests of its page by number, and S-02.

use std::collections::BTreeSet;

use crate::support::consult::{act, badge, consultation_world, holding, record, requests, searches};
use crate::support::{acceptance_world, clock, consulting, context, count as sent, role};
use dmp_client::mode::{Air, Normal};
use dmp_client::*;
use dmp_lps::consent::{ConsentGate, Scope, Stance, StanceChange};
use dmp_lps::counter::*;
use dmp_lps::opening::{Entry, Opening};
use dmp_lps::searches::RecordSearches;
use dmp_lps::*;
use dmp_mock::MockDmp;
use dmp_mock::faults::{Effect, Fault};
use dmp_protocol::transaction::Transaction;
use dmp_vocabulary::identity::BirthDate;
use jiff::civil::date;

const FIND_SUBMISSION_SETS: &str = "urn:uuid:f26abbcb-ac74-4422-8a30-edb644bbc1a9";
const GET_ASSOCIATIONS: &str = "urn:uuid:a7ae438b-4bc2-4642-93e9-be891f7bb155";
const GET_DOCUMENTS: &str = "urn:uuid:5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4";
const GET_SUBMISSION_SET_AND_CONTENTS: &str = "urn:uuid:e8e3cb2c-e39c-46b9-99e4-c12f57260b83";

/// Before every document of the world.
const START: SinceEvent = SinceEvent::LastVisit(date(2025, 1, 1));

type Counter = NewDocumentCounter<Database>;

fn counter() -> Counter {
    reading(SubmissionReading::Associations)
}

fn reading(reading: SubmissionReading) -> Counter {
    let settings = CounterSettings { reading, ..CounterSettings::default() };
    NewDocumentCounter::new(Database::in_memory().unwrap(), clock(), settings)
}

fn ctx() -> AccessContext {
    context("alix", "team-1", "visit-1")
}

fn key(mock: &MockDmp, label: &str) -> PatientKey {
    PatientKey::from(&role(mock, label))
}

/// The count at the opening of an authorised record.
async fn opened(counter: &Counter, searches: &RecordSearches<Air, Normal>, request: &CountRequest<'_>) -> CountResult {
    let badge = badge(Authorisation::Valide);
    counter.at_opening(searches, request, EncounterKind::Emergency, &badge).await.unwrap()
}

fn counted(result: CountResult) -> Count {
    match result {
        CountResult::Counted(count) => *count,
        other => panic!("{other:?}"),
    }
}

fn ids(count: &Count) -> Vec<String> {
    count.metadata().iter().map(|entry| entry.unique_id.clone()).collect()
}

#[tokio::test]
async fn f04_t1_and_f04_t2_and_f04_t7_third_parties_count_invisible_or_not_and_each_document_once() {
    let mock = consultation_world().await;
    let (ctx, patient) = (ctx(), key(&mock, "P-MIX"));
    let request = CountRequest::new(&ctx, &patient, START);
    let count = counted(opened(&counter(), &searches(&mock, "P-MIX"), &request).await);
    // The latest act first; of the replaced document, the last version.
    assert_eq!(ids(&count), ["2.25.9920005", "2.25.9920003", "2.25.9920002", "2.25.9920001"]);
    assert_eq!((count.total, count.invisible_patient, count.invisible_rl, count.masked), (4, 1, 1, 0));
    assert_eq!((count.patient_docs, count.metadata_changes, count.partial), (1, 0, false));
    let by_type: Vec<(&str, usize)> = count.by_type.iter().map(|(code, number)| (code.as_str(), *number)).collect();
    assert_eq!(by_type, [("11488-4", 1), ("11502-2", 2), ("34112-3", 1)]);
}

#[tokio::test]
async fn f04_t3_local_time_is_utc_on_the_wire() {
    // Summer time, winter time, and the hour that exists twice: the first one.
    let cases = [
        (date(2025, 5, 26).at(11, 0, 0, 0), "20250526090000"),
        (date(2025, 1, 26).at(11, 0, 0, 0), "20250126100000"),
        (date(2025, 10, 26).at(2, 30, 0, 0), "20251026003000"),
    ];
    let mock = consultation_world().await;
    let (ctx, patient) = (ctx(), key(&mock, "P-OPEN"));
    record(&mock, "P-OPEN").authorise().await.unwrap();
    for (number, (local, wire)) in cases.into_iter().enumerate() {
        let request = CountRequest::new(&ctx, &patient, SinceEvent::Custom(local));
        opened(&counter(), &searches(&mock, "P-OPEN"), &request).await;
        let searched = requests(&mock, "TD3.1");
        let first = searched.iter().filter(|request| request.contains(FIND_SUBMISSION_SETS)).nth(number).unwrap();
        assert!(
            first.contains("$XDSSubmissionSetSubmissionTimeFrom") && first.contains(&format!(">{wire}<")),
            "{wire}"
        );
    }
}

#[tokio::test]
async fn f04_t4_forty_five_documents_are_asked_for_twenty_at_a_time() {
    let mock = consultation_world().await;
    let (ctx, patient) = (ctx(), key(&mock, "P-FULL"));
    let searches = searches(&mock, "P-FULL");
    let count = counted(opened(&counter(), &searches, &CountRequest::new(&ctx, &patient, START)).await);
    assert_eq!((count.total, count.metadata().len()), (45, 45));
    let searched = requests(&mock, "TD3.1");
    assert_eq!(holding(&searched, FIND_SUBMISSION_SETS), 1);
    assert_eq!(holding(&searched, GET_ASSOCIATIONS), 1);
    assert_eq!(holding(&searched, GET_DOCUMENTS), 3);
    assert_eq!(searched.len(), 5);
    // Nothing was submitted: one call.
    let later = CountRequest::new(&ctx, &patient, SinceEvent::Admission(date(2026, 1, 1)));
    let none = counted(opened(&counter(), &crate::support::consult::searches(&mock, "P-FULL"), &later).await);
    assert_eq!((none.total, sent(&mock, "TD3.1")), (0, 6));
}

#[tokio::test]
async fn f04_t5_both_ways_to_read_submissions_count_the_same() {
    let mock = consultation_world().await;
    let ctx = ctx();
    for label in ["P-FULL", "P-MIX"] {
        let patient = key(&mock, label);
        let request = CountRequest::new(&ctx, &patient, START);
        let a = counted(opened(&counter(), &searches(&mock, label), &request).await);
        let before = sent(&mock, "TD3.1");
        let by_lot = reading(SubmissionReading::Contents);
        let b = counted(opened(&by_lot, &searches(&mock, label), &request).await);
        assert_eq!((ids(&a), a.total, a.patient_docs, &a.by_type), (ids(&b), b.total, b.patient_docs, &b.by_type));
        let searched = requests(&mock, "TD3.1").split_off(before);
        assert_eq!(holding(&searched, GET_SUBMISSION_SET_AND_CONTENTS), searched.len() - 1);
    }
}

#[tokio::test]
async fn f04_t6_an_opened_record_is_counted_once() {
    let mock = consultation_world().await;
    let (ctx, patient, counter) = (ctx(), key(&mock, "P-MIX"), counter());
    let (searches, request) = (searches(&mock, "P-MIX"), CountRequest::new(&ctx, &patient, START));
    // Not this encounter, not yet authorised: nothing is asked, nothing is spent.
    let inpatient = EncounterKind::Inpatient;
    let result = counter.at_opening(&searches, &request, inpatient, &badge(Authorisation::Valide)).await.unwrap();
    assert_eq!(result, CountResult::NotAsked(NotAsked::Encounter));
    let unauthorised = badge(Authorisation::NonExiste);
    let result = counter.at_opening(&searches, &request, EncounterKind::Emergency, &unauthorised).await.unwrap();
    assert_eq!(result, CountResult::NotAsked(NotAsked::NotAuthorised));
    assert_eq!(sent(&mock, "TD3.1"), 0);

    let first = counted(opened(&counter, &searches, &request).await);
    let calls = sent(&mock, "TD3.1");
    // A second opening in the same session, a click, other criteria: the answers are there.
    assert_eq!(counted(opened(&counter, &searches, &request).await), first);
    assert_eq!(counted(counter.asked(&searches, &request, &act(1)).await.unwrap()), first);
    let types = CountCriteria { types: BTreeSet::from(["11502-2".to_owned()]), author: Some("canevas".to_owned()) };
    let some = counted(opened(&counter, &searches, &request.clone().matching(types)).await);
    assert_eq!((some.total, some.invisible_patient, some.invisible_rl), (2, 1, 1));
    let nobody = CountCriteria { author: Some("modele".to_owned()), ..CountCriteria::default() };
    assert_eq!(counted(opened(&counter, &searches, &request.clone().matching(nobody)).await).total, 0);
    assert_eq!(sent(&mock, "TD3.1"), calls);

    // Another event is another search: not by itself, but when the user clicks.
    let other = CountRequest::new(&ctx, &patient, SinceEvent::Admission(date(2025, 6, 5)));
    let badge = badge(Authorisation::Valide);
    let refused = counter.at_opening(&searches, &other, EncounterKind::Emergency, &badge).await.unwrap_err();
    assert_eq!((refused.rule(), sent(&mock, "TD3.1")), (Some("SEARCH_POLICY"), calls));
    let count = counted(counter.asked(&searches, &other, &act(2)).await.unwrap());
    assert_eq!((count.total, count.patient_docs), (1, 1));
}

#[tokio::test]
async fn f04_t8_a_busy_dmp_is_left_alone() {
    let mock = consultation_world().await;
    let (ctx, patient, counter) = (ctx(), key(&mock, "P-MIX"), counter());
    let (searches, request) = (searches(&mock, "P-MIX"), CountRequest::new(&ctx, &patient, START));
    mock.faults().add(Fault::code("DMPAccessDeniedByExcededThreshold").on(Transaction::Search)).unwrap();
    assert_eq!(opened(&counter, &searches, &request).await, CountResult::Unavailable);
    mock.faults().clear();
    assert_eq!(opened(&counter, &searches, &request).await, CountResult::Unavailable);
    assert_eq!(counter.asked(&searches, &request, &act(1)).await.unwrap(), CountResult::Unavailable);
    assert_eq!(sent(&mock, "TD3.1"), 1);
    // Feeding goes on.
    let feeding = crate::support::feeding(&mock).record(role(&mock, "P-MIX"), Consent::given()).unwrap();
    let mut letter = crate::support::documents::letter();
    letter.patient.ins = Some(role(&mock, "P-MIX").ins().clone());
    feeding.submit(&Submission::of(crate::support::documents::document(&letter).await)).await.unwrap();
}

#[tokio::test]
async fn f04_t9_what_the_user_took_note_of_is_no_longer_new() {
    let mock = consultation_world().await;
    let (ctx, patient, counter) = (ctx(), key(&mock, "P-MIX"), counter());
    let request = CountRequest::new(&ctx, &patient, SinceEvent::LastDmpConsultation);
    let first = searches(&mock, "P-MIX");
    let count = counted(opened(&counter, &first, &request).await);
    assert_eq!((count.total, count.asked_at), (4, clock().now()));
    counter.acknowledge(&first, &request, &count).await.unwrap();
    let calls = sent(&mock, "TD3.1");
    assert_eq!(counted(opened(&counter, &first, &request).await).total, 0);
    assert_eq!(sent(&mock, "TD3.1"), calls);
    // The next opening starts from the time of that request.
    assert_eq!(counted(opened(&counter, &searches(&mock, "P-MIX"), &request).await).total, 0);
    assert_eq!(sent(&mock, "TD3.1"), calls + 1);
    assert!(requests(&mock, "TD3.1").last().unwrap().contains(">20260302080000<"));
    // Another user has not taken note of anything.
    let mut colleague = ctx.clone();
    colleague.professional = Some(crate::support::professional("899999000021"));
    let theirs = CountRequest::new(&colleague, &patient, SinceEvent::LastDmpConsultation);
    assert_eq!(counted(opened(&counter, &searches(&mock, "P-MIX"), &theirs).await).total, count.total);
}

#[tokio::test]
async fn f04_documents_that_the_software_holds_are_not_new_and_their_metadata_are_told_apart() {
    let mock = consultation_world().await;
    let (ctx, patient) = (ctx(), key(&mock, "P-MIX"));
    let record = record(&mock, "P-MIX");
    // A document of the establishment, which then masks it, and one that was imported.
    let own = record.find(Search::approved().author("%MODELE%")).await.unwrap()[0].clone();
    record.mask(&own).await.unwrap();
    let known = KnownDocuments::none().and_entry(&own).and("2.25.9920003");
    let request = CountRequest::new(&ctx, &patient, START).known(known);
    let count = counted(opened(&counter(), &searches(&mock, "P-MIX"), &request).await);
    assert_eq!(ids(&count), ["2.25.9920005", "2.25.9920002", "2.25.9920001"]);
    assert_eq!((count.total, count.metadata_changes), (3, 1));
}

/// Rule 10.
#[tokio::test]
async fn f04_a_minor_in_connexion_secrete_is_so_on_every_call() {
    let mock = acceptance_world().await;
    let id = mock.labelled("P-MINOR").unwrap();
    let birth = mock.with_world(|world| world.patient(&id).unwrap().birth_date.clone().unwrap());
    let minor = consulting(&mock).record(role(&mock, "P-MINOR"), Consent::given()).unwrap();
    let secret = minor.connexion_secrete(&BirthDate::parse_hl7(&birth.to_string()).unwrap()).unwrap();
    let (ctx, patient) = (ctx(), key(&mock, "P-MINOR"));
    let request = CountRequest::new(&ctx, &patient, START);
    opened(&counter(), &RecordSearches::of(secret), &request).await;
    let exchanges = mock.journal().exchanges();
    assert!(exchanges.len() > 1 && exchanges.iter().all(|one| one.connexion_secrete));
}

#[tokio::test]
async fn s_02_an_informed_patient_whose_record_is_opened_then_viewed() {
    let mock = consultation_world().await;
    let (ctx, patient) = (ctx(), role(&mock, "P-OPEN"));
    let gate = ConsentGate::new(Database::in_memory().unwrap(), clock()).with_sentence("Texte du guide.");
    let change = StanceChange::new(Scope::Consultation, Stance::InformedNotOpposed);
    let _ = gate.record(&ctx, &PatientKey::from(&patient), change).await.unwrap();
    let (session, counter, key) = (consulting(&mock), counter(), PatientKey::from(&patient));
    let opening = Opening::new(&gate, clock(), ctx.clone(), &patient);
    let opened = opening.open(|consent| session.record(patient.clone(), consent)).await.unwrap().unwrap();
    let searches = RecordSearches::of(opened.record().clone());
    let request = CountRequest::new(&ctx, &key, START);
    let kind = EncounterKind::ExternalConsultation;
    // Opened, not viewed: no authorisation, no search.
    let result = counter.at_opening(&searches, &request, kind, &opened.badge()).await.unwrap();
    assert_eq!(result, CountResult::NotAsked(NotAsked::NotAuthorised));
    assert_eq!(opened.enter().await.unwrap(), Entry::Entered { authorised_now: true });
    // The thread of the screen goes on while the DMP searches: this runtime has no other.
    mock.faults().add(Fault::new(Effect::Hold { gate: "s02".to_owned() }).on(Transaction::Search)).unwrap();
    let at = opened.badge();
    let searching = counter.at_opening(&searches, &request, kind, &at);
    let screen = async {
        mock.faults().reached("s02").await;
        mock.faults().open("s02");
    };
    let (result, ()) = tokio::join!(searching, screen);
    let count = counted(result.unwrap());
    assert_eq!((count.total, count.invisible_patient), (3, 1));
    let labels: Vec<_> = count.metadata().iter().map(dmp_lps::display::state_labels).collect();
    assert_eq!(labels, [vec!["non visible par le patient"], vec![], vec![]]);
    assert_eq!((sent(&mock, "TD3.1"), sent(&mock, "TD0.3"), sent(&mock, "TD3.2")), (3, 1, 0));
    assert!(sent(&mock, "TD0.2") >= 1 && opened.badge().is_authorised());
}
