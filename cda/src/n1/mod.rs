//! N1 documents (corps non structuré) field by field: a header around a PDF or a text, by a professional.
//!
//! Every field is optional here, so that all that is missing can be named at once: for a form, a configuration, a
//! command line. [`crate::build`] has the same document with the needed fields in the types, other kinds of authors,
//! and all the parts of the header.

mod complete;
mod model;

use dmp_vocabulary::Oid;
use dmp_vocabulary::nomenclature::Concept;
use jiff::Zoned;

pub use self::model::{N1Author, N1Encounter, N1Event, N1Order, N1Patient, N1Professional, N1Structure};
use crate::build::WriteOptions;
pub use crate::build::{
    BuildError as N1Error, Confidentiality, ContentType as N1MediaType, InvalidField, MediaTypes, Sex,
    UnstructuredContent as N1Content,
};

/// The fields of an N1 document.
///
/// ```
/// use cda::n1::{N1Builder, N1Content, N1Error};
/// let Err(N1Error::Fields { missing, .. }) = N1Builder::default().build(N1Content::text("bonjour")) else {
///     panic!("an empty header is not a document");
/// };
/// assert!(missing.contains(&"patient.ins".to_owned()));
/// ```
#[derive(Clone, Default, PartialEq)]
pub struct N1Builder {
    /// Identifier of this version, ≤ 64 characters; `2.25.<uuid>` or an arc of the instance.
    pub unique_id: Option<Oid>,
    /// Identifier common to all versions.
    pub set_id: Option<Oid>,
    /// Version, from 1; absent: 1.
    pub version: Option<u32>,
    /// uniqueId of the version that this one replaces; required from version 2 on.
    pub replaces: Option<Oid>,
    /// Type of the document (JDV_J07).
    pub document_type: Option<Concept>,
    /// Title, at most 128 characters.
    pub title: Option<String>,
    /// Creation, with the offset of the producer.
    pub created: Option<Zoned>,
    /// Confidentiality.
    pub confidentiality: Confidentiality,
    /// The patient.
    pub patient: N1Patient,
    /// The authors, at least one.
    pub authors: Vec<N1Author>,
    /// Who keeps the document; absent: the structure of the first author.
    pub custodian: Option<N1Structure>,
    /// Who answers for the document; absent: the first author.
    pub legal_authenticator: Option<N1Professional>,
    /// When he did; absent: the creation.
    pub authenticated: Option<Zoned>,
    /// Orders that the document answers.
    pub orders: Vec<N1Order>,
    /// The documented act.
    pub event: N1Event,
    /// The encounter.
    pub encounter: N1Encounter,
    /// Media types that may be written.
    pub media_types: MediaTypes,
}

impl N1Builder {
    /// Writes the document: UTF-8, LF, the content as base64 in one run.
    ///
    /// # Errors
    /// [`N1Error::Fields`] with every field that is missing or refused; [`N1Error::Write`] for a control character.
    pub fn build(&self, content: N1Content<'_>) -> Result<Vec<u8>, N1Error> {
        let options = WriteOptions { media_types: self.media_types, ..WriteOptions::default() };
        complete::complete(self, content)?.write_unstructured(content, &options)
    }

    /// Names of the fields that are missing, in the order of the document.
    #[must_use]
    pub fn missing(&self) -> Vec<String> {
        match complete::complete(self, N1Content::text("-")) {
            Err(N1Error::Fields { missing, .. }) => missing,
            _ => Vec::new(),
        }
    }
}

/// Shows type and version only.
impl std::fmt::Debug for N1Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let document_type = self.document_type.as_ref().map(|concept| concept.code.as_str());
        let mut structure = f.debug_struct("N1Builder");
        structure.field("document_type", &document_type).field("version", &self.version).finish_non_exhaustive()
    }
}
