//! What was counted.

use std::collections::BTreeMap;
use std::sync::Arc;

use dmp_client::{AvailabilityStatus, DocumentEntry, DocumentState, Found, RecordChange};
use dmp_vocabulary::identity::StructureId;
use jiff::Timestamp;

use super::request::{CountRequest, SinceEvent};
use crate::authors::is_own;

/// What came of a count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CountResult {
    /// The numbers.
    Counted(Box<Count>),
    /// The DMP answers too many searches: nothing more is asked in this record session (rule 9).
    Unavailable,
    /// Nothing was asked.
    NotAsked(NotAsked),
}

/// Why nothing was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAsked {
    /// This kind of encounter has no automatic count.
    Encounter,
    /// The user is not authorised (yet): after the view of the DMP was entered, ask again.
    NotAuthorised,
}

/// The documents that third parties added. Documents of the patient and changes of metadata are counted apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// All of them, invisible ones included.
    pub total: usize,
    /// By typeCode.
    pub by_type: BTreeMap<String, usize>,
    /// Of the total, those that the patient does not see.
    pub invisible_patient: usize,
    /// Of the total, those that the legal representatives do not see.
    pub invisible_rl: usize,
    /// Of the total, those hidden from professionals.
    pub masked: usize,
    /// Besides the total: what the patient put there.
    pub patient_docs: usize,
    /// Besides the total: documents that the software holds, whose metadata changed.
    pub metadata_changes: usize,
    /// Whether the DMP said that it gave only a part.
    pub partial: bool,
    /// When the DMP was asked, UTC.
    pub asked_at: Timestamp,
    entries: Vec<DocumentEntry>,
}

impl Count {
    /// The documents of the total, in the order of a list: from the same answers, without a call (SC.DMP/UX.14).
    #[must_use]
    pub fn metadata(&self) -> &[DocumentEntry] {
        &self.entries
    }

    fn none(asked_at: Timestamp) -> Self {
        Self {
            total: 0,
            by_type: BTreeMap::new(),
            invisible_patient: 0,
            invisible_rl: 0,
            masked: 0,
            patient_docs: 0,
            metadata_changes: 0,
            partial: false,
            asked_at,
            entries: Vec::new(),
        }
    }

    fn add(&mut self, entry: &DocumentEntry) {
        self.total += 1;
        *self.by_type.entry(entry.type_code.as_ref().map(|code| code.code.clone()).unwrap_or_default()).or_default() +=
            1;
        for state in DocumentState::of(entry) {
            match state {
                DocumentState::InvisibleToPatient => self.invisible_patient += 1,
                DocumentState::InvisibleToRepresentatives => self.invisible_rl += 1,
                DocumentState::MaskedFromProfessionals => self.masked += 1,
                DocumentState::Archived | DocumentState::Obsolete => {}
            }
        }
        self.entries.push(entry.clone());
    }
}

/// What the one group of searches of an opened record found.
#[derive(Debug, Clone)]
pub(crate) enum Submitted {
    Found {
        event: SinceEvent,
        asked_at: Timestamp,
        found: Arc<Found>,
    },
    /// The user has taken note.
    Acknowledged {
        event: SinceEvent,
        asked_at: Timestamp,
    },
    Unavailable,
}

impl Submitted {
    /// The count since the event of a request; `None` when this says nothing of it.
    pub(super) fn count(&self, request: &CountRequest<'_>, own_structures: &[StructureId]) -> Option<CountResult> {
        let count = match self {
            Self::Unavailable => return Some(CountResult::Unavailable),
            Self::Acknowledged { event, asked_at } if *event == request.since => Count::none(*asked_at),
            Self::Found { event, asked_at, found } if *event == request.since => {
                tally(found, *asked_at, request, own_structures)
            }
            Self::Found { .. } | Self::Acknowledged { .. } => return None,
        };
        Some(CountResult::Counted(Box::new(count)))
    }
}

fn tally(found: &Found, asked_at: Timestamp, request: &CountRequest<'_>, own_structures: &[StructureId]) -> Count {
    let mut count = Count { partial: found.is_partial(), ..Count::none(asked_at) };
    for entry in current(found) {
        match request.known.compare(entry) {
            RecordChange::MetadataChanged(_) => count.metadata_changes += 1,
            RecordChange::New(_) if entry.is_patient_document() => {
                count.patient_docs += usize::from(request.criteria.keeps(entry));
            }
            RecordChange::New(_) if is_own(entry, request.ctx, own_structures) => {}
            RecordChange::New(_) if request.criteria.keeps(entry) => count.add(entry),
            _ => {}
        }
    }
    count.entries.sort_by_key(crate::display::sort_key);
    count
}

/// The last metadata of each document that is not obsolete.
fn current(found: &Found) -> impl Iterator<Item = &DocumentEntry> {
    let mut last: BTreeMap<&str, &DocumentEntry> = BTreeMap::new();
    for entry in found {
        let slot = last.entry(&entry.unique_id).or_insert(entry);
        if entry.version > slot.version {
            *slot = entry;
        }
    }
    last.into_values().filter(|entry| entry.status != Some(AvailabilityStatus::Deprecated))
}
