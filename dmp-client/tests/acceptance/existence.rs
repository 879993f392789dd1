//! TD0.2 and TD0.3: states of records, authorisation, identities that may open one.

use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::world::{Grant, GrantHolder, Patient, PatientId, seed};
use dmp_vocabulary::identity::status::PatientIdentity;
use dmp_vocabulary::identity::traits::{BirthName, BirthPlace, GivenNames, Sex, StrictTraits};
use dmp_vocabulary::identity::{BirthDate, Ins};
use dmp_vocabulary::oids;
use jiff::{Span, Timestamp};

use crate::modes::people::*;
use crate::support::documents::{document, letter};
use crate::support::*;

/// A right number, and nobody behind it.
const NO_DMP: &str = "285079999999935";

/// An identity of the local file with that number, not yet qualified.
fn identity(matricule: &str, oid: &str) -> PatientIdentity {
    let traits = StrictTraits {
        birth_name: BirthName::parse("EXEMPLE").unwrap(),
        given_names: GivenNames::parse("CAMILLE ANNE").unwrap(),
        birth_date: BirthDate::parse_insi("1980-05-14").unwrap(),
        sex: Sex::Female,
        birth_place: BirthPlace::parse("75999").unwrap(),
    };
    PatientIdentity::new(traits).with_ins(Ins::parse(matricule, oid, Realm::Test).unwrap().value)
}

/// Qualified: answered by INSi, and compared with a document.
fn qualified(matricule: &str) -> QualifiedPatient {
    let mut identity = identity(matricule, seed::TEST_NIR_OID);
    identity.evidence.obtained_from_insi = Some(Timestamp::now());
    assert!(identity.qualify(Realm::Test).is_err(), "one proof is not enough");
    identity.evidence.document_checked = Some(Timestamp::now());
    QualifiedPatient::from(&identity.qualify(Realm::Test).unwrap().value)
}

async fn existence(session: &AirSession, patient: QualifiedPatient) -> Existence {
    session.record(patient, Consent::given()).unwrap().existence().await.unwrap()
}

async fn active(session: &AirSession) -> (Authorisation, Option<bool>) {
    match existence(session, other()).await {
        Existence::Active(dmp) => (dmp.authorisation(), dmp.medecin_traitant),
        state => panic!("{state:?}"),
    }
}

fn change(mock: &MockDmp, change: impl FnOnce(&mut Patient)) {
    let id = PatientId::new(seed::PATIENT_UNKNOWN_TO_ALL, seed::TEST_NIR_OID);
    mock.with_world(|world| change(world.patient_mut(&id).unwrap()));
}

fn me() -> GrantHolder {
    GrantHolder::Person(seed::MEDECIN.to_owned())
}

#[tokio::test]
async fn a_0_1_060_an_ins_is_acquired_and_qualified() {
    let mock = MockDmp::start().await.unwrap();
    let session = air(&mock);
    assert_eq!(existence(&session, qualified(NO_DMP)).await, Existence::Absent);
    let Existence::Active(dmp) = existence(&session, qualified(seed::PATIENT_UNKNOWN_TO_ALL)).await else {
        panic!("not active")
    };
    assert_eq!(dmp.authorisation(), Authorisation::NonExiste);
}

/// The card application gives INS, traits and identity at once: both proofs bear the time of its reading.
#[tokio::test]
async fn a_0_1_070_an_ins_qualified_by_apcv_only() {
    let mock = MockDmp::start().await.unwrap();
    let read_at = Timestamp::now();
    let mut identity = identity(seed::PATIENT_FOLLOWED, seed::TEST_NIR_OID);
    (identity.evidence.obtained_from_insi, identity.evidence.document_checked) = (Some(read_at), Some(read_at));
    let patient = QualifiedPatient::from(&identity.qualify(Realm::Test).unwrap().value);
    let record = client(&mock).indirect(sender()).unwrap().record(patient, Consent::given()).unwrap();
    assert!(matches!(record.existence().await.unwrap(), Existence::Active(_)));
    record.submit(&Submission::of(document(&letter()).await)).await.unwrap();
}

#[tokio::test]
async fn a_0_2_010_no_dmp() {
    let mock = MockDmp::start().await.unwrap();
    let record = air(&mock).record(patient(NO_DMP), Consent::given()).unwrap();
    assert_eq!(record.existence().await.unwrap(), Existence::Absent);
    assert_eq!(mock.journal().last().unwrap().refusal, None, "AA, NF: an answer");
    assert_eq!(rule(&record.authorise().await.unwrap_err()), "EX_0.2", "there is nothing to be authorised on");
}

