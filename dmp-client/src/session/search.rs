//! TD3.1: documents by criteria, or by identifier.

use std::collections::HashSet;
use std::sync::Arc;

use dmp_protocol::transaction::Transaction;
use jiff::Timestamp;
use xds_model::iti18::{
    AdhocQuery, DateRange, FindSubmissionSets, GetAssociations, GetDocuments, GetDocumentsAndAssociations,
    GetSubmissionSetAndContents, QueryLimits, QueryResponse, ReturnType, SubmissionSetId,
};
use xds_model::{
    AssociationKind, AvailabilityStatus, Cx, DocumentEntry, RegistryObjectList, RegistryResponse, ResponseStatus,
    SubmissionSet,
};

use super::answer::Answered;
use super::caller::Caller;
use super::criteria::Search;
use super::found::Found;
use super::search_pause::Trigger;
use super::watching::About;
use crate::watch::{Act, WatchedDocument};
use crate::{DmpError, ErrorKind, failure};

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

impl From<String> for Target {
    fn from(unique_id: String) -> Self {
        Self::from(unique_id.as_str())
    }
}

impl From<&DocumentEntry> for Target {
    fn from(entry: &DocumentEntry) -> Self {
        Self { unique_id: entry.unique_id.clone(), entry: Some(Box::new(entry.clone())) }
    }
}

impl Target {
    /// The uniqueId.
    #[must_use]
    pub fn unique_id(&self) -> &str {
        &self.unique_id
    }

    /// As watches know it.
    pub(crate) fn watched(&self) -> WatchedDocument {
        let known = self.entry.as_deref().map(WatchedDocument::of);
        known.unwrap_or_else(|| WatchedDocument::named(&self.unique_id))
    }

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

/// How the documents of submission sets are read; both find the same (3.1-400).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SubmissionReading {
    /// GetAssociations of all the submission sets, then GetDocuments of their members: few queries.
    #[default]
    Associations,
    /// GetSubmissionSetAndContents, one query for each submission set.
    Contents,
}

/// What queries answered, put together.
#[derive(Debug, Default)]
pub(crate) struct Objects {
    pub(crate) list: RegistryObjectList,
    pub(crate) notices: Vec<String>,
    pub(crate) partial: bool,
}

impl Objects {
    /// Adds the objects of another answer, each once; order is kept.
    pub(crate) fn merge(&mut self, other: Self) {
        self.partial |= other.partial;
        self.notices.extend(other.notices);
        add(&mut self.list.submission_sets, other.list.submission_sets, |set| &set.entry_uuid);
        add(&mut self.list.document_entries, other.list.document_entries, |entry| &entry.entry_uuid);
        add(&mut self.list.associations, other.list.associations, |association| &association.id);
    }

    /// Entries without those of signatures.
    pub(crate) fn into_found(mut self) -> Found {
        self.list.document_entries.retain(|entry| !entry.is_signature());
        Found::new(self.list.document_entries, self.notices, self.partial)
    }
}

fn add<T>(known: &mut Vec<T>, new: Vec<T>, id: impl Fn(&T) -> &String) {
    let mut ids: HashSet<String> = known.iter().map(|one| id(one).clone()).collect();
    known.extend(new.into_iter().filter(|one| ids.insert(id(one).clone())));
}

impl Caller {
    /// Entries that match.
    pub(crate) async fn find(&self, search: &Search) -> Result<Found, DmpError> {
        self.searches.require_rested(search.trigger(), self.shared.retry.searches_rest)?;
        let months = self.shared.parameters.current().hr_periode_max_mois;
        if search.has_unreadable_date() {
            return Err(failure::Local {
                rule: "X24",
                kind: ErrorKind::Validation,
                found: "a bound that is not a date",
                expected: "dates of 4 to 14 digits, UTC",
            }
            .error(Transaction::Search));
        }
        if !search.keeps_period(months, Timestamp::now()) {
            return Err(failure::Local {
                rule: "EX_3.1-1015",
                kind: ErrorKind::Validation,
                found: "a search of reimbursements without start, or over too long a period",
                expected: "dates of the act over at most hr-periode-max-mois months",
            }
            .error(Transaction::Search));
        }
        Ok(self.query(search.to_query(Cx::from(self.patient.to_cx()))).await?.into_found())
    }

    /// Submission sets submitted in an interval.
    pub(crate) async fn submission_sets(&self, submitted: DateRange) -> Result<Objects, DmpError> {
        let find = FindSubmissionSets::submitted(Cx::from(self.patient.to_cx()), submitted);
        self.query(find.to_query(ReturnType::LeafClass)).await
    }

    /// What one submission set holds that this session may see.
    pub(crate) async fn contents_of(&self, set: &SubmissionSet) -> Result<Found, DmpError> {
        Ok(self.whole_of(set).await?.into_found())
    }

    async fn whole_of(&self, set: &SubmissionSet) -> Result<Objects, DmpError> {
        let id = match set.entry_uuid.is_empty() {
            true => SubmissionSetId::UniqueId(set.unique_id.clone()),
            false => SubmissionSetId::EntryUuid(set.entry_uuid.clone()),
        };
        let get = GetSubmissionSetAndContents::all_of(id);
        self.query(get.to_query(ReturnType::LeafClass)).await
    }

