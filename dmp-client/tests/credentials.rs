//! Key pairs that are refused before any call, and what never shows.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

mod support;

use dmp_client::credentials::CredentialError;
use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::pki::{CLASS_SOFTWARE_PRODUCTION, Identity, LeafProfile, LeafRequest, ThrowawayKey};
use dmp_mock::world::seed;
use jiff::Timestamp;
use support::*;

fn authentication(identity: &Identity) -> Result<AuthenticationIdentity, CredentialError> {
    AuthenticationIdentity::from_pem(identity.certificate_pem().as_bytes(), identity.key_pem().as_bytes())
}

fn signing(identity: &Identity) -> Result<SigningIdentity, CredentialError> {
    SigningIdentity::from_pem(identity.certificate_pem().as_bytes(), identity.key_pem().as_bytes())
}

fn issue(mock: &MockDmp, change: impl FnOnce(LeafRequest) -> LeafRequest) -> Identity {
    let request = LeafRequest::organisation(
        LeafProfile::OrganisationSignature,
        seed::STRUCTURE_EG,
        ThrowawayKey::EgSignature,
        Timestamp::now(),
    );
    mock.pki().organisations.issue(&change(request)).unwrap()
}

#[tokio::test]
async fn pem_and_pkcs12_give_the_same_identity() {
    let mock = MockDmp::start().await.unwrap();
    let pki = mock.pki();
    let pem = authentication(&pki.org_auth_cli).unwrap();
    let p12 = AuthenticationIdentity::from_pkcs12_bytes(&pki.org_auth_cli.pkcs12().unwrap(), password()).unwrap();
    assert_eq!(pem.certificate(), p12.certificate());
    let folder = tempfile::tempdir().unwrap();
    pki.write_to(folder.path()).unwrap();
    let file = SigningIdentity::from_pkcs12(folder.path().join("org_sign.p12"), password()).unwrap();
    assert_eq!(file.certificate(), signing(&pki.org_sign).unwrap().certificate());
    let client = builder(&mock).authentication(pem).signing(file).build().unwrap();
    let record = client.air_simplifie(medecin(), factor()).unwrap().record(followed(), Consent::given()).unwrap();
    assert!(record.existence().await.is_ok());
}

#[tokio::test]
async fn each_pair_has_its_use() {
    let mock = MockDmp::start().await.unwrap();
    let swapped = signing(&mock.pki().org_auth_cli).unwrap_err();
    assert_eq!(swapped.rule(), Some("V21"));
    assert!(swapped.to_string().contains("ORG_SIGN"));
    let swapped = authentication(&mock.pki().org_sign).unwrap_err();
    assert_eq!(swapped.rule(), Some("V02"));
    assert!(swapped.to_string().contains("ORG_AUTH_CLI"));
}

#[tokio::test]
async fn unusable_material_is_named() {
    let mock = MockDmp::start().await.unwrap();
    let sign = &mock.pki().org_sign;
    let (pem, key) = (sign.certificate_pem(), sign.key_pem().to_owned());
    let other_key = mock.pki().org_auth_cli.key_pem().to_owned();
    let p12 = sign.pkcs12().unwrap();
    assert!(matches!(SigningIdentity::from_pkcs12_bytes(&p12, "wrong".into()), Err(CredentialError::Pkcs12)));
    assert!(matches!(SigningIdentity::from_pkcs12_bytes(b"junk", password()), Err(CredentialError::Pkcs12)));
    for cut in [0, 1, p12.len() / 2, p12.len() - 1] {
        assert!(SigningIdentity::from_pkcs12_bytes(&p12[..cut], password()).is_err(), "cut at {cut}");
    }
    let from_pem = |chain: &str, key: &str| SigningIdentity::from_pem(chain.as_bytes(), key.as_bytes());
    assert!(matches!(from_pem(&pem, &other_key), Err(CredentialError::KeyMismatch)));
    assert!(matches!(from_pem("", &key), Err(CredentialError::NoCertificate)));
    assert!(matches!(from_pem(&pem, ""), Err(CredentialError::NoKey)));
    assert!(matches!(from_pem(&pem, &pem), Err(CredentialError::NoKey)));
    assert!(matches!(SigningIdentity::from_pkcs12("/nowhere.p12", password()), Err(CredentialError::File { .. })));
}

#[tokio::test]
async fn validity_is_checked_before_calling() {
    let mock = MockDmp::start().await.unwrap();
    for identity in [issue(&mock, LeafRequest::expired), issue(&mock, LeafRequest::not_yet_valid)] {
        assert_eq!(signing(&identity).unwrap_err().rule(), Some("REC_0.X-1050"));
    }
}

#[tokio::test]
async fn a_client_refuses_pairs_that_do_not_go_together() {
    let mock = MockDmp::start().await.unwrap();
    let production = issue(&mock, |request| LeafRequest { product_class: Some(CLASS_SOFTWARE_PRODUCTION), ..request });
    let same_key = issue(&mock, |request| LeafRequest { key: ThrowawayKey::EgAuthentication, ..request });
    for (identity, rule) in [(&mock.pki().ej_sign, "V23"), (&production, "V21"), (&same_key, "EX_GEN-1450")] {
        let refused = builder(&mock).signing(signing(identity).unwrap()).build().unwrap_err();
        let BuildError::Credential(refused) = refused else { panic!("{refused}") };
        assert_eq!(refused.rule(), Some(rule));
    }
    let lenient = builder(&mock).signing(signing(&production).unwrap()).policy(Policy::lenient("V21").unwrap());
    assert!(lenient.build().is_ok());
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let mock = MockDmp::start().await.unwrap();
    let bare = DmpClient::builder(Endpoint::custom(&mock.url()).unwrap()).build();
    assert!(matches!(bare, Err(BuildError::Missing("the authentication identity"))));
    let no_instance = builder(&mock).software(Software::new("LPS", "1", "XXX-000000-tmp0")).build();
    assert!(matches!(no_instance, Err(BuildError::NoInstance)));
    let bad_instance = builder(&mock).software(software().with_instance("1.02")).build();
    assert!(matches!(bad_instance, Err(BuildError::Instance(_))));
    assert!(matches!(builder(&mock).default_content_type("99").build(), Err(BuildError::ContentType(_))));
    assert!(TrustAnchors::from_pem(b"").is_err());
}

#[tokio::test]
async fn debug_shows_no_secret_and_nobody() {
    let mock = MockDmp::start().await.unwrap();
    let client = client(&mock);
    let air = client.air_simplifie(medecin(), factor()).unwrap();
    let record = air.record(followed(), Consent::given()).unwrap();
    let shown = format!(
        "{:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?}",
        builder(&mock),
        client,
        air,
        record,
        medecin(),
        sender(),
        followed(),
        software()
    );
    // The certificates name the establishment, in public.
    let shown = shown.replace("CLINIQUE DU MODELE", "");
    for secret in ["280057599900151", "MODELE", "ALIX", "99999000013", "XXX-000000", "PRIVATE KEY"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}
