//! The state of the mock: people, structures, authorisations, documents. Knows no SOAP and applies no rule.

mod administrative;
mod authorisation;
mod changes;
mod content;
mod directory;
mod file;
mod history;
pub mod holder;
mod patient;
mod registry;
mod saved;
pub mod seed;
mod vaccination;

pub use administrative::{Administrative, PostalAddress, Representative};
pub use authorisation::{Authorisation, Grant, GrantHolder};
pub use content::Content;
pub(crate) use content::{ContentDigests, ContentWriter, IN_MEMORY_LIMIT, Place};
pub use directory::{Professional, Structure, WhiteListEntry};
pub(crate) use file::PatientRow;
pub use file::{DocumentProblem, WorldFileError};
pub use history::{Access, Event, EventKind};
pub(crate) use holder::OwnDocument;
pub use patient::{Patient, PatientId, RecordState, Sex};
pub(crate) use registry::hexadecimal;
pub use registry::{Deposit, REPOSITORY, Registry, StoredEntry, StoredLot};
pub(crate) use saved::{Item, Saved, SavedError};

pub use vaccination::Vaccination;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::Timestamp;

use self::changes::Changes;

/// Everything the mock knows.
#[derive(Debug, Clone, Default)]
pub struct World {
    patients: BTreeMap<PatientId, Patient>,
    professionals: BTreeMap<String, Professional>,
    structures: BTreeMap<String, Structure>,
    white_list: Vec<WhiteListEntry>,
    /// Professionals of the directory to whom the DMP is not open.
    not_eligible: BTreeSet<String>,
    history: BTreeMap<PatientId, VecDeque<Access>>,
    vaccinations: BTreeMap<PatientId, vaccination::Vaccinations>,
    labels: BTreeMap<String, PatientId>,
    changes: Changes,
    /// Documents and their metadata.
    pub registry: Registry,
}

impl World {
    /// A world without anybody.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// Adds or replaces a patient.
    pub fn add_patient(&mut self, patient: Patient) {
        self.changes.patients.insert(patient.id.clone());
        self.patients.insert(patient.id.clone(), patient);
    }

    /// Adds or replaces a professional.
    pub fn add_professional(&mut self, professional: Professional) {
        self.changes.directory = true;
        self.professionals.insert(professional.id.clone(), professional);
    }

    /// Closes the DMP to a professional of the directory, or opens it again (`NON_ELLIGIBLE`).
    pub fn set_eligible(&mut self, professional: &str, eligible: bool) {
        match eligible {
            true => self.not_eligible.remove(professional),
            false => self.not_eligible.insert(professional.to_owned()),
        };
    }

    /// Whether the DMP is open to that professional.
    #[must_use]
    pub fn is_eligible(&self, professional: &str) -> bool {
        !self.not_eligible.contains(professional)
    }

    /// Adds or replaces a structure.
    pub fn add_structure(&mut self, structure: Structure) {
        self.changes.directory = true;
        self.structures.insert(structure.id.clone(), structure);
    }

    /// Adds a line to the white list of AIR simplifié.
    pub fn add_to_white_list(&mut self, entry: WhiteListEntry) {
        self.changes.directory = true;
        self.white_list.push(entry);
    }

    /// Withdraws a structure from the white list: acts at once (EXI 27).
    pub fn withdraw_from_white_list(&mut self, structure: &str, at: Timestamp) {
        self.changes.directory = true;
        for entry in self.white_list.iter_mut().filter(|entry| entry.structure == structure) {
            entry.withdrawn_at = Some(at);
        }
    }

    /// The patient of that number, as the transactions see it: one known only under the API v1 has no DMP (PAT-02).
    #[must_use]
    pub fn patient(&self, id: &PatientId) -> Option<&Patient> {
        self.patients.get(id).filter(|patient| !patient.only_api_v1)
    }

    /// The patient of that number, to change.
    pub fn patient_mut(&mut self, id: &PatientId) -> Option<&mut Patient> {
        let patient = self.patients.get_mut(id)?;
        self.changes.patients.insert(id.clone());
        Some(patient)
    }

    /// Every patient, by number.
    pub fn patients(&self) -> impl Iterator<Item = &Patient> {
        self.patients.values()
    }

    /// The number that a world file calls so, for tests: `P-RICH`; that patient may have no DMP. Never on the wire.
    #[must_use]
    pub fn labelled(&self, label: &str) -> Option<&PatientId> {
        self.labels.get(label)
    }

    pub(super) fn add_label(&mut self, label: &str, id: PatientId) {
        self.changes.directory = true;
        self.labels.insert(label.to_owned(), id);
    }

    /// Every label of the world file, with its number.
    pub fn labels(&self) -> impl Iterator<Item = (&str, &PatientId)> {
        self.labels.iter().map(|(label, id)| (label.as_str(), id))
    }

    /// The professional of that PS_IdNat.
    #[must_use]
    pub fn professional(&self, id: &str) -> Option<&Professional> {
        self.professionals.get(id)
    }

    /// The structure of that Struct_IdNat.
    #[must_use]
    pub fn structure(&self, id: &str) -> Option<&Structure> {
        self.structures.get(id)
    }

    /// Every professional, by PS_IdNat.
    pub fn professionals(&self) -> impl Iterator<Item = &Professional> {
        self.professionals.values()
    }

    /// Every structure, by Struct_IdNat.
    pub fn structures(&self) -> impl Iterator<Item = &Structure> {
        self.structures.values()
    }

    /// Whether `structure` is an EG of the EJ `legal_entity`.
    #[must_use]
    pub fn belongs_to(&self, structure: &str, legal_entity: &str) -> bool {
        self.structure(structure).is_some_and(|structure| structure.legal_entity.as_deref() == Some(legal_entity))
    }

    /// Whether `structure` is an entité juridique: another structure has it above.
    #[must_use]
    pub fn is_legal_entity(&self, structure: &str) -> bool {
        self.structures.values().any(|other| other.legal_entity.as_deref() == Some(structure))
    }

    /// Open world: an unknown patient gets an active record, name `NON RENSEIGNE`, no birth date.
    pub(crate) fn open_record(&mut self, id: &PatientId) {
        if !self.patients.contains_key(id) {
            let mut patient = Patient::active(id.clone(), "NON RENSEIGNE", "NON RENSEIGNE");
            patient.used_name = Some("NON RENSEIGNE".to_owned());
            self.add_patient(patient);
        }
    }

    /// Whether the white list of AIR simplifié lets this pair in at `now` (V72).
    #[must_use]
    pub fn white_list_admits(&self, certificate: &str, structure: &str, now: Timestamp) -> bool {
        self.white_list.iter().any(|entry| entry.admits(certificate, structure, now))
    }
}
