//! with the SDK: what its types allow is asked through it, the rest is sent by hand.

use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::world::holder::HolderAction;
use dmp_mock::world::{GrantHolder, PatientId, seed};
use dmp_protocol::rights::AuthorizationAction;
use xds_model::AvailabilityStatus;
use xds_model::iti18::ReturnType;

use super::actor::{Actor, access};
use super::answer::refusal;
use super::request::Request;
use super::scene::{DOCUMENT, OTHERS, confidentiality, store, written};
use crate::bare::Sender as BareSender;
use crate::modes::people::*;
use crate::support::documents::{bytes, document, letter, unique_id};
use crate::support::*;

fn camille() -> PatientId {
    PatientId::new(seed::PATIENT_FOLLOWED, seed::TEST_NIR_OID)
}

/// The pharmacien in AIR simplifié, authorised on the record.
async fn pharmacien(mock: &MockDmp) -> AirRecord {
    let rpps = dmp_vocabulary::identity::Rpps::parse("99999000021", Realm::Test).unwrap().value;
    let pharmacien = Professional::new(&rpps, "PATRON", "SACHA", roles::of_directory("21", Some("H")), establishment());
    let session = client(mock).air_simplifie(pharmacien, factor()).unwrap();
    let record = session.record(followed(), Consent::given()).unwrap();
    record.authorise().await.unwrap();
    record
}

/// A document of another structure, of that type; its entry as the médecin traitant sees it.
async fn place(mock: &MockDmp, kind: &str, codes: &str) -> DocumentEntry {
    let entry = written(kind, OTHERS, codes);
    mock.with_world(|world| store(&mut world.registry, entry, "A", &camille(), mock.clock().now()));
    air(mock).record(followed(), Consent::given()).unwrap().entry(DOCUMENT).await.unwrap()
}

fn last_rule(mock: &MockDmp) -> String {
    let last = mock.journal().last().unwrap();
    last.refusal.map(|refusal| refusal.rule).or(last.filtered.into_keys().next()).unwrap_or_default()
}

#[tokio::test]
async fn r_01_one_typed_error_whatever_the_carrier() {
    let mock = MockDmp::start().await.unwrap();
    let occupational = roles::of_directory("10", Some("SM25"));
    let session = client(&mock).direct(card_of(&pair(&mock)), establishment(), occupational).unwrap();
    mock.with_world(|world| world.patient_mut(&camille()).unwrap().medecin_traitant = None);
    let record = session.record(followed(), Consent::given()).unwrap();
    place(&mock, "11490-0", "N").await;
    let mut seen = Vec::new();
    for carrier in ["fault", "service"] {
        mock.set_switch("rights_carrier", carrier).unwrap();
        for error in [record.authorise().await.unwrap_err(), record.retrieve(DOCUMENT).await.unwrap_err()] {
            assert_eq!((code(&error), last_rule(&mock).as_str()), ("DMPAccessDeniedByRightsService", "FUN-01"));
            seen.push(error.kind());
        }
    }
    assert!(seen.iter().all(|kind| *kind == seen[0]), "{seen:?}");
}

#[tokio::test]
async fn r_03_a_masked_document_is_absent_and_refused_to_others() {
    let mock = MockDmp::start().await.unwrap();
    let masked = place(&mock, "11490-0", "MP").await;
    let record = pharmacien(&mock).await;
    assert!(record.find(Search::approved()).await.unwrap().is_empty());
    assert_eq!(last_rule(&mock), "VIS-01");
    for (denied, expected) in [("not_found", "XDSDocumentUniqueIdError"), ("explicit", "DMPAccessForbidden")] {
        mock.set_switch("denied_retrieve", denied).unwrap();
        assert_eq!(code(&record.retrieve(&masked).await.unwrap_err()), expected);
        assert_eq!(last_rule(&mock), "VIS-01");
    }
}

#[tokio::test]
async fn r_04_a_type_that_the_profession_does_not_read_is_hidden_or_refused() {
    let mock = MockDmp::start().await.unwrap();
    // 75496-0: N in the column of the pharmaciens d'officine.
    let denied = place(&mock, "75496-0", "N").await;
    let record = pharmacien(&mock).await;
    for (search, listed) in [("filter", 0), ("list_metadata", 1)] {
        mock.set_switch("matrix_denied_search", search).unwrap();
        assert_eq!(record.find(Search::approved()).await.unwrap().len(), listed);
        for (retrieve, expected) in
            [("not_found", "XDSDocumentUniqueIdError"), ("explicit", "DMPAccessDeniedByRightsService")]
        {
            mock.set_switch("denied_retrieve", retrieve).unwrap();
            assert_eq!(code(&record.retrieve(&denied).await.unwrap_err()), expected);
            assert_eq!(last_rule(&mock), "MAT-01");
        }
    }
}

