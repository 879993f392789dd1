//! `--world FILE`: patients, professionals, structures, authorisations and documents from a TOML file, instead of the
//! seed. A time is an instant or a span counted back from the start of the mock: `-P1M` is a month ago.
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
//! label = "followed"           # optional: a name for tests and for the rows below
//! oid = "1.2.250.1.213.1.4.10" # optional, this default
//! birth_name = "EXEMPLE"
//! given_names = ["CAMILLE"]
//! sex = "F"                    # optional
//! birth_date = "19800514"      # optional; "-P17Y" is a minor whatever the day
//! closed_on = "2025-11-14T10:30:00Z"   # optional: the record is closed
//! medecin_traitant = "899999000013"    # optional
//! opposes_bris_de_glace = false        # optional
//! opposes_centre_15 = false            # optional
//! masked_in_emergency = false          # optional
//! default_masking = false              # optional: every document is masked
//! administrator = "899999000021"       # optional: médecin administrateur
//! deceased_on = "20260101"             # optional: the record may still be active
//! mon_espace_sante = true              # optional: false lets TD1.3b and TD1.4 change the record
//! only_api_v1 = false                  # optional: a DMP that no transaction reaches
//! no_dmp = false                       # optional: only a number with a label, without DMP
//! [patient.administrative]             # optional, and all its fields
//! civility = "Mme"
//! telecoms = ["tel:0639980001", "mailto:camille@exemple.test"]
//! address = { lines = ["12 ALLEE DES TILLEULS"], postal_code = "88990", city = "VALFLEURY" }
//! birth_place = { city = "VALFLEURY" }
//! representatives = [{ relationship = "MTH", name = "EXEMPLE", given_name = "ROSELINE" }]
//!
//! [[authorisation]]
//! patient = "followed"         # label or matricule
//! person = "899999000013"      # or: structure = "10B0990008"
//! since = "-P1M"               # optional: absent does not expire
//! blocked = false              # optional: INTERDIT
//!
//! [[document]]                 # everything but `patient` and `type` is optional
//! patient = "followed"         # label or matricule
//! id = "2.25.990001"           # uniqueId; else the same one at each start
//! type = "11488-4"             # typeCode
//! title = "Compte rendu"       # else the label of the type
//! author = "899999000013"      # else the holder or a service, after the type, or the software of `structure`
//! structure = "10B0990008"     # of the author; else his first one
//! content = "pdf"              # text (else), pdf, jpeg, tiff, rtf: a CDA around a sample; structured, autopresentable
//!                              # (with `model`); kos: a DICOM object
//! created = "2026-03-02T09:00:00Z"     # else a month ago
//! started = "2026-03-02T08:30:00Z"     # act; else `created`
//! ended = "2026-03-02T08:50:00Z"
//! submitted = "2026-03-02T10:00:00Z"   # else `created`
//! lot = "morning"              # documents of one patient with the same name are one submission
//! status = "approved"          # archived, deprecated, deleted; what is replaced becomes deprecated by itself
//! masked = true
//! invisible = false            # to the patient
//! invisible_to_representatives = false
//! order = "DEM-1"              # references of imaging; `accession` and `study` too
//!
//! [[document]]
//! patient = "followed"
//! type = "11488-4"
//! author = "899999000013"
//! replaces = "2.25.990001"     # the `id` of a document above
//!
//! [[document]]
//! patient = "followed"
//! type = "11502-2"
//! author = "899999000013"
//! content = "structured"
//! model = "1.2.250.1.213.1.1.1.55"     # templateId, which gives the formatCode
//! count = 3                    # three documents like this one; their ids, if one is given: `id`.1 to `id`.3
//! every = "P7D"                # a week between their times
//! invisible = true
//! hidden_since = "-P1D"        # from when the calendar of invisibility counts; else `submitted`
//! ```
//!
//! Instead of `content`, `file = "letter.pdf"` takes the bytes of a file beside the world file: a PDF, a text, a JPEG, a
//! TIFF or an RTF goes into a CDA; a name in `.xml` is a whole CDA, whose header gives the metadata. `patient_id` is a
//! patientId in CX form that differs from the patient's: an INS-C of long ago.

mod clinical;
mod document;
mod lots;
mod moment;
mod people;
mod samples;

use std::path::Path;

use jiff::Timestamp;
use serde::Deserialize;

use self::document::DocumentRow;
pub(crate) use self::people::PatientRow;
use self::people::{AuthorisationRow, ProfessionalRow, StructureRow};
use super::{PatientId, World, seed};

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
    /// A document could not be made.
    #[error("document number {number} of the world file: {problem}")]
    Document {
        /// Rank of its row, from 1.
        number: usize,
        /// Why.
        problem: DocumentProblem,
    },
}

