//! AIR by somebody the directory knows otherwise than as a professionnel de santé with an RPPS; lists in an emergency.

use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::world::{GrantHolder, PatientId, Professional as Listed, seed};
use dmp_vocabulary::identity::{Adeli, Rpps};
use jiff::Timestamp;

use super::people::*;
use crate::support::*;

const ADELI: &str = "996000014";

fn login() -> PrimaryAuthentication {
    PrimaryAuthentication::passed_at(Timestamp::now(), AuthenticationClass::SmartcardPki)
}

fn add_to_directory(mock: &MockDmp, id: &str, roles: &[Role]) {
    let roles = roles.iter().map(|role| (role.code.clone(), role.code_system.clone())).collect();
    mock.with_world(|world| {
        world.add_professional(Listed {
            id: id.to_owned(),
            name: "PRATICIEN".to_owned(),
            given_name: "DANY".to_owned(),
            roles,
            structures: vec![seed::STRUCTURE_EG.to_owned()],
            generic: false,
        });
    });
}

#[tokio::test]
async fn an_adeli_number_consults_in_plain_air_only() {
    let mock = MockDmp::start().await.unwrap();
    let infirmier = roles::of_directory("60", None);
    add_to_directory(&mock, &format!("0{ADELI}"), &infirmier);
    let adeli = Adeli::parse(ADELI, Realm::Test).unwrap().value;
    let professional = Professional::by_adeli(&adeli, "PRATICIEN", "DANY", infirmier, establishment());
    let session = client(&mock).air(professional.clone(), login()).unwrap();
    let record = session.record(other(), Consent::given()).unwrap();
    assert_eq!(record.authorise().await.unwrap(), Change::Done);
    assert!(record.find(Search::approved()).await.unwrap().is_empty());
    assert_eq!(rule(&client(&mock).air_simplifie(professional.clone(), factor()).unwrap_err()), "V74");
    let closed = Switches { air_allow_adeli: false, ..Switches::default() };
    let refused = builder(&mock).switches(closed).build().unwrap().air(professional, login()).unwrap_err();
    assert_eq!(rule(&refused), "V35");
}

#[tokio::test]
async fn who_is_no_professionnel_de_sante_acts_for_the_structure_in_air_where_that_is_open() {
    let mock = MockDmp::start().await.unwrap();
    let coordinator = || {
        let rpps = Rpps::parse("99999000054", Realm::Test).unwrap().value;
        Professional::new(&rpps, "PRATICIEN", "DANY", roles::employee("331"), establishment())
    };
    add_to_directory(&mock, "899999000054", &roles::employee("331"));
    let refused = client(&mock).air_non_ps(coordinator(), login()).unwrap_err();
    assert_eq!(rule(&refused), "EX_AIR-020");

    let open = Switches { air_allow_non_ps: true, ..Switches::default() };
    let client = builder(&mock).switches(open).build().unwrap();
    assert_eq!(rule(&client.air(coordinator(), login()).unwrap_err()), "ACT-03");
    assert_eq!(rule(&client.air_non_ps(medecin(), login()).unwrap_err()), "ACT-03");
    let session = client.air_non_ps(coordinator(), login()).unwrap();
    let record = session.record(other(), Consent::given()).unwrap();
    assert!(matches!(record.existence().await.unwrap(), Existence::Active(_)));
    assert_eq!(record.authorise_structure().await.unwrap(), Change::Done);
    assert!(record.administrative_data().await.unwrap().is_some());
    assert_eq!(record.reference_of("2.25.1").await.unwrap().entry_uuid, None);
    let holders = mock.with_world(|world| {
        let id = PatientId::new(seed::PATIENT_UNKNOWN_TO_ALL, seed::TEST_NIR_OID);
        world.patient(&id).unwrap().grants.keys().cloned().collect::<Vec<_>>()
    });
    assert_eq!(holders, [GrantHolder::Structure(seed::STRUCTURE_EG.to_owned())]);
    let listed = session.authorised_of(&internal_id(seed::MEDECIN), AuthorisedList::all()).await.unwrap();
    assert_eq!(numbers(&listed), [seed::PATIENT_UNKNOWN_TO_ALL, seed::PATIENT_FOLLOWED]);
    assert!(mock.journal().exchanges().iter().all(|one| one.mode.as_deref() == Some("INDIRECTE_RENFORCEE")));
}

#[tokio::test]
async fn the_list_of_a_professional_is_the_same_in_an_emergency() {
    let mock = MockDmp::start().await.unwrap();
    make_regulation_centre(&mock);
    let session = air(&mock);
    let listed = session.centre_15().authorised(AuthorisedList::all()).await.unwrap();
    assert_eq!(numbers(&listed), [seed::PATIENT_FOLLOWED]);
    assert_eq!(mock.journal().last().unwrap().access.as_deref(), Some("centre_15"));
    let emergency = session.bris_de_glace(other(), Consent::given(), REASON).await.unwrap();
    assert_eq!(numbers(&emergency.authorised(AuthorisedList::all()).await.unwrap()), [seed::PATIENT_FOLLOWED]);
    assert_eq!(mock.journal().last().unwrap().access.as_deref(), Some("bris_de_glace"));
}
