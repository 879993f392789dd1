//! DIRECTE: the holder of a card.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::pki::CardHolder;
use dmp_mock::world::{PatientId, seed};
use dmp_protocol::certificate::Certificate;
use dmp_protocol::signature::{RsaSigner, SignError, Signer};

use jiff::SignedDuration;

use super::people::*;
use crate::support::documents::{bytes, document, letter, unique_id};
use crate::support::*;

#[tokio::test]
async fn a_0_1_110_a_medecin_feeds_and_consults_with_a_card() {
    let mock = MockDmp::start().await.unwrap();
    let record = direct(&mock).record(followed(), Consent::given()).unwrap();
    let letter = letter();
    record.submit(&Submission::of(document(&letter).await)).await.unwrap();
    let found = record.find(Search::approved()).await.unwrap();
    assert_eq!(record.retrieve(&found[0]).await.unwrap(), bytes(&letter));
    assert_eq!(record.mask(&found[0]).await.unwrap(), Change::Done);
    assert_eq!(record.delete(unique_id(&letter).as_str()).await.unwrap(), Change::Done);
    assert!(mock.journal().exchanges().iter().all(|one| one.mode.as_deref() == Some("DIRECTE")));
}

#[tokio::test]
async fn a_0_1_340_bris_de_glace_and_connexion_secrete_with_a_card() {
    let mock = MockDmp::start().await.unwrap();
    let birth = add_patient_of(&mock, 14);
    let minor = PatientId::new(MINOR, seed::TEST_NIR_OID);
    mock.with_world(|world| world.patient_mut(&minor).unwrap().grants.clear());
    let record = direct(&mock).bris_de_glace(patient(MINOR), Consent::given(), REASON).await.unwrap();
    let record = record.connexion_secrete(&birth).unwrap();
    record.submit(&Submission::of(document(&letter_about_the_minor()).await)).await.unwrap();
    assert_eq!(record.find(Search::approved()).await.unwrap().len(), 1);
    let last = mock.journal().last().unwrap();
    assert_eq!((last.access.as_deref(), last.connexion_secrete), (Some("bris_de_glace"), true));
}

#[tokio::test]
async fn e2_03_the_card_holder_is_an_author_of_what_is_fed() {
    let mock = MockDmp::start().await.unwrap();
    let holder = CardHolder::professional(seed::PHARMACIEN, "PATRON", "SACHA", "Pharmacien");
    let card = card_of(&mock.pki().card(&holder).unwrap());
    let session = client(&mock).direct(card, establishment(), roles::of_directory("21", Some("H"))).unwrap();
    let record = session.record(followed(), Consent::given()).unwrap();
    let error = record.submit(&Submission::of(document(&letter()).await)).await.unwrap_err();
    assert_eq!(rule(&error), "X12");
}

#[tokio::test]
async fn a_card_without_its_signature_key_consults_unsigned_and_feeds_nothing() {
    let mock = MockDmp::start().await.unwrap();
    let pair = pair(&mock);
    let authentication =
        AuthenticationIdentity::from_pkcs12_bytes(&pair.authentication.pkcs12().unwrap(), password()).unwrap();
    let card = Card::new(authentication, None).unwrap();
    let session = client(&mock).direct(card, establishment(), roles::of_directory("10", Some("SM26"))).unwrap();
    let record = session.record(followed(), Consent::given()).unwrap();
    assert!(record.find(Search::approved()).await.unwrap().is_empty());
    assert_eq!(rule(&record.submit(&Submission::of(document(&letter()).await)).await.unwrap_err()), "X16");
}

/// A key that cannot be exported: what a card driver gives.
#[derive(Debug)]
struct Token {
    key: RsaSigner,
    uses: Arc<AtomicUsize>,
}

impl Signer for Token {
    fn certificate(&self) -> &Certificate {
        self.key.certificate()
    }

    fn chain(&self) -> &[Certificate] {
        self.key.chain()
    }

    fn sign_sha256_rsa(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        self.uses.fetch_add(1, Ordering::Relaxed);
        self.key.sign_sha256_rsa(message)
    }
}

