//! Structures, professionals, patients and authorisations of a world file.

use jiff::Timestamp;
use serde::Deserialize;

use super::moment::{Moment, birth_date};
use super::{WorldFileError, patient_named};
use crate::world::{
    Administrative, Grant, GrantHolder, Patient, PatientId, Professional, RecordState, Sex, Structure, WhiteListEntry,
    World, seed,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StructureRow {
    id: String,
    name: String,
    sector: String,
    legal_entity: Option<String>,
    #[serde(default = "yes")]
    active: bool,
    #[serde(default)]
    centre_15: bool,
    #[serde(default)]
    white_list: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProfessionalRow {
    id: String,
    name: String,
    given_name: String,
    roles: Vec<String>,
    #[serde(default)]
    structures: Vec<String>,
    #[serde(default)]
    generic: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PatientRow {
    ins: String,
    label: Option<String>,
    #[serde(default = "test_nir")]
    oid: String,
    birth_name: String,
    used_name: Option<String>,
    given_names: Vec<String>,
    sex: Option<Sex>,
    birth_date: Option<String>,
    closed_on: Option<Moment>,
    medecin_traitant: Option<String>,
    #[serde(default)]
    opposes_bris_de_glace: bool,
    #[serde(default)]
    opposes_centre_15: bool,
    #[serde(default)]
    masked_in_emergency: bool,
    #[serde(default)]
    administrative: Administrative,
    #[serde(default)]
    default_masking: bool,
    administrator: Option<String>,
    deceased_on: Option<String>,
    #[serde(default = "yes")]
    mon_espace_sante: bool,
    #[serde(default)]
    only_api_v1: bool,
    #[serde(default)]
    no_dmp: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AuthorisationRow {
    #[serde(alias = "ins")]
    patient: String,
    oid: Option<String>,
    person: Option<String>,
    structure: Option<String>,
    since: Option<Moment>,
    #[serde(default)]
    blocked: bool,
}

fn yes() -> bool {
    true
}

fn test_nir() -> String {
    seed::TEST_NIR_OID.to_owned()
}

impl World {
    /// Adds the patient of a row, or only the number and its label when there is no DMP.
    pub(crate) fn add_patient_row(&mut self, row: PatientRow, start: Timestamp) {
        if let Some(label) = &row.label {
            self.add_label(label, PatientId::new(&row.ins, &row.oid));
        }
        if !row.no_dmp {
            self.add_patient(row.into_patient(start));
        }
    }

    pub(super) fn add_structure_row(&mut self, row: StructureRow) {
        if row.white_list {
            for certificate in std::iter::once(&row.id).chain(&row.legal_entity) {
                self.add_to_white_list(WhiteListEntry {
                    certificate: certificate.clone(),
                    structure: row.id.clone(),
                    valid_to: None,
                    withdrawn_at: None,
                });
            }
        }
        let StructureRow { id, name, sector, legal_entity, active, centre_15, .. } = row;
        self.add_structure(Structure { id, name, sector, legal_entity, active, centre_15 });
    }

    pub(super) fn add_authorisation_row(&mut self, row: AuthorisationRow, start: Timestamp) -> Option<()> {
        let holder = match (row.person, row.structure) {
            (Some(person), None) => GrantHolder::Person(person),
            (None, Some(structure)) => GrantHolder::Structure(structure),
            _ => return None,
        };
        let patient = patient_named(self, &row.patient, row.oid.as_deref())?;
        let patient = self.patient_mut(&patient)?;
        if row.blocked {
            patient.blocked.insert(holder);
        } else {
            patient
                .grants
                .insert(holder, row.since.map_or(Grant::Permanent, |since| Grant::Since(since.resolve(start))));
        }
        Some(())
    }
}

impl ProfessionalRow {
    pub(super) fn into_professional(self) -> Result<Professional, WorldFileError> {
        let roles = self.roles.iter().enumerate().map(|(index, role)| {
            let (code, system) = role.split_once('^').ok_or(WorldFileError::Role(index + 1))?;
            Ok((code.to_owned(), system.to_owned()))
        });
        Ok(Professional {
            roles: roles.collect::<Result<_, _>>()?,
            id: self.id,
            name: self.name,
            given_name: self.given_name,
            structures: self.structures,
            generic: self.generic,
        })
    }
}

impl PatientRow {
    fn into_patient(self, start: Timestamp) -> Patient {
        let mut patient = Patient::active(PatientId { matricule: self.ins, oid: self.oid }, &self.birth_name, "");
        patient.used_name = self.used_name;
        patient.given_names = self.given_names;
        patient.sex = self.sex;
        patient.birth_date = self.birth_date.map(|written| birth_date(written, start));
        patient.record = self.closed_on.map_or(RecordState::Active, |at| RecordState::Closed(at.resolve(start)));
        if let Some(medecin) = &self.medecin_traitant {
            patient.grants.insert(GrantHolder::Person(medecin.clone()), Grant::Permanent);
        }
        patient.medecin_traitant = self.medecin_traitant;
        patient.opposes_bris_de_glace = self.opposes_bris_de_glace;
        patient.opposes_centre_15 = self.opposes_centre_15;
        patient.masked_in_emergency = self.masked_in_emergency;
        patient.administrative = self.administrative;
        patient.default_masking = self.default_masking;
        patient.administrator = self.administrator;
        patient.deceased_on = self.deceased_on;
        patient.linked_to_mon_espace_sante = self.mon_espace_sante;
        patient.only_api_v1 = self.only_api_v1;
        patient
    }
}
