//! F07: what became, in the DMP, of the documents that the software keeps copies of (SC.CDA/DD.05, VISU.02, 3.1-900).
//!
//! Nothing is downloaded, and no copy is erased: the professional decides.

use std::collections::{BTreeMap, BTreeSet};

use dmp_client::mode::{AccessMode, Consults};
use dmp_client::{AvailabilityStatus, DmpError, DocumentEntry, ErrorKind, Record};
use xds_model::{Association, AssociationKind};

/// Replacements that are followed at most: a chain that turns in a circle ends too.
const LONGEST_CHAIN: usize = 100;

/// A copy that the software keeps, as it was when it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalCopy {
    /// uniqueId of the document.
    pub unique_id: String,
    /// Its logical id.
    pub logical_id: Option<String>,
    /// Its confidentiality codes, in any order.
    pub confidentiality: BTreeSet<String>,
}

impl From<&DocumentEntry> for LocalCopy {
    fn from(entry: &DocumentEntry) -> Self {
        Self {
            unique_id: entry.unique_id.clone(),
            logical_id: entry.logical_id.clone(),
            confidentiality: confidentiality(entry),
        }
    }
}

/// What became of a copy's original.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CopyState {
    /// As it was.
    Current,
    /// The same document, seen otherwise: to whom it is hidden now.
    MetadataChanged {
        /// Codes that came.
        added: BTreeSet<String>,
        /// Codes that went.
        removed: BTreeSet<String>,
    },
    /// Archived.
    Archived,
    /// A newer version is available.
    Superseded {
        /// The current version, to view and import.
        by: Box<DocumentEntry>,
        /// uniqueIds of the versions after the copy, oldest first.
        chain: Vec<String>,
    },
    /// No longer in the DMP, or no longer readable: these cannot be told apart.
    Unavailable,
    /// The DMP answers too many searches: ask later.
    Unknown,
}

/// Asks the DMP after copies, by uniqueId, 20 at a time; one state for each, in their order.
///
/// # Errors
/// [`DmpError`]; over-solicitation (`DMPAccessDeniedByExcededThreshold`) is no error: every state is then `Unknown`.
pub async fn refresh<A: Consults, X: AccessMode>(
    record: &Record<A, X>,
    copies: &[LocalCopy],
) -> Result<Vec<CopyState>, DmpError> {
    match Known::of(record, copies).await {
        Ok(known) => Ok(copies.iter().map(|copy| known.state(copy)).collect()),
        Err(error) if error.kind() == ErrorKind::Throttled => Ok(vec![CopyState::Unknown; copies.len()]),
        Err(error) => Err(error),
    }
}

/// Everything that the DMP told.
#[derive(Default)]
struct Known {
    /// By entryUUID.
    entries: BTreeMap<String, DocumentEntry>,
    /// entryUUID of a replaced entry to that of the one that replaced it.
    replaced_by: BTreeMap<String, String>,
}

impl Known {
    async fn of<A: Consults, X: AccessMode>(record: &Record<A, X>, copies: &[LocalCopy]) -> Result<Self, DmpError> {
        let ids: BTreeSet<String> = copies.iter().map(|copy| copy.unique_id.clone()).collect();
        let mut known = Self::default();
        known.learn(record.with_links(ids).await?);
        for _ in 0..LONGEST_CHAIN {
            let unread: BTreeSet<String> = known.replaced_by.values().cloned().collect();
            let unread: Vec<String> = unread.into_iter().filter(|uuid| !known.entries.contains_key(uuid)).collect();
            let before = known.entries.len();
            if unread.is_empty() {
                break;
            }
            known.learn(record.with_links_of_entries(unread).await?);
            if known.entries.len() == before {
                break; // What remains may not be read.
            }
        }
        Ok(known)
    }

    fn learn(&mut self, (entries, associations): (Vec<DocumentEntry>, Vec<Association>)) {
        self.entries.extend(entries.into_iter().map(|entry| (entry.entry_uuid.clone(), entry)));
        let replacements = associations.into_iter().filter(|link| link.kind == AssociationKind::Replaces);
        self.replaced_by.extend(replacements.map(|link| (link.target, link.source)));
    }

    fn state(&self, copy: &LocalCopy) -> CopyState {
        // A change of metadata leaves obsolete versions of the same document behind.
        let versions = self.entries.values().filter(|entry| entry.unique_id == copy.unique_id);
        let Some(entry) = versions.max_by_key(|entry| entry.version) else { return CopyState::Unavailable };
        match &entry.status {
            Some(AvailabilityStatus::Deprecated) => self.successor(entry),
            Some(AvailabilityStatus::Archived) => CopyState::Archived,
            _ => {
                let now = confidentiality(entry);
                let added: BTreeSet<String> = now.difference(&copy.confidentiality).cloned().collect();
                let removed: BTreeSet<String> = copy.confidentiality.difference(&now).cloned().collect();
                match added.is_empty() && removed.is_empty() {
                    true => CopyState::Current,
                    false => CopyState::MetadataChanged { added, removed },
                }
            }
        }
    }

    fn successor(&self, replaced: &DocumentEntry) -> CopyState {
        let mut chain = Vec::new();
        let mut current = replaced;
        while let Some(next) = self.after(current).filter(|_| chain.len() < LONGEST_CHAIN) {
            chain.push(next.unique_id.clone());
            if next.status != Some(AvailabilityStatus::Deprecated) {
                return CopyState::Superseded { by: Box::new(next.clone()), chain };
            }
            current = next;
        }
        CopyState::Unavailable
    }

    /// What replaced an entry: a link may name any metadata version of it.
    fn after(&self, entry: &DocumentEntry) -> Option<&DocumentEntry> {
        let versions = self.entries.values().filter(|other| other.unique_id == entry.unique_id);
        let mut links = versions.filter_map(|version| self.replaced_by.get(&version.entry_uuid));
        let next = self.entries.get(links.next()?)?;
        // The newest metadata of the document that replaced it.
        self.entries.values().filter(|other| other.unique_id == next.unique_id).max_by_key(|other| other.version)
    }
}

fn confidentiality(entry: &DocumentEntry) -> BTreeSet<String> {
    entry.confidentiality_codes.iter().map(|code| code.code.clone()).collect()
}
