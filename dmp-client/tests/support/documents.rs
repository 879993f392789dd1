//! Invented documents, built by the N1 builder of this project.

use cda::n1::{N1Author, N1Builder, N1Content, N1Encounter, N1Event, N1Patient, N1Professional, N1Structure, Sex};
use dmp_client::Realm;
use dmp_mock::world::seed;
use dmp_vocabulary::Oid;
use dmp_vocabulary::identity::{BirthDate, Ins, ProfessionalId, StructureId};
use dmp_vocabulary::nomenclature::{Concept, Nomenclatures};
use jiff::Zoned;
use jiff::tz::TimeZone;
use uuid::Uuid;

pub(crate) fn concept(set: &str, code: &str) -> Concept {
    let set = Nomenclatures::embedded().value_set(set).unwrap();
    set.concepts().iter().find(|concept| concept.code == code).unwrap().clone()
}

pub(crate) fn random_oid() -> Oid {
    Oid::from_uuid(Uuid::new_v4().as_u128())
}

fn at(text: &str) -> Zoned {
    let timestamp: jiff::Timestamp = text.parse().unwrap();
    timestamp.to_zoned(TimeZone::fixed(jiff::tz::offset(1)))
}

/// A consultation report by médecin MODELE ALIX of the establishment, about the followed patient.
pub(crate) fn letter() -> N1Builder {
    letter_by(seed::STRUCTURE_EG)
}

/// The same, by the same person in another structure.
pub(crate) fn letter_by(structure: &str) -> N1Builder {
    let id = random_oid();
    let professional = N1Professional {
        id: Some(ProfessionalId::parse(seed::MEDECIN, Realm::Test).unwrap().value),
        family: Some("MODELE".to_owned()),
        given: Some("ALIX".to_owned()),
        specialty: Some(concept("JDV_J01", "G15_10/SM26")),
        structure: N1Structure {
            id: Some(StructureId::parse(structure, Realm::Test).unwrap().value),
            name: Some("CLINIQUE DU MODELE".to_owned()),
        },
        ..N1Professional::default()
    };
    N1Builder {
        unique_id: Some(id.clone()),
        set_id: Some(id),
        document_type: Some(concept("JDV_J07", "11488-4")),
        title: Some("Compte rendu de consultation".to_owned()),
        created: Some(at("2026-03-02T09:15:00Z")),
        patient: N1Patient {
            ins: Some(Ins::parse(seed::PATIENT_FOLLOWED, seed::TEST_NIR_OID, Realm::Test).unwrap().value),
            birth_family: Some("EXEMPLE".to_owned()),
            birth_given: Some("CAMILLE".to_owned()),
            birth_given_list: Some("CAMILLE".to_owned()),
            sex: Some(Sex::Female),
            birth_date: Some(BirthDate::parse_hl7("19800514").unwrap()),
            birth_place: Some("75999".to_owned()),
            ..N1Patient::default()
        },
        authors: vec![N1Author { professional, ..N1Author::default() }],
        event: N1Event {
            start: Some(at("2026-03-02T08:45:00Z")),
            stop: Some(at("2026-03-02T09:05:00Z")),
            practice_setting: Some(concept("JDV_J04", "AMBULATOIRE")),
            ..N1Event::default()
        },
        encounter: N1Encounter {
            code: Some(concept("JDV_J142", "IMP")),
            facility: Some(concept("JDV_J02", "SA01")),
            ..N1Encounter::default()
        },
        ..N1Builder::default()
    }
}

pub(crate) fn bytes(builder: &N1Builder) -> Vec<u8> {
    builder.build(N1Content::text("Tout va bien.\n")).unwrap()
}

pub(crate) async fn document(builder: &N1Builder) -> dmp_client::Document {
    dmp_client::Document::from_cda_bytes(bytes(builder)).await.unwrap()
}

pub(crate) fn unique_id(builder: &N1Builder) -> String {
    builder.unique_id.as_ref().unwrap().to_string()
}
