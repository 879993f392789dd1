//! The world as items of text, to be kept in a file, and back. Metadata of documents are ebRIM as in an answer: what is
//! kept is what a client reads.

use std::collections::BTreeMap;

use dmp_protocol::xml::{Limits, Writer, parse};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use xds_model::{Form, RegistryObjectList, namespace};

use super::changes::Changes;
use super::registry::Kept;
use super::vaccination::Vaccinations;
use super::{
    Access, Content, Patient, PatientId, Professional, Registry, StoredEntry, StoredLot, Structure, WhiteListEntry,
    World, hexadecimal,
};

/// Something to keep: its kind, its name among its kind, its text.
pub(crate) struct Item {
    pub(crate) kind: String,
    pub(crate) key: String,
    pub(crate) value: String,
}

/// Items and contents to keep together, or not at all.
#[derive(Default)]
pub(crate) struct Saved {
    /// Whether they take the place of everything kept before.
    pub(crate) everything: bool,
    pub(crate) items: Vec<Item>,
    pub(crate) contents: Vec<Content>,
}

/// Why the world could not be written as items, or read back. Says nothing of the values.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SavedError {
    /// A value that cannot be written.
    #[error("an item of kind {0} cannot be written")]
    Write(&'static str),
    /// A value that cannot be read.
    #[error("an item of kind {0} cannot be read")]
    Read(String),
    /// The bytes of a document are not there.
    #[error("the bytes of a document are missing, or are not those of its digest")]
    Content,
}

const PATIENT: &str = "patient";
const DIRECTORY: &str = "directory";
const VACCINATIONS: &str = "vaccinations";
const ACCESS: &str = "access";
const ENTRY: &str = "entry";
const LOT: &str = "lot";
const ASSOCIATION: &str = "association";

#[derive(Serialize, Deserialize)]
struct Directory {
    professionals: Vec<Professional>,
    structures: Vec<Structure>,
    white_list: Vec<WhiteListEntry>,
    labels: BTreeMap<String, PatientId>,
}

#[derive(Serialize, Deserialize)]
struct OfPatient<T> {
    patient: PatientId,
    value: T,
}

#[derive(Serialize, Deserialize)]
struct EntryItem {
    patient: PatientId,
    depositor: String,
    deposited_at: Timestamp,
    hidden_since: Option<Timestamp>,
    /// SHA-256 of the bytes, hexadecimal.
    content: String,
    /// ebRIM.
    metadata: String,
}

impl World {
    /// From now on, changes are taken; the first time everything is.
    pub(crate) fn track_changes(&mut self) {
        self.changes = Changes { tracked: true, everything: true, ..Changes::default() };
    }

    /// The world as it was just read: from now on, changes are taken.
    pub(crate) fn track_further_changes(&mut self) {
        self.changes.tracked = true;
    }

    /// What changed since the last call.
    pub(crate) fn take_changes(&mut self) -> Result<Saved, SavedError> {
        let everything = self.changes.everything;
        let changes = std::mem::take(&mut self.changes);
        self.changes.tracked = changes.tracked;
        let mut saved = Saved { everything, ..Saved::default() };
        if everything {
            self.add_people(&mut saved, self.patients.keys(), self.vaccinations.keys())?;
            for (patient, kept) in &self.history {
                self.changes.access_count.insert(patient.clone(), kept.len() as u64);
                for (rank, access) in (0..).zip(kept) {
                    saved.add_access(patient, rank, access)?;
                }
            }
        } else {
            self.add_people(&mut saved, changes.patients.iter(), changes.vaccinations.iter())?;
            for (patient, rank, access) in &changes.accesses {
                saved.add_access(patient, *rank, access)?;
            }
            self.changes.access_count = changes.access_count;
        }
        if everything || changes.directory {
            saved.add(DIRECTORY, String::new(), &self.directory())?;
        }
        saved.add_registry(self.registry.take_changed(everything))?;
        Ok(saved)
    }

