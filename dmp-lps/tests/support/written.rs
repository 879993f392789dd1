//! Headers of documents by the builder of this project, about the followed patient, by médecin MODELE ALIX.

use cda::build::{
    BirthPlace, Contact, DocumentHeader, DocumentVersion, Encounter, MainEvent, Name, Patient, Professional, Sex,
    Structure,
};
use dmp_client::Realm;
use dmp_mock::world::seed;
use dmp_vocabulary::identity::{BirthDate, StructureId};
use dmp_vocabulary::nomenclature::Concept;
use jiff::Zoned;

use super::documents::{concept, random_oid};
use super::{professional, qualified};

pub(crate) fn code(code: &str, display: &str, system: &str) -> Concept {
    Concept { code: code.to_owned(), display: display.to_owned(), system: system.to_owned() }
}

/// An instant of UTC, at an offset of one hour.
pub(crate) fn at(text: &str) -> Zoned {
    text.parse::<jiff::Timestamp>().unwrap().to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(1)))
}

pub(crate) fn doctor(id: &str, family: &str, given: &str) -> Professional {
    let clinic = StructureId::parse(seed::STRUCTURE_EG, Realm::Test).unwrap().value;
    let clinic = Structure::new(clinic, "CLINIQUE DU MODELE");
    Professional::new(professional(id), concept("JDV_J01", "G15_10/SM26"), Name::new(family, given), clinic)
}

/// A new document of a type, of 2 March 2026.
pub(crate) fn header(kind: &str, title: &str) -> DocumentHeader {
    let patient = Patient {
        ins: qualified().ins().clone(),
        local_ids: Vec::new(),
        contact: Contact::default(),
        birth_family: "EXEMPLE".to_owned(),
        birth_given: "CAMILLE".to_owned(),
        birth_given_list: "CAMILLE".to_owned(),
        used_family: None,
        used_given: None,
        sex: Sex::Female,
        birth_date: BirthDate::parse_hl7("19800514").unwrap(),
        birth_place: BirthPlace::cog("75999"),
        deceased: None,
        multiple_birth_rank: None,
        guardians: Vec::new(),
    };
    DocumentHeader::new(
        DocumentVersion::first(random_oid(), random_oid()),
        (concept("JDV_J66", kind), title),
        at("2026-03-02T09:00:00Z"),
        patient,
        doctor(seed::MEDECIN, "MODELE", "ALIX"),
        MainEvent::new(at("2026-03-02T08:00:00Z"), concept("JDV_J62", "AMBULATOIRE")),
        Encounter::new(concept("JDV_J61", "SA07")),
    )
}
