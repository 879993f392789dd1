//! What each line of a list is to the local record, before anything is downloaded.

use dmp_client::DocumentEntry;

use super::local::{LocalDocument, LocalDocumentId};

/// A line of a list that may be imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanItem {
    /// Its entry.
    pub entry: DocumentEntry,
    /// What the entry alone tells.
    pub hint: PlanHint,
}

/// What an entry alone tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlanHint {
    /// The local record has it already: offer to open that one.
    AlreadyLocal(LocalDocumentId),
    /// This software produced it: link to the original.
    OwnDocument(LocalDocumentId),
    /// Nothing more is known before its header is read.
    ToRead,
}

pub(super) fn plan(entries: &[DocumentEntry], locals: &[LocalDocument]) -> Vec<PlanItem> {
    let item = |entry: &DocumentEntry| PlanItem { entry: entry.clone(), hint: hint(entry, locals) };
    entries.iter().map(item).collect()
}

pub(super) fn hint(entry: &DocumentEntry, locals: &[LocalDocument]) -> PlanHint {
    match locals.iter().find(|local| local.is_of(entry)) {
        Some(local) if local.produced_here => PlanHint::OwnDocument(local.id.clone()),
        Some(local) => PlanHint::AlreadyLocal(local.id.clone()),
        None => PlanHint::ToRead,
    }
}
