//! A submission: documents, their lot, its signature (TD2.1).

use std::fmt;

use bytes::Bytes;
use dmp_protocol::mtom::{ContentId, PartHead};
use dmp_protocol::transaction::Transaction;
use dmp_protocol::xades::{self, SignatureRequest, SignedDocument};
use dmp_vocabulary::Oid;
use jiff::Timestamp;
use uuid::Uuid;
use xds_model::iti41::{DocumentPart, ProvideAndRegister};
use xds_model::{
    Association, Author, CodedValue, Cx, DocumentContent, DocumentEntry, Dtm, RegistryObjectList, SubmissionSet,
};

use super::content_type::{content_type, of_encounter};
use super::document::{Document, Hidden};
use super::preflight::{Breach, Preflight};
use super::signature_entry::signature_entry;
use crate::session::{About, Attachment, Caller, Target};
use crate::transport::Segment;
use crate::watch::Act;
use crate::{DmpError, ErrorKind, failure};

const SET: &str = "SubmissionSet01";

/// Documents to submit together: one patient, one author in common, all or nothing.
///
/// Its uniqueIds are drawn once: the same value may be sent again after an unknown outcome.
#[derive(Clone)]
pub struct Submission {
    documents: Vec<Document>,
    title: Option<String>,
    content_type: Option<String>,
    unique_id: Oid,
    signature_unique_id: Oid,
}

/// What was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Receipt {
    /// uniqueId of the submission set.
    pub submission_unique_id: String,
    /// uniqueIds of the documents, in the order given.
    pub document_unique_ids: Vec<String>,
    /// Codes of the warnings that came with the success, those of the look-ups before it first.
    pub warnings: Vec<String>,
}

impl Submission {
    /// One document.
    #[must_use]
    pub fn of(document: Document) -> Self {
        Self {
            documents: vec![document],
            title: None,
            content_type: None,
            unique_id: random_oid(),
            signature_unique_id: random_oid(),
        }
    }

    /// One more document of the same episode.
    #[must_use]
    pub fn and(mut self, document: Document) -> Self {
        self.documents.push(document);
        self
    }

    /// Hides every document from some people until it is revealed.
    #[must_use]
    pub fn hidden(mut self, hidden: Hidden) -> Self {
        self.documents = self.documents.into_iter().map(|document| document.hidden(hidden)).collect();
        self
    }

    /// Title of the lot. Default: that of the first document.
    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// contentTypeCode (JDV_J59). Default: from the encounter of the first document, else that of the client.
    #[must_use]
    pub fn content_type(mut self, code: impl Into<String>) -> Self {
        self.content_type = Some(code.into());
        self
    }

    /// What its being stored is known by.
    pub(crate) fn receipt(&self, warnings: Vec<String>) -> Receipt {
        Receipt {
            submission_unique_id: self.unique_id.to_string(),
            document_unique_ids: self.documents.iter().map(|document| document.entry.unique_id.clone()).collect(),
            warnings,
        }
    }

    /// The documents.
    #[must_use]
    pub fn documents(&self) -> &[Document] {
        &self.documents
    }
}

impl fmt::Debug for Submission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Submission")
            .field("documents", &self.documents)
            .field("unique_id", &self.unique_id)
            .finish_non_exhaustive()
    }
}

fn random_oid() -> Oid {
    Oid::from_uuid(Uuid::new_v4().as_u128())
}

impl Caller {
    /// TD2.1 or TD2.2, with TD3.1b before it for each replaced document.
    pub(crate) async fn submit(&self, submission: &Submission) -> Result<Receipt, DmpError> {
        let transaction = self.acting.feeding();
        let lot = Lot::prepare(self, submission)?;
        let (mut replaced, mut warnings) = (Vec::new(), Vec::new());
        for document in &submission.documents {
            replaced.push(match &document.replaces {
                Some(target) => Some(self.current_reference(target, &mut warnings).await?),
                None => None,
            });
        }
        let caller = self.clone();
        let owned = submission.clone();
        let signed = tokio::task::spawn_blocking(move || lot.sign(&caller, &owned, &replaced)).await;
        let signed = signed.map_err(|error| failure::unwritable(transaction, error))??;
        let Message { request, attachments } = signed;
        let about = About::new(Act::Submit, transaction).documents(submission.documents.iter().map(Document::watched));
        warnings.extend(self.call_with(about, move |w| request.write(w), attachments).await?);
        Ok(submission.receipt(warnings))
    }

    /// The coherence rules that a submission would break.
    pub(crate) fn breaches(&self, submission: &Submission) -> Vec<Breach> {
        Lot::looked_at(self, submission).1.into_breaches()
    }

    async fn current_reference(&self, target: &Target, warnings: &mut Vec<String>) -> Result<String, DmpError> {
        target.check(self.acting.feeding())?;
        let reference = self.toward(Act::Submit).locate(&target.unique_id).await?;
        warnings.extend(reference.warnings);
        reference.entry_uuid.ok_or_else(|| {
            failure::Local {
                rule: "RG_2710",
                kind: ErrorKind::PatientState,
                found: "no document of the uniqueId to replace in this DMP",
                expected: "the uniqueId of the current version",
            }
            .conclusion(self.acting.feeding())
        })
    }
}

/// What is decided before anything is signed.
struct Lot {
    author: Author,
    content_type: CodedValue,
    title: Option<String>,
    patient: Cx,
}

/// A signed request, with its parts.
struct Message {
    request: ProvideAndRegister,
    attachments: Vec<Attachment>,
}

impl Lot {
    fn prepare(caller: &Caller, submission: &Submission) -> Result<Self, DmpError> {
        let (lot, preflight) = Self::looked_at(caller, submission);
        preflight.verdict()?;
        Ok(lot)
    }

