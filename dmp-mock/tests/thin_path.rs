//! TD0.2 and TD0.3 over real TLS.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

mod support;

use dmp_mock::MockDmp;
use dmp_mock::world::seed;
use dmp_protocol::patient::{Answer, Authorisation, Existence, PatientQueryResponse};
use dmp_protocol::rights::{SetAuthorization, SetAuthorizationResponse};
use support::Sender;

fn existence(answer: &support::HttpAnswer) -> Existence {
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    match PatientQueryResponse::read(answer.envelope().body()).unwrap().answer {
        Answer::Existence(existence) => existence,
        Answer::Refused(refused) => panic!("{refused:?}"),
    }
}

#[tokio::test]
async fn existence_tells_the_state_of_each_seeded_record() {
    let mock = MockDmp::start().await.unwrap();
    let medecin = Sender::air(&mock);
    let Existence::Active(dmp) = existence(&medecin.existence().await) else { panic!("expected an active record") };
    assert_eq!(dmp.authorisation(), Authorisation::Valide);
    assert_eq!(dmp.medecin_traitant, Some(true));
    assert_eq!(dmp.traits.birth_name.as_deref(), Some("EXEMPLE"));

    let stranger = Sender::air(&mock).with_patient(seed::PATIENT_UNKNOWN_TO_ALL);
    let Existence::Active(dmp) = existence(&stranger.existence().await) else { panic!("expected an active record") };
    assert_eq!(dmp.authorisation(), Authorisation::NonExiste);
    assert_eq!(dmp.medecin_traitant, Some(false));

    let closed = Sender::air(&mock).with_patient(seed::PATIENT_CLOSED);
    let Existence::Closed(_, closing) = existence(&closed.existence().await) else { panic!("expected a closed one") };
    assert_eq!(closing.on.unwrap().as_str(), "20251114103000");

    let absent = Sender::air(&mock).with_patient("191129719900389");
    assert_eq!(existence(&absent.existence().await), Existence::Absent);
}

#[tokio::test]
async fn authorising_changes_what_existence_says() {
    let mock = MockDmp::start().await.unwrap();
    let sender = Sender::air(&mock).with_patient(seed::PATIENT_UNKNOWN_TO_ALL);
    let status = |answer: support::HttpAnswer| {
        assert_eq!(answer.status, 200, "{:?}", answer.fault_code());
        SetAuthorizationResponse::read(answer.envelope().body()).unwrap()
    };
    assert_eq!(status(sender.authorise(&SetAuthorization::add()).await).output.status, "DMPOk");
    let Existence::Active(dmp) = existence(&sender.existence().await) else { panic!() };
    assert_eq!(dmp.authorisation(), Authorisation::Valide);
    let again = status(sender.authorise(&SetAuthorization::add()).await);
    assert!(again.output.context.unwrap().contains("déjà"), "idempotent");

    // Six calendar months later the authorisation has expired.
    mock.clock().advance(jiff::SignedDuration::from_hours(24 * 190));
    let Existence::Active(dmp) = existence(&sender.existence().await) else { panic!() };
    assert_eq!(dmp.authorisation(), Authorisation::Expire);

    assert_eq!(status(sender.authorise(&SetAuthorization::remove()).await).output.status, "DMPOk");
    let Existence::Active(dmp) = existence(&sender.existence().await) else { panic!() };
    assert_eq!(dmp.authorisation(), Authorisation::NonExiste);
}

#[tokio::test]
async fn authorising_is_refused_by_state_and_by_mode() {
    let mock = MockDmp::start().await.unwrap();
    let closed = Sender::air(&mock).with_patient(seed::PATIENT_CLOSED).authorise(&SetAuthorization::add()).await;
    assert_eq!(closed.status, 200);
    assert_eq!(SetAuthorizationResponse::read(closed.envelope().body()).unwrap().output.status, "DMPClosed");
    assert_eq!(closed.rule(), Some("PAT-03"));

    let indirecte = Sender::indirecte(&mock).authorise(&SetAuthorization::add()).await;
    assert_eq!(indirecte.status, 500);
    assert_eq!(indirecte.fault_code().as_deref(), Some("DMPAccessDeniedByRightsService"));
    assert_eq!(indirecte.rule(), Some("FUN-01"));
    let last = mock.journal().last().unwrap();
    assert_eq!(last.transaction.as_deref(), Some("TD0.3"));
    assert_eq!(last.refusal.unwrap().rule, "FUN-01");
}
