//! What is new since an instant (`xds.md` §8.5): who submitted what, and what it does to documents already known.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use xds_model::iti18::{DateRange, GetDocuments};
use xds_model::{Association, AssociationKind, AvailabilityStatus, DocumentEntry};

use super::caller::Caller;
use super::search::Objects;
use crate::DmpError;

/// The documents that a program holds already, by the identifiers it recorded.
///
/// The uniqueId is enough; with the technical identifiers of the entry as it was seen last, a change of its metadata is
/// told from a document that is merely known.
#[derive(Debug, Clone, Default)]
pub struct KnownDocuments {
    unique_ids: HashSet<String>,
    by_entry_uuid: HashMap<String, String>,
    by_logical_id: HashMap<String, String>,
}

impl KnownDocuments {
    /// No document.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// One more, known by its uniqueId alone: received by MSSanté, or produced here.
    #[must_use]
    pub fn and(mut self, unique_id: impl Into<String>) -> Self {
        self.unique_ids.insert(unique_id.into());
        self
    }

    /// One more, as its entry was seen last.
    #[must_use]
    pub fn and_entry(self, entry: &DocumentEntry) -> Self {
        self.and_ids(&entry.unique_id, &entry.entry_uuid, entry.logical_id.as_deref())
    }

    /// One less: its document was deleted here, or withdrawn from the DMP.
    #[must_use]
    pub fn without(mut self, unique_id: &str) -> Self {
        self.unique_ids.remove(unique_id);
        self.by_entry_uuid.retain(|_, document| document != unique_id);
        self.by_logical_id.retain(|_, document| document != unique_id);
        self
    }

    /// Whether a document is held under that uniqueId.
    #[must_use]
    pub fn holds(&self, unique_id: &str) -> bool {
        self.unique_ids.contains(unique_id)
    }

    /// One more, by the identifiers of its entry as it was seen last.
    #[must_use]
    pub fn and_ids(mut self, unique_id: &str, entry_uuid: &str, logical_id: Option<&str>) -> Self {
        self.by_entry_uuid.insert(entry_uuid.to_owned(), unique_id.to_owned());
        if let Some(logical_id) = logical_id {
            self.by_logical_id.insert(logical_id.to_owned(), unique_id.to_owned());
        }
        self.and(unique_id)
    }

    /// What one entry, looked at alone, is to the program: new, known, or known with other metadata. Replacements are
    /// told by [`crate::Record::new_since`] only.
    #[must_use]
    pub fn compare(&self, entry: &DocumentEntry) -> RecordChange {
        change(entry, self, &History::of(&[], &[]))
    }

    /// The uniqueId under which the program holds the document of that entry, by any of its identifiers.
    fn holder_of(&self, entry: &DocumentEntry) -> Option<&String> {
        let by_logical_id = entry.logical_id.as_ref().and_then(|logical_id| self.by_logical_id.get(logical_id));
        let by_entry = self.by_entry_uuid.get(&entry.entry_uuid);
        by_entry.or(by_logical_id).or_else(|| self.unique_ids.get(&entry.unique_id))
    }
}

/// What one current entry is to a program.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecordChange {
    /// A document that the program does not hold.
    New(Box<DocumentEntry>),
    /// A document that the program holds was replaced, once or more: this is the current one.
    Replaced {
        /// uniqueId of the document held.
        unique_id: String,
        /// What replaces it now.
        by: Box<DocumentEntry>,
    },
    /// The metadata of a document held have changed, its bytes have not: take its visibility and identifiers from here.
    MetadataChanged(Box<DocumentEntry>),
    /// A document that the program holds as it is: only its identifiers may be worth recording.
    Known(Box<DocumentEntry>),
}

impl RecordChange {
    /// The current entry.
    #[must_use]
    pub fn entry(&self) -> &DocumentEntry {
        match self {
            Self::New(entry) | Self::MetadataChanged(entry) | Self::Known(entry) | Self::Replaced { by: entry, .. } => {
                entry
            }
        }
    }
}

/// What happened to a record since an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct News {
    /// One change for each current document that was submitted or updated, in order of arrival.
    pub changes: Vec<RecordChange>,
    /// When it was asked: keep it as the instant to start from next time.
    pub asked_at: Timestamp,
    /// Whether the DMP said that it gives only a part: start again from the former instant.
    pub partial: bool,
}

