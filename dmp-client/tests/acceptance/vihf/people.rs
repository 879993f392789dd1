//! What an assertion says of the person and of the structure.

use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::world::seed;
use dmp_protocol::vihf::{AttributeValue, name};
use dmp_vocabulary::identity::{Adeli, Rpps};
use jiff::Timestamp;

use super::{assert_fault, forced};
use crate::bare::Sender;
use crate::modes::people::*;
use crate::support::*;

const DATA: &str = "DMPInvalidData";
const ACTOR: &str = "DMPActorNotFound";

#[tokio::test]
async fn v_07_a_profession_without_its_second_role() {
    let mock = MockDmp::start().await.unwrap();
    for profession in ["10", "21"] {
        let alone = || roles::of_directory(profession, None);
        let rpps = Rpps::parse("99999000013", Realm::Test).unwrap().value;
        let professional = Professional::new(&rpps, "MODELE", "ALIX", alone(), establishment());
        let local = client(&mock).air_simplifie(professional, factor()).unwrap_err();
        let by_card = client(&mock).direct(card_of(&pair(&mock)), establishment(), alone()).unwrap_err();
        assert_eq!([rule(&local), rule(&by_card)], ["V39"; 2]);
    }
    assert!(mock.journal().last().is_none(), "nothing was sent");
    for sender in [Sender::air(&mock), Sender::air(&mock).by_pharmacist()] {
        let answer = forced(&sender, |assertion| {
            let role = assertion.attributes.iter_mut().find(|attribute| attribute.is(name::ROLE)).unwrap();
            role.values.truncate(1);
        });
        let text = "Aucune spécialité dans le vihf. Spécialité obligatoire pour les Médecins";
        assert_fault(&answer.await, "V39", DATA, text);
    }
}

#[tokio::test]
async fn v_09_a_structure_or_a_professional_whom_the_directory_refuses() {
    let mock = MockDmp::builder().strict("V37").start().await.unwrap();
    let existence = async || {
        let record = air(&mock).record(followed(), Consent::given()).unwrap();
        record.existence().await.unwrap_err()
    };
    let change = |change: &dyn Fn(&mut dmp_mock::world::Structure)| {
        mock.with_world(|world| {
            let mut structure = world.structure(seed::STRUCTURE_EG).unwrap().clone();
            change(&mut structure);
            world.add_structure(structure);
        });
    };
    change(&|structure| structure.active = false);
    let inactive = existence().await;
    assert_eq!((code(&inactive), inactive.outcome()), (ACTOR, Outcome::NotProcessed));
    assert_fault(&forced(&Sender::air(&mock), |_| {}).await, "V33", ACTOR, "Structure introuvable ou Inactive");
    let unknown = super::set(name::STRUCTURE, "10B0990032");
    assert_fault(&forced(&Sender::air(&mock), unknown).await, "V33", ACTOR, "Structure introuvable ou Inactive");
    change(&|structure| structure.active = true);

    mock.with_world(|world| {
        let mut medecin = world.professional(seed::MEDECIN).unwrap().clone();
        medecin.structures = vec![seed::STRUCTURE_OTHER.to_owned()];
        world.add_professional(medecin);
    });
    assert_eq!(code(&existence().await), DATA);
    assert_fault(&forced(&Sender::air(&mock), |_| {}).await, "V37", DATA, "PS et Structure non liés");

    mock.with_world(|world| world.set_eligible(seed::MEDECIN, false));
    assert_eq!(code(&existence().await), "NON_ELLIGIBLE");
    mock.with_world(|world| world.set_eligible(seed::MEDECIN, true));
    assert_eq!(code(&existence().await), DATA, "eligible again, still not linked");
}

#[tokio::test]
async fn v_14_a_structure_that_is_not_on_the_white_list() {
    let mock = MockDmp::start().await.unwrap();
    mock.with_world(|world| world.withdraw_from_white_list(seed::STRUCTURE_EG, Timestamp::now()));
    let record = air(&mock).record(followed(), Consent::given()).unwrap();
    assert_eq!(code(&record.existence().await.unwrap_err()), "DMPAccessDeniedByRightsService");
    let answer = forced(&Sender::air(&mock), |_| {}).await;
    assert_fault(&answer, "V72", "DMPAccessDeniedByRightsService", "Structure non autorisée en mode AIR simplifié");
}

#[tokio::test]
async fn v_15_no_rpps_an_unknown_one_or_a_generic_one() {
    let mock = MockDmp::start().await.unwrap();
    let adeli = Adeli::parse("996000014", Realm::Test).unwrap().value;
    let infirmier = roles::of_directory("60", None);
    let local = Professional::by_adeli(&adeli, "PRATICIEN", "DANY", infirmier.clone(), establishment());
    assert_eq!(rule(&client(&mock).air_simplifie(local, factor()).unwrap_err()), "V74");
    assert!(mock.journal().last().is_none(), "nothing was sent");

    let as_number = |number: &str| {
        let rpps = Rpps::parse(number, Realm::Test).unwrap().value;
        let person = Professional::new(&rpps, "PRATICIEN", "DANY", infirmier.clone(), establishment());
        client(&mock).air_simplifie(person, factor()).unwrap().record(followed(), Consent::given()).unwrap()
    };
    assert_eq!(code(&as_number("99999000047").existence().await.unwrap_err()), ACTOR);
    assert_eq!(mock.journal().last().unwrap().refusal.unwrap().rule, "V70");
    assert_eq!(code(&as_number("99999000039").existence().await.unwrap_err()), DATA);
    assert_eq!(mock.journal().last().unwrap().refusal.unwrap().rule, "V74");

    let named = |id: &str| {
        let id = id.to_owned();
        move |assertion: &mut dmp_protocol::vihf::Assertion| {
            assertion.name_id = id;
            let role = assertion.attributes.iter_mut().find(|attribute| attribute.is(name::ROLE)).unwrap();
            role.values.truncate(1);
            if let [AttributeValue::Coded(profession)] = role.values.as_mut_slice() {
                profession.code = "60".to_owned();
            }
        }
    };
    let sender = Sender::air(&mock);
    assert_fault(&forced(&sender, named("899999000047")).await, "V70", ACTOR, "PS introuvable");
    let generic = forced(&sender, named(seed::GENERIC)).await;
    assert_fault(&generic, "V74", DATA, "Identifiant RPPS non nominatif ou inconnu");
    assert_fault(&forced(&sender, named("30B0990008/17")).await, "V35", DATA, "NameID");
}
