//! The objects that answer each query.

use std::collections::HashSet;

use xds_model::iti18::{
    DocumentId, FindDocuments, FindSubmissionSets, GetDocuments, GetRelatedDocuments, GetSubmissionSetAndContents,
    Query, SubmissionSetId,
};
use xds_model::{Association, AssociationKind, RegistryObjectList};

use super::sight::Sight;
use crate::world::{StoredEntry, StoredLot};

/// What the caller is shown; `to_inclusive`: whether bounds `…To` include their second.
pub(super) fn objects(query: &Query, sight: &mut Sight<'_, '_, '_>, to_inclusive: bool) -> RegistryObjectList {
    let mut found = Found::default();
    match query {
        Query::FindDocuments(find) => found.documents(find, sight, to_inclusive),
        Query::FindSubmissionSets(find) => found.submission_sets(find, sight, to_inclusive),
        Query::GetDocuments(get) => found.entries = named(get, sight),
        Query::GetAssociations(get) => {
            found.associations = sight.associations_of(&get.uuids.iter().map(String::as_str).collect());
        }
        Query::GetDocumentsAndAssociations(get) => {
            found.entries = named(&get.0, sight);
            found.associations = sight.associations_of(&uuids_of(&found.entries));
        }
        Query::GetSubmissionSets(get) => found.sets_of(&get.uuids, sight),
        Query::GetSubmissionSetAndContents(get) => found.contents(get, sight),
        Query::GetRelatedDocuments(get) => found.related(get, sight),
        // Nothing else is understood: a query that this registry does not have was refused before.
        _ => {}
    }
    found.into_objects()
}

/// The entries that the identifiers name, each once.
fn named<'a>(get: &GetDocuments, sight: &mut Sight<'a, '_, '_>) -> Vec<&'a StoredEntry> {
    let mut seen = HashSet::new();
    let (GetDocuments::UniqueIds(ids) | GetDocuments::EntryUuids(ids)) = get;
    let once = ids.iter().filter(|id| seen.insert(id.as_str()));
    once.filter_map(|id| match get {
        GetDocuments::UniqueIds(_) => sight.document(id),
        GetDocuments::EntryUuids(_) => sight.entry(id),
    })
    .collect()
}

fn uuids_of<'a>(entries: &[&'a StoredEntry]) -> HashSet<&'a str> {
    entries.iter().map(|stored| stored.entry.entry_uuid.as_str()).collect()
}

/// Objects found, in order of arrival.
#[derive(Default)]
struct Found<'a> {
    lots: Vec<&'a StoredLot>,
    entries: Vec<&'a StoredEntry>,
    associations: Vec<&'a Association>,
}

impl<'a> Found<'a> {
    fn documents(&mut self, find: &FindDocuments, sight: &mut Sight<'a, '_, '_>, to_inclusive: bool) {
        let matching = sight.candidates().filter(|stored| find.matches(&stored.entry, to_inclusive));
        self.entries = matching.collect();
        self.entries.retain(|stored| sight.sees(stored));
    }

    fn submission_sets(&mut self, find: &FindSubmissionSets, sight: &Sight<'a, '_, '_>, to_inclusive: bool) {
        self.lots = sight.lots().filter(|lot| find.matches(&lot.set, to_inclusive)).collect();
    }

    /// Lots that hold one of the entries, and what says so.
    fn sets_of(&mut self, uuids: &[String], sight: &mut Sight<'a, '_, '_>) {
        let wanted: HashSet<&str> = uuids.iter().map(String::as_str).collect();
        self.associations = sight.associations_of(&wanted);
        self.associations.retain(|one| one.kind == AssociationKind::HasMember && wanted.contains(one.target.as_str()));
        let sources: HashSet<&str> = self.associations.iter().map(|one| one.source.as_str()).collect();
        self.lots = sight.lots().filter(|lot| sources.contains(lot.set.entry_uuid.as_str())).collect();
    }

    fn contents(&mut self, get: &GetSubmissionSetAndContents, sight: &mut Sight<'a, '_, '_>) {
        let is_wanted = |lot: &&StoredLot| match &get.submission_set {
            SubmissionSetId::EntryUuid(uuid) => lot.set.entry_uuid == *uuid,
            SubmissionSetId::UniqueId(oid) => lot.set.unique_id == *oid,
        };
        let Some(lot) = sight.lots().find(is_wanted) else { return };
        self.lots.push(lot);
        let uuid = lot.set.entry_uuid.as_str();
        for member in sight.associations_of(&HashSet::from([uuid])) {
            if member.kind != AssociationKind::HasMember || member.source != uuid {
                continue;
            }
            if let Some(stored) = sight.entry(&member.target).filter(|stored| get.matches(&stored.entry)) {
                self.entries.push(stored);
                self.associations.push(member);
            }
        }
    }

    /// The entry itself comes with those linked to it (unknown: choose this); nothing when no link is of the types.
    fn related(&mut self, get: &GetRelatedDocuments, sight: &mut Sight<'a, '_, '_>) {
        let start = match &get.document {
            DocumentId::EntryUuid(uuid) => sight.entry(uuid),
            DocumentId::UniqueId(oid) => sight.document(oid),
        };
        let Some(start) = start else { return };
        self.associations = sight.associations_of(&uuids_of(&[start]));
        self.associations.retain(|one| get.association_types.contains(&one.kind));
        let mut seen = HashSet::new();
        let ends = self.associations.iter().flat_map(|one| [one.source.as_str(), one.target.as_str()]);
        self.entries = ends.filter(|end| seen.insert(*end)).filter_map(|end| sight.entry(end)).collect();
    }

    fn into_objects(self) -> RegistryObjectList {
        RegistryObjectList {
            submission_sets: self.lots.into_iter().map(|lot| lot.set.clone()).collect(),
            document_entries: self.entries.into_iter().map(|stored| stored.entry.clone()).collect(),
            associations: self.associations.into_iter().cloned().collect(),
            ..RegistryObjectList::default()
        }
    }
}
