//! Documents, their metadata and the submissions they came with (xds.md §10.3 and §11).

use std::collections::{BTreeSet, HashMap, HashSet};

use jiff::Timestamp;
use uuid::Uuid;
use xds_model::{Association, AssociationKind, AvailabilityStatus, DocumentEntry, SubmissionSet};

use super::{Content, PatientId};

/// repositoryUniqueId of the DMP.
pub const REPOSITORY: &str = "1.2.250.1.213.4.1.1.1.2";

/// One metadata version of one document.
#[derive(Debug, Clone)]
pub struct StoredEntry {
    /// As returned by queries: entryUUID, lid, status, version and repository included.
    pub entry: DocumentEntry,
    /// Whose document it is.
    pub patient: PatientId,
    /// Struct_IdNat of the structure that submitted it.
    pub depositor: String,
    /// When the document was submitted, UTC; a new metadata version keeps it.
    pub deposited_at: Timestamp,
    /// Since when the document is invisible to the patient, UTC; a replacement that keeps the code keeps it.
    pub hidden_since: Option<Timestamp>,
    /// The bytes.
    pub content: Content,
}

/// A submission set as stored.
#[derive(Debug, Clone)]
pub struct StoredLot {
    /// With its entryUUID and status.
    pub set: SubmissionSet,
    /// Whose documents it submits.
    pub patient: PatientId,
}

/// What one ITI-41 stores.
#[derive(Debug)]
pub struct Deposit {
    /// The lot, with its symbolic id.
    pub set: SubmissionSet,
    /// Entries and bytes, with symbolic ids; the signature among them.
    pub entries: Vec<(DocumentEntry, Content)>,
    /// Associations of the request.
    pub associations: Vec<Association>,
    /// Patient of all of it.
    pub patient: PatientId,
    /// Structure that submits.
    pub depositor: String,
    /// UTC.
    pub at: Timestamp,
}

/// Every document of the mock, in order of arrival.
#[derive(Debug, Clone, Default)]
pub struct Registry {
    entries: Vec<StoredEntry>,
    by_uuid: HashMap<String, usize>,
    by_unique_id: HashMap<String, Vec<usize>>,
    by_patient: HashMap<PatientId, OfPatient>,
    lots: Vec<StoredLot>,
    lot_unique_ids: HashSet<String>,
    associations: Vec<Association>,
    /// Ranks of the associations that start or end at an object.
    by_end: HashMap<String, Vec<usize>>,
    /// entryUUIDs of documents invisible to their patient, the signatures left out.
    hidden: BTreeSet<String>,
    changed: Changed,
}

/// Ranks of what one patient has, in order of arrival.
#[derive(Debug, Clone, Default)]
struct OfPatient {
    entries: Vec<usize>,
    lots: Vec<usize>,
}

/// What was added or changed since it was last kept: entries by rank, lots and associations from a rank on.
#[derive(Debug, Clone, Default)]
struct Changed {
    entries: BTreeSet<usize>,
    lots: usize,
    associations: usize,
}