fn token(identity: &dmp_mock::pki::Identity) -> (Token, Arc<AtomicUsize>) {
    let read = |der: &rustls_pki_types::CertificateDer<'_>| Certificate::from_der(der).unwrap();
    let chain = identity.authorities_der().iter().map(read).collect();
    let key = identity.key_der().unwrap();
    let key = RsaSigner::from_pkcs8(key.secret_der(), read(identity.certificate_der()), chain).unwrap();
    let uses = Arc::new(AtomicUsize::new(0));
    (Token { key, uses: Arc::clone(&uses) }, uses)
}

#[tokio::test]
async fn the_keys_may_stay_on_the_card() {
    let mock = MockDmp::start().await.unwrap();
    let pair = pair(&mock);
    let ((authentication, handshakes), (signature, signatures)) = (token(&pair.authentication), token(&pair.signature));
    let card = Card::new(
        AuthenticationIdentity::from_signer(authentication).unwrap(),
        Some(SigningIdentity::from_signer(signature).unwrap()),
    );
    let session =
        client(&mock).direct(card.unwrap(), establishment(), roles::of_directory("10", Some("SM26"))).unwrap();
    let record = session.record(followed(), Consent::given()).unwrap();
    record.existence().await.unwrap();
    record.existence().await.unwrap();
    assert_eq!(handshakes.load(Ordering::Relaxed), 1, "the connection is kept");
    assert_eq!(signatures.load(Ordering::Relaxed), 2, "one assertion for each request");
    record.submit(&Submission::of(document(&letter()).await)).await.unwrap();
    assert_eq!(signatures.load(Ordering::Relaxed), 4, "the lot and its assertion");
}

#[tokio::test]
async fn an_assertion_is_sent_again_outside_air_only() {
    let mock = MockDmp::start().await.unwrap();
    let (signature, signatures) = token(&mock.pki().org_sign);
    let signing = SigningIdentity::from_signer(signature).unwrap();
    let client = builder(&mock).signing(signing).reuse_assertions(SignedDuration::from_mins(10)).build().unwrap();
    let count = || signatures.load(Ordering::Relaxed);
    let feeding = client.indirect(sender()).unwrap();
    let record = feeding.record(followed(), Consent::given()).unwrap();
    for _ in 0..3 {
        record.existence().await.unwrap();
    }
    assert_eq!(count(), 1, "one assertion for all");
    feeding.record(other(), Consent::given()).unwrap().existence().await.unwrap();
    assert_eq!(count(), 2, "another patient, another assertion");
    record.submit(&Submission::of(document(&letter()).await)).await.unwrap();
    assert_eq!(count(), 3, "the lot alone");
    let consulting = client.air_simplifie(medecin(), factor()).unwrap().record(followed(), Consent::given()).unwrap();
    consulting.existence().await.unwrap();
    consulting.existence().await.unwrap();
    assert_eq!(count(), 5, "each serves once in AIR");
}

#[tokio::test]
async fn the_pairs_of_a_card_are_one_holders_and_not_a_structures() {
    let mock = MockDmp::start().await.unwrap();
    let pharmacist = CardHolder::professional(seed::PHARMACIEN, "PATRON", "SACHA", "Pharmacien");
    let (mine, other) = (pair(&mock), mock.pki().card(&pharmacist).unwrap());
    let authentication = |identity: &dmp_mock::pki::Identity| {
        AuthenticationIdentity::from_pkcs12_bytes(&identity.pkcs12().unwrap(), password()).unwrap()
    };
    let signature = SigningIdentity::from_pkcs12_bytes(&other.signature.pkcs12().unwrap(), password()).unwrap();
    let two = Card::new(authentication(&mine.authentication), Some(signature)).unwrap_err();
    assert_eq!(two.rule(), Some("V23"));
    let organisation = Card::new(authentication(&mock.pki().org_auth_cli), None).unwrap_err();
    assert_eq!(organisation.rule(), Some("V02"));
}

#[tokio::test]
async fn a_card_whose_name_is_not_in_order_is_accepted() {
    let mock = MockDmp::start().await.unwrap();
    let mut holder = CardHolder::professional(seed::MEDECIN, "MODELE", "ALIX", "Médecin");
    holder.disordered = true;
    let card = card_of(&mock.pki().card(&holder).unwrap());
    let session = client(&mock).direct(card, establishment(), roles::of_directory("10", Some("SM26"))).unwrap();
    session.record(followed(), Consent::given()).unwrap().existence().await.unwrap();
}
