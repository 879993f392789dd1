//! F29: the records on which somebody here is authorised, asked every few days.

use crate::support::{consulting, count, feeding, professional};
use dmp_client::*;
use dmp_lps::poller::*;
use dmp_lps::{Clock as _, Database, ManualClock, PatientKey};
use dmp_mock::MockDmp;
use dmp_mock::world::{Grant, GrantHolder, PatientId, seed};
use dmp_vocabulary::identity::{Ins, StructureId};
use dmp_vocabulary::oids;
use jiff::{SignedDuration, Timestamp};

fn patient(matricule: &str) -> QualifiedPatient {
    QualifiedPatient::declared(Ins::parse(matricule, oids::INS_NIR_TEST, Realm::Test).unwrap().value)
}

fn key(matricule: &str) -> PatientKey {
    PatientKey::from(&patient(matricule))
}

/// The time of the mock, which is that of the machine: the DMP compares its own dates.
fn clock() -> ManualClock {
    ManualClock::at(Timestamp::now())
}

fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

type Poller = AuthorisedDmpPoller<Database, fn(&PatientKey) -> bool>;

fn poller(clock: &ManualClock, is_ours: fn(&PatientKey) -> bool) -> Poller {
    AuthorisedDmpPoller::new(Database::in_memory().unwrap(), is_ours, clock.clone(), PollSettings::default())
}

fn everybody(_: &PatientKey) -> bool {
    true
}

fn nobody(_: &PatientKey) -> bool {
    false
}

fn the_followed(patient: &PatientKey) -> bool {
    *patient == key(seed::PATIENT_FOLLOWED)
}

/// Médecin MODELE ALIX was authorised on two records yesterday.
fn authorise(mock: &MockDmp) {
    for matricule in [seed::PATIENT_FOLLOWED, seed::PATIENT_UNKNOWN_TO_ALL] {
        mock.with_world(|world| {
            let patient = world.patient_mut(&PatientId::new(matricule, seed::TEST_NIR_OID)).unwrap();
            let grant = Grant::Since(Timestamp::now() - days(1));
            patient.grants.insert(GrantHolder::Person(seed::MEDECIN.to_owned()), grant);
        });
    }
}

#[tokio::test]
async fn f29_local_patients_are_marked_and_the_others_forgotten() {
    let mock = MockDmp::start().await.unwrap();
    authorise(&mock);
    let (session, alix, clock) = (consulting(&mock), professional(seed::MEDECIN), clock());
    let own = OwnDmps::of(&session, &alix);
    for (is_ours, marked, forgotten) in
        [(everybody as fn(&PatientKey) -> bool, 2, 0), (the_followed, 1, 1), (nobody, 0, 2)]
    {
        let poller = poller(&clock, is_ours);
        let polled = poller.poll(&own, Criterion::Authorisations).await.unwrap();
        assert_eq!((polled.marked.len(), polled.forgotten), (marked, forgotten));
        let kept = poller.marks(own.owner()).await.unwrap();
        assert_eq!(kept.len(), marked);
        assert!(kept.iter().all(|mark| is_ours(&mark.patient) && polled.marked.contains(mark)));
    }
}

#[tokio::test]
async fn f29_nothing_of_the_others_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lps.sqlite");
    let mock = MockDmp::start().await.unwrap();
    authorise(&mock);
    let (session, alix) = (consulting(&mock), professional(seed::MEDECIN));
    let base = Database::open(&path).unwrap();
    let poller = AuthorisedDmpPoller::new(base, the_followed, clock(), PollSettings::default());
    poller.poll(&OwnDmps::of(&session, &alix), Criterion::Authorisations).await.unwrap();
    drop(poller);
    let kept: Vec<u8> = std::fs::read_dir(folder.path())
        .unwrap()
        .flat_map(|file| std::fs::read(file.unwrap().path()).unwrap())
        .collect();
    let holds = |text: &str| kept.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds(seed::PATIENT_FOLLOWED), "the mark");
    // Neither the other patient, nor anybody's name.
    assert!(!holds(seed::PATIENT_UNKNOWN_TO_ALL) && !holds("SPECIMEN") && !holds("EXEMPLE"));
}

