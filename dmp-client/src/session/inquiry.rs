//! What a person who consults asks of several documents at once: submissions, what is new, several retrievals.

use std::path::PathBuf;

use dmp_protocol::transaction::Transaction;
use jiff::Timestamp;
use xds_model::iti18::{DateRange, GetDocuments};
use xds_model::{Association, DocumentEntry, SubmissionSet};

use super::found::Found;
use super::mode::{AccessMode, Consults};
use super::news::{KnownDocuments, News};
use super::record::Record;
use super::retrieve::{Delivery, Retrieved};
use super::search::{SubmissionReading, Target};
use crate::DmpError;

impl<A: Consults, X: AccessMode> Record<A, X> {
    /// What was submitted, replaced or changed since an instant, told from what the program holds already. Several
    /// TD3.1, as many as the limits of the DMP ask for: one request of a user, never a routine.
    ///
    /// Changes of status (archiving) are no news: the DMP does not link them to a document.
    ///
    /// # Errors
    /// [`DmpError`].
    pub async fn new_since(&self, since: Timestamp, known: &KnownDocuments) -> Result<News, DmpError> {
        self.require_consultation()?;
        self.known.require_open(Transaction::Search)?;
        self.caller.new_since(since, known).await
    }

    /// The current and obsolete documents submitted in an interval of submission times, both ends included. Several
    /// TD3.1.
    ///
    /// # Errors
    /// [`DmpError`].
    pub async fn submitted_between(&self, first: Timestamp, last: Timestamp) -> Result<Found, DmpError> {
        self.require_consultation()?;
        self.known.require_open(Transaction::Search)?;
        Ok(self.caller.submitted(DateRange::between(first, last)).await?.into_found())
    }

    /// The current and obsolete documents submitted since an instant, read in one of two ways. One TD3.1 when nothing was
    /// submitted, else several, within the limits of the DMP.
    ///
    /// # Errors
    /// [`DmpError`].
    pub async fn documents_since(&self, since: Timestamp, reading: SubmissionReading) -> Result<Found, DmpError> {
        self.require_consultation()?;
        self.known.require_open(Transaction::Search)?;
        self.caller.documents_submitted(DateRange::since(since), reading).await
    }

    /// TD3.1 GetDocumentsAndAssociations: the entries of these documents, whatever their status, and the links of each to
    /// what replaced it; in as many queries as the limits ask for, none for none. What is not returned was deleted, or may
    /// not be read.
    ///
    /// # Errors
    /// [`DmpError`].
    pub async fn with_links(
        &self,
        unique_ids: impl IntoIterator<Item = String>,
    ) -> Result<(Vec<DocumentEntry>, Vec<Association>), DmpError> {
        self.linked(GetDocuments::UniqueIds(unique_ids.into_iter().collect())).await
    }

    /// As [`Self::with_links`], by entryUUID: those that an association has just named, never stored ones.
    ///
    /// # Errors
    /// [`DmpError`].
    pub async fn with_links_of_entries(
        &self,
        entry_uuids: impl IntoIterator<Item = String>,
    ) -> Result<(Vec<DocumentEntry>, Vec<Association>), DmpError> {
        self.linked(GetDocuments::EntryUuids(entry_uuids.into_iter().collect())).await
    }

    async fn linked(&self, documents: GetDocuments) -> Result<(Vec<DocumentEntry>, Vec<Association>), DmpError> {
        self.require_consultation()?;
        self.known.require_open(Transaction::Search)?;
        let list = self.caller.documents_and_associations(documents).await?.list;
        Ok((list.document_entries, list.associations))
    }

    /// TD3.1 FindSubmissionSets: the submissions since an instant.
    ///
    /// # Errors
    /// [`DmpError`].
    pub async fn submissions_since(&self, since: Timestamp) -> Result<Vec<SubmissionSet>, DmpError> {
        self.require_consultation()?;
        self.known.require_open(Transaction::Search)?;
        Ok(self.caller.submission_sets(DateRange::since(since)).await?.list.submission_sets)
    }

    /// TD3.1 GetSubmissionSetAndContents: the documents of one submission that this session may see.
    ///
    /// # Errors
    /// [`DmpError`].
    pub async fn contents_of(&self, submission: &SubmissionSet) -> Result<Found, DmpError> {
        self.require_consultation()?;
        self.known.require_open(Transaction::Search)?;
        self.caller.contents_of(submission).await
    }

    /// TD3.2, several documents in one request, streamed: one outcome for each, in the order given. A document that
    /// the DMP does not give (`PartialSuccess`) fails alone.
    ///
    /// # Errors
    /// [`DmpError`] when no answer came for any of them: a fault, a broken connection, the same document twice.
    pub async fn retrieve_all(
        &self,
        deliveries: Vec<Delivery<'_>>,
    ) -> Result<Vec<Result<Retrieved, DmpError>>, DmpError> {
        self.require_consultation()?;
        self.known.require_open(Transaction::Retrieve)?;
        self.caller.retrieve_all(deliveries).await
    }

    /// As [`Self::retrieve_all`], into files: each takes its name, in place of any other, only once it is whole and
    /// verified.
    ///
    /// # Errors
    /// As [`Self::retrieve_all`], also when a file cannot be created.
    pub async fn retrieve_to_files(
        &self,
        documents: Vec<(Target, PathBuf)>,
    ) -> Result<Vec<Result<Retrieved, DmpError>>, DmpError> {
        self.require_consultation()?;
        self.known.require_open(Transaction::Retrieve)?;
        self.caller.retrieve_to_files(documents).await
    }
}
