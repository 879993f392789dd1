//! The invented people and structures that every mock starts with.

use jiff::Timestamp;

use super::{
    Administrative, Grant, GrantHolder, Patient, PatientId, PostalAddress, Professional, RecordState, Sex, Structure,
    WhiteListEntry, World,
};

/// Struct_IdNat of the establishment (EG): `1` + FINESS.
pub const STRUCTURE_EG: &str = "10B0990008";
/// Struct_IdNat of the legal entity (EJ) above it.
pub const STRUCTURE_EJ: &str = "11B0099001";
/// A structure that is neither of them.
pub const STRUCTURE_OTHER: &str = "1990000010";
/// Médecin MODELE ALIX: médecin traitant of the first patient.
pub const MEDECIN: &str = "899999000013";
/// Pharmacien PATRON SACHA: no authorisation anywhere.
pub const PHARMACIEN: &str = "899999000021";
/// Number of a function, not of a person: refused in AIR simplifié.
pub const GENERIC: &str = "899999000039";
/// OID of the INS-NIR de test, the kind of every seeded patient.
pub const TEST_NIR_OID: &str = "1.2.250.1.213.1.4.10";
/// Matricule of the patient whose médecin traitant is [`MEDECIN`].
pub const PATIENT_FOLLOWED: &str = "280057599900151";
/// Matricule of an active record without any authorisation.
pub const PATIENT_UNKNOWN_TO_ALL: &str = "175112A99901005";
/// Matricule of a closed record.
pub const PATIENT_CLOSED: &str = "262032B99902786";

const TRE_G15: &str = "1.2.250.1.71.1.2.7";
const TRE_R01: &str = "1.2.250.1.71.4.2.5";
const TRE_G05: &str = "1.2.250.1.71.4.2.6";

impl World {
    /// The seeded world: two structures of one legal entity and a foreign one, three professionals, three patients.
    #[must_use]
    pub fn seeded() -> Self {
        let mut world = World::empty();
        for structure in structures() {
            world.add_structure(structure);
        }
        for professional in professionals() {
            world.add_professional(professional);
        }
        for certificate in [STRUCTURE_EG, STRUCTURE_EJ] {
            world.add_to_white_list(WhiteListEntry {
                certificate: certificate.to_owned(),
                structure: STRUCTURE_EG.to_owned(),
                valid_to: None,
                withdrawn_at: None,
            });
        }
        for patient in patients() {
            world.add_patient(patient);
        }
        world
    }
}

fn structures() -> [Structure; 3] {
    let structure = |id: &str, name: &str, legal_entity: Option<&str>| Structure {
        id: id.to_owned(),
        name: name.to_owned(),
        sector: "SA01".to_owned(),
        legal_entity: legal_entity.map(str::to_owned),
        active: true,
        centre_15: false,
    };
    [
        structure(STRUCTURE_EG, "CLINIQUE DU MODELE", Some(STRUCTURE_EJ)),
        structure(STRUCTURE_EJ, "GROUPE DU MODELE", None),
        structure(STRUCTURE_OTHER, "CENTRE DES EXEMPLES", None),
    ]
}

fn professionals() -> [Professional; 3] {
    let professional = |id: &str, name: &str, given_name: &str, roles: &[(&str, &str)], generic| Professional {
        id: id.to_owned(),
        name: name.to_owned(),
        given_name: given_name.to_owned(),
        roles: roles.iter().map(|(code, system)| ((*code).to_owned(), (*system).to_owned())).collect(),
        structures: vec![STRUCTURE_EG.to_owned()],
        generic,
    };
    [
        professional(MEDECIN, "MODELE", "ALIX", &[("10", TRE_G15), ("SM26", TRE_R01)], false),
        professional(PHARMACIEN, "PATRON", "SACHA", &[("21", TRE_G15), ("H", TRE_G05)], false),
        professional(GENERIC, "ADMISSIONS", "BUREAU DES", &[("60", TRE_G15)], true),
    ]
}

fn patients() -> [Patient; 3] {
    let id = |matricule| PatientId::new(matricule, TEST_NIR_OID);
    let mut followed = Patient::active(id(PATIENT_FOLLOWED), "EXEMPLE", "CAMILLE");
    followed.sex = Some(Sex::F);
    followed.birth_date = Some("19800514".to_owned());
    followed.medecin_traitant = Some(MEDECIN.to_owned());
    followed.administrative = administrative();
    followed.grants.insert(GrantHolder::Person(MEDECIN.to_owned()), Grant::Permanent);

    let mut unknown_to_all = Patient::active(id(PATIENT_UNKNOWN_TO_ALL), "SPECIMEN", "DOMINIQUE");
    unknown_to_all.sex = Some(Sex::M);
    unknown_to_all.birth_date = Some("19751103".to_owned());

    let mut closed = Patient::active(id(PATIENT_CLOSED), "TEMOIN", "CLAUDE");
    closed.sex = Some(Sex::F);
    closed.birth_date = Some("19620307".to_owned());
    closed.record = RecordState::Closed(Timestamp::from_second(CLOSED_AT).unwrap_or(Timestamp::UNIX_EPOCH));
    [followed, unknown_to_all, closed]
}

fn administrative() -> Administrative {
    let address = PostalAddress {
        lines: vec!["12 ALLEE DES TILLEULS".to_owned()],
        postal_code: Some("88990".to_owned()),
        city: Some("VALFLEURY".to_owned()),
        country: Some("FRANCE".to_owned()),
    };
    Administrative {
        civility: Some("Mme".to_owned()),
        telecoms: vec!["tel:0639980001".to_owned(), "mailto:camille@exemple.test".to_owned()],
        birth_place: Some(PostalAddress { lines: Vec::new(), ..address.clone() }),
        address: Some(address),
        representatives: Vec::new(),
    }
}

/// 2025-11-14T10:30:00Z.
const CLOSED_AT: i64 = 1_763_116_200;