    fn add_people<'a>(
        &self,
        saved: &mut Saved,
        patients: impl Iterator<Item = &'a PatientId>,
        vaccinations: impl Iterator<Item = &'a PatientId>,
    ) -> Result<(), SavedError> {
        for id in patients {
            if let Some(patient) = self.patients.get(id) {
                saved.add(PATIENT, key(id), patient)?;
            }
        }
        for id in vaccinations {
            let known = self.vaccinations.get(id).cloned().unwrap_or_default();
            saved.add(VACCINATIONS, key(id), &OfPatient { patient: id.clone(), value: known })?;
        }
        Ok(())
    }

    fn directory(&self) -> Directory {
        Directory {
            professionals: self.professionals.values().cloned().collect(),
            structures: self.structures.values().cloned().collect(),
            white_list: self.white_list.clone(),
            labels: self.labels.clone(),
        }
    }

    /// The world of these items, in the order of their keys; unknown kinds are not its own. `content` finds bytes by
    /// their SHA-256 in hexadecimal.
    pub(crate) fn from_saved(
        items: impl Iterator<Item = Item>,
        mut content: impl FnMut(&str) -> Option<Content>,
    ) -> Result<Self, SavedError> {
        let mut world = World::empty();
        let (mut entries, mut lots, mut associations) = (Vec::new(), Vec::new(), Vec::new());
        for item in items {
            match item.kind.as_str() {
                PATIENT => {
                    let patient: Patient = item.read()?;
                    world.patients.insert(patient.id.clone(), patient);
                }
                DIRECTORY => world.set_directory(item.read()?),
                VACCINATIONS => {
                    let OfPatient::<Vaccinations> { patient, value } = item.read()?;
                    world.vaccinations.insert(patient, value);
                }
                ACCESS => {
                    let OfPatient::<Access> { patient, value } = item.read()?;
                    let rank = item.key.rsplit(' ').next().and_then(|rank| rank.parse::<u64>().ok());
                    let count = rank.ok_or_else(|| SavedError::Read(ACCESS.to_owned()))?.saturating_add(1);
                    world.changes.access_count.insert(patient.clone(), count);
                    world.restore_access(patient, value);
                }
                ENTRY => {
                    let kept: EntryItem = item.read()?;
                    let bytes = content(&kept.content).ok_or(SavedError::Content)?;
                    entries.push(kept.into_stored(bytes)?);
                }
                LOT => {
                    let OfPatient::<String> { patient, value } = item.read()?;
                    let set = ebrim(&value).and_then(|list| list.submission_sets.into_iter().next());
                    lots.push(StoredLot { set: set.ok_or_else(|| SavedError::Read(LOT.to_owned()))?, patient });
                }
                ASSOCIATION => {
                    let one = ebrim(&item.value).and_then(|list| list.associations.into_iter().next());
                    associations.push(one.ok_or_else(|| SavedError::Read(ASSOCIATION.to_owned()))?);
                }
                _ => {}
            }
        }
        world.registry = Registry::restored(entries, lots, associations);
        Ok(world)
    }

    fn set_directory(&mut self, directory: Directory) {
        self.professionals = directory.professionals.into_iter().map(|one| (one.id.clone(), one)).collect();
        self.structures = directory.structures.into_iter().map(|one| (one.id.clone(), one)).collect();
        self.white_list = directory.white_list;
        self.labels = directory.labels;
    }
}

impl Item {
    fn read<T: DeserializeOwned>(&self) -> Result<T, SavedError> {
        serde_json::from_str(&self.value).map_err(|_| SavedError::Read(self.kind.clone()))
    }
}

impl EntryItem {
    fn into_stored(self, content: Content) -> Result<StoredEntry, SavedError> {
        let entry = ebrim(&self.metadata).and_then(|list| list.document_entries.into_iter().next());
        Ok(StoredEntry {
            entry: entry.ok_or_else(|| SavedError::Read(ENTRY.to_owned()))?,
            patient: self.patient,
            depositor: self.depositor,
            deposited_at: self.deposited_at,
            hidden_since: self.hidden_since,
            content,
        })
    }
}

impl Saved {
    fn add(&mut self, kind: &'static str, key: String, value: &impl Serialize) -> Result<(), SavedError> {
        let value = serde_json::to_string(value).map_err(|_| SavedError::Write(kind))?;
        self.items.push(Item { kind: kind.to_owned(), key, value });
        Ok(())
    }

    fn add_access(&mut self, patient: &PatientId, rank: u64, access: &Access) -> Result<(), SavedError> {
        let value = OfPatient { patient: patient.clone(), value: access.clone() };
        self.add(ACCESS, format!("{} {rank:012}", key(patient)), &value)
    }

    fn add_registry(&mut self, kept: Kept<'_>) -> Result<(), SavedError> {
        for (rank, stored) in kept.entries {
            let list =
                RegistryObjectList { document_entries: vec![stored.entry.clone()], ..RegistryObjectList::default() };
            let item = EntryItem {
                patient: stored.patient.clone(),
                depositor: stored.depositor.clone(),
                deposited_at: stored.deposited_at,
                hidden_since: stored.hidden_since,
                content: hexadecimal(&stored.content.sha256()),
                metadata: text(&list).ok_or(SavedError::Write(ENTRY))?,
            };
            self.add(ENTRY, ranked(rank), &item)?;
            self.contents.push(stored.content.clone());
        }
        for (rank, lot) in kept.lots {
            let list = RegistryObjectList { submission_sets: vec![lot.set.clone()], ..RegistryObjectList::default() };
            let value = text(&list).ok_or(SavedError::Write(LOT))?;
            self.add(LOT, ranked(rank), &OfPatient { patient: lot.patient.clone(), value })?;
        }
        for (rank, association) in kept.associations {
            let list = RegistryObjectList { associations: vec![association.clone()], ..RegistryObjectList::default() };
            let value = text(&list).ok_or(SavedError::Write(ASSOCIATION))?;
            self.items.push(Item { kind: ASSOCIATION.to_owned(), key: ranked(rank), value });
        }
        Ok(())
    }
}

fn key(patient: &PatientId) -> String {
    format!("{} {}", patient.oid, patient.matricule)
}

/// Keys sort as numbers do.
fn ranked(rank: usize) -> String {
    format!("{rank:012}")
}

fn text(list: &RegistryObjectList) -> Option<String> {
    let mut writer = Writer::new();
    writer.open("kept", &[("xmlns:rim", namespace::RIM)]);
    list.write(&mut writer, Form::Answer);
    writer.close();
    writer.finish().ok()
}

fn ebrim(text: &str) -> Option<RegistryObjectList> {
    let root = parse(text.as_bytes(), &Limits::default()).ok()?;
    root.elements().next().map(RegistryObjectList::read)
}
