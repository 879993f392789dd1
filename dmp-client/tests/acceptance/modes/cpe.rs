//! CPE: an employee of a structure feeds (TD2.2), declares and lists for it.

use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::world::{Grant, GrantHolder, PatientId, seed};
use jiff::Timestamp;

use super::people::*;
use crate::scene::CONFRERE;
use crate::scene::vaccination::{Vaccination, Vaccinator, note, note_header};
use crate::scene::writing::{document as scene_document, noe, secretary as scene_secretary};
use crate::support::documents::{document, letter, letter_by, unique_id};
use crate::support::*;

/// TD0.2, then TD2.2 on the record of a patient who authorised nobody.
async fn feed(mock: &MockDmp, cpe: &CpeSession) -> String {
    let record = cpe.record(other(), Consent::given()).unwrap();
    assert!(matches!(record.existence().await.unwrap(), Existence::Active(_)));
    let letter = letter_about_the_other();
    record.submit(&Submission::of(document(&letter).await)).await.unwrap();
    let last = mock.journal().last().unwrap();
    assert_eq!((last.transaction.as_deref(), last.action.as_deref()), (Some("TD2.2"), Some("feed_by_cpe")));
    assert_eq!((last.mode.as_deref(), last.access.as_deref()), (Some("DIRECTE"), Some("normal")));
    unique_id(&letter)
}