#[tokio::test]
async fn f29_the_question_is_put_every_three_days_and_about_what_is_new() {
    let mock = MockDmp::start().await.unwrap();
    let (session, alix, clock) = (consulting(&mock), professional(seed::MEDECIN), clock());
    let (own, poller) = (OwnDmps::of(&session, &alix), poller(&clock, everybody));
    let due = async |criterion| {
        let polled = poller.poll_if_due(&own, criterion).await.unwrap();
        polled.map(|polled| polled.marked.into_iter().map(|mark| mark.patient).collect::<Vec<_>>())
    };
    assert!(due(Criterion::Documents).await.is_some());
    assert!(due(Criterion::Authorisations).await.is_some(), "each question has its own calendar");
    assert_eq!(due(Criterion::Documents).await, None);
    clock.advance(days(3) - SignedDuration::from_hours(2));
    assert_eq!(due(Criterion::Documents).await, None);
    clock.advance(SignedDuration::from_hours(4));
    assert_eq!(due(Criterion::Documents).await, Some(vec![]), "nothing since");
    // A document comes; the clock of the poller goes back to when it came.
    let letter =
        Document::from_cda_bytes(crate::support::documents::bytes(&crate::support::documents::letter())).await.unwrap();
    let record = feeding(&mock).record(patient(seed::PATIENT_FOLLOWED), Consent::given()).unwrap();
    record.submit(&Submission::of(letter)).await.unwrap();
    assert_eq!(count(&mock, "TD0.4"), 3);
    let fresh = AuthorisedDmpPoller::new(
        Database::in_memory().unwrap(),
        everybody,
        ManualClock::at(Timestamp::now()),
        PollSettings { every_days: 7, ..PollSettings::default() },
    );
    let polled = fresh.poll(&own, Criterion::Documents).await.unwrap();
    assert_eq!(polled.marked.len(), 1);
    assert!(polled.marked[0].medecin_traitant && polled.marked[0].last_document_at.is_some());
    let next = fresh.due(own.owner(), Criterion::Documents).await.unwrap();
    assert!(next.duration_since(Timestamp::now()) > days(6), "a week");
    fresh.unmark(&key(seed::PATIENT_FOLLOWED)).await.unwrap();
    assert!(fresh.marks(own.owner()).await.unwrap().is_empty());
}

#[tokio::test]
async fn f29_a_question_that_failed_is_put_again_later_and_loses_nothing() {
    let mock = MockDmp::start().await.unwrap();
    authorise(&mock);
    let (session, alix, clock) = (consulting(&mock), professional(seed::MEDECIN), clock());
    let (own, poller) = (OwnDmps::of(&session, &alix), poller(&clock, everybody));
    let refusal = mock.faults().add(dmp_mock::faults::Fault::http(503)).unwrap();
    assert!(matches!(poller.poll_if_due(&own, Criterion::Authorisations).await, Err(PollError::Dmp(_))));
    assert!(poller.poll_if_due(&own, Criterion::Authorisations).await.unwrap().is_none(), "not at once");
    mock.faults().remove(refusal);
    clock.advance(SignedDuration::from_mins(61));
    let polled = poller.poll_if_due(&own, Criterion::Authorisations).await.unwrap().unwrap();
    assert_eq!(polled.marked.len(), 2);
}

#[tokio::test]
async fn f29_an_employee_asks_for_a_professional_and_a_structure_for_itself() {
    let mock = MockDmp::start().await.unwrap();
    authorise(&mock);
    let (cpe, alix, clock) = (crate::support::cards::employee(&mock), professional(seed::MEDECIN), clock());
    let poller = poller(&clock, everybody);
    let of_alix = DmpsOfProfessional::of(&cpe, &alix);
    assert_eq!(poller.poll(&of_alix, Criterion::Authorisations).await.unwrap().marked.len(), 2);
    // What a card of the professional would find is known already: it is the same list.
    let (session, now) = (consulting(&mock), clock.now());
    let own = OwnDmps::of(&session, &alix);
    assert!(poller.due(own.owner(), Criterion::Authorisations).await.unwrap() > now);
    // E0-05: a professional of another structure.
    let stranger = professional("899999000047");
    let refused = poller.poll(&DmpsOfProfessional::of(&cpe, &stranger), Criterion::Documents).await;
    assert!(matches!(refused, Err(PollError::Dmp(error)) if error.kind() == ErrorKind::Authorisation));

    let indirect = feeding(&mock);
    let structure = StructureId::parse(seed::STRUCTURE_EG, Realm::Test).unwrap().value;
    let polled = poller.poll(&StructureDmps::of(&indirect, &structure), ByAuthorisation).await.unwrap();
    assert_eq!(polled.marked.len(), 0, "nobody authorised the structure");
    assert_eq!(poller.marks(of_alix.owner()).await.unwrap().len(), 2);
}
