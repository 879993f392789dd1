//! TD0.2 and TD0.3 over TLS against the mock.

mod support;

use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::world::seed;
use support::*;

#[tokio::test]
async fn the_state_of_each_record_is_an_answer() {
    let mock = MockDmp::start().await.unwrap();
    let session = air(&mock);
    let existence =
        async |matricule| session.record(patient(matricule), Consent::given()).unwrap().existence().await.unwrap();
    let Existence::Active(dmp) = existence(seed::PATIENT_FOLLOWED).await else { panic!("not active") };
    assert_eq!(dmp.authorisation(), Authorisation::Valide);
    assert_eq!(dmp.medecin_traitant, Some(true));
    let Existence::Active(dmp) = existence(seed::PATIENT_UNKNOWN_TO_ALL).await else { panic!("not active") };
    assert_eq!(dmp.authorisation(), Authorisation::NonExiste);
    assert!(matches!(existence(seed::PATIENT_CLOSED).await, Existence::Closed(..)));
    // A right key, and nobody behind it.
    assert!(matches!(existence("285079999999935").await, Existence::Absent));
}

#[tokio::test]
async fn an_authorisation_is_added_then_withdrawn() {
    let mock = MockDmp::start().await.unwrap();
    let record = air(&mock).record(patient(seed::PATIENT_UNKNOWN_TO_ALL), Consent::given()).unwrap();
    assert_eq!(record.authorise().await.unwrap(), Change::Done);
    assert_eq!(record.authorise().await.unwrap(), Change::Unchanged);
    let Existence::Active(dmp) = record.existence().await.unwrap() else { panic!("not active") };
    assert_eq!(dmp.authorisation(), Authorisation::Valide);
    let withdrawn = air(&mock).withdraw(patient(seed::PATIENT_UNKNOWN_TO_ALL)).unwrap();
    assert_eq!(withdrawn.remove_authorisation().await.unwrap(), Change::Done);
}

#[tokio::test]
async fn nothing_is_sent_to_a_record_known_as_closed() {
    let mock = MockDmp::start().await.unwrap();
    let record = air(&mock).record(patient(seed::PATIENT_CLOSED), Consent::given()).unwrap();
    record.existence().await.unwrap();
    let refused = record.find(Search::approved()).await.unwrap_err();
    assert_eq!((refused.kind(), refused.rule()), (ErrorKind::PatientState, Some("EX_0.2")));
    assert_eq!(refused.outcome(), Outcome::NotSent);
}

#[tokio::test]
async fn indirect_may_ask_too() {
    let mock = MockDmp::start().await.unwrap();
    let session = client(&mock).indirect(sender()).unwrap();
    let record = session.record(followed(), Consent::given()).unwrap();
    assert!(matches!(record.existence().await.unwrap(), Existence::Active(_)));
    let process = Sender::system(internal_id("30B0990008/AUTOMATE7"), "ANALYSEUR", "AX-100", establishment());
    let record = client(&mock).indirect(process).unwrap().record(followed(), Consent::given()).unwrap();
    assert!(matches!(record.existence().await.unwrap(), Existence::Active(_)));
}
