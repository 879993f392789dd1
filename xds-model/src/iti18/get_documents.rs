//! GetDocuments and GetDocumentsAndAssociations: entries by identifier.

use super::{AdhocQuery, QueryError, ReturnType, StoredQuery};

const ENTRY_UUID: &str = "$XDSDocumentEntryEntryUUID";
const UNIQUE_ID: &str = "$XDSDocumentEntryUniqueId";

/// The entries of some documents, by one kind of identifier. Limits: 20 uniqueIds or 88 entryUUIDs (probable).
///
/// An empty list must not be sent: the answer is known to be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GetDocuments {
    /// By uniqueId: every version of the metadata, current and old.
    UniqueIds(Vec<String>),
    /// By entryUUID, sent back exactly as received.
    EntryUuids(Vec<String>),
}

impl GetDocuments {
    /// Every parameter of the query; a registry ignores others.
    pub const PARAMETERS: [&str; 2] = [ENTRY_UUID, UNIQUE_ID];

    /// The query on the wire.
    pub fn to_query(&self, return_type: ReturnType) -> AdhocQuery {
        self.to_query_of(StoredQuery::GetDocuments, return_type)
    }

    fn to_query_of(&self, query: StoredQuery, return_type: ReturnType) -> AdhocQuery {
        let mut query = AdhocQuery::new(query, return_type);
        let (name, ids) = match self {
            Self::UniqueIds(ids) => (UNIQUE_ID, ids),
            Self::EntryUuids(ids) => (ENTRY_UUID, ids),
        };
        query.add_list(name, ids.iter().map(String::as_str));
        query
    }

    /// Reads the parameters; unknown ones are ignored.
    ///
    /// # Errors
    /// [`QueryError::Missing`] when there is no identifier, [`QueryError::TooMany`] when there are both kinds,
    /// [`QueryError::Malformed`] when a value is not a list.
    pub fn from_query(query: &AdhocQuery) -> Result<Self, QueryError> {
        let (unique_ids, entry_uuids) = (query.list(UNIQUE_ID)?, query.list(ENTRY_UUID)?);
        match (unique_ids.is_empty(), entry_uuids.is_empty()) {
            (false, true) => Ok(Self::UniqueIds(unique_ids)),
            (true, false) => Ok(Self::EntryUuids(entry_uuids)),
            (true, true) => Err(QueryError::missing(ENTRY_UUID)),
            (false, false) => Err(QueryError::too_many(ENTRY_UUID)),
        }
    }
}

/// The entries of some documents, and the associations that touch them. Same parameters and limits as
/// [`GetDocuments`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GetDocumentsAndAssociations(pub GetDocuments);

impl GetDocumentsAndAssociations {
    /// The query on the wire.
    pub fn to_query(&self, return_type: ReturnType) -> AdhocQuery {
        self.0.to_query_of(StoredQuery::GetDocumentsAndAssociations, return_type)
    }

    /// Reads the parameters; unknown ones are ignored.
    ///
    /// # Errors
    /// As [`GetDocuments::from_query`].
    pub fn from_query(query: &AdhocQuery) -> Result<Self, QueryError> {
        GetDocuments::from_query(query).map(Self)
    }
}
