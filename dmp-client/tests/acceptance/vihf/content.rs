//! What an assertion says of the patient, of the mode, of the method.

use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::pki::CardHolder;
use dmp_mock::world::seed;
use dmp_protocol::transaction::Transaction;
use dmp_protocol::vihf::{AuthenticationMode, name};
use dmp_vocabulary::identity::Ins;
use dmp_vocabulary::oids;
use jiff::Timestamp;

use super::{assert_fault, forced, set};
use crate::bare::Sender;
use crate::bare::sender::{RESOURCE_ID, remove};
use crate::modes::people::*;
use crate::support::*;

const DATA: &str = "DMPInvalidData";

#[tokio::test]
async fn v_01_no_assertion() {
    let mock = MockDmp::start().await.unwrap();
    let sender = Sender::air(&mock);
    let answer = sender.send_as(Transaction::Existence, "", |w| sender.existence_request().write(w)).await;
    assert_fault(&answer, "V04", "DMPInvalidRequest", "Le VIHF est absent");
}

#[tokio::test]
async fn v_05_a_patient_number_without_its_key() {
    let local = Ins::parse("2800575999001", seed::TEST_NIR_OID, Realm::Test);
    assert!(local.is_err(), "no patient can be made of 13 digits");
    let mock = MockDmp::start().await.unwrap();
    let spoil = set(RESOURCE_ID, "2800575999001^^^&1.2.250.1.213.1.4.10&ISO^NH");
    assert_fault(&forced(&Sender::air(&mock), spoil).await, "V41", DATA, "Le champ Resource_id est incorrect : ");
}

#[tokio::test]
async fn v_06_a_production_oid_on_a_test_platform() {
    let mock = MockDmp::start().await.unwrap();
    let production = Ins::parse(seed::PATIENT_FOLLOWED, oids::INS_NIR, Realm::Production).unwrap().value;
    let local = air(&mock).record(QualifiedPatient::declared(production), Consent::given()).unwrap_err();
    assert_eq!(rule(&local), "platform");
    assert!(mock.journal().last().is_none(), "nothing was sent");
    let spoil = set(RESOURCE_ID, "280057599900151^^^&1.2.250.1.213.1.4.8&ISO^NH");
    assert_fault(&forced(&Sender::air(&mock), spoil).await, "V41", DATA, "Le champ Resource_id est incorrect : ");
}

#[tokio::test]
async fn v_10_the_mode_and_the_certificate_contradict_each_other() {
    const TEXT: &str = "Le certificat d'authentification ne correspond pas au mode d'authentification";
    let mock = MockDmp::start().await.unwrap();
    let direct = forced(&Sender::indirecte(&mock), set(name::MODE, "DIRECTE")).await;
    assert_fault(&direct, "V02", "DMPAuthenticationError", TEXT);
    let card = mock.pki().card(&CardHolder::professional(seed::MEDECIN, "MODELE", "ALIX", "Médecin")).unwrap();
    let by_card = Sender { tls: &card.authentication, signer: &card.signature, ..Sender::indirecte(&mock) };
    assert_fault(&forced(&by_card, |_| {}).await, "V02", "DMPAuthenticationError", TEXT);
    // The SDK cannot: a card opens a session of cards, an organisation is no card.
    let organisation = pki_authentication(&mock.pki().org_auth_cli);
    assert_eq!(Card::new(organisation, None).unwrap_err().rule(), Some("V02"));
}

#[tokio::test]
async fn v_11_no_version_or_another() {
    let mock = MockDmp::start().await.unwrap();
    let sender = Sender::air(&mock);
    let missing = forced(&sender, |assertion| remove(assertion, name::VERSION)).await;
    assert_fault(&missing, "V30", DATA, "VIHF_Version est obligatoire");
    assert_fault(&forced(&sender, set(name::VERSION, "2.0")).await, "V31", DATA, "VIHF_Version est incorrect");
    assert_eq!(forced(&sender, set(name::VERSION, "3.0")).await.status.as_u16(), 200);
}

#[tokio::test]
async fn v_13_a_method_that_is_not_the_modes() {
    let mock = MockDmp::start().await.unwrap();
    let switches = |value: &str| Switches { air_method_value: Some(value.to_owned()), ..Switches::default() };
    let client = |value| builder(&mock).switches(switches(value)).build().unwrap();
    let login = || PrimaryAuthentication::passed_at(Timestamp::now(), AuthenticationClass::SmartcardPki);
    // LOCAL: one factor is no method of AIR simplifié; its method is of no other mode; a setting does not change it.
    let one_factor = SecondFactor::passed_at(Timestamp::now(), AuthenticationClass::Password);
    assert_eq!(rule(&client("APP").air_simplifie(medecin(), one_factor).unwrap_err()), "EXI 21");
    assert_eq!(rule(&client("CONF_EXI_PGSSIS").air(medecin(), login()).unwrap_err()), "V73");
    let kept = client("APP").air_simplifie(medecin(), factor()).unwrap().record(followed(), Consent::given()).unwrap();
    kept.existence().await.unwrap();
    // Forced: no method, or one outside the list of the DMP, which is not public.
    let sender = Sender::air(&mock);
    const TEXT: &str = "La méthode d'authentification primaire est incorrecte";
    let none = forced(&sender, |assertion| assertion.declaration = None).await;
    assert_fault(&none, "V73", DATA, TEXT);
    let other = || forced(&sender, |assertion| assertion.declaration = Some("APP_BROWSER_AUTH".to_owned()));
    assert_eq!(other().await.status.as_u16(), 200, "plain AIR, any method");
    mock.set_switch("air_methods", "urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI").unwrap();
    assert_fault(&other().await, "V73", DATA, TEXT);
    let listed = client("urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI").air(medecin(), login()).unwrap();
    listed.record(followed(), Consent::given()).unwrap().existence().await.unwrap();
    assert_eq!(Sender::new(&mock, AuthenticationMode::AirSimplifie).existence().await.status.as_u16(), 200);
}
