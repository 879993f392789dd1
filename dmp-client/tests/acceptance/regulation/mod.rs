//! Regulation (centre 15), what the official book dropped: other cards, a closed DMP, connexion secrète.

mod whole;

use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::pki::{CardHolder, LeafProfile, LeafRequest, ThrowawayKey};
use dmp_mock::world::seed;
use jiff::Timestamp;

use crate::modes::people::{MINOR, add_patient_of, card_of, code};
use crate::scene::writing::{header, text};
use crate::scene::*;
use crate::support::{client, establishment, password, patient};

/// A card of that profession, in regulation, on the record that nobody was authorised on.
fn holder(mock: &MockDmp, holder: &CardHolder, roles: Vec<Role>) -> Record<mode::Direct, mode::Centre15> {
    let card = card_of(&mock.pki().card(holder).unwrap());
    let session = client(mock).direct(card, establishment(), roles).unwrap();
    session.centre_15().record(p_open(), Consent::given()).unwrap()
}

#[tokio::test]
async fn a_0_1_130_and_0_1_131_cards_of_a_medecin_and_of_another_profession() {
    let mock = mock().await;
    let medecin = CardHolder::professional(seed::MEDECIN, "MODELE", "ALIX", "Médecin");
    let pharmacien = CardHolder::professional(seed::PHARMACIEN, "PATRON", "SACHA", "Pharmacien");
    for (person, roles) in
        [(medecin, roles::of_directory("10", Some("SM26"))), (pharmacien, roles::of_directory("21", Some("H")))]
    {
        let watch = Watch::start(&mock);
        let record = holder(&mock, &person, roles);
        open(&record).await;
        record.find(Search::approved()).await.unwrap();
        watch.conforms("DIRECTE", "centre_15");
    }
}

#[tokio::test]
async fn a_0_1_161_an_expired_card() {
    let mock = mock().await;
    let holder = CardHolder::professional(seed::MEDECIN, "MODELE", "ALIX", "Médecin");
    let key = ThrowawayKey::CardAuthentication;
    let request = LeafRequest::card(LeafProfile::CardAuthentication, key, Timestamp::now()).expired();
    let expired = mock.pki().personnes.issue_person(&holder, &request).unwrap();
    // A session of regulation is made of a card, as any other: there is none with this one.
    let refused = AuthenticationIdentity::from_pkcs12_bytes(&expired.pkcs12().unwrap(), password()).unwrap_err();
    assert_eq!(refused.rule(), Some("REC_0.X-1050"));
    assert!(mock.journal().exchanges().is_empty());
}

#[tokio::test]
async fn a_0_1_330_connexion_secrete_in_regulation() {
    let mock = mock().await;
    let birth = add_patient_of(&mock, 14);
    let minor = patient(MINOR);
    let record = cps_15(&mock, &minor).connexion_secrete(&birth).unwrap();
    let watch = Watch::start(&mock);
    open(&record).await;
    let header = header(&minor, "11488-4");
    record.submit(&Submission::of(text(&header).await)).await.unwrap();
    watch.conforms("DIRECTE", "centre_15");
    assert!(watch.exchanges().iter().all(|one| one.connexion_secrete), "both attributes, on every request");
    let found = record.find(Search::approved()).await.unwrap();
    assert_eq!(DocumentState::of(&found[0]), [DocumentState::InvisibleToRepresentatives]);
}

#[tokio::test]
async fn a_2_1_119_and_2_1_251_and_3_1_211_a_closed_dmp_says_so() {
    let mock = mock().await;
    let closed = patient(seed::PATIENT_CLOSED);
    // TD0.2 is skipped on purpose: it would have said it.
    let header = header(&closed, "11488-4");
    let fed = Submission::of(text(&header).await);
    assert_eq!(code(&cps_15(&mock, &closed).submit(&fed).await.unwrap_err()), "DMPClosed");
    assert_eq!(code(&es_15(&mock, &closed).submit(&fed).await.unwrap_err()), "DMPClosed");
    let refused = cps_15(&mock, &closed).find(Search::approved()).await.unwrap_err();
    assert_eq!((code(&refused), refused.kind()), ("DMPClosed", ErrorKind::PatientState));
    let exchanges = mock.journal().exchanges();
    assert!(exchanges.iter().all(|one| one.access.as_deref() == Some("centre_15")));
    assert!(exchanges.iter().all(|one| one.refusal.as_ref().unwrap().rule == "PAT-03"));
}
