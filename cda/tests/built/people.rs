//! Invented people and structures of the golden documents.

use cda::build::{
    Address, AddressComponents, AddressUse, BirthPlace, Contact, DocumentHeader, DocumentVersion, Encounter,
    Identifier, Interval, MainEvent, Name, Patient, Professional, Sex, Structure, Telecom, TelecomUse,
};
use dmp_vocabulary::identity::{BirthDate, Ins, ProfessionalId, StructureId};
use dmp_vocabulary::nomenclature::{Concept, Nomenclatures};
use dmp_vocabulary::{Oid, Realm};
use jiff::Zoned;

pub(crate) fn concept(value_set: &str, code: &str) -> Concept {
    let set = Nomenclatures::embedded().value_set(value_set).unwrap();
    set.concepts().iter().find(|concept| concept.code == code).unwrap_or_else(|| panic!("{code}")).clone()
}

pub(crate) fn code(code: &str, display: &str, system: &str) -> Concept {
    Concept { code: code.to_owned(), display: display.to_owned(), system: system.to_owned() }
}

pub(crate) fn oid(text: &str) -> Oid {
    Oid::parse(text).unwrap()
}

/// The uniqueId number `n` of these documents.
pub(crate) fn unique_id(n: u32) -> Oid {
    oid(&format!("2.25.3000000000000000000000000000000001{n:04}"))
}

pub(crate) fn at(text: &str) -> Zoned {
    let (local, offset) = text.split_at(text.len() - 6);
    format!("{local}{offset}[{offset}]").parse().unwrap()
}

pub(crate) fn professional_id(text: &str) -> ProfessionalId {
    ProfessionalId::parse(text, Realm::Test).unwrap().value
}

pub(crate) fn structure_id(text: &str) -> StructureId {
    StructureId::parse(text, Realm::Test).unwrap().value
}

pub(crate) fn ins(matricule: &str) -> Ins {
    Ins::parse(matricule, "1.2.250.1.213.1.4.10", Realm::Test).unwrap().value
}

pub(crate) fn address(number: &str, street: &str, postal_code: &str, city: &str) -> Address {
    Address::of(AddressComponents {
        house_number: Some(number.to_owned()),
        street_name: Some(street.to_owned()),
        postal_code: Some(postal_code.to_owned()),
        city: Some(city.to_owned()),
        ..AddressComponents::default()
    })
}

pub(crate) fn clinic() -> Structure {
    let contact = Contact {
        addresses: vec![address("8", "Quai des Modèles", "35000", "RENNES").used_for(AddressUse::Work)],
        telecoms: vec![Telecom::phone("0261910008").used_for(TelecomUse::Work)],
    };
    Structure { contact, ..Structure::new(structure_id("10B0990008"), "CLINIQUE DU MODELE") }
}

pub(crate) fn laboratory() -> Structure {
    Structure::new(structure_id("10B0990024"), "Laboratoire de l'Exemple & Fils")
}

pub(crate) fn health_centre() -> Structure {
    Structure::new(structure_id("10B0990016"), "Maison de santé du Gabarit")
}

/// Médecin généraliste, of the clinic.
pub(crate) fn modele() -> Professional {
    let name = Name { prefix: Some("MME".to_owned()), suffix: Some("DR".to_owned()), ..Name::new("MODELE", "Alix") };
    let mut modele =
        Professional::new(professional_id("899999000013"), concept("JDV_J01", "G15_10/SM54"), name, clinic());
    modele.contact.addresses.push(Address::lines(["Clinique du Modèle", "8 quai des Modèles", "35000 RENNES"]));
    modele.contact.telecoms.push(Telecom::phone("0261910013").used_for(TelecomUse::Work));
    modele.contact.telecoms.push(Telecom::mail("alix.modele@exemple.mssante.fr"));
    modele
}

/// Radiologue, of the health centre, without contact.
pub(crate) fn patron() -> Professional {
    let name = Name { suffix: Some("DR".to_owned()), ..Name::new("PATRON", "Sacha") };
    Professional::new(professional_id("899999000021"), concept("JDV_J01", "G15_10/SM44"), name, health_centre())
}

