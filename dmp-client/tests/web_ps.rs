//! TD0.9 and TD0.10: what is made for the browser or the proxy, and what is refused before it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

mod support;

use dmp_client::pro_sante_connect::AccessToken;
use dmp_client::web_ps::{Page, WebMethod};
use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::pki::CardHolder;
use dmp_mock::world::seed;
use dmp_protocol::web_ps::{SAML_FIELD, read_saml_response};
use jiff::Timestamp;
use support::*;

const INS: &str = seed::PATIENT_FOLLOWED;

fn addresses() -> WebPsAddresses {
    WebPsAddresses::new()
        .cps("https://wps-cps.exemple.test/")
        .unwrap()
        .psc("https://wps-psc.exemple.test")
        .unwrap()
        .air("https://wps.exemple.test")
        .unwrap()
}

fn client(mock: &MockDmp) -> DmpClient {
    builder(mock).web_ps(addresses()).build().unwrap()
}

fn card(mock: &MockDmp) -> DirectSession {
    let pair = mock.pki().card(&CardHolder::professional(seed::MEDECIN, "MODELE", "ALIX", "Médecin")).unwrap();
    let authentication =
        AuthenticationIdentity::from_pkcs12_bytes(&pair.authentication.pkcs12().unwrap(), password()).unwrap();
    let card = Card::new(authentication, None).unwrap();
    client(mock).direct(card, establishment(), roles::of_directory("10", Some("SM26"))).unwrap()
}

fn e_cps(mock: &MockDmp) -> ProSanteConnectSession {
    let endpoint =
        ProSanteConnectEndpoint::custom("https://auth.exemple.test/token", "https://api.exemple.test/v2").unwrap();
    let login = PrimaryAuthentication::passed_at(Timestamp::now(), AuthenticationClass::MobileTwoFactorUnregistered);
    client(mock).pro_sante_connect(&endpoint, medecin(), login, AccessToken::new("unused")).unwrap()
}

fn air(mock: &MockDmp) -> AirSession {
    client(mock).air_simplifie(medecin(), factor()).unwrap()
}

#[tokio::test]
async fn a_card_opens_an_address() {
    let mock = MockDmp::start().await.unwrap();
    let session = card(&mock);
    let dashboard = session.web_ps(Page::TableauDeBord).await.unwrap();
    assert_eq!((dashboard.method(), dashboard.td()), (WebMethod::Get, "TD0.9"));
    assert_eq!(dashboard.url(), "https://wps-cps.exemple.test/AccesDirect/TableauDeBord");
    assert!(dashboard.html().is_none() && dashboard.fields().is_empty() && dashboard.token_trace().is_none());
    let record = session.record(followed(), Consent::given()).unwrap();
    for page in [Page::DossierPatient, Page::CarnetVaccination, Page::TableauDeBord] {
        let access = record.web_ps(page).await.unwrap();
        let expected =
            format!("https://wps-cps.exemple.test/AccesDirect/{}/{INS}/1.2.250.1.213.1.4.10", page.segment());
        assert_eq!(access.url(), expected);
        assert!(!format!("{access:?}").contains(INS));
    }
    assert!(mock.journal().exchanges().is_empty(), "nothing is sent");
}

