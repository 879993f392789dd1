//! When an assertion was made, and how often it is used.

use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::pki::{LeafProfile, LeafRequest, ThrowawayKey};
use dmp_mock::world::seed;
use dmp_protocol::transaction::Transaction;
use jiff::{SignedDuration, Timestamp};

use super::assert_fault;
use crate::bare::Sender;
use crate::modes::people::*;
use crate::support::*;

const AUTHENTICATION: &str = "DMPAuthenticationError";

#[tokio::test]
async fn v_02_an_assertion_of_air_older_than_thirty_seconds() {
    let mock = MockDmp::start().await.unwrap();
    let record = air(&mock).record(followed(), Consent::given()).unwrap();
    mock.clock().advance(SignedDuration::from_secs(36));
    for attempts in 1..=2 {
        let error = record.existence().await.unwrap_err();
        assert_eq!(code(&error), AUTHENTICATION);
        assert_eq!(mock.journal().last().unwrap().refusal.unwrap().rule, "V51");
        assert_eq!(mock.journal().exchanges().len(), attempts, "a new assertion only for a new request of the user");
    }
    mock.clock().advance(SignedDuration::from_secs(-36));
    record.existence().await.unwrap();

    let sender = Sender::air(&mock);
    let assertion = sender.sign(&sender.assertion());
    let send = || sender.send_as(Transaction::Existence, &assertion, |w| sender.existence_request().write(w));
    mock.clock().advance(SignedDuration::from_secs(36));
    assert_fault(&send().await, "V51", AUTHENTICATION, "Le VIHF a expiré");
}

#[tokio::test]
async fn v_03_an_assertion_of_air_used_twice() {
    let mock = MockDmp::start().await.unwrap();
    let sender = Sender::air(&mock);
    let assertion = sender.sign(&sender.assertion());
    let send = || sender.send_as(Transaction::Existence, &assertion, |w| sender.existence_request().write(w));
    assert_eq!(send().await.status.as_u16(), 200);
    assert_fault(&send().await, "V54", AUTHENTICATION, "Le VIHF a déjà été utilisé");
    // The SDK mints one for each request.
    let record = air(&mock).record(followed(), Consent::given()).unwrap();
    record.existence().await.unwrap();
    record.existence().await.unwrap();
}

#[tokio::test]
async fn v_12_the_clock_of_the_client_is_ten_minutes_ahead() {
    let mock = MockDmp::start().await.unwrap();
    mock.clock().advance(SignedDuration::from_mins(-10));
    // Certificates that are older than the difference: it is the assertion that is refused.
    let issue = |profile, key| {
        let good = LeafRequest::organisation(profile, seed::STRUCTURE_EG, key, Timestamp::now());
        let older = LeafRequest { not_before: Timestamp::now() - SignedDuration::from_hours(1), ..good };
        mock.pki().organisations.issue(&older).unwrap()
    };
    let tls = issue(LeafProfile::OrganisationAuthentication, ThrowawayKey::EgAuthentication);
    let sign = issue(LeafProfile::OrganisationSignature, ThrowawayKey::EgSignature);
    let client = builder(&mock).authentication(pki_authentication(&tls)).signing(pki_signing(&sign)).build().unwrap();
    let session = client.air_simplifie(medecin(), factor()).unwrap();
    let error = session.record(followed(), Consent::given()).unwrap().existence().await.unwrap_err();
    assert_eq!(code(&error), AUTHENTICATION);
    assert_eq!(mock.journal().last().unwrap().refusal.unwrap().rule, "V50");
    let feeding = client.indirect(sender()).unwrap().record(followed(), Consent::given()).unwrap();
    assert_eq!(code(&feeding.existence().await.unwrap_err()), AUTHENTICATION);
    assert_eq!(mock.journal().last().unwrap().refusal.unwrap().rule, "V50");
    // F32: how far, without a transaction.
    let checks = client.probe().await;
    let clock = checks.iter().find(|check| check.requirement == "EX_GEN-1460").unwrap();
    assert_ne!(clock.verdict, dmp_client::diagnosis::Verdict::Passed);
    assert!(format!("{clock:?}").contains("600"), "{clock:?}");
}
