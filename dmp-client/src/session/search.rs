//! TD3.1: documents by criteria, or by uniqueId.

use dmp_protocol::transaction::Transaction;
use xds_model::iti18::{AdhocQuery, FindDocuments, GetDocuments, QueryResponse, ReturnType};
use xds_model::{AvailabilityStatus, CodedValue, Cx, DocumentEntry, Dtm};

use super::caller::Caller;
use crate::{DmpError, ErrorKind, failure};

/// Criteria of a search; all must hold. Each search is traced and may notify the patient.
///
/// ```
/// use dmp_client::Search;
/// let letters = Search::approved()
///     .type_codes([("11488-4", "2.16.840.1.113883.6.1")])
///     .since("20240302000000");
/// # let _ = letters;
/// ```
#[derive(Debug, Clone)]
pub struct Search {
    query: FindDocuments,
}

impl Search {
    /// Current versions only: the default of the DMP.
    #[must_use]
    pub fn approved() -> Self {
        Self::with_statuses([AvailabilityStatus::Approved])
    }

    /// Current and archived versions.
    #[must_use]
    pub fn approved_or_archived() -> Self {
        Self::with_statuses([AvailabilityStatus::Approved, AvailabilityStatus::Archived])
    }

    /// Any of these statuses; deleted documents are never found.
    #[must_use]
    pub fn with_statuses(statuses: impl IntoIterator<Item = AvailabilityStatus>) -> Self {
        Self { query: FindDocuments { statuses: statuses.into_iter().collect(), ..FindDocuments::default() } }
    }

    /// One of these typeCodes, as (code, code system OID).
    #[must_use]
    pub fn type_codes<'a>(mut self, codes: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        self.query.type_codes =
            codes.into_iter().map(|(code, system)| CodedValue::without_display(code, system)).collect();
        self
    }

    /// Acts that began at this instant or later: UTC, 4 to 14 digits.
    #[must_use]
    pub fn since(mut self, first: impl Into<Dtm>) -> Self {
        self.query.service_start_time.from = Some(first.into());
        self
    }

    /// Acts that began at this instant or earlier, the instant included: UTC, 14 digits.
    #[must_use]
    pub fn until(mut self, last: impl Into<Dtm>) -> Self {
        let last = last.into();
        self.query.service_start_time.to = Some(last.next_second().unwrap_or(last));
        self
    }

    /// Any other criteria of ITI-18 FindDocuments; the patient is always that of the record.
    #[must_use]
    pub fn criteria(query: FindDocuments) -> Self {
        Self { query }
    }

    fn to_query(&self, patient: Cx) -> AdhocQuery {
        let mut query = FindDocuments { patient_id: Some(patient), ..self.query.clone() };
        if query.statuses.is_empty() {
            // The parameter is mandatory.
            query.statuses.push(AvailabilityStatus::Approved);
        }
        query.to_query(ReturnType::LeafClass)
    }
}

/// A document, by its uniqueId or by the entry that a search returned.
///
/// With an entry, what is retrieved is compared with its hash and size, and a change of status starts from its status.
#[derive(Debug, Clone)]
pub struct Target {
    pub(crate) unique_id: String,
    pub(crate) entry: Option<Box<DocumentEntry>>,
}

impl From<&str> for Target {
    fn from(unique_id: &str) -> Self {
        Self { unique_id: unique_id.trim().to_owned(), entry: None }
    }
}

impl From<&String> for Target {
    fn from(unique_id: &String) -> Self {
        Self::from(unique_id.as_str())
    }
}

impl From<&DocumentEntry> for Target {
    fn from(entry: &DocumentEntry) -> Self {
        Self { unique_id: entry.unique_id.clone(), entry: Some(Box::new(entry.clone())) }
    }
}

impl Target {
    /// A uniqueId is an OID of at most 128 characters without extension (`EX_2.1-1130`), never an entryUUID.
    pub(crate) fn check(&self, transaction: Transaction) -> Result<(), DmpError> {
        match dmp_vocabulary::Oid::parse(&self.unique_id) {
            Ok(_) => Ok(()),
            Err(_) => Err(failure::Local {
                rule: "EX_2.1-1130",
                kind: ErrorKind::Validation,
                found: "something that is not an OID as uniqueId",
                expected: "the uniqueId of the document: an OID of at most 128 characters, not an entryUUID",
            }
            .error(transaction)),
        }
    }
}

impl Caller {
    /// Entries that match; entries of signatures are dropped, nothing else is (`EX_3.1-1055`).
    pub(crate) async fn find(&self, search: &Search) -> Result<Vec<DocumentEntry>, DmpError> {
        self.entries(search.to_query(Cx::from(self.patient.to_cx()))).await
    }

    /// The current metadata of a document: not those that a change or a replacement has made obsolete.
    pub(crate) async fn current_entry(
        &self,
        transaction: Transaction,
        target: &Target,
    ) -> Result<DocumentEntry, DmpError> {
        target.check(transaction)?;
        let query = GetDocuments::UniqueIds(vec![target.unique_id.clone()]).to_query(ReturnType::LeafClass);
        let mut entries = self.entries(query).await?;
        entries.retain(|entry| entry.unique_id == target.unique_id);
        entries
            .into_iter()
            .filter(|entry| entry.status != Some(AvailabilityStatus::Deprecated))
            .max_by_key(|entry| entry.version)
            .ok_or_else(|| {
                failure::Local {
                    rule: "RG_2710",
                    kind: ErrorKind::Validation,
                    found: "no current document of this uniqueId that this session may see",
                    expected: "the uniqueId of a document that a search returns",
                }
                .error(transaction)
            })
    }

    async fn entries(&self, query: AdhocQuery) -> Result<Vec<DocumentEntry>, DmpError> {
        let answered = self.call(Transaction::Search, move |w| query.write(w)).await?;
        let answer =
            QueryResponse::read(answered.body()).map_err(|error| failure::unreadable(&answered.origin, error))?;
        failure::registry(&answered.origin, &answer.response)?;
        let mut entries = answer.objects.document_entries;
        entries.retain(|entry| !entry.is_signature());
        Ok(entries)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_always_names_patient_and_status() {
        let query = Search::criteria(FindDocuments::default()).to_query(Cx::from("1^^^&2&ISO^NH"));
        let read = FindDocuments::from_query(&query).unwrap();
        assert_eq!(read.statuses, [AvailabilityStatus::Approved]);
        assert!(read.patient_id.is_some());
    }

    #[test]
    fn the_end_of_an_interval_is_included() {
        let query = Search::approved().since("2024").until("20240302235959").to_query(Cx::default());
        let read = FindDocuments::from_query(&query).unwrap();
        assert_eq!(read.service_start_time.from, Some(Dtm::from("20240101000000")));
        assert_eq!(read.service_start_time.to, Some(Dtm::from("20240303000000")));
    }

    #[test]
    fn an_entry_uuid_is_no_target() {
        for (text, accepted) in [
            ("2.25.1", true),
            (" 1.2.3 ", true),
            ("urn:uuid:0f3c6a10-1620-11f1-8a52-5254004d0001", false),
            ("1.2^3", false),
        ] {
            assert_eq!(Target::from(text).check(Transaction::Retrieve).is_ok(), accepted, "{text}");
        }
    }
}
