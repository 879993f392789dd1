//! Pro Santé Connect: tokens and services, and the Web-PS by form.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use dmp_client::pro_sante_connect::{AccessToken, AccessTokens, LoginRequired};
use dmp_client::web_ps::Page;
use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::world::seed;
use jiff::{SignedDuration, Timestamp};

use super::web_client;
use crate::modes::people::*;
use crate::support::browser::Browser;
use crate::support::documents::{bytes, document, letter};
use crate::support::*;

/// A program that keeps the professional logged in, and counts how often it is asked.
#[derive(Clone)]
struct LoggedIn {
    mock: Arc<MockDmp>,
    asked: Arc<AtomicUsize>,
}

impl AccessTokens for LoggedIn {
    fn access_token(&self) -> Pin<Box<dyn Future<Output = Result<AccessToken, LoginRequired>> + Send + '_>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let token = self.mock.log_in_to_pro_sante_connect(seed::MEDECIN);
        Box::pin(async { Ok(AccessToken::new(token)) })
    }
}

fn endpoint(mock: &MockDmp) -> ProSanteConnectEndpoint {
    ProSanteConnectEndpoint::custom(&mock.psc_token_url(), &mock.psc_services_url()).unwrap()
}

fn login() -> PrimaryAuthentication {
    PrimaryAuthentication::passed_at(Timestamp::now(), AuthenticationClass::MobileTwoFactorUnregistered)
}

fn open(mock: &MockDmp, client: &DmpClient, tokens: impl AccessTokens + 'static) -> ProSanteConnectSession {
    client.pro_sante_connect(&endpoint(mock), medecin(), login(), tokens).unwrap()
}

async fn desk() -> (Arc<MockDmp>, LoggedIn) {
    let mock = Arc::new(MockDmp::start().await.unwrap());
    (Arc::clone(&mock), LoggedIn { mock, asked: Arc::default() })
}

#[tokio::test]
async fn a_0_1_190_a_token_is_exchanged_then_one_certificate_feeds_and_searches() {
    let (mock, tokens) = desk().await;
    let session = open(&mock, &web_client(&mock), tokens.clone());
    let record = session.record(followed(), Consent::given()).unwrap();
    let letter = letter();
    record.submit(&Submission::of(document(&letter).await)).await.unwrap();
    let found = record.find(Search::approved()).await.unwrap();
    assert_eq!(record.retrieve(&found[0]).await.unwrap(), bytes(&letter));
    assert_eq!(tokens.asked.load(Ordering::SeqCst), 1, "one exchange for all");
    let exchanges = mock.journal().exchanges();
    assert_eq!(exchanges[0].service, "token");
    for call in &exchanges[1..] {
        assert_eq!((call.mode.as_deref(), call.actor.as_deref()), (Some("DIRECTE"), Some(seed::MEDECIN)));
        assert!(call.refusal.is_none() && call.warnings.is_empty(), "{call:?}");
    }
    // Another certificate than that of the exchange.
    let access = mock.log_in_to_pro_sante_connect(seed::MEDECIN);
    let form = format!(
        "grant_type=urn:ietf:params:oauth:grant-type:token-exchange&subject_token={access}&\
         subject_token_type=urn:ietf:params:oauth:token-type:access_token"
    );
    let mut proxy = Browser::new(&mock, Some(&mock.pki().org_auth_cli));
    let given: serde_json::Value = serde_json::from_str(&proxy.post(&mock.psc_token_url(), &form).await.text).unwrap();
    let bearer = format!("Bearer {}", given["access_token"].as_str().unwrap());
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/soap+xml")];
    let patients = format!("{}/patients", mock.psc_services_url());
    let accepted = proxy.send("POST", &patients, &headers, "").await;
    assert_eq!(accepted.status, 500, "the token is accepted, the empty message is not");
    let mut other = Browser::new(&mock, Some(&mock.pki().ej_auth_cli));
    let refused = other.send("POST", &patients, &headers, "").await;
    assert_eq!((refused.status, refused.authenticate.as_deref()), (401, Some("Bearer error=\"invalid_token\"")));
}