#[tokio::test]
async fn r_05_a_blocked_author_reads_his_own_document_and_nothing_else() {
    let mock = MockDmp::start().await.unwrap();
    let own = letter();
    let feeding = client(&mock).indirect(sender()).unwrap().record(followed(), Consent::given()).unwrap();
    feeding.submit(&Submission::of(document(&own).await)).await.unwrap();
    let record = air(&mock).record(followed(), Consent::given()).unwrap();
    let mine = record.entry(unique_id(&own).as_str()).await.unwrap();
    let others = place(&mock, "11490-0", "N").await;

    let who = GrantHolder::Person(seed::MEDECIN.to_owned());
    mock.decide(&camille(), HolderAction::Block { who }).unwrap();
    assert_eq!(record.retrieve(&mine).await.unwrap(), bytes(&own));
    assert_eq!(code(&record.retrieve(&others).await.unwrap_err()), "DMPAccessForbidden");
    assert_eq!(code(&record.find(Search::approved()).await.unwrap_err()), "DMPAccessForbidden");
    assert_eq!(last_rule(&mock), "AUT-03");
}

#[tokio::test]
async fn r_06_what_only_an_author_a_medecin_or_the_medecin_traitant_may_change() {
    let mock = MockDmp::start().await.unwrap();
    let masked = place(&mock, "11490-0", "MP").await;
    let record = pharmacien(&mock).await;
    let denied = "DMPAccessDeniedByRightsService";
    assert!(record.unmask(&masked).await.is_err(), "the SDK does not find what is hidden from its user");
    let actor = Actor::named(&mock, "INF_AIR");
    let mut sender = actor.sender(&mock);
    sender.holder.0 = seed::PHARMACIEN;
    let answer = Request::by(&sender).set_codes(&masked, confidentiality("N")).await;
    assert_eq!((refusal(&answer), answer.rule()), (Some(("C6", denied.to_owned())), Some("OWN-04")));
    mock.decide(&camille(), HolderAction::Unmask { document: DOCUMENT.to_owned() }).unwrap();
    let shown = air(&mock).record(followed(), Consent::given()).unwrap().entry(DOCUMENT).await.unwrap();
    let error = record.archive(&shown).await.unwrap_err();
    assert_eq!((code(&error), last_rule(&mock).as_str()), (denied, "OWN-05"));
    let error = record.delete(&shown).await.unwrap_err();
    assert_eq!((code(&error), last_rule(&mock).as_str()), (denied, "OWN-06"));
    let own = HolderAction::AddDocument {
        document: "1.2.3.4.5".to_owned(),
        type_code: "DOCPAT01".to_owned(),
        title: "Mes notes".to_owned(),
        mime_type: "text/plain".to_owned(),
        content: "Ym9uam91cg==".to_owned(),
    };
    mock.decide(&camille(), own).unwrap();
    let treating = air(&mock).record(followed(), Consent::given()).unwrap();
    assert_eq!(treating.delete("1.2.3.4.5").await.unwrap(), Change::Done);
}

/// The types of the records in an emergency have none of these methods (examples that do not compile, in their
/// documentation): LOCAL. Sent by hand they are refused.
#[tokio::test]
async fn r_07_no_authorisation_list_or_visibility_in_an_emergency() {
    let mock = MockDmp::start().await.unwrap();
    make_regulation_centre(&mock);
    let entry = place(&mock, "11490-0", "N").await;
    let actor = Actor::named(&mock, "MED");
    mock.with_world(|world| world.patient_mut(&camille()).unwrap().medecin_traitant = None);
    for mode in ["bdg", "c15"] {
        let mut sender: BareSender<'_> = actor.sender(&mock);
        sender.access = access(mode);
        let request = || Request::by(&sender);
        let answers = [
            request().set_authorization(AuthorizationAction::Ajout, None).await,
            request().set_authorization(AuthorizationAction::Suppression, None).await,
            request().list_authorisations().await,
            request().set_codes(&entry, confidentiality("MP")).await,
            request().set_codes(&entry, confidentiality("IP")).await,
        ];
        for answer in answers {
            assert_eq!(refusal(&answer), Some(("C3", "DMPAccessDeniedByRightsService".to_owned())), "{mode}");
            assert_eq!(answer.rule(), Some("FUN-01"), "{mode}");
        }
    }
}

/// Records of a CPE and of a structure have neither `find` nor `retrieve`: LOCAL. Sent by hand they are refused.
#[tokio::test]
async fn r_08_neither_a_cpe_nor_a_structure_consults() {
    let mock = MockDmp::start().await.unwrap();
    place(&mock, "11490-0", "N").await;
    for name in ["CPE", "CERT"] {
        let actor = Actor::named(&mock, name);
        let sender = actor.sender(&mock);
        let answers = [
            Request::by(&sender).find(vec![AvailabilityStatus::Approved]).await,
            Request::by(&sender).retrieve(&[DOCUMENT.to_owned()]).await,
            Request::by(&sender).locate(DOCUMENT, ReturnType::LeafClass).await,
        ];
        for (answer, rule) in answers.into_iter().zip(["FUN-01", "FUN-01", "FUN-03"]) {
            assert_eq!(refusal(&answer), Some(("C3", "DMPAccessDeniedByRightsService".to_owned())), "{name}");
            assert_eq!(answer.rule(), Some(rule), "{name}");
        }
    }
}
