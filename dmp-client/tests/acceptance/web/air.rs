//! TD0.10: the proxy of the structure enters with a token.

use dmp_client::web_ps::Page;
use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::world::{PatientId, seed};
use jiff::SignedDuration;

use super::web_client;
use crate::modes::people::*;
use crate::support::browser::Browser;
use crate::support::*;

fn session(mock: &MockDmp) -> AirSession {
    web_client(mock).air_simplifie(medecin(), factor()).unwrap()
}

fn proxy(mock: &MockDmp) -> Browser {
    Browser::new(mock, Some(&mock.pki().org_auth_cli))
}

fn last_rule(mock: &MockDmp) -> String {
    mock.journal().last().unwrap().refusal.map(|refusal| refusal.rule).unwrap_or_default()
}

#[tokio::test]
async fn a_0_10_010_the_dashboard_in_air_with_its_trace() {
    let mock = MockDmp::start().await.unwrap();
    let access = session(&mock).web_ps(Page::TableauDeBord).await.unwrap();
    let shown = proxy(&mock).open(&access).await;
    access.check_answer(shown.status, &shown.text).unwrap();
    assert_eq!((shown.status, shown.page()), (200, "TableauDeBord"));
    let trace = access.token_trace().unwrap();
    assert!(trace.vihf_id.starts_with('_') && trace.authentication_context.starts_with("urn:oasis:"));
    assert_eq!((trace.professional.as_str(), trace.structure.as_str()), (seed::MEDECIN, seed::STRUCTURE_EG));
    assert_eq!(trace.transaction, "TD0.10");
    let journalled = mock.journal().last().unwrap();
    assert_eq!((journalled.transaction.as_deref(), journalled.actor.as_deref()), (Some("TD0.10"), Some(seed::MEDECIN)));
}

#[tokio::test]
async fn a_0_10_040_the_home_page_of_an_authorised_patient_in_air_with_its_trace() {
    let mock = MockDmp::start().await.unwrap();
    let record = session(&mock).record(followed(), Consent::given()).unwrap();
    let access = record.web_ps(Page::DossierPatient).await.unwrap();
    let mut proxy = proxy(&mock);
    let shown = proxy.open(&access).await;
    access.check_answer(shown.status, &shown.text).unwrap();
    assert_eq!((shown.page(), shown.meta("dmp-record")), ("DossierPatient", Some("active VALIDE")));
    let trace = access.token_trace().unwrap();
    assert_eq!((trace.professional.as_str(), trace.transaction), (seed::MEDECIN, "TD0.10"));
    // The proxy relays under the cookie it got, on the same TLS identity, for the same patient.
    assert_eq!(proxy.get(access.url()).await.status, 200);
    let other = access.url().replace(seed::PATIENT_FOLLOWED, seed::PATIENT_UNKNOWN_TO_ALL);
    assert_eq!(proxy.get(&other).await.refusal(), "DMPInvalidData");
    let mut stranger = Browser::new(&mock, Some(&mock.pki().ej_auth_cli));
    assert_eq!(stranger.get(access.url()).await.refusal(), "DMPAuthenticationError");
}

#[tokio::test]
async fn a_token_serves_once_within_thirty_seconds_for_its_patient_and_its_certificate() {
    let mock = MockDmp::start().await.unwrap();
    let session = session(&mock);
    let record = session.record(followed(), Consent::given()).unwrap();
    let mut proxy = proxy(&mock);
    let once = record.web_ps(Page::DossierPatient).await.unwrap();
    assert_eq!(proxy.open(&once).await.status, 200);
    let again = proxy.open(&once).await;
    let error = once.check_answer(again.status, &again.text).unwrap_err();
    assert_eq!(
        (code(&error), error.kind(), last_rule(&mock).as_str()),
        ("DMPAuthenticationError", ErrorKind::Authentication, "V54")
    );

    let moved = record.web_ps(Page::DossierPatient).await.unwrap();
    let elsewhere = moved.url().replace(seed::PATIENT_FOLLOWED, seed::PATIENT_UNKNOWN_TO_ALL);
    assert_eq!(proxy.post(&elsewhere, &moved.body().unwrap()).await.status, 403);
    assert_eq!(last_rule(&mock), "V42");

    let stranger = record.web_ps(Page::DossierPatient).await.unwrap();
    let mut legal_entity = Browser::new(&mock, Some(&mock.pki().ej_auth_cli));
    assert_eq!(legal_entity.open(&stranger).await.status, 403);
    assert_eq!(last_rule(&mock), "V23");

    let old = record.web_ps(Page::DossierPatient).await.unwrap();
    mock.clock().advance(SignedDuration::from_secs(40));
    assert_eq!(proxy.open(&old).await.status, 403);
    assert_eq!(last_rule(&mock), "V51");
}

#[tokio::test]
async fn bris_de_glace_opens_the_home_page_unless_the_holder_is_opposed() {
    let mock = MockDmp::start().await.unwrap();
    let record = session(&mock).bris_de_glace(other(), Consent::refused(), REASON).await.unwrap();
    let mut proxy = proxy(&mock);
    assert_eq!(proxy.open(&record.web_ps(Page::DossierPatient).await.unwrap()).await.page(), "DossierPatient");
    let patient = PatientId::new(seed::PATIENT_UNKNOWN_TO_ALL, seed::TEST_NIR_OID);
    mock.with_world(|world| world.patient_mut(&patient).unwrap().opposes_bris_de_glace = true);
    let refused = proxy.open(&record.web_ps(Page::DossierPatient).await.unwrap()).await;
    assert_eq!((refused.refusal(), last_rule(&mock).as_str()), ("DMPAccessForbidden", "EMG-02"));
}

#[tokio::test]
async fn e0_07_an_address_that_is_not_declared() {
    let mock = MockDmp::start().await.unwrap();
    mock.allow_web_ps(Some(vec!["192.0.2.1".parse().unwrap()]));
    let access = session(&mock).web_ps(Page::TableauDeBord).await.unwrap();
    let shown = proxy(&mock).open(&access).await;
    assert_eq!(shown.status, 403);
    assert!(shown.text.contains("AccessForbidden"));
    let error = access.check_answer(shown.status, &shown.text).unwrap_err();
    assert_eq!((error.kind(), code(&error)), (ErrorKind::Authorisation, "AccessForbidden"));
    let text = error.explain(Language::French).to_string();
    assert!(text.contains("déclarer l'adresse IP sortante"), "{text}");
    mock.allow_web_ps(Some(vec!["127.0.0.1".parse().unwrap()]));
    assert_eq!(proxy(&mock).open(&session(&mock).web_ps(Page::TableauDeBord).await.unwrap()).await.status, 200);
}