#[tokio::test]
async fn tokens_that_end_are_exchanged_again() {
    let (mock, tokens) = desk().await;
    let record = open(&mock, &web_client(&mock), tokens.clone()).record(followed(), Consent::given()).unwrap();
    record.existence().await.unwrap();
    // The DMP's clock ends the token, ours does not know: 401, then a new exchange.
    mock.clock().advance(SignedDuration::from_mins(61));
    mock.set_rules("V51", dmp_protocol::rules::Strictness::Off).unwrap();
    record.existence().await.unwrap();
    assert_eq!(tokens.asked.load(Ordering::SeqCst), 2);
    let refusals: Vec<String> =
        mock.journal().exchanges().into_iter().filter_map(|one| one.refusal.map(|refusal| refusal.code)).collect();
    assert_eq!(refusals, ["invalid_token"]);
}

#[tokio::test]
async fn a_login_that_ended_or_never_was_asks_for_a_new_one() {
    let (mock, _) = desk().await;
    let client = web_client(&mock);
    let old = mock.log_in_to_pro_sante_connect(seed::MEDECIN);
    mock.clock().advance(SignedDuration::from_mins(3));
    for token in [old.as_str(), "never given"] {
        let record = open(&mock, &client, AccessToken::new(token)).record(followed(), Consent::given()).unwrap();
        let error = record.existence().await.unwrap_err();
        assert_eq!(
            (code(&error), error.kind(), error.advice()),
            ("invalid_grant", ErrorKind::Authentication, Advice::AskUser)
        );
        assert_eq!(error.outcome(), Outcome::NotProcessed);
        assert!(!format!("{error:?}{error}").contains(token));
    }
    assert!(mock.journal().exchanges().iter().all(|one| one.service == "token"), "no call without a token");
}

#[tokio::test]
async fn the_professional_of_the_assertion_is_that_of_the_token() {
    let (mock, _) = desk().await;
    let token = AccessToken::new(mock.log_in_to_pro_sante_connect(seed::PHARMACIEN));
    let record = open(&mock, &web_client(&mock), token).record(followed(), Consent::given()).unwrap();
    assert_eq!(code(&record.existence().await.unwrap_err()), "DMPAuthenticationError");
    assert_eq!(mock.journal().last().unwrap().refusal.unwrap().rule, "V36");
}

#[tokio::test]
async fn the_switches_of_pro_sante_connect_are_honoured() {
    for (switches, mode) in [
        (Switches { psc_signed: false, ..Switches::default() }, "DIRECTE"),
        (Switches { psc_mode_value: "INDIRECTE".to_owned(), ..Switches::default() }, "INDIRECTE"),
    ] {
        let (mock, tokens) = desk().await;
        let client = builder(&mock).switches(switches).build().unwrap();
        let record = open(&mock, &client, tokens).record(followed(), Consent::given()).unwrap();
        assert!(record.find(Search::approved()).await.is_ok(), "{mode}: the rights are the professional's");
        assert_eq!(mock.journal().last().unwrap().mode.as_deref(), Some(mode));
    }
}

#[tokio::test]
async fn a_0_9_070_the_dashboard_by_form_for_a_user_of_pro_sante_connect() {
    let (mock, tokens) = desk().await;
    let session = open(&mock, &web_client(&mock), tokens);
    let mut browser = Browser::new(&mock, None);
    let form = session.web_ps(Page::TableauDeBord).await.unwrap();
    let before = browser.open(&form).await;
    assert_eq!((before.status, before.refusal()), (403, "DMPAuthenticationError"), "not logged in");
    let login = format!("{}/ProSanteConnect?professionnel={}", mock.web_ps_psc_url(), seed::MEDECIN);
    assert_eq!(browser.get(&login).await.status, 200);
    let shown = browser.open(&form).await;
    assert_eq!((shown.status, shown.page()), (200, "TableauDeBord"));
    let record = session.record(followed(), Consent::given()).unwrap();
    let home = browser.open(&record.web_ps(Page::DossierPatient).await.unwrap()).await;
    assert_eq!((home.page(), home.meta("dmp-record")), ("DossierPatient", Some("active VALIDE")));
}