/// Objects of the registry with their ranks, to be kept.
pub(crate) struct Kept<'a> {
    pub(crate) entries: Vec<(usize, &'a StoredEntry)>,
    pub(crate) lots: Vec<(usize, &'a StoredLot)>,
    pub(crate) associations: Vec<(usize, &'a Association)>,
}

fn new_uuid() -> String {
    format!("urn:uuid:{}", Uuid::new_v4())
}

impl Registry {
    /// The metadata version of that entryUUID, compared exactly.
    #[must_use]
    pub fn entry(&self, entry_uuid: &str) -> Option<&StoredEntry> {
        self.by_uuid.get(entry_uuid).map(|index| &self.entries[*index])
    }

    /// Every metadata version of one patient's documents, in order of arrival.
    pub fn entries_of<'a>(&'a self, patient: &'a PatientId) -> impl Iterator<Item = &'a StoredEntry> {
        let of_patient = self.by_patient.get(patient).into_iter().flat_map(|own| &own.entries);
        of_patient.map(|index| &self.entries[*index])
    }

    /// Every metadata version of the document of that uniqueId, oldest first.
    pub fn versions_of_document<'a>(&'a self, unique_id: &str) -> impl Iterator<Item = &'a StoredEntry> {
        self.by_unique_id.get(unique_id).into_iter().flatten().map(|index| &self.entries[*index])
    }

    /// The last metadata version of the document of that uniqueId.
    #[must_use]
    pub fn last_version(&self, unique_id: &str) -> Option<&StoredEntry> {
        self.versions_of_document(unique_id).last()
    }

    /// The last metadata version of that lid.
    #[must_use]
    pub fn last_of_logical_id(&self, logical_id: &str) -> Option<&StoredEntry> {
        self.entries.iter().rev().find(|stored| stored.entry.logical_id.as_deref() == Some(logical_id))
    }

    /// Whether a document or a lot has that uniqueId.
    #[must_use]
    pub fn knows_unique_id(&self, unique_id: &str) -> bool {
        self.by_unique_id.contains_key(unique_id) || self.lot_unique_ids.contains(unique_id)
    }

    /// Every lot, in order of arrival.
    pub fn lots(&self) -> impl Iterator<Item = &StoredLot> {
        self.lots.iter()
    }

    /// Every association, in order of arrival.
    pub fn associations(&self) -> impl Iterator<Item = &Association> {
        self.associations.iter()
    }

    /// The lots of one patient, in order of arrival.
    pub fn lots_of<'a>(&'a self, patient: &'a PatientId) -> impl Iterator<Item = &'a StoredLot> {
        self.by_patient.get(patient).into_iter().flat_map(|own| &own.lots).map(|index| &self.lots[*index])
    }

    /// The associations that start or end at one of these objects, in order of arrival.
    pub fn associations_of<'a>(&'a self, uuids: &HashSet<&str>) -> impl Iterator<Item = &'a Association> + use<'a> {
        let ranks = uuids.iter().filter_map(|uuid| self.by_end.get(*uuid)).flatten().copied();
        let ranks: BTreeSet<usize> = ranks.collect();
        ranks.into_iter().map(|rank| &self.associations[rank])
    }

    /// Stores a submission: entryUUID = lid, version 1, Approved; the targets of RPLC become Deprecated.
    pub fn deposit(&mut self, deposit: Deposit) {
        let Deposit { mut set, entries, associations, patient, depositor, at } = deposit;
        let mut uuid_of: HashMap<String, String> = HashMap::new();
        let lot_uuid = new_uuid();
        uuid_of.insert(std::mem::replace(&mut set.entry_uuid, lot_uuid.clone()), lot_uuid);
        self.add_lot(set, patient.clone());
        for (mut entry, content) in entries {
            let replaces = associations
                .iter()
                .find(|one| one.kind == AssociationKind::Replaces && one.source == entry.entry_uuid)
                .and_then(|one| self.entry(&one.target));
            let hidden_since = is_hidden(&entry).then(|| replaces.and_then(|old| old.hidden_since).unwrap_or(at));
            let uuid = new_uuid();
            uuid_of.insert(std::mem::replace(&mut entry.entry_uuid, uuid.clone()), uuid.clone());
            entry.logical_id = Some(uuid);
            entry.status = Some(AvailabilityStatus::Approved);
            entry.version = Some(1);
            entry.repository_unique_id = Some(REPOSITORY.to_owned());
            entry.hash = Some(hexadecimal(&content.sha1()));
            entry.size = Some(content.length());
            let stored = StoredEntry {
                entry,
                patient: patient.clone(),
                depositor: depositor.clone(),
                deposited_at: at,
                hidden_since,
                content,
            };
            self.add_entry(stored);
        }
        for mut association in associations {
            association.id = new_uuid();
            association.status = Some(AvailabilityStatus::Approved);
            for end in [&mut association.source, &mut association.target] {
                if let Some(uuid) = uuid_of.get(end) {
                    end.clone_from(uuid);
                }
            }
            if association.kind == AssociationKind::Replaces {
                self.set_status(&association.target, AvailabilityStatus::Deprecated);
            }
            self.add_association(association);
        }
    }

    /// Gives the last version of a document another status, and another start of its invisibility: for the documents
    /// of a world file, whose past is told and not lived.
    pub(crate) fn amend(
        &mut self,
        unique_id: &str,
        status: Option<AvailabilityStatus>,
        hidden_since: Option<Timestamp>,
    ) {
        let Some(index) = self.by_unique_id.get(unique_id).and_then(|versions| versions.last()).copied() else {
            return;
        };
        let stored = &mut self.entries[index];
        if stored.hidden_since.is_some() && hidden_since.is_some() {
            stored.hidden_since = hidden_since;
            self.changed.entries.insert(index);
        }
        let uuid = stored.entry.entry_uuid.clone();
        if let Some(status) = status {
            self.set_status(&uuid, status);
        }
    }

    /// Stores the lot of an update (TD3.3) and gives its entryUUID: one for all the changes of a request.
    pub fn add_update(&mut self, set: SubmissionSet, patient: PatientId) -> String {
        let entry_uuid = new_uuid();
        self.add_lot(SubmissionSet { entry_uuid: entry_uuid.clone(), ..set }, patient);
        entry_uuid
    }

    /// Stores a new metadata version (TD3.3a, b) in that lot: same uniqueId and lid, version + 1; the old one becomes
    /// Deprecated. An archived document stays archived.
    pub fn add_version(&mut self, lot_uuid: &str, mut entry: DocumentEntry, current_uuid: &str) {
        let Some(current) = self.entry(current_uuid).cloned() else { return };
        entry.entry_uuid = new_uuid();
        entry.logical_id.clone_from(&current.entry.logical_id);
        entry.status.clone_from(&current.entry.status);
        entry.version = current.entry.version.map(|version| version.saturating_add(1));
        let previous = current.entry.version.unwrap_or(1);
        let mut member = Association::has_new_version(&new_uuid(), lot_uuid, &entry.entry_uuid, previous);
        member.status = Some(AvailabilityStatus::Approved);
        self.add_association(member);
        self.set_status(current_uuid, AvailabilityStatus::Deprecated);
        let hidden_since = current.hidden_since.filter(|_| is_hidden(&entry));
        self.add_entry(StoredEntry { entry, hidden_since, ..current });
    }

    /// Stores a change of status (TD3.3c, d), in place; deletion takes the whole replacement chain along (LIF-01). Its
    /// lot has no HasMember.
    pub fn change_status(&mut self, entry_uuid: &str, status: &AvailabilityStatus) {
        if *status == AvailabilityStatus::Deleted {
            for uuid in self.chain(entry_uuid) {
                self.set_status(&uuid, AvailabilityStatus::Deleted);
            }
        } else {
            self.set_status(entry_uuid, status.clone());
        }
    }

    /// The entry, its other metadata versions, and everything it replaced, however far back.
    #[must_use]
    pub fn chain(&self, entry_uuid: &str) -> HashSet<String> {
        let mut chain = HashSet::new();
        let mut pending = vec![entry_uuid.to_owned()];
        while let Some(uuid) = pending.pop() {
            let Some(stored) = self.entry(&uuid) else { continue };
            if !chain.insert(uuid.clone()) {
                continue;
            }
            let versions = self.versions_of_document(&stored.entry.unique_id);
            pending.extend(versions.map(|version| version.entry.entry_uuid.clone()));
            let replaced = self.associations_of(&HashSet::from([uuid.as_str()]));
            let replaced = replaced.filter(|one| one.kind == AssociationKind::Replaces && one.source == uuid);
            pending.extend(replaced.map(|one| one.target.clone()));
        }
        chain
    }

    /// Documents invisible to their patient, in their current version.
    pub fn hidden(&self) -> impl Iterator<Item = &StoredEntry> {
        self.hidden.iter().filter_map(|uuid| self.entry(uuid))
    }

    /// Everything, or what changed since the last call.
    pub(crate) fn take_changed(&mut self, everything: bool) -> Kept<'_> {
        if everything {
            self.changed = Changed { entries: (0..self.entries.len()).collect(), ..Changed::default() };
        }
        let changed = std::mem::take(&mut self.changed);
        self.changed.lots = self.lots.len();
        self.changed.associations = self.associations.len();
        Kept {
            entries: changed.entries.into_iter().map(|rank| (rank, &self.entries[rank])).collect(),
            lots: self.lots.iter().enumerate().skip(changed.lots).collect(),
            associations: self.associations.iter().enumerate().skip(changed.associations).collect(),
        }
    }

    /// A registry of these objects, in their order, nothing of which needs to be kept again.
    pub(crate) fn restored(entries: Vec<StoredEntry>, lots: Vec<StoredLot>, associations: Vec<Association>) -> Self {
        let mut registry = Registry::default();
        entries.into_iter().for_each(|stored| registry.add_entry(stored));
        lots.into_iter().for_each(|lot| registry.push_lot(lot));
        associations.into_iter().for_each(|association| registry.add_association(association));
        registry.take_changed(false);
        registry
    }

    fn add_lot(&mut self, mut set: SubmissionSet, patient: PatientId) {
        set.status = Some(AvailabilityStatus::Approved);
        set.logical_id = Some(set.entry_uuid.clone());
        self.push_lot(StoredLot { set, patient });
    }

    fn push_lot(&mut self, lot: StoredLot) {
        self.lot_unique_ids.insert(lot.set.unique_id.clone());
        self.by_patient.entry(lot.patient.clone()).or_default().lots.push(self.lots.len());
        self.lots.push(lot);
    }

    fn add_association(&mut self, association: Association) {
        let rank = self.associations.len();
        for end in [&association.source, &association.target] {
            self.by_end.entry(end.clone()).or_default().push(rank);
        }
        self.associations.push(association);
    }

    fn add_entry(&mut self, stored: StoredEntry) {
        let index = self.entries.len();
        let past = matches!(stored.entry.status, Some(AvailabilityStatus::Deprecated | AvailabilityStatus::Deleted));
        if is_hidden(&stored.entry) && !stored.entry.is_signature() && !past {
            self.hidden.insert(stored.entry.entry_uuid.clone());
        }
        self.changed.entries.insert(index);
        self.by_uuid.insert(stored.entry.entry_uuid.clone(), index);
        self.by_unique_id.entry(stored.entry.unique_id.clone()).or_default().push(index);
        self.by_patient.entry(stored.patient.clone()).or_default().entries.push(index);
        self.entries.push(stored);
    }

    fn set_status(&mut self, entry_uuid: &str, status: AvailabilityStatus) {
        if matches!(status, AvailabilityStatus::Deprecated | AvailabilityStatus::Deleted) {
            self.hidden.remove(entry_uuid);
        }
        if let Some(index) = self.by_uuid.get(entry_uuid) {
            self.changed.entries.insert(*index);
            self.entries[*index].entry.status = Some(status);
        }
    }
}