/// Biologiste, of the laboratory.
pub(crate) fn gabarit() -> Professional {
    let name = Name { prefix: Some("M".to_owned()), ..Name::new("GABARIT", "Maël") };
    Professional::new(professional_id("899999000039"), concept("JDV_J01", "G15_10/SM03"), name, laboratory())
}

/// Cardiologue, without prefix and suffix.
pub(crate) fn canevas() -> Professional {
    let name = Name::new("CANEVAS-DU PORT", "Noé");
    Professional::new(professional_id("899999000047"), concept("JDV_J01", "G15_10/SM04"), name, clinic())
}

pub(crate) fn camille() -> Patient {
    let ins = ins("280057599900151");
    let contact = Contact {
        addresses: vec![
            Address::of(AddressComponents {
                house_number: Some("14".to_owned()),
                house_number_numeric: Some("bis".to_owned()),
                street_name: Some("Chemin de l'Échantillon".to_owned()),
                additional_locator: Some("Bâtiment C".to_owned()),
                postal_code: Some("35000".to_owned()),
                city: Some("RENNES".to_owned()),
                country: Some("FRANCE".to_owned()),
                ..AddressComponents::default()
            })
            .used_for(AddressUse::Home),
        ],
        telecoms: vec![Telecom::phone("0639980017").used_for(TelecomUse::Mobile), Telecom::patient_mssante(&ins)],
    };
    Patient {
        local_ids: vec![Identifier::local(oid("2.999.35.7.1"), "IPP0004217")],
        contact,
        birth_family: "EXEMPLE".to_owned(),
        birth_given: "CAMILLE".to_owned(),
        birth_given_list: "CAMILLE ANNE LOU".to_owned(),
        used_family: Some("D'ÉPREUVE".to_owned()),
        used_given: Some("ANNE".to_owned()),
        sex: Sex::Female,
        birth_date: BirthDate::parse_hl7("19800514").unwrap(),
        birth_place: BirthPlace { cog: "75999".to_owned(), city: Some("PARIS".to_owned()), country: None },
        ..anonymous(ins)
    }
}

/// A patient of whom only the strict traits are known.
pub(crate) fn anonymous(ins: Ins) -> Patient {
    Patient {
        ins,
        local_ids: Vec::new(),
        contact: Contact::default(),
        birth_family: "EXEMPLE".to_owned(),
        birth_given: "SACHA".to_owned(),
        birth_given_list: "SACHA".to_owned(),
        used_family: None,
        used_given: None,
        sex: Sex::Male,
        birth_date: BirthDate::parse_hl7("19751100").unwrap(),
        birth_place: BirthPlace::cog("75999"),
        deceased: None,
        multiple_birth_rank: None,
        guardians: Vec::new(),
    }
}

/// A consultation of Camille by Modèle on 9 March 2026, document number `n`.
pub(crate) fn consultation(n: u32) -> DocumentHeader {
    header(n, "11488-4", "Compte rendu de consultation")
}

/// Another type of document of the same consultation.
pub(crate) fn header(n: u32, document_type: &str, title: &str) -> DocumentHeader {
    let (start, stop) = (at("2026-03-09T09:40:00+01:00"), at("2026-03-09T10:05:00+01:00"));
    let event =
        MainEvent { stop: Some(stop.clone()), ..MainEvent::new(start.clone(), concept("JDV_J62", "AMBULATOIRE")) };
    let encounter = Encounter {
        code: Some(concept("JDV_J142", "AMB")),
        time: Interval::from(start).to(stop),
        ..Encounter::new(concept("JDV_J61", "SA07"))
    };
    DocumentHeader::new(
        DocumentVersion::first(unique_id(n), unique_id(5000 + n)),
        (concept("JDV_J66", document_type), title),
        at("2026-03-09T10:15:00+01:00"),
        camille(),
        modele(),
        event,
        encounter,
    )
}
