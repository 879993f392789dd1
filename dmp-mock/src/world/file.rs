//! `--world FILE`: patients, professionals, structures and authorisations from a TOML file, instead of the seed.
//!
//! ```toml
//! [[structure]]
//! id = "10B0990008"            # Struct_IdNat
//! name = "CLINIQUE DU MODELE"
//! sector = "SA01"
//! legal_entity = "11B0099001"  # optional
//! active = true                # optional
//! centre_15 = false            # optional
//! white_list = true            # AIR simplifié, with its own certificates and those of its legal entity
//!
//! [[professional]]
//! id = "899999000013"          # PS_IdNat
//! name = "MODELE"
//! given_name = "ALIX"
//! roles = ["10^1.2.250.1.71.1.2.7", "SM26^1.2.250.1.71.4.2.5"]
//! structures = ["10B0990008"]
//! generic = false              # optional: number of a function (EXI 24)
//!
//! [[patient]]
//! ins = "280057599900151"      # 15 characters
//! oid = "1.2.250.1.213.1.4.10" # optional, this default
//! birth_name = "EXEMPLE"
//! given_names = ["CAMILLE"]
//! sex = "F"                    # optional
//! birth_date = "19800514"      # optional
//! closed_on = "2025-11-14T10:30:00Z"   # optional: the record is closed
//! medecin_traitant = "899999000013"    # optional
//! opposes_bris_de_glace = false        # optional
//! opposes_centre_15 = false            # optional
//! masked_in_emergency = false          # optional
//! default_masking = false              # optional: every document is masked
//! administrator = "899999000021"       # optional: médecin administrateur
//! deceased_on = "20260101"             # optional: the record may still be active
//! mon_espace_sante = true              # optional: false opens TD1.3b and TD1.4
//! only_api_v1 = false                  # optional: a DMP that no transaction reaches
//! [patient.administrative]             # optional, and all its fields
//! civility = "Mme"
//! telecoms = ["tel:0639980001", "mailto:camille@exemple.test"]
//! address = { lines = ["12 ALLEE DES TILLEULS"], postal_code = "88990", city = "VALFLEURY" }
//! birth_place = { city = "VALFLEURY" }
//! representatives = [{ relationship = "MTH", name = "EXEMPLE", given_name = "ROSELINE" }]
//!
//! [[authorisation]]
//! ins = "280057599900151"
//! person = "899999000013"      # or: structure = "10B0990008"
//! since = "2026-03-01T00:00:00Z"       # optional: absent does not expire
//! blocked = false              # optional: INTERDIT
//! ```

use std::path::Path;

use jiff::Timestamp;
use serde::Deserialize;

use super::{
    Administrative, Grant, GrantHolder, Patient, PatientId, Professional, RecordState, Sex, Structure, WhiteListEntry,
    World, seed,
};