impl Caller {
    /// FindSubmissionSets, GetAssociations, GetDocumentsAndAssociations within their limits.
    pub(crate) async fn submitted(&self, submitted: DateRange) -> Result<Objects, DmpError> {
        let mut objects = self.submission_sets(submitted).await?;
        let lots = objects.list.submission_sets.iter().map(|set| set.entry_uuid.clone()).collect();
        objects.merge(self.associations_of(lots).await?);
        let members = objects.list.associations.iter().filter(|one| one.kind == AssociationKind::HasMember);
        let entries = GetDocuments::EntryUuids(members.map(|one| one.target.clone()).collect());
        objects.merge(self.documents_and_associations(entries).await?);
        Ok(objects)
    }

    pub(crate) async fn new_since(&self, since: Timestamp, known: &KnownDocuments) -> Result<News, DmpError> {
        let asked_at = Timestamp::now();
        let mut objects = self.submitted(DateRange::since(since)).await?;
        let missing = missing_targets(&objects, known);
        objects.merge(self.documents(&GetDocuments::EntryUuids(missing)).await?);
        Ok(News { changes: changes(&objects, known), asked_at, partial: objects.partial })
    }
}

/// Replaced entries that neither the program nor the answers know: older metadata versions of documents held, perhaps.
fn missing_targets(objects: &Objects, known: &KnownDocuments) -> Vec<String> {
    let replaced = objects.list.associations.iter().filter(|one| one.kind == AssociationKind::Replaces);
    let unknown = replaced
        .map(|one| &one.target)
        .filter(|target| !known.by_entry_uuid.contains_key(*target) && objects.list.document_entry(target).is_none());
    unknown.cloned().collect()
}

/// One change for each current entry; signatures and obsolete versions are dropped.
fn changes(objects: &Objects, known: &KnownDocuments) -> Vec<RecordChange> {
    let history = History::of(&objects.list.document_entries, &objects.list.associations);
    let is_current = |entry: &&DocumentEntry| {
        let status = entry.status.as_ref();
        !entry.is_signature() && status != Some(&AvailabilityStatus::Deprecated)
    };
    let current = objects.list.document_entries.iter().filter(is_current);
    current.map(|entry| change(entry, known, &history)).collect()
}

fn change(entry: &DocumentEntry, known: &KnownDocuments, history: &History<'_>) -> RecordChange {
    let boxed = || Box::new(entry.clone());
    if known.by_entry_uuid.contains_key(&entry.entry_uuid) {
        return RecordChange::Known(boxed());
    }
    let held = entry.logical_id.as_ref().is_some_and(|logical_id| known.by_logical_id.contains_key(logical_id));
    if held {
        return RecordChange::MetadataChanged(boxed());
    }
    if known.unique_ids.contains(&entry.unique_id) {
        return RecordChange::Known(boxed());
    }
    match history.held_before(entry, known) {
        Some(unique_id) => RecordChange::Replaced { unique_id, by: boxed() },
        None => RecordChange::New(boxed()),
    }
}

/// Entries by their ids, and what each replaces.
struct History<'a> {
    by_uuid: HashMap<&'a str, &'a DocumentEntry>,
    versions: HashMap<&'a str, Vec<&'a str>>,
    replaced: HashMap<&'a str, Vec<&'a str>>,
}

impl<'a> History<'a> {
    fn of(entries: &'a [DocumentEntry], associations: &'a [Association]) -> Self {
        let mut versions: HashMap<&str, Vec<&str>> = HashMap::new();
        for entry in entries {
            if let Some(logical_id) = entry.logical_id.as_deref() {
                versions.entry(logical_id).or_default().push(&entry.entry_uuid);
            }
        }
        let mut replaced: HashMap<&str, Vec<&str>> = HashMap::new();
        for one in associations.iter().filter(|one| one.kind == AssociationKind::Replaces) {
            replaced.entry(&one.source).or_default().push(&one.target);
        }
        Self { by_uuid: entries.iter().map(|entry| (entry.entry_uuid.as_str(), entry)).collect(), versions, replaced }
    }