fn is_hidden(entry: &DocumentEntry) -> bool {
    entry.has_confidentiality("INVISIBLE_PATIENT")
}

/// Lower-case hexadecimal.
#[must_use]
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(half.into(), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::ContentWriter;

    async fn content() -> Content {
        let mut writer = ContentWriter::new();
        writer.write(b"<x/>").await.unwrap();
        writer.finish().await.unwrap()
    }

    fn lot(number: usize) -> SubmissionSet {
        SubmissionSet {
            entry_uuid: "SubmissionSet01".into(),
            unique_id: format!("2.25.9{number}"),
            ..SubmissionSet::default()
        }
    }

    fn patient() -> PatientId {
        PatientId::new("280057599900151", "1.2.250.1.213.1.4.10")
    }

    async fn deposit(registry: &mut Registry, number: usize, replaced: Option<&str>) -> String {
        let entry = DocumentEntry {
            entry_uuid: "Document01".into(),
            unique_id: format!("2.25.{number}"),
            ..DocumentEntry::default()
        };
        let mut associations = vec![Association::has_member("a", "SubmissionSet01", "Document01")];
        associations.extend(replaced.map(|target| Association::replaces("b", "Document01", target)));
        registry.deposit(Deposit {
            set: lot(number),
            entries: vec![(entry, content().await)],
            associations,
            patient: patient(),
            depositor: "10B0990008".into(),
            at: Timestamp::UNIX_EPOCH,
        });
        registry.last_version(&format!("2.25.{number}")).unwrap().entry.entry_uuid.clone()
    }

    fn status(registry: &Registry, uuid: &str) -> String {
        registry.entry(uuid).unwrap().entry.status.as_ref().unwrap().short_name().to_owned()
    }

    #[tokio::test]
    async fn what_changes_follows_the_table() {
        let mut registry = Registry::default();
        let first = deposit(&mut registry, 1, None).await;
        let stored = registry.entry(&first).unwrap();
        assert_eq!(stored.entry.logical_id.as_deref(), Some(first.as_str()));
        assert_eq!(stored.entry.version, Some(1));

        // Visibility: same uniqueId and lid, new entryUUID, version + 1.
        let entry = stored.entry.clone();
        let set = registry.add_update(lot(2), patient());
        registry.add_version(&set, entry, &first);
        let second = registry.last_version("2.25.1").unwrap();
        assert_eq!(second.entry.version, Some(2));
        assert_eq!(second.entry.logical_id.as_deref(), Some(first.as_str()));
        assert_ne!(second.entry.entry_uuid, first);
        let second = second.entry.entry_uuid.clone();
        assert_eq!(status(&registry, &first), "Deprecated");
        assert_eq!(status(&registry, &second), "Approved");

        // Replacement: new lid, version 1.
        let third = deposit(&mut registry, 3, Some(&second)).await;
        assert_eq!(status(&registry, &second), "Deprecated");
        assert_eq!(registry.entry(&third).unwrap().entry.version, Some(1));

        // Archive in place, then delete the whole chain.
        registry.add_update(lot(4), patient());
        registry.change_status(&third, &AvailabilityStatus::Archived);
        assert_eq!(status(&registry, &third), "Archived");
        registry.add_update(lot(5), patient());
        registry.change_status(&third, &AvailabilityStatus::Deleted);
        for uuid in [&first, &second, &third] {
            assert_eq!(status(&registry, uuid), "Deleted");
        }
        assert_eq!(registry.lots().count(), 5);
        assert!(registry.knows_unique_id("2.25.94") && registry.knows_unique_id("2.25.3"));
    }

    #[tokio::test]
    async fn an_archived_document_stays_archived_when_its_visibility_changes() {
        let mut registry = Registry::default();
        let first = deposit(&mut registry, 1, None).await;
        registry.change_status(&first, &AvailabilityStatus::Archived);
        let entry = registry.entry(&first).unwrap().entry.clone();
        let set = registry.add_update(lot(3), patient());
        registry.add_version(&set, entry, &first);
        let last = registry.last_version("2.25.1").unwrap().entry.entry_uuid.clone();
        assert_eq!(status(&registry, &last), "Archived");
    }
}
