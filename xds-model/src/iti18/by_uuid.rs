//! GetAssociations and GetSubmissionSets: what is around known objects.

use super::{AdhocQuery, QueryError, ReturnType, StoredQuery};

const UUID: &str = "$uuid";

/// The associations that touch some entries or submission sets. Limit: 1000 (§8.3).
///
/// An empty list must not be sent: `XDSStoredQueryMissingParam`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GetAssociations {
    /// entryUUIDs of entries or submission sets, sent back exactly as received.
    pub uuids: Vec<String>,
}

/// The submission sets that some entries came with, and their HasMember associations. Limit: 1000 (§8.3).
///
/// An empty list must not be sent: `XDSStoredQueryMissingParam`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GetSubmissionSets {
    /// entryUUIDs of entries, sent back exactly as received.
    pub uuids: Vec<String>,
}

impl GetAssociations {
    /// Every parameter of the query; a registry ignores others.
    pub const PARAMETERS: [&str; 1] = [UUID];

    /// The query on the wire.
    pub fn to_query(&self, return_type: ReturnType) -> AdhocQuery {
        to_query(StoredQuery::GetAssociations, &self.uuids, return_type)
    }

    /// Reads the parameter; unknown ones are ignored.
    ///
    /// # Errors
    /// [`QueryError`]: no identifier, a repeated slot, or a value that is not a list.
    pub fn from_query(query: &AdhocQuery) -> Result<Self, QueryError> {
        Ok(Self { uuids: query.required_list(UUID)? })
    }
}

impl GetSubmissionSets {
    /// Every parameter of the query; a registry ignores others.
    pub const PARAMETERS: [&str; 1] = [UUID];

    /// The query on the wire.
    pub fn to_query(&self, return_type: ReturnType) -> AdhocQuery {
        to_query(StoredQuery::GetSubmissionSets, &self.uuids, return_type)
    }

    /// Reads the parameter; unknown ones are ignored.
    ///
    /// # Errors
    /// As [`GetAssociations::from_query`].
    pub fn from_query(query: &AdhocQuery) -> Result<Self, QueryError> {
        Ok(Self { uuids: query.required_list(UUID)? })
    }
}

fn to_query(query: StoredQuery, uuids: &[String], return_type: ReturnType) -> AdhocQuery {
    let mut query = AdhocQuery::new(query, return_type);
    query.add_list(UUID, uuids.iter().map(String::as_str));
    query
}
