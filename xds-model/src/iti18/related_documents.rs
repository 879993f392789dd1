//! GetRelatedDocuments.

use super::{AdhocQuery, QueryError, ReturnType, StoredQuery};
use crate::AssociationKind;

const ENTRY_UUID: &str = "$XDSDocumentEntryEntryUUID";
const UNIQUE_ID: &str = "$XDSDocumentEntryUniqueId";
const ASSOCIATION_TYPES: &str = "$AssociationTypes";

/// The entries linked to one entry by associations of some types, and these associations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GetRelatedDocuments {
    /// Which document.
    pub document: DocumentId,
    /// The types of the links, at least one.
    pub association_types: Vec<AssociationKind>,
}

/// How one document is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DocumentId {
    /// Its entryUUID, exactly as received.
    EntryUuid(String),
    /// Its uniqueId, an OID.
    UniqueId(String),
}

impl GetRelatedDocuments {
    /// Every parameter of the query; a registry ignores others.
    pub const PARAMETERS: [&str; 3] = [ENTRY_UUID, UNIQUE_ID, ASSOCIATION_TYPES];

    /// The query on the wire.
    pub fn to_query(&self, return_type: ReturnType) -> AdhocQuery {
        let mut query = AdhocQuery::new(StoredQuery::GetRelatedDocuments, return_type);
        match &self.document {
            DocumentId::EntryUuid(uuid) => query.add_text(ENTRY_UUID, uuid),
            DocumentId::UniqueId(oid) => query.add_text(UNIQUE_ID, oid),
        }
        query.add_list(ASSOCIATION_TYPES, self.association_types.iter().map(AssociationKind::as_urn));
        query
    }

    /// Reads the parameters; unknown ones are ignored.
    ///
    /// # Errors
    /// [`QueryError::Missing`] when the document or the types are not there, [`QueryError::TooMany`] when the document
    /// is named twice, [`QueryError::Malformed`] when a value is not what it should be.
    pub fn from_query(query: &AdhocQuery) -> Result<Self, QueryError> {
        let document = match (query.text(ENTRY_UUID)?, query.text(UNIQUE_ID)?) {
            (Some(uuid), None) => DocumentId::EntryUuid(uuid),
            (None, Some(oid)) => DocumentId::UniqueId(oid),
            (None, None) => return Err(QueryError::missing(ENTRY_UUID)),
            (Some(_), Some(_)) => return Err(QueryError::too_many(ENTRY_UUID)),
        };
        let types = query.required_list(ASSOCIATION_TYPES)?;
        Ok(Self { document, association_types: types.iter().map(|urn| AssociationKind::from_urn(urn)).collect() })
    }
}
