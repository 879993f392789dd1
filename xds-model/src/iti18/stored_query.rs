//! The queries of the registry and their ids.

/// A stored query of the DMP. `from_id` answers `None` for the queries that the DMP does not have (folders, GetAll,
/// multi-patient): `XDSUnknownStoredQuery`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StoredQuery {
    /// Entries by criteria.
    FindDocuments,
    /// Entries by criteria and reference identifiers.
    FindDocumentsByReferenceId,
    /// Submission sets by criteria.
    FindSubmissionSets,
    /// Entries by identifier.
    GetDocuments,
    /// Associations that touch entries or submission sets.
    GetAssociations,
    /// Entries by identifier, and their associations.
    GetDocumentsAndAssociations,
    /// Submission sets of entries.
    GetSubmissionSets,
    /// A submission set and what it holds.
    GetSubmissionSetAndContents,
    /// Entries linked to an entry.
    GetRelatedDocuments,
}

impl StoredQuery {
    const IDS: [(Self, &'static str); 9] = [
        (Self::FindDocuments, "urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d"),
        (Self::FindDocumentsByReferenceId, "urn:uuid:12941a89-e02e-4be5-967c-ce4bfc8fe492"),
        (Self::FindSubmissionSets, "urn:uuid:f26abbcb-ac74-4422-8a30-edb644bbc1a9"),
        (Self::GetDocuments, "urn:uuid:5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4"),
        (Self::GetAssociations, "urn:uuid:a7ae438b-4bc2-4642-93e9-be891f7bb155"),
        (Self::GetDocumentsAndAssociations, "urn:uuid:bab9529a-4a10-40b3-a01f-f68a615d247a"),
        (Self::GetSubmissionSets, "urn:uuid:51224314-5390-4169-9b91-b1980040715a"),
        (Self::GetSubmissionSetAndContents, "urn:uuid:e8e3cb2c-e39c-46b9-99e4-c12f57260b83"),
        (Self::GetRelatedDocuments, "urn:uuid:d90e5407-b356-4d91-a89f-873917b4b0e6"),
    ];

    /// `AdhocQuery/@id`.
    pub fn id(self) -> &'static str {
        Self::IDS[self as usize].1
    }

    /// The query of an `AdhocQuery/@id`; case and a missing `urn:uuid:` do not matter.
    pub fn from_id(id: &str) -> Option<Self> {
        let id = id.trim().to_ascii_lowercase();
        let id = id.strip_prefix("urn:uuid:").unwrap_or(&id);
        Self::IDS
            .into_iter()
            .find(|(_, known)| known.ends_with(id) && known.len() == id.len() + 9)
            .map(|(query, _)| query)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_in_the_order_of_the_variants() {
        for (query, id) in StoredQuery::IDS {
            assert_eq!(query.id(), id);
            assert_eq!(StoredQuery::from_id(id), Some(query));
            assert_eq!(StoredQuery::from_id(&id[9..].to_uppercase()), Some(query));
        }
        let refused = ["", "urn:uuid:", "0d", "urn:uuid:958f3006-baad-4929-a4de-ff1114824431", "urn:uuid:é"];
        assert!(refused.iter().all(|id| StoredQuery::from_id(id).is_none()));
    }
}
