//! GetSubmissionSetAndContents.

use super::{AdhocQuery, QueryError, ReturnType, StoredQuery};
use crate::{CodedValue, DocumentEntry};

const ENTRY_UUID: &str = "$XDSSubmissionSetEntryUUID";
const UNIQUE_ID: &str = "$XDSSubmissionSetUniqueId";
const FORMAT_CODE: &str = "$XDSDocumentEntryFormatCode";
const CONFIDENTIALITY_CODE: &str = "$XDSDocumentEntryConfidentialityCode";

/// One submission set, its entries that meet the criteria, and the HasMember associations to them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GetSubmissionSetAndContents {
    /// Which submission set.
    pub submission_set: SubmissionSetId,
    /// Only entries with one of these formatCodes; empty is no criterion.
    pub format_codes: Vec<CodedValue>,
    /// Only entries with one of these confidentiality codes; empty is no criterion.
    pub confidentiality_codes: Vec<CodedValue>,
}

/// How a submission set is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubmissionSetId {
    /// Its entryUUID, exactly as received.
    EntryUuid(String),
    /// Its uniqueId, an OID.
    UniqueId(String),
}

impl GetSubmissionSetAndContents {
    /// Every parameter of the query; a registry ignores others.
    pub const PARAMETERS: [&str; 4] = [ENTRY_UUID, UNIQUE_ID, FORMAT_CODE, CONFIDENTIALITY_CODE];

    /// Everything in a submission set.
    pub fn all_of(submission_set: SubmissionSetId) -> Self {
        Self { submission_set, format_codes: Vec::new(), confidentiality_codes: Vec::new() }
    }

    /// The query on the wire.
    pub fn to_query(&self, return_type: ReturnType) -> AdhocQuery {
        let mut query = AdhocQuery::new(StoredQuery::GetSubmissionSetAndContents, return_type);
        match &self.submission_set {
            SubmissionSetId::EntryUuid(uuid) => query.add_text(ENTRY_UUID, uuid),
            SubmissionSetId::UniqueId(oid) => query.add_text(UNIQUE_ID, oid),
        }
        query.add_codes(FORMAT_CODE, &self.format_codes);
        query.add_codes(CONFIDENTIALITY_CODE, &self.confidentiality_codes);
        query
    }

    /// Reads the parameters; unknown ones are ignored.
    ///
    /// # Errors
    /// [`QueryError::Missing`] when the submission set is not named, [`QueryError::TooMany`] when it is named twice,
    /// [`QueryError::Malformed`] when a value is not what it should be.
    pub fn from_query(query: &AdhocQuery) -> Result<Self, QueryError> {
        let submission_set = match (query.text(ENTRY_UUID)?, query.text(UNIQUE_ID)?) {
            (Some(uuid), None) => SubmissionSetId::EntryUuid(uuid),
            (None, Some(oid)) => SubmissionSetId::UniqueId(oid),
            (None, None) => return Err(QueryError::missing(ENTRY_UUID)),
            (Some(_), Some(_)) => return Err(QueryError::too_many(ENTRY_UUID)),
        };
        Ok(Self {
            submission_set,
            format_codes: query.codes(FORMAT_CODE)?,
            confidentiality_codes: query.codes(CONFIDENTIALITY_CODE)?,
        })
    }

    /// Whether an entry of the submission set meets the criteria.
    pub fn matches(&self, entry: &DocumentEntry) -> bool {
        let wanted = |codes: &[CodedValue], code: &CodedValue| codes.iter().any(|wanted| wanted.same_code(code));
        (self.format_codes.is_empty()
            || entry.format_code.as_ref().is_some_and(|code| wanted(&self.format_codes, code)))
            && (self.confidentiality_codes.is_empty()
                || entry.confidentiality_codes.iter().any(|code| wanted(&self.confidentiality_codes, code)))
    }
}