    /// The documents of the submission sets submitted in an interval, whatever their status.
    pub(crate) async fn documents_submitted(
        &self,
        submitted: DateRange,
        reading: SubmissionReading,
    ) -> Result<Found, DmpError> {
        let mut objects = self.submission_sets(submitted).await?;
        let sets = std::mem::take(&mut objects.list.submission_sets);
        match reading {
            SubmissionReading::Associations => {
                let links = self.associations_of(sets.into_iter().map(|set| set.entry_uuid).collect()).await?;
                let members = links.list.associations.iter().filter(|one| one.kind == AssociationKind::HasMember);
                let members = GetDocuments::EntryUuids(members.map(|one| one.target.clone()).collect());
                objects.merge(links);
                // At most 20 documents in a query of documents (3.1-010), however they are named.
                let limits = self.shared.query_limits;
                let limits = QueryLimits { entry_uuids: limits.entry_uuids.min(limits.unique_ids), ..limits };
                let parts = members.split(&limits);
                objects.merge(self.query_all(parts.iter().map(|part| part.to_query(ReturnType::LeafClass))).await?);
            }
            SubmissionReading::Contents => {
                for set in &sets {
                    objects.merge(self.whole_of(set).await?);
                }
            }
        }
        Ok(objects.into_found())
    }

    /// Associations that touch some objects, in as many queries as the limits ask for: none for none.
    pub(crate) async fn associations_of(&self, uuids: Vec<String>) -> Result<Objects, DmpError> {
        let parts = GetAssociations { uuids }.split(&self.shared.query_limits);
        self.query_all(parts.iter().map(|part| part.to_query(ReturnType::LeafClass))).await
    }

    /// Entries by identifier, in as many queries as the limits ask for: none for none.
    pub(crate) async fn documents(&self, documents: &GetDocuments) -> Result<Objects, DmpError> {
        let parts = documents.split(&self.shared.query_limits);
        self.query_all(parts.iter().map(|part| part.to_query(ReturnType::LeafClass))).await
    }

    /// Entries by identifier, and the associations that touch them.
    pub(crate) async fn documents_and_associations(&self, documents: GetDocuments) -> Result<Objects, DmpError> {
        let parts = GetDocumentsAndAssociations(documents).split(&self.shared.query_limits);
        self.query_all(parts.iter().map(|part| part.to_query(ReturnType::LeafClass))).await
    }

    /// The current metadata of a document: not those that a change or a replacement has made obsolete. The codes of
    /// the warnings that come with them are added to `warnings`.
    pub(crate) async fn current_entry(
        &self,
        transaction: Transaction,
        target: &Target,
        warnings: &mut Vec<String>,
    ) -> Result<DocumentEntry, DmpError> {
        target.check(transaction)?;
        let found = self.documents(&GetDocuments::UniqueIds(vec![target.unique_id.clone()])).await?.into_found();
        warnings.extend_from_slice(found.notices());
        found
            .into_iter()
            .filter(|entry| entry.unique_id == target.unique_id)
            .filter(|entry| entry.status != Some(AvailabilityStatus::Deprecated))
            .max_by_key(|entry| entry.version)
            .ok_or_else(|| {
                failure::Local {
                    rule: "RG_2710",
                    kind: ErrorKind::PatientState,
                    found: "no current document of this uniqueId that this session may see",
                    expected: "the uniqueId of a document that a search returns",
                }
                .conclusion(transaction)
            })
    }

    async fn query_all(&self, queries: impl Iterator<Item = AdhocQuery>) -> Result<Objects, DmpError> {
        let mut objects = Objects::default();
        for query in queries {
            objects.merge(self.query(query).await?);
        }
        Ok(objects)
    }

    async fn query(&self, query: AdhocQuery) -> Result<Objects, DmpError> {
        self.searches.require_rested(Trigger::User, self.shared.retry.searches_rest)?;
        let voice = self.voice();
        let watched = voice.begin(About::new(Act::Search, Transaction::Search).query(query.clone())).await?;
        let asked = voice.answered(&watched, Transaction::Search, Arc::new(move |w| query.write(w)), None).await;
        let found = asked.inspect_err(|error| self.searches.learn(error)).and_then(|answered| objects_of(&answered));
        if let Ok(objects) = &found {
            watched.give(objects.list.document_entries.iter().map(WatchedDocument::of));
        }
        watched.end(found).await
    }
}

fn objects_of(answered: &Answered) -> Result<Objects, DmpError> {
    let QueryResponse { response, objects } =
        QueryResponse::read(answered.body()).map_err(|error| failure::unreadable(&answered.origin, error))?;
    let partial = is_partial(&response);
    if !partial {
        failure::registry(&answered.origin, &response)?;
    }
    let notices = response.errors.into_iter().map(|error| error.code).collect();
    Ok(Objects { list: objects, notices, partial })
}

/// Entries that come with `PartialSuccess` are kept.
fn is_partial(response: &RegistryResponse) -> bool {
    response.status == ResponseStatus::PartialSuccess
}

#[cfg(test)]
mod tests {
    use super::*;

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