/// Why a world file was refused. Never repeats a value of the file but its own identifiers of structures.
#[derive(Debug, thiserror::Error)]
pub enum WorldFileError {
    /// The file could not be read.
    #[error("world file {path} could not be read: {source}")]
    Read {
        /// The file.
        path: String,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The file is not a world.
    #[error("world file is not valid: {0}")]
    Syntax(String),
    /// An authorisation names no patient of the file, or not exactly one of a person and a structure.
    #[error("authorisation number {0} must name a patient of the file, and either `person` or `structure`")]
    Authorisation(usize),
    /// A role is not `code^OID`.
    #[error("role number {0} of a professional is not of the form code^OID")]
    Role(usize),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WorldFile {
    #[serde(default)]
    structure: Vec<StructureRow>,
    #[serde(default)]
    professional: Vec<ProfessionalRow>,
    #[serde(default)]
    patient: Vec<PatientRow>,
    #[serde(default)]
    authorisation: Vec<AuthorisationRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StructureRow {
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
struct ProfessionalRow {
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
    #[serde(default = "test_nir")]
    oid: String,
    birth_name: String,
    used_name: Option<String>,
    given_names: Vec<String>,
    sex: Option<Sex>,
    birth_date: Option<String>,
    closed_on: Option<Timestamp>,
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
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AuthorisationRow {
    ins: String,
    #[serde(default = "test_nir")]
    oid: String,
    person: Option<String>,
    structure: Option<String>,
    since: Option<Timestamp>,
    #[serde(default)]
    blocked: bool,
}

fn yes() -> bool {
    true
}

fn test_nir() -> String {
    seed::TEST_NIR_OID.to_owned()
}

/// `invalid type: string "…", expected a boolean` without what was found.
fn without_value(message: &str) -> String {
    match (message.split_once(": "), message.rsplit_once(", expected ")) {
        (Some((problem, _)), Some((_, expected))) => format!("{problem}, expected {expected}"),
        _ => message.to_owned(),
    }
}

impl World {
    /// Reads a world file.
    ///
    /// # Errors
    /// [`WorldFileError`] says what is wrong and where.
    pub fn from_file(path: &Path) -> Result<Self, WorldFileError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| WorldFileError::Read { path: path.display().to_string(), source })?;
        Self::from_toml(&text)
    }

    /// Reads the text of a world file.
    ///
    /// # Errors
    /// [`WorldFileError`] says what is wrong and where.
    pub fn from_toml(text: &str) -> Result<Self, WorldFileError> {
        // Not the full display, which quotes the line: it may hold a patient.
        let file: WorldFile = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(0, |span| text[..span.start.min(text.len())].lines().count());
            WorldFileError::Syntax(format!("near line {line}: {}", without_value(error.message())))
        })?;
        let mut world = World::empty();
        for row in file.structure {
            world.add_structure_row(row);
        }
        for row in file.professional {
            world.add_professional(row.into_professional()?);
        }
        for row in file.patient {
            world.add_patient(row.into_patient());
        }
        for (index, row) in file.authorisation.into_iter().enumerate() {
            world.add_authorisation_row(row).ok_or(WorldFileError::Authorisation(index + 1))?;
        }
        Ok(world)
    }

    fn add_structure_row(&mut self, row: StructureRow) {
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

    fn add_authorisation_row(&mut self, row: AuthorisationRow) -> Option<()> {
        let holder = match (row.person, row.structure) {
            (Some(person), None) => GrantHolder::Person(person),
            (None, Some(structure)) => GrantHolder::Structure(structure),
            _ => return None,
        };
        let patient = self.patient_mut(&PatientId::new(&row.ins, &row.oid))?;
        if row.blocked {
            patient.blocked.insert(holder);
        } else {
            patient.grants.insert(holder, row.since.map_or(Grant::Permanent, Grant::Since));
        }
        Some(())
    }
}

impl ProfessionalRow {
    fn into_professional(self) -> Result<Professional, WorldFileError> {
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
    pub(crate) fn into_patient(self) -> Patient {
        let mut patient = Patient::active(PatientId { matricule: self.ins, oid: self.oid }, &self.birth_name, "");
        patient.used_name = self.used_name;
        patient.given_names = self.given_names;
        patient.sex = self.sex;
        patient.birth_date = self.birth_date;
        patient.record = self.closed_on.map_or(RecordState::Active, RecordState::Closed);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_example_is_a_world() {
        let documented: String = include_str!("file.rs")
            .lines()
            .filter_map(|line| line.strip_prefix("//! "))
            .skip_while(|line| *line != "```toml")
            .skip(1)
            .take_while(|line| *line != "```")
            .map(|line| format!("{line}\n"))
            .collect();
        let world = World::from_toml(&documented).unwrap();
        let patient = world.patient(&PatientId::new("280057599900151", seed::TEST_NIR_OID)).unwrap();
        assert_eq!(patient.medecin_traitant.as_deref(), Some(seed::MEDECIN));
        assert!(world.white_list_admits("11B0099001", "10B0990008", Timestamp::UNIX_EPOCH));
        assert!(world.belongs_to("10B0990008", "11B0099001"));
    }

    #[test]
    fn a_wrong_file_is_refused_without_its_values() {
        let cases = [
            ("[[patient]]\nins = 280057599900151", "near line"),
            ("[[patient]]\nins = \"280057599900151\"\nbirth = \"x\"", "near line"),
            ("[[authorisation]]\nins = \"280057599900151\"\nperson = \"899999000013\"", "number 1"),
            ("[[professional]]\nid = \"8\"\nname = \"N\"\ngiven_name = \"P\"\nroles = [\"10\"]", "role number 1"),
        ];
        for (text, expected) in cases {
            let error = World::from_toml(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
            assert!(!error.contains("280057599900151"), "{error}");
        }
    }
}
