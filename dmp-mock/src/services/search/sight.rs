//! What one caller may see of one patient's registry, each entry judged once.

use std::collections::{HashMap, HashSet};

use xds_model::Association;

use crate::rules::{Cell, Hearing, Reader};
use crate::world::{StoredEntry, StoredLot, World};

/// A caller in front of the registry: a deleted entry is in no result (LIF-05), a hidden one neither, nor what links to
/// them.
pub(super) struct Sight<'a, 'h, 'p> {
    world: &'a World,
    reader: Reader<'a>,
    /// Right of a search of references; `None` in a search of metadata.
    search_cell: Option<Cell>,
    hearing: &'h mut Hearing<'p>,
    judged: HashMap<&'a str, bool>,
}

impl<'a, 'h, 'p> Sight<'a, 'h, 'p> {
    pub(super) fn new(
        world: &'a World,
        reader: Reader<'a>,
        search_cell: Option<Cell>,
        hearing: &'h mut Hearing<'p>,
    ) -> Self {
        Self { world, reader, search_cell, hearing, judged: HashMap::new() }
    }

    /// Whether a candidate is shown.
    pub(super) fn sees(&mut self, stored: &'a StoredEntry) -> bool {
        if let Some(seen) = self.judged.get(stored.entry.entry_uuid.as_str()) {
            return *seen;
        }
        let seen =
            stored.patient == self.reader.patient.id && self.reader.may_find(stored, self.search_cell, self.hearing);
        self.judged.insert(&stored.entry.entry_uuid, seen);
        seen
    }

    /// Every metadata version of the patient's documents, signatures left out unless they are exposed.
    pub(super) fn candidates(&self) -> impl Iterator<Item = &'a StoredEntry> + use<'a> {
        let exposed = self.reader.situation.switches.expose_signature_entries;
        let of_patient = self.world.registry.entries_of(&self.reader.patient.id);
        of_patient.filter(move |stored| exposed || !stored.entry.is_signature())
    }

    /// The entry of an entryUUID, when it is shown.
    pub(super) fn entry(&mut self, uuid: &str) -> Option<&'a StoredEntry> {
        let stored = self.world.registry.entry(uuid)?;
        self.sees(stored).then_some(stored)
    }

    /// The last metadata version of a document, when it is shown: TD3.1b asks for the current entryUUID.
    pub(super) fn document(&mut self, unique_id: &str) -> Option<&'a StoredEntry> {
        let stored = self.world.registry.last_version(unique_id)?;
        self.sees(stored).then_some(stored)
    }

    /// The patient's lots.
    pub(super) fn lots(&self) -> impl Iterator<Item = &'a StoredLot> + use<'a> {
        self.world.registry.lots_of(&self.reader.patient.id)
    }

    /// Associations with an end among `uuids`, whose two ends are shown: a lot always, an entry when it is.
    pub(super) fn associations_of(&mut self, uuids: &HashSet<&str>) -> Vec<&'a Association> {
        let lots: HashSet<&str> = self.lots().map(|lot| lot.set.entry_uuid.as_str()).collect();
        let mut shown = Vec::new();
        for one in self.world.registry.associations_of(uuids) {
            let mut ends = [one.source.as_str(), one.target.as_str()].into_iter();
            if ends.all(|end| lots.contains(end) || self.entry(end).is_some()) {
                shown.push(one);
            }
        }
        shown
    }
}