#[tokio::test]
async fn a_0_2_020_a_closed_dmp_is_neither_fed_nor_searched() {
    let mock = MockDmp::start().await.unwrap();
    let session = direct(&mock);
    let record = session.record(patient(seed::PATIENT_CLOSED), Consent::given()).unwrap();
    let Existence::Closed(_, closing) = record.existence().await.unwrap() else { panic!("not closed") };
    let day = closing.on.as_ref().and_then(|on| on.instant()).map(|at| at.to_string()[..10].to_owned());
    assert_eq!(day.as_deref(), Some("2025-11-14"));
    assert!(closing.reason.is_some(), "why");
    let fed = record.submit(&Submission::of(document(&letter()).await)).await.unwrap_err();
    let searched = record.find(Search::approved()).await.unwrap_err();
    assert_eq!([rule(&fed), rule(&searched)], ["EX_0.2"; 2]);
    assert_eq!(mock.journal().exchanges().len(), 1, "nothing was sent after TD0.2");
}

#[tokio::test]
async fn a_0_2_030_an_open_dmp_without_authorisation() {
    let mock = MockDmp::start().await.unwrap();
    assert_eq!(active(&air(&mock)).await, (Authorisation::NonExiste, Some(false)));
}

#[tokio::test]
async fn a_0_2_050_the_medecin_traitant() {
    let mock = MockDmp::start().await.unwrap();
    let record = direct(&mock).record(followed(), Consent::given()).unwrap();
    let Existence::Active(dmp) = record.existence().await.unwrap() else { panic!("not active") };
    assert_eq!((dmp.authorisation(), dmp.medecin_traitant), (Authorisation::Valide, Some(true)));
}

#[tokio::test]
async fn a_0_2_060_an_authorisation_that_has_expired() {
    let mock = MockDmp::start().await.unwrap();
    let given = mock.clock().now().to_zoned(jiff::tz::TimeZone::UTC).saturating_sub(Span::new().months(7)).timestamp();
    change(&mock, |patient| {
        patient.grants.insert(me(), Grant::Since(given));
    });
    assert_eq!(active(&air(&mock)).await, (Authorisation::Expire, Some(false)));
}

#[tokio::test]
async fn a_0_2_070_a_professional_whom_the_patient_blocked() {
    let mock = MockDmp::start().await.unwrap();
    change(&mock, |patient| {
        patient.blocked.insert(me());
    });
    let record = air(&mock).record(other(), Consent::given()).unwrap();
    let Existence::Active(dmp) = record.existence().await.unwrap() else { panic!("not active") };
    assert_eq!(dmp.authorisation(), Authorisation::Interdit);
    assert_eq!(rule(&record.authorise().await.unwrap_err()), "AUT-04");
    let asked: Vec<_> = mock.journal().exchanges().into_iter().filter_map(|one| one.transaction).collect();
    assert_eq!(asked, ["TD0.2"], "no TD0.3 follows");
}

#[tokio::test]
async fn a_0_2_080_a_nia_opens_no_dmp_and_is_kept() {
    let mock = MockDmp::start().await.unwrap();
    let stored = identity("785079999900107", oids::INS_NIA);
    let nia = stored.ins.clone().unwrap();
    assert_eq!((nia.oid(), nia.matricule()), (oids::INS_NIA, "785079999900107"), "stored as it came");
    let refused = air(&mock).record(QualifiedPatient::declared(nia), Consent::given()).unwrap_err();
    assert_eq!(rule(&refused), "0.2-080");
    assert!(mock.journal().last().is_none(), "nothing was sent");
}

/// In each mode that declares itself.
#[tokio::test]
async fn a_0_3_010_an_authorisation_is_added_on_a_wish_to_consult() {
    let mock = MockDmp::start().await.unwrap();
    let valid =
        |state: Existence| matches!(state, Existence::Active(dmp) if dmp.authorisation() == Authorisation::Valide);
    let forget = || change(&mock, |patient| patient.grants.clear());

    let record = air(&mock).record(other(), Consent::given()).unwrap();
    assert!(!valid(record.existence().await.unwrap()));
    assert_eq!(record.authorise().await.unwrap(), Change::Done);
    assert!(valid(record.existence().await.unwrap()));
    forget();
    let record = direct(&mock).record(other(), Consent::given()).unwrap();
    assert_eq!(record.authorise().await.unwrap(), Change::Done);
    assert!(valid(record.existence().await.unwrap()));
    forget();
    let record = cpe_of(&mock, true).record(other(), Consent::given()).unwrap();
    assert_eq!(record.authorise_structure().await.unwrap(), Change::Done);
    assert!(valid(record.existence().await.unwrap()));

    // EX_0.3-1010: not without the patient's consent.
    assert_eq!(rule(&air(&mock).record(other(), Consent::refused()).unwrap_err()), "EX_0.3-1010");
}

#[tokio::test]
async fn a_0_3_080_an_authorisation_is_given_back() {
    let mock = MockDmp::start().await.unwrap();
    change(&mock, |patient| {
        patient.grants.insert(me(), Grant::Since(Timestamp::now()));
    });
    let session = air(&mock);
    assert_eq!(active(&session).await.0, Authorisation::Valide);
    let withdrawn = session.withdraw(other()).unwrap();
    assert_eq!(withdrawn.remove_authorisation().await.unwrap(), Change::Done);
    assert_eq!(active(&session).await.0, Authorisation::NonExiste);
}