    /// The lot as it would be, and all that speaks against sending it.
    fn looked_at<'a>(caller: &'a Caller, submission: &Submission) -> (Self, Preflight<'a>) {
        let mut preflight = caller.shared.preflight(caller.acting.feeding());
        if caller.shared.signing.is_none() {
            preflight.refuse(no_signature_key());
        }
        let patient = caller.patient.to_cx();
        preflight.submission(&submission.documents, &patient);
        let first = submission.documents.first();
        let chosen = match submission.content_type.as_deref() {
            Some(code) => {
                let known = content_type(code);
                if known.is_none() {
                    preflight.refuse(unknown_content_type());
                }
                known
            }
            None => of_encounter(first.and_then(|document| document.encounter.as_deref())),
        };
        let lot = Self {
            author: preflight.lot_author(&submission.documents, caller.acting.submitter(), &caller.acting.author()),
            content_type: chosen.unwrap_or_else(|| caller.shared.content_type.clone()),
            title: submission.title.clone().or_else(|| first.and_then(|document| document.entry.title.clone())),
            patient: Cx::from(patient),
        };
        // What else the lot says comes from its documents, or from the client.
        let named = SubmissionSet { title: submission.title.clone(), ..SubmissionSet::default() };
        preflight.lengths(named.too_long());
        (lot, preflight)
    }

    /// Signs the lot and lays out the request. Blocks while the key signs.
    fn sign(self, caller: &Caller, submission: &Submission, replaced: &[Option<String>]) -> Result<Message, DmpError> {
        let now = Timestamp::now();
        let signing = caller.shared.signing.as_ref().ok_or_else(no_signature_key)?;
        let documents: Vec<SignedDocument> = submission
            .documents
            .iter()
            .map(|d| SignedDocument { unique_id: d.entry.unique_id.clone(), digest: d.manifest })
            .collect();
        let request = SignatureRequest {
            signature_unique_id: submission.signature_unique_id.as_str(),
            lot_unique_id: submission.unique_id.as_str(),
            documents: &documents,
            signing_time: now,
        };
        let signature =
            xades::sign(&request, signing.signer(), &caller.shared.switches).map_err(failure::lot_signature)?;
        let signature = Bytes::from(signature);

        let mut layout = Layout::new(self.submission_set(caller, submission, now));
        for (index, document) in submission.documents.iter().enumerate() {
            let id = format!("Document{:02}", index + 1);
            let entry = DocumentEntry { entry_uuid: id.clone(), ..document.entry.clone() };
            layout.add(entry, document.segment());
            if let Some(Some(replaced)) = replaced.get(index) {
                layout.associate(|association| Association::replaces(association, &id, replaced));
            }
        }
        let first = submission.documents.first().map(|document| &document.entry);
        let id = format!("Document{:02}", submission.documents.len() + 1);
        let establishment = caller.acting.establishment();
        let author = super::signature_entry::signing_author(self.author, signing.certificate(), establishment);
        let entry = signature_entry(&id, &submission.signature_unique_id, author, self.patient, first, &signature, now);
        layout.add(entry, Segment::Bytes(signature));
        layout.associate(|association| Association::signs(association, &id, SET));
        Ok(layout.finish())
    }

    fn submission_set(&self, caller: &Caller, submission: &Submission, now: Timestamp) -> SubmissionSet {
        SubmissionSet {
            entry_uuid: SET.to_owned(),
            unique_id: submission.unique_id.to_string(),
            source_id: caller.shared.instance.to_string(),
            patient_id: self.patient.clone(),
            submission_time: Some(Dtm::from_timestamp(now)),
            title: self.title.clone(),
            authors: vec![self.author.clone()],
            content_type_code: Some(self.content_type.clone()),
            ..SubmissionSet::default()
        }
    }
}

fn no_signature_key() -> DmpError {
    failure::Local {
        rule: "X16",
        kind: ErrorKind::Authentication,
        found: "a card without its signature key",
        expected: "the signature pair of the card: every submission is signed",
    }
    .error(Transaction::Submit)
}

fn unknown_content_type() -> DmpError {
    failure::Local {
        rule: "X09",
        kind: ErrorKind::Validation,
        found: "a contentTypeCode that is not in JDV_J59",
        expected: "a code such as 03 or 07",
    }
    .error(Transaction::Submit)
}

/// Entries, associations and parts, in the order of the wire: documents, then the signature.
struct Layout {
    objects: RegistryObjectList,
    documents: Vec<DocumentPart>,
    attachments: Vec<Attachment>,
    message: Uuid,
}

impl Layout {
    fn new(set: SubmissionSet) -> Self {
        let objects = RegistryObjectList { submission_sets: vec![set], ..RegistryObjectList::default() };
        Self { objects, documents: Vec::new(), attachments: Vec::new(), message: Uuid::new_v4() }
    }

    fn add(&mut self, entry: DocumentEntry, content: Segment) {
        let id = entry.entry_uuid.clone();
        self.objects.document_entries.push(entry);
        self.associate(|association| Association::has_member(association, SET, &id));
        let content_id = ContentId::numbered(self.message, self.attachments.len() + 1);
        self.documents.push(DocumentPart { id, content: DocumentContent::Href(content_id.href()) });
        let head = PartHead::octets(content_id, content.length());
        self.attachments.push(Attachment { head, content });
    }

    fn associate(&mut self, association: impl FnOnce(&str) -> Association) {
        let id = format!("Association{:02}", self.objects.associations.len() + 1);
        self.objects.associations.push(association(&id));
    }

    fn finish(self) -> Message {
        let request = ProvideAndRegister { objects: self.objects, documents: self.documents };
        Message { request, attachments: self.attachments }
    }
}