#[tokio::test]
async fn a_0_1_120_a_nominative_cpe_feeds() {
    let mock = MockDmp::start().await.unwrap();
    let captured = Captured::by(&mock);
    let cpe = captured.client.cards().cpe(employee_card(&mock, true), establishment(), None, roles::employee("331"));
    feed(&mock, &cpe.unwrap()).await;
    for request in captured.requests() {
        assert!(request.contains("<saml2:NameID>30B0990008/000017</saml2:NameID>"), "the CN of the card");
        assert!(request.contains("<saml2:AttributeValue>SECRETAIRE LOU</saml2:AttributeValue>"));
        assert!(request.contains(r#"code="331" codeSystem="1.2.250.1.213.1.6.1.107""#));
    }
}

#[tokio::test]
async fn a_0_1_121_a_cpe_that_names_nobody_gives_its_organisation_and_the_service() {
    let mock = MockDmp::start().await.unwrap();
    let captured = Captured::by(&mock);
    let card = employee_card(&mock, false);
    assert!(card.is_cpe());
    let roles = roles::not_professional("SECRETARIAT_MEDICAL");
    let cpe = captured.client.cards().cpe(card, establishment(), Some("ACCUEIL"), roles).unwrap();
    let fed = feed(&mock, &cpe).await;
    cpe.record(other(), Consent::given()).unwrap().delete(fed.as_str()).await.unwrap();
    for request in captured.requests() {
        assert!(request.contains("<saml2:AttributeValue>CLINIQUE DU MODELE ACCUEIL</saml2:AttributeValue>"));
    }
    let deletion = captured.requests().pop().unwrap();
    assert!(deletion.contains("30B0990008/000017^CLINIQUE DU MODELE^30B0990008-000017^"), "the author of the deletion");
}

#[tokio::test]
async fn a_cpe_declares_the_structure_reads_what_it_may_and_deletes_what_the_structure_fed() {
    let mock = MockDmp::start().await.unwrap();
    let cpe = cpe_of(&mock, true);
    let fed = feed(&mock, &cpe).await;
    let record = cpe.record(other(), Consent::given()).unwrap();
    assert_eq!(record.authorise_structure().await.unwrap(), Change::Done);
    assert_eq!(record.authorise_structure().await.unwrap(), Change::Unchanged);
    let holders = mock.with_world(|world| {
        let id = PatientId::new(seed::PATIENT_UNKNOWN_TO_ALL, seed::TEST_NIR_OID);
        world.patient(&id).unwrap().grants.keys().cloned().collect::<Vec<_>>()
    });
    assert_eq!(holders, [GrantHolder::Structure(seed::STRUCTURE_EG.to_owned())], "the structure, not the employee");
    assert!(record.administrative_data().await.unwrap().is_some());
    assert!(record.reference_of(&fed).await.unwrap().entry_uuid.is_some());
    assert_eq!(record.delete(fed.as_str()).await.unwrap(), Change::Done);
    let opposed = cpe.record(other(), Consent::refused()).unwrap();
    assert_eq!(rule(&opposed.authorise_structure().await.unwrap_err()), "EX_0.3-1010");
    assert_eq!(rule(&opposed.submit(&Submission::of(document(&letter()).await)).await.unwrap_err()), "EXI 02");
}

#[tokio::test]
async fn a_0_4_015_a_cpe_lists_the_dmp_of_a_professional_of_its_structure() {
    let mock = MockDmp::start().await.unwrap();
    air(&mock).record(other(), Consent::given()).unwrap().authorise().await.unwrap();
    let list = AuthorisedList::authorised_since(Timestamp::now() - jiff::SignedDuration::from_hours(24));
    let listed = cpe_of(&mock, true).authorised_of(&internal_id(seed::MEDECIN), list).await.unwrap();
    assert_eq!(numbers(&listed), [seed::PATIENT_UNKNOWN_TO_ALL]);
    // E0-05: a professional of another structure.
    let nobody = internal_id("899999000047");
    let refused = cpe_of(&mock, true).authorised_of(&nobody, AuthorisedList::all()).await.unwrap_err();
    assert_eq!(code(&refused), "DMPAccessDeniedByRightsService");
    assert_eq!(mock.journal().last().unwrap().refusal.unwrap().rule, "FUN-03");
}

#[tokio::test]
async fn a_0_4_025_a_cpe_lists_the_dmp_with_new_documents() {
    let mock = MockDmp::start().await.unwrap();
    air(&mock).record(other(), Consent::given()).unwrap().authorise().await.unwrap();
    let cpe = cpe_of(&mock, true);
    let since = Timestamp::now() - jiff::SignedDuration::from_hours(24);
    let list = || AuthorisedList::documents_since(since);
    assert!(cpe.authorised_of(&internal_id(seed::MEDECIN), list()).await.unwrap().is_empty());
    feed(&mock, &cpe).await;
    let followed = cpe.record(followed(), Consent::given()).unwrap();
    followed.submit(&Submission::of(document(&letter()).await)).await.unwrap();
    let listed = cpe.authorised_of(&internal_id(seed::MEDECIN), list()).await.unwrap();
    let flags: Vec<bool> = listed.iter().map(|dmp| dmp.medecin_traitant).collect();
    assert_eq!(numbers(&listed), [seed::PATIENT_UNKNOWN_TO_ALL, seed::PATIENT_FOLLOWED]);
    assert_eq!(flags, [false, true]);
}

#[tokio::test]
async fn a_2_1_950_a_secretary_with_a_cpe_feeds_the_document_of_a_medecin() {
    let mock = MockDmp::start().await.unwrap();
    let cpe = cpe_of(&mock, true);
    let mut letter = letter();
    letter.authors.push(secretary());
    let document = document(&letter).await;
    assert_eq!(document.entry().authors.len(), 2, "both are authors of the entry, as of the document");
    cpe.record(followed(), Consent::given()).unwrap().submit(&Submission::of(document)).await.unwrap();
    mock.with_world(|world| {
        let id = PatientId::new(seed::PATIENT_FOLLOWED, seed::TEST_NIR_OID);
        let lot = world.registry.lots().find(|lot| lot.patient == id).unwrap();
        let [sender] = lot.set.authors.as_slice() else { panic!("{:?}", lot.set.authors) };
        assert_eq!(sender.person.as_ref().unwrap().id(), EMPLOYEE, "the one who sends, alone in the lot");
        assert_eq!(sender.institution.as_ref().unwrap().id(), seed::STRUCTURE_EG);
    });
}

#[tokio::test]
async fn a_2_2_720_a_secretary_feeds_a_note_written_by_one_and_done_by_another() {
    let mock = MockDmp::start().await.unwrap();
    let told = Vaccination::on("20260302", Vaccinator::Identified(Box::new(noe())));
    let mut header = note_header(&other(), &told);
    let sends = cda::build::Professional { id: internal_id(EMPLOYEE), ..scene_secretary() };
    header.authors.push(cda::build::Author::from(sends));
    let note = scene_document(&note(&header, &told)).await;
    let persons: Vec<String> =
        note.entry().authors.iter().map(|author| author.person.as_ref().unwrap().id().into_owned()).collect();
    assert_eq!(
        persons,
        [seed::MEDECIN, CONFRERE, EMPLOYEE],
        "author, vaccinator, sender: in the document and its entry"
    );
    let record = cpe_of(&mock, true).record(other(), Consent::given()).unwrap();
    assert!(matches!(record.existence().await.unwrap(), Existence::Active(_)));
    record.submit(&Submission::of(note)).await.unwrap();
    assert_eq!(mock.journal().last().unwrap().transaction.as_deref(), Some("TD2.2"));
    mock.with_world(|world| {
        let id = PatientId::new(seed::PATIENT_UNKNOWN_TO_ALL, seed::TEST_NIR_OID);
        let lot = world.registry.lots().find(|lot| lot.patient == id).unwrap();
        let [sender] = lot.set.authors.as_slice() else { panic!("{:?}", lot.set.authors) };
        assert_eq!(sender.person.as_ref().unwrap().id(), EMPLOYEE, "who sends, alone in the lot");
    });
}

/// E2-03 with a CPE: the structure is no author.
#[tokio::test]
async fn the_structure_of_a_cpe_is_an_author_of_what_is_fed() {
    let mock = MockDmp::start().await.unwrap();
    let record = cpe_of(&mock, true).record(followed(), Consent::given()).unwrap();
    let foreign = document(&letter_by(seed::STRUCTURE_OTHER)).await;
    assert_eq!(rule(&record.submit(&Submission::of(foreign)).await.unwrap_err()), "X12");
    assert!(mock.journal().last().is_none(), "nothing was sent");
}

#[tokio::test]
async fn a_cpe_and_a_cps_open_their_own_session() {
    let mock = MockDmp::start().await.unwrap();
    let cards = client(&mock).cards();
    let cps = cards.cpe(card_of(&pair(&mock)), establishment(), None, roles::employee("331")).unwrap_err();
    let cpe = cards.direct(employee_card(&mock, true), establishment(), roles::employee("331")).unwrap_err();
    let id = dmp_vocabulary::identity::StructureId::parse(seed::STRUCTURE_OTHER, Realm::Test).unwrap().value;
    let elsewhere = Establishment::new(id, "CENTRE DES EXEMPLES", "SA01");
    let other = cards.cpe(employee_card(&mock, true), elsewhere, None, roles::employee("331")).unwrap_err();
    assert_eq!([rule(&cps), rule(&cpe), rule(&other)], ["V35"; 3]);
}

/// A grant of the structure is what counts for an employee, and a block on the structure stops it.
#[tokio::test]
async fn the_authorisation_of_an_employee_is_that_of_the_structure() {
    let mock = MockDmp::start().await.unwrap();
    let record = cpe_of(&mock, false).record(other(), Consent::given()).unwrap();
    let asked = async || match record.existence().await.unwrap() {
        Existence::Active(dmp) => dmp.authorisation(),
        other => panic!("{other:?}"),
    };
    assert_eq!(asked().await, Authorisation::NonExiste);
    let structure = GrantHolder::Structure(seed::STRUCTURE_EG.to_owned());
    let change = |change: &dyn Fn(&mut dmp_mock::world::Patient)| {
        let id = PatientId::new(seed::PATIENT_UNKNOWN_TO_ALL, seed::TEST_NIR_OID);
        mock.with_world(|world| change(world.patient_mut(&id).unwrap()));
    };
    change(&|patient| {
        patient.grants.insert(structure.clone(), Grant::Since(Timestamp::now()));
    });
    assert_eq!(asked().await, Authorisation::Valide);
    change(&|patient| {
        patient.blocked.insert(structure.clone());
    });
    assert_eq!(asked().await, Authorisation::Interdit);
}
