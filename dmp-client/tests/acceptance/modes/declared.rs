//! Cards that tell no activity (CPF, remplaçant), cards of other professions, expired cards, a software with cards only.

use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::pki::{CardHolder, LeafProfile, LeafRequest, ThrowawayKey};
use dmp_mock::world::seed;
use jiff::civil::Date;
use jiff::{Span, Timestamp};

use super::people::*;
use crate::bare::{Connection, tls_client};
use crate::support::documents::{bytes, document, letter, unique_id};
use crate::support::*;

fn today() -> Date {
    Timestamp::now().to_zoned(dmp_protocol::paris()).date()
}

/// TD0.2, then what the holder of a card does: feeds, finds, retrieves.
async fn works(session: &DirectSession) {
    let record = session.record(followed(), Consent::given()).unwrap();
    assert!(matches!(record.existence().await.unwrap(), Existence::Active(_)));
    let letter = letter();
    record.submit(&Submission::of(document(&letter).await)).await.unwrap();
    assert!(!record.find(Search::approved()).await.unwrap().is_empty());
    assert!(record.retrieve(unique_id(&letter)).await.unwrap() == bytes(&letter), "as it was fed");
}

/// The end of an activity: as long as it lasts, refused after it, asked again.
async fn works_until_its_end(mock: &MockDmp, card: impl Fn() -> Card, roles: &[Role]) {
    let captured = Captured::by(mock);
    let cards = captured.client.cards();
    let activity = |until| DeclaredActivity::new(establishment(), roles.to_vec(), until);
    works(&cards.direct_until(card(), activity(today())).unwrap()).await;
    let first = captured.requests().swap_remove(0);
    for role in roles {
        assert!(first.contains(&format!(r#"code="{}" codeSystem="{}""#, role.code, role.code_system)));
    }
    let exchanges = mock.journal().exchanges().len();
    let ended = cards.direct_until(card(), activity(today().saturating_sub(Span::new().days(1)))).unwrap_err();
    assert_eq!(rule(&ended), "EX_GEN-1370");
    assert_eq!(mock.journal().exchanges().len(), exchanges, "nothing was sent");
    let again = cards.direct_until(card(), activity(today().saturating_add(Span::new().months(6)))).unwrap();
    works(&again).await;
}

#[tokio::test]
async fn a_0_1_170_a_cpf_works_until_the_end_that_its_holder_gave() {
    let mock = MockDmp::start().await.unwrap();
    let holder = CardHolder::professional(seed::MEDECIN, "MODELE", "ALIX", "Médecin en formation");
    let pair = mock.pki().card(&holder).unwrap();
    works_until_its_end(&mock, || card_of(&pair), &roles::in_training("10", Some("SM26"))).await;
}

#[tokio::test]
async fn a_0_1_180_a_remplacant_works_until_the_end_that_he_gave() {
    let mock = MockDmp::start().await.unwrap();
    let pair = pair(&mock);
    works_until_its_end(&mock, || card_of(&pair), &roles::of_directory("10", Some("SM26"))).await;
}

#[tokio::test]
async fn a_0_1_140_a_pharmacien_says_the_section() {
    let mock = MockDmp::start().await.unwrap();
    let captured = Captured::by(&mock);
    let holder = CardHolder::professional(seed::PHARMACIEN, "PATRON", "SACHA", "Pharmacien");
    let card = card_of(&mock.pki().card(&holder).unwrap());
    let session = captured.client.direct(card, establishment(), roles::of_directory("21", Some("H"))).unwrap();
    let record = session.record(followed(), Consent::given()).unwrap();
    assert!(matches!(record.existence().await.unwrap(), Existence::Active(_)));
    let request = captured.requests().swap_remove(0);
    let first = request.find(r#"code="21" codeSystem="1.2.250.1.71.1.2.7""#).unwrap();
    let second = request.find(r#"code="H" codeSystem="1.2.250.1.71.4.2.6""#).unwrap();
    assert!(first < second, "the profession, then the section");
}

#[tokio::test]
async fn a_0_1_150_a_card_of_another_profession() {
    let mock = MockDmp::start().await.unwrap();
    let holder = CardHolder::professional("899999000047", "PRATICIEN", "DANY", "Infirmier");
    let card = card_of(&mock.pki().card(&holder).unwrap());
    let session = client(&mock).direct(card, establishment(), roles::of_directory("60", None)).unwrap();
    let record = session.record(other(), Consent::given()).unwrap();
    assert!(matches!(record.existence().await.unwrap(), Existence::Active(_)));
    assert_eq!(record.authorise().await.unwrap(), Change::Done);
    assert!(record.find(Search::approved()).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_0_1_160_an_expired_card_is_refused_at_once_and_by_tls_if_forced() {
    let mock = MockDmp::start().await.unwrap();
    let holder = CardHolder::professional(seed::MEDECIN, "MODELE", "ALIX", "Médecin");
    let request =
        LeafRequest::card(LeafProfile::CardAuthentication, ThrowawayKey::CardAuthentication, Timestamp::now())
            .expired();
    let expired = mock.pki().personnes.issue_person(&holder, &request).unwrap();
    let refused = AuthenticationIdentity::from_pkcs12_bytes(&expired.pkcs12().unwrap(), password()).unwrap_err();
    assert_eq!(refused.rule(), Some("REC_0.X-1050"));
    let config = tls_client(&mock, Some(&expired), &[&rustls::version::TLS12]);
    assert!(Connection::open(mock.address(), config).await.is_err(), "the handshake fails");
    assert!(mock.journal().last().is_none(), "no request arrived");
}

#[tokio::test]
async fn a_software_with_cards_only_needs_no_key_pair_of_a_structure() {
    let mock = MockDmp::start().await.unwrap();
    let cards = DmpClient::builder(Endpoint::custom(&mock.url()).unwrap())
        .software(software())
        .trust_anchors(TrustAnchors::from_pem(mock.pki().root.certificate_pem().as_bytes()).unwrap())
        .build_for_cards()
        .unwrap();
    let medecin = roles::of_directory("10", Some("SM26"));
    works(&cards.direct(card_of(&pair(&mock)), establishment(), medecin).unwrap()).await;
    let cpe = cards.cpe(employee_card(&mock, true), establishment(), None, roles::employee("331")).unwrap();
    cpe.record(other(), Consent::given()).unwrap().existence().await.unwrap();
    assert!(mock.journal().exchanges().iter().all(|one| one.mode.as_deref() == Some("DIRECTE")));
}