#[tokio::test]
async fn pro_sante_connect_submits_a_form() {
    let mock = MockDmp::start().await.unwrap();
    let session = e_cps(&mock);
    let dashboard = session.web_ps(Page::TableauDeBord).await.unwrap();
    assert_eq!((dashboard.method(), dashboard.fields().len()), (WebMethod::Post, 0));
    let access = session.record(followed(), Consent::given()).unwrap().web_ps(Page::Documents).await.unwrap();
    assert_eq!(access.url(), "https://wps-psc.exemple.test/AccesDirect/Documents", "no patient in the address");
    assert_eq!(access.body().unwrap(), format!("INS={INS}&typeINS=1.2.250.1.213.1.4.10"));
    assert!(access.html().unwrap().contains(r#"onload="document.forms[0].submit()""#));
}

#[tokio::test]
async fn air_submits_a_token_once_and_traces_it() {
    let mock = MockDmp::start().await.unwrap();
    let session = air(&mock);
    let record = session.record(followed(), Consent::given()).unwrap();
    let (first, second) =
        (record.web_ps(Page::DossierPatient).await.unwrap(), record.web_ps(Page::DossierPatient).await.unwrap());
    let expected = format!("https://wps.exemple.test/AccesIndirectRenforce/DossierPatient/{INS}/1.2.250.1.213.1.4.10");
    assert_eq!((first.url(), first.td()), (expected.as_str(), "TD0.10"));
    assert_ne!(first.fields(), second.fields(), "a new token each time");
    let [(name, value)] = first.fields() else { panic!("one field") };
    assert_eq!(*name, SAML_FIELD);
    let response = read_saml_response(value).unwrap();
    let assertion = response.elements().find(|element| element.name.local == "Assertion").unwrap();
    let trace = first.token_trace().unwrap();
    assert_eq!(assertion.attr("ID"), Some(trace.vihf_id.as_str()));
    assert_eq!((trace.professional.as_str(), trace.structure.as_str()), (seed::MEDECIN, seed::STRUCTURE_EG));
    assert_eq!((trace.transaction, trace.authentication_context.ends_with(":TimeSyncToken")), ("TD0.10", true));
    assert!(!format!("{first:?}{trace:?}").contains(seed::MEDECIN));
}

#[tokio::test]
async fn pages_go_with_their_patient_and_their_mode() {
    let mock = MockDmp::start().await.unwrap();
    let (card, air) = (card(&mock), air(&mock));
    let refused = |error: DmpError| (error.rule().unwrap(), error.td(), error.outcome());
    let without = card.web_ps(Page::DossierPatient).await.unwrap_err();
    assert_eq!(refused(without), ("TD0.9", "TD0.9", Outcome::NotSent));
    let with = card.record(followed(), Consent::given()).unwrap().web_ps(Page::Parametrages).await.unwrap_err();
    assert_eq!(refused(with), ("TD0.9", "TD0.9", Outcome::NotSent));
    let record = air.record(followed(), Consent::given()).unwrap();
    assert_eq!(refused(record.web_ps(Page::Documents).await.unwrap_err()), ("TD0.10", "TD0.10", Outcome::NotSent));
    let nowhere = support::air(&mock).web_ps(Page::TableauDeBord).await.unwrap_err();
    assert_eq!(refused(nowhere), ("EX_0.9-1030", "TD0.10", Outcome::NotSent));
    let opposed = card.record(followed(), Consent::expressed(false, true)).unwrap();
    assert_eq!(opposed.web_ps(Page::DossierPatient).await.unwrap_err().rule(), Some("EX_0.3-1010"));
    for base in ["http://wps.exemple.test", "wps.exemple.test", "https://wps.exemple.test/?page=1"] {
        assert!(WebPsAddresses::new().cps(base).is_err(), "{base}");
    }
}

#[tokio::test]
async fn a_record_known_as_closed_opens_the_dashboard_only() {
    let mock = MockDmp::start().await.unwrap();
    let record = air(&mock).record(patient(seed::PATIENT_CLOSED), Consent::given()).unwrap();
    assert!(matches!(record.existence().await.unwrap(), Existence::Closed(..)));
    let error = record.web_ps(Page::DossierPatient).await.unwrap_err();
    assert_eq!((error.rule(), error.kind()), (Some("EX_0.2"), ErrorKind::PatientState));
    assert!(record.web_ps(Page::TableauDeBord).await.is_ok());
}

#[tokio::test]
async fn an_answer_is_a_page_or_a_reason() {
    let mock = MockDmp::start().await.unwrap();
    let access = air(&mock).web_ps(Page::TableauDeBord).await.unwrap();
    for (status, page) in [(200, "<html><body>Tableau de bord</body></html>"), (302, "")] {
        assert!(access.check_answer(status, page).is_ok(), "{status}");
    }
    let error = access.check_answer(403, "<h1>AccessForbidden</h1>").unwrap_err();
    let text = error.explain(Language::English).to_string();
    assert!(text.contains("TD0.10") && text.contains("declare the outgoing IP address"), "{text}");
    assert!(access.check_answer(200, "AccessForbidden").is_err(), "some front-ends answer 200");
    assert_eq!(access.check_answer(503, "").unwrap_err().kind(), ErrorKind::Server);
}
