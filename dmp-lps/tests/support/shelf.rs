//! The archive of an invented software.

use std::sync::{Arc, Mutex};

use cda::n1::{N1Builder, N1MediaType, N1Patient};
use dmp_lps::PatientKey;
use dmp_lps::history::{Archive, ArchiveError, LocalContent, LocalDocument};
use jiff::tz::{TimeZone, offset};
use jiff::{Timestamp, Zoned};

use super::documents::{letter, random_oid, unique_id};

/// Documents and the traits of their one patient, changed by a test.
#[derive(Clone)]
pub(crate) struct Shelf {
    pub(crate) documents: Arc<Mutex<Vec<(LocalDocument, LocalContent)>>>,
    pub(crate) traits: Arc<Mutex<N1Patient>>,
}

impl Shelf {
    pub(crate) fn empty() -> Self {
        Self { documents: Arc::default(), traits: Arc::new(Mutex::new(letter().patient)) }
    }

    /// Puts a document there; its uniqueId.
    pub(crate) fn put(&self, builder: &N1Builder, content: LocalContent) -> String {
        let unique_id = unique_id(builder);
        let document = LocalDocument {
            id: format!("local {unique_id}"),
            unique_id: unique_id.clone(),
            type_code: builder.document_type.as_ref().unwrap().code.clone(),
            created_at: builder.created.as_ref().unwrap().timestamp(),
        };
        self.documents.lock().unwrap().push((document, content));
        unique_id
    }

    /// Puts a scan of that time there; its uniqueId.
    pub(crate) fn scan(&self, created: &str) -> String {
        let header = former_letter(created);
        let content =
            LocalContent::File { header: Box::new(header.clone()), media_type: N1MediaType::Pdf, bytes: PDF.to_vec() };
        self.put(&header, content)
    }
}

/// What the mock must have unchanged.
pub(crate) const PDF: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

/// A letter of former times: created then, about an act of the same day.
pub(crate) fn former_letter(created: &str) -> N1Builder {
    let at = |text: &str| -> Zoned { text.parse::<Timestamp>().unwrap().to_zoned(TimeZone::fixed(offset(1))) };
    let id = random_oid();
    let mut builder =
        N1Builder { unique_id: Some(id.clone()), set_id: Some(id), created: Some(at(created)), ..letter() };
    builder.event.start = Some(at(created));
    builder.event.stop = None;
    builder
}

impl Archive for Shelf {
    async fn documents(&self, _: &PatientKey) -> Result<Vec<LocalDocument>, ArchiveError> {
        Ok(self.documents.lock().unwrap().iter().map(|(document, _)| document.clone()).collect())
    }

    async fn content(&self, document: &LocalDocument) -> Result<LocalContent, ArchiveError> {
        let documents = self.documents.lock().unwrap();
        let found = documents.iter().find(|(known, _)| known == document).map(|(_, content)| content.clone());
        found.ok_or_else(|| ArchiveError("no such document".into()))
    }

    async fn traits(&self, _: &PatientKey) -> Result<N1Patient, ArchiveError> {
        Ok(self.traits.lock().unwrap().clone())
    }
}
