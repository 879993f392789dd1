//! EJ certificates acting for an EG; AIR beside AIR simplifié.

use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::world::{PatientId, seed};
use dmp_vocabulary::identity::StructureId;
use jiff::Timestamp;

use super::people::*;
use crate::support::documents::{bytes, document, letter, letter_by, unique_id};
use crate::support::*;

#[tokio::test]
async fn a_2_1_180_and_3_3_580_a_legal_entity_acts_for_its_establishment() {
    let mock = MockDmp::start().await.unwrap();
    let record = ej_client(&mock).indirect(sender()).unwrap().record(followed(), Consent::given()).unwrap();
    let letter = letter();
    record.submit(&Submission::of(document(&letter).await)).await.unwrap();
    let institutions = mock.with_world(|world| {
        let patient = PatientId::new(seed::PATIENT_FOLLOWED, seed::TEST_NIR_OID);
        let stored = world.registry.entries_of(&patient).map(|stored| stored.entry.clone()).collect::<Vec<_>>();
        stored
            .iter()
            .map(|entry| (entry.is_signature(), entry.authors[0].institution.as_ref().unwrap().id().into_owned()))
            .collect::<Vec<_>>()
    });
    assert!(institutions.contains(&(false, seed::STRUCTURE_EG.to_owned())), "the document is the establishment's");
    assert!(institutions.contains(&(true, seed::STRUCTURE_EJ.to_owned())), "the signature is the legal entity's");

    let consulting = ej_client(&mock).air_simplifie(medecin(), factor()).unwrap();
    let consulting = consulting.record(followed(), Consent::given()).unwrap();
    assert_eq!(consulting.retrieve(unique_id(&letter).as_str()).await.unwrap(), bytes(&letter));
    assert_eq!(record.delete(unique_id(&letter).as_str()).await.unwrap(), Change::Done);
}

#[tokio::test]
async fn a_2_1_180_a_legal_entity_alone() {
    let mock = MockDmp::start().await.unwrap();
    let alone = |sector: &str| {
        let id = StructureId::parse(seed::STRUCTURE_EJ, Realm::Test).unwrap().value;
        let entity = Establishment::new(id, "GROUPE DU MODELE", sector);
        let number = internal_id(&format!("3{}/000017", &seed::STRUCTURE_EJ[1..]));
        let sender = Sender::system(number, "LPS Exemple", "4.2", entity);
        ej_client(&mock).indirect(sender).unwrap().record(followed(), Consent::given()).unwrap()
    };
    alone("SA01").existence().await.unwrap();
    let tolerated = mock.journal().last().unwrap();
    assert!(tolerated.warnings.iter().any(|warning| warning.rule == "V34"), "discouraged");
    assert_eq!(code(&alone("SA17").existence().await.unwrap_err()), "DMPInvalidData");
    assert_eq!(mock.journal().last().unwrap().refusal.unwrap().rule, "V34");
}

#[tokio::test]
async fn v_08_a_structure_that_is_not_the_certificates() {
    let mock = MockDmp::start().await.unwrap();
    let id = StructureId::parse(seed::STRUCTURE_OTHER, Realm::Test).unwrap().value;
    let elsewhere = Establishment::new(id, "CENTRE DES EXEMPLES", "SA01");
    let number = internal_id(&format!("3{}/000017", &seed::STRUCTURE_OTHER[1..]));
    let sender = Sender::system(number, "LPS Exemple", "4.2", elsewhere);
    let record = ej_client(&mock).indirect(sender).unwrap().record(followed(), Consent::given()).unwrap();
    let error = record.submit(&Submission::of(document(&letter_by(seed::STRUCTURE_OTHER)).await)).await.unwrap_err();
    assert_eq!(code(&error), "DMPInvalidData");
    assert_eq!(mock.journal().last().unwrap().refusal.unwrap().rule, "V34");
}

#[tokio::test]
async fn a_0_1_400_air_names_its_primary_method() {
    let mock = MockDmp::start().await.unwrap();
    // AIR needs no white list; AIR simplifié does.
    mock.with_world(|world| world.withdraw_from_white_list(seed::STRUCTURE_EG, Timestamp::now()));
    let client = client(&mock);
    for method in [AuthenticationClass::SmartcardPki, AuthenticationClass::TimeSyncToken, AuthenticationClass::Password]
    {
        let session = client.air(medecin(), PrimaryAuthentication::passed_at(Timestamp::now(), method)).unwrap();
        let record = session.record(followed(), Consent::given()).unwrap();
        assert!(record.find(Search::approved()).await.unwrap().is_empty(), "{method:?}");
        assert_eq!(mock.journal().last().unwrap().mode.as_deref(), Some("INDIRECTE_RENFORCEE"));
    }
    let simplified = client.air_simplifie(medecin(), factor()).unwrap().record(followed(), Consent::given()).unwrap();
    assert_eq!(code(&simplified.existence().await.unwrap_err()), "DMPAccessDeniedByRightsService");
    assert_eq!(mock.journal().last().unwrap().refusal.unwrap().rule, "V72");
}