    /// The uniqueId of the document held that an entry replaces, however many versions there are between.
    fn held_before(&self, entry: &'a DocumentEntry, known: &KnownDocuments) -> Option<String> {
        let mut seen = HashSet::new();
        let mut pending = vec![entry.entry_uuid.as_str()];
        while let Some(uuid) = pending.pop() {
            if !seen.insert(uuid) {
                continue;
            }
            for target in self.replaced.get(uuid).into_iter().flatten() {
                let by_uuid = known.by_entry_uuid.get(*target);
                let held = by_uuid.or_else(|| known.holder_of(self.by_uuid.get(target)?));
                if held.is_some() {
                    return held.cloned();
                }
                pending.push(target);
            }
            // Another metadata version of the same document may be the one that replaces.
            let logical_id = self.by_uuid.get(uuid).and_then(|entry| entry.logical_id.as_deref());
            pending.extend(logical_id.and_then(|id| self.versions.get(id)).into_iter().flatten());
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(uuid: &str, logical_id: &str, unique_id: &str, status: AvailabilityStatus) -> DocumentEntry {
        DocumentEntry {
            entry_uuid: uuid.into(),
            logical_id: Some(logical_id.into()),
            unique_id: unique_id.into(),
            status: Some(status),
            ..DocumentEntry::default()
        }
    }

    fn words(entries: Vec<DocumentEntry>, replaces: &[(&str, &str)], known: &KnownDocuments) -> Vec<String> {
        let mut objects = Objects::default();
        objects.list.document_entries = entries;
        objects.list.associations = replaces.iter().map(|(new, old)| Association::replaces("a", new, old)).collect();
        let word = |change: RecordChange| match change {
            RecordChange::New(entry) => format!("new {}", entry.unique_id),
            RecordChange::Replaced { unique_id, by } => format!("{unique_id} replaced by {}", by.unique_id),
            RecordChange::MetadataChanged(entry) => format!("changed {}", entry.unique_id),
            RecordChange::Known(entry) => format!("known {}", entry.unique_id),
        };
        changes(&objects, known).into_iter().map(word).collect()
    }

    #[test]
    fn each_entry_is_what_the_rule_says() {
        use AvailabilityStatus::{Approved, Archived, Deprecated};
        let known = KnownDocuments::none().and_ids("1.1", "u1", Some("u1")).and("1.9");
        /// Entries found, replacements (source, target), expected words.
        type Row<'a> = (Vec<DocumentEntry>, &'a [(&'a str, &'a str)], &'a [&'a str]);
        let rows: [Row<'_>; 10] = [
            (vec![entry("u2", "u2", "1.2", Approved)], &[], &["new 1.2"]),
            (vec![entry("u2", "u2", "1.2", Archived)], &[], &["new 1.2"]),
            (vec![entry("u2", "u2", "1.2", Deprecated)], &[], &[]),
            (vec![entry("u2", "u1", "1.1", Approved)], &[], &["changed 1.1"]),
            (vec![entry("u9", "u9", "1.9", Approved)], &[], &["known 1.9"]),
            (vec![entry("u1", "u1", "1.1", Approved)], &[], &["known 1.1"]),
            (vec![entry("u2", "u2", "1.2", Approved)], &[("u2", "u1")], &["1.1 replaced by 1.2"]),
            // Replaced twice: the middle one is obsolete.
            (
                vec![entry("u2", "u2", "1.2", Deprecated), entry("u3", "u3", "1.3", Approved)],
                &[("u3", "u2"), ("u2", "u1")],
                &["1.1 replaced by 1.3"],
            ),
            // Replaced from a metadata version that is not the one held, then masked.
            (
                vec![
                    entry("u1b", "u1", "1.1", Deprecated),
                    entry("u2", "u2", "1.2", Deprecated),
                    entry("u2b", "u2", "1.2", Approved),
                ],
                &[("u2", "u1b")],
                &["1.1 replaced by 1.2"],
            ),
            // Associations in a circle end.
            (
                vec![entry("u2", "u2", "1.2", Approved), entry("u3", "u3", "1.3", Approved)],
                &[("u2", "u3"), ("u3", "u2")],
                &["new 1.2", "new 1.3"],
            ),
        ];
        for (entries, replaces, expected) in rows {
            assert_eq!(words(entries, replaces, &known), expected, "{replaces:?}");
        }
    }

    #[test]
    fn replaced_entries_that_nobody_knows_are_asked_for() {
        let mut objects = Objects::default();
        objects.list.document_entries = vec![entry("u3", "u3", "1.3", AvailabilityStatus::Approved)];
        objects.list.associations =
            [("u3", "u2"), ("u2", "u1"), ("u4", "u3")].map(|(new, old)| Association::replaces("a", new, old)).to_vec();
        assert_eq!(missing_targets(&objects, &KnownDocuments::none().and_ids("1.1", "u1", None)), ["u2"]);
    }
}