/// Why a document of a world file could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentProblem {
    /// `patient` is neither a label nor a number of a patient of the file.
    #[error("`patient` must be the label or the matricule of a patient of the file")]
    Patient,
    /// The INS or the birth date of the patient cannot be in a document.
    #[error("the patient needs an INS and a birth date for a document to be written about him")]
    PatientIdentity,
    /// `author` is unknown, or absent where one is needed.
    #[error("`author` must be a professional of the file; without author, `structure` names whose software made it")]
    Author,
    /// `structure` is unknown.
    #[error("`structure` must be a structure of the file, and the author must have one")]
    Structure,
    /// A code is of no value set.
    #[error("`type` must be a typeCode of JDV_J07, and the sector of the structure one of JDV_J61")]
    Code,
    /// An OID is not one.
    #[error("`id`, `replaces`, `model` and `study` are OIDs")]
    Oid,
    /// Two documents have the same `id`.
    #[error("`id` is that of another document of the file")]
    Twice,
    /// `replaces` names no row above.
    #[error("`replaces` must be the `id` of a document above")]
    Replaced,
    /// `count` is 0 or too large, or stands beside `replaces`.
    #[error("`count` goes from 1 to 100000, and a document that replaces another is alone")]
    Count,
    /// A structured document without `model`.
    #[error("a structured document needs `model`, the OID of its templateId")]
    Model,
    /// A `file` in a world that was not read from a file.
    #[error("`file` is relative to the world file, and this world was not read from a file")]
    NoFolder,
    /// The `file` could not be read.
    #[error("`file` could not be read: {0}")]
    File(String),
    /// The `file` is of no kind that a CDA may contain.
    #[error("`file` must be a PDF, a text, a JPEG, a TIFF, an RTF, or a whole CDA in a name that ends with .xml")]
    Media,
    /// The `file` is no CDA.
    #[error("`file` is not a CDA document")]
    Cda,
    /// The header cannot be written.
    #[error("no CDA can be written: {0}")]
    Header(String),
    /// The metadata cannot be derived.
    #[error("no metadata can be derived: {0}")]
    Mapping(String),
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
    #[serde(default)]
    document: Vec<DocumentRow>,
}

/// `invalid type: string "…", expected a boolean` without what was found.
fn without_value(message: &str) -> String {
    match (message.split_once(": "), message.rsplit_once(", expected ")) {
        (Some((problem, _)), Some((_, expected))) => format!("{problem}, expected {expected}"),
        _ => message.to_owned(),
    }
}

/// The patient of that label, or of that matricule (`oid` defaults to the INS-NIR de test).
fn patient_named(world: &World, name: &str, oid: Option<&str>) -> Option<PatientId> {
    if let Some(id) = world.labelled(name) {
        return Some(id.clone());
    }
    let id = PatientId::new(name, oid.unwrap_or(seed::TEST_NIR_OID));
    world.patients().any(|patient| patient.id == id).then_some(id)
}

impl World {
    /// Reads a world file; its times that are spans are counted from now, its `file`s are looked for beside it.
    ///
    /// # Errors
    /// [`WorldFileError`] says what is wrong and where.
    pub fn from_file(path: &Path) -> Result<Self, WorldFileError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| WorldFileError::Read { path: path.display().to_string(), source })?;
        Self::read(&text, path.parent(), Timestamp::now())
    }

    /// Reads the text of a world file; its times that are spans are counted from now.
    ///
    /// # Errors
    /// [`WorldFileError`] says what is wrong and where.
    pub fn from_toml(text: &str) -> Result<Self, WorldFileError> {
        Self::read(text, None, Timestamp::now())
    }

    fn read(text: &str, folder: Option<&Path>, start: Timestamp) -> Result<Self, WorldFileError> {
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
            world.add_patient_row(row, start);
        }
        for (index, row) in file.authorisation.into_iter().enumerate() {
            world.add_authorisation_row(row, start).ok_or(WorldFileError::Authorisation(index + 1))?;
        }
        lots::submit(&mut world, &file.document, folder, start)?;
        Ok(world)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_example_is_a_world() {
        let documented: String = include_str!("mod.rs")
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
        assert_eq!(world.labelled("followed"), Some(&patient.id));
        assert_eq!(world.registry.entries_of(&patient.id).count(), 5);
    }

    #[test]
    fn a_wrong_file_is_refused_without_its_values() {
        let cases = [
            ("[[patient]]\nins = 280057599900151", "near line"),
            ("[[patient]]\nins = \"280057599900151\"\nbirth = \"x\"", "near line"),
            ("[[authorisation]]\nins = \"280057599900151\"\nperson = \"899999000013\"", "number 1"),
            ("[[document]]\npatient = \"280057599900151\"", "document number 1 of the world file: `patient`"),
            ("[[professional]]\nid = \"8\"\nname = \"N\"\ngiven_name = \"P\"\nroles = [\"10\"]", "role number 1"),
        ];
        for (text, expected) in cases {
            let error = World::from_toml(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
            assert!(!error.contains("280057599900151"), "{error}");
        }
    }
}
