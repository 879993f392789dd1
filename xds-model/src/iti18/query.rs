//! Any stored query of the DMP, its parameters decoded.

use super::{
    AdhocQuery, FindDocuments, FindSubmissionSets, GetAssociations, GetDocuments, GetDocumentsAndAssociations,
    GetRelatedDocuments, GetSubmissionSetAndContents, GetSubmissionSets, QueryError, StoredQuery,
};

/// A query as a registry understands it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Query {
    /// FindDocuments, or FindDocumentsByReferenceId when it has reference identifiers.
    FindDocuments(Box<FindDocuments>),
    /// FindSubmissionSets.
    FindSubmissionSets(Box<FindSubmissionSets>),
    /// GetDocuments.
    GetDocuments(GetDocuments),
    /// GetAssociations.
    GetAssociations(GetAssociations),
    /// GetDocumentsAndAssociations.
    GetDocumentsAndAssociations(GetDocumentsAndAssociations),
    /// GetSubmissionSets.
    GetSubmissionSets(GetSubmissionSets),
    /// GetSubmissionSetAndContents.
    GetSubmissionSetAndContents(GetSubmissionSetAndContents),
    /// GetRelatedDocuments.
    GetRelatedDocuments(GetRelatedDocuments),
}

impl Query {
    /// Decodes the parameters of a query by its id; unknown parameters are ignored.
    ///
    /// # Errors
    /// [`QueryError::UnknownQuery`], or the first parameter that the registry refuses.
    pub fn read(query: &AdhocQuery) -> Result<Self, QueryError> {
        let stored = StoredQuery::from_id(&query.id).ok_or(QueryError::UnknownQuery)?;
        Ok(match stored {
            StoredQuery::FindDocuments | StoredQuery::FindDocumentsByReferenceId => {
                Self::FindDocuments(Box::new(FindDocuments::from_query(query)?))
            }
            StoredQuery::FindSubmissionSets => {
                Self::FindSubmissionSets(Box::new(FindSubmissionSets::from_query(query)?))
            }
            StoredQuery::GetDocuments => Self::GetDocuments(GetDocuments::from_query(query)?),
            StoredQuery::GetAssociations => Self::GetAssociations(GetAssociations::from_query(query)?),
            StoredQuery::GetDocumentsAndAssociations => {
                Self::GetDocumentsAndAssociations(GetDocumentsAndAssociations::from_query(query)?)
            }
            StoredQuery::GetSubmissionSets => Self::GetSubmissionSets(GetSubmissionSets::from_query(query)?),
            StoredQuery::GetSubmissionSetAndContents => {
                Self::GetSubmissionSetAndContents(GetSubmissionSetAndContents::from_query(query)?)
            }
            StoredQuery::GetRelatedDocuments => Self::GetRelatedDocuments(GetRelatedDocuments::from_query(query)?),
        })
    }

    /// Every parameter that the query may have; a registry ignores others.
    pub fn parameters(&self) -> &'static [&'static str] {
        match self {
            Self::FindDocuments(_) => &FindDocuments::PARAMETERS,
            Self::FindSubmissionSets(_) => &FindSubmissionSets::PARAMETERS,
            Self::GetDocuments(_) | Self::GetDocumentsAndAssociations(_) => &GetDocuments::PARAMETERS,
            Self::GetAssociations(_) => &GetAssociations::PARAMETERS,
            Self::GetSubmissionSets(_) => &GetSubmissionSets::PARAMETERS,
            Self::GetSubmissionSetAndContents(_) => &GetSubmissionSetAndContents::PARAMETERS,
            Self::GetRelatedDocuments(_) => &GetRelatedDocuments::PARAMETERS,
        }
    }
}
