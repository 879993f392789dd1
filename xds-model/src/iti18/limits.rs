//! How many identifiers a query may carry (§8.3), and its cutting into queries that keep to it.

use super::{GetAssociations, GetDocuments, GetDocumentsAndAssociations, GetSubmissionSets};

/// Most identifiers in one query (LIM-02); beyond, the registry answers `XDSRegistryError`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct QueryLimits {
    /// `$XDSDocumentEntryUniqueId` of GetDocumentsAndAssociations, and of GetDocuments (probable). Default 20.
    pub unique_ids: usize,
    /// `$XDSDocumentEntryEntryUUID` of the same. Default 88.
    pub entry_uuids: usize,
    /// `$uuid` of GetAssociations and GetSubmissionSets. Default 1000.
    pub uuids: usize,
}

impl Default for QueryLimits {
    fn default() -> Self {
        Self { unique_ids: 20, entry_uuids: 88, uuids: 1000 }
    }
}

impl QueryLimits {
    /// The most identifiers for the kind that a query names documents by.
    pub fn of_documents(&self, documents: &GetDocuments) -> usize {
        match documents {
            GetDocuments::UniqueIds(_) => self.unique_ids,
            GetDocuments::EntryUuids(_) => self.entry_uuids,
        }
    }
}

impl GetDocuments {
    /// Queries within the limits that ask for the same documents together, in order, each document once. None when
    /// there is no identifier: nothing must be sent then.
    pub fn split(&self, limits: &QueryLimits) -> Vec<Self> {
        let most = limits.of_documents(self);
        match self {
            Self::UniqueIds(ids) => batches(ids, most).map(Self::UniqueIds).collect(),
            Self::EntryUuids(ids) => batches(ids, most).map(Self::EntryUuids).collect(),
        }
    }
}

impl GetDocumentsAndAssociations {
    /// As [`GetDocuments::split`].
    pub fn split(&self, limits: &QueryLimits) -> Vec<Self> {
        self.0.split(limits).into_iter().map(Self).collect()
    }
}

impl GetAssociations {
    /// As [`GetDocuments::split`].
    pub fn split(&self, limits: &QueryLimits) -> Vec<Self> {
        batches(&self.uuids, limits.uuids).map(|uuids| Self { uuids }).collect()
    }
}

impl GetSubmissionSets {
    /// As [`GetDocuments::split`].
    pub fn split(&self, limits: &QueryLimits) -> Vec<Self> {
        batches(&self.uuids, limits.uuids).map(|uuids| Self { uuids }).collect()
    }
}

/// Ids in order, each once, by groups of `most` at most; a limit of 0 is taken as 1.
fn batches(ids: &[String], most: usize) -> impl Iterator<Item = Vec<String>> {
    let mut seen = std::collections::HashSet::new();
    let once: Vec<String> = ids.iter().filter(|id| seen.insert(id.as_str())).cloned().collect();
    let most = most.max(1);
    (0..once.len().div_ceil(most)).map(move |index| once.iter().skip(index * most).take(most).cloned().collect())
}
