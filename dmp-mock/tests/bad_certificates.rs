//! Each certificate that must be refused is, by the rule that the index says of it, and the good ones come in.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

mod support;

use dmp_mock::MockDmp;
use dmp_mock::pki::{Identity, Sample, samples};
use dmp_mock::world::seed;
use dmp_protocol::transaction::Transaction;
use dmp_protocol::vihf::{AuthenticationMode, name};
use support::sender::set_text;
use support::{Connection, Sender, tls_client};

/// The mock as `serve --pki-dir` leaves it.
async fn mock() -> (MockDmp, Vec<Sample>) {
    let mock = MockDmp::start().await.unwrap();
    let samples = mock.pki().samples().unwrap();
    for revoked in samples.iter().filter(|sample| sample.name.starts_with("bad_revoked")) {
        mock.revoke(revoked.identity.certificate_der()).unwrap();
    }
    mock.with_world(samples::add_structures);
    (mock, samples)
}

fn named<'a>(samples: &'a [Sample], name: &str) -> &'a Identity {
    &samples.iter().find(|sample| sample.name == name).unwrap_or_else(|| panic!("{name}")).identity
}

/// Rule that refuses an assertion of the structure of that name, over that TLS certificate and by that signer.
async fn rule(mock: &MockDmp, tls: &Identity, signer: &Identity) -> Option<String> {
    let sender = Sender { tls, signer, ..Sender::indirecte(mock) };
    sender.existence().await.rule().map(str::to_owned)
}

#[tokio::test]
async fn each_bad_certificate_is_refused_by_its_rule() {
    let (mock, samples) = mock().await;
    let pki = mock.pki();
    for sample in samples.iter().filter(|sample| sample.refused_by.is_some()) {
        let expected = sample.refused_by.unwrap();
        if expected == "V01" {
            let config = tls_client(&mock, Some(&sample.identity), &[&rustls::version::TLS12]);
            assert!(Connection::open(mock.address(), config).await.is_err(), "{}", sample.name);
            continue;
        }
        // Of both pairs of another structure, each: it is the structure of the session that is missing.
        let other = |part: &str| named(&samples, &format!("bad_other_structure_{part}"));
        let (tls, signer) = match sample.name.as_str() {
            "bad_other_structure_auth" | "bad_other_structure_sign" => (other("auth"), other("sign")),
            name if name.ends_with("_auth") => (&sample.identity, &pki.org_sign),
            _ => (&pki.org_auth_cli, &sample.identity),
        };
        assert_eq!(rule(&mock, tls, signer).await.as_deref(), Some(expected), "{}", sample.name);
    }
    // The misuses of good files.
    assert_eq!(rule(&mock, &pki.org_auth_cli, &pki.org_auth_cli).await.as_deref(), Some("V21"));
    let config = tls_client(&mock, Some(&pki.org_sign), &[&rustls::version::TLS12]);
    assert!(Connection::open(mock.address(), config).await.is_err());
    let (auth, sign) = (named(&samples, "card_medecin_auth"), named(&samples, "card_medecin_sign"));
    assert_eq!(rule(&mock, auth, sign).await.as_deref(), Some("V02"));
}

#[tokio::test]
async fn each_good_certificate_comes_in() {
    let (mock, samples) = mock().await;
    for (pair, structure, holder) in [
        ("card_medecin", seed::STRUCTURE_EG, None),
        ("card_disordered", seed::STRUCTURE_EG, None),
        ("cpe_nominative", seed::STRUCTURE_EG, Some(samples::EMPLOYEE)),
        ("cpe_anonymous", seed::STRUCTURE_EG, Some(samples::EMPLOYEE)),
        ("siret", samples::STRUCTURE_SIRET, None),
        ("regulation", samples::STRUCTURE_REGULATION, None),
    ] {
        let (tls, signer) = (named(&samples, &format!("{pair}_auth")), named(&samples, &format!("{pair}_sign")));
        let by_card = pair.starts_with("c");
        let mode = if by_card { AuthenticationMode::Directe } else { AuthenticationMode::Indirecte };
        let sender = Sender { tls, signer, ..Sender::new(&mock, mode) };
        let mut assertion = sender.assertion();
        set_text(&mut assertion, name::STRUCTURE, structure);
        if let Some(holder) = holder {
            assertion.name_id = holder.to_owned();
        }
        let signed = sender.sign(&assertion);
        let answer = sender.send_as(Transaction::Existence, &signed, |w| sender.existence_request().write(w)).await;
        assert_eq!((answer.status.as_u16(), answer.rule()), (200, None), "{pair}");
    }
}
