//! ITI-43 Retrieve Document Set (TD3.2).

use dmp_xml::{Element, Writer};

use crate::error::ReadError;
use crate::namespace::{RS, XDSB};
use crate::{DocumentContent, RegistryResponse};

/// `xdsb:RetrieveDocumentSetRequest`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RetrieveRequest {
    /// The documents asked for.
    pub documents: Vec<DocumentRequest>,
}

/// One document asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentRequest {
    /// OID of the repository.
    pub repository_unique_id: String,
    /// uniqueId of the document (not its entryUUID).
    pub unique_id: String,
}

/// `xdsb:RetrieveDocumentSetResponse`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetrieveResponse {
    /// Status and errors.
    pub response: RegistryResponse,
    /// The documents found, in any order: match them by uniqueId.
    pub documents: Vec<RetrievedDocument>,
}

/// One document found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetrievedDocument {
    /// OID of the repository.
    pub repository_unique_id: String,
    /// uniqueId of the document.
    pub unique_id: String,
    /// MIME type of the entry; empty when absent.
    pub mime_type: String,
    /// Where the bytes are.
    pub content: DocumentContent,
}

impl RetrieveRequest {
    /// Asks for one document.
    pub fn single(repository_unique_id: impl Into<String>, unique_id: impl Into<String>) -> Self {
        let document =
            DocumentRequest { repository_unique_id: repository_unique_id.into(), unique_id: unique_id.into() };
        Self { documents: vec![document] }
    }

    /// Reads `xdsb:RetrieveDocumentSetRequest`.
    ///
    /// # Errors
    /// [`ReadError::UnexpectedElement`] when the element is another one.
    pub fn read(element: &Element) -> Result<Self, ReadError> {
        let name = "xdsb:RetrieveDocumentSetRequest";
        ReadError::expect(element, XDSB, "RetrieveDocumentSetRequest", name)?;
        let documents = element.children_named(XDSB, "DocumentRequest").map(|request| DocumentRequest {
            repository_unique_id: text(request, "RepositoryUniqueId"),
            unique_id: text(request, "DocumentUniqueId"),
        });
        Ok(Self { documents: documents.collect() })
    }

    /// Writes `xdsb:RetrieveDocumentSetRequest` as a message body, with its namespace declaration.
    pub fn write(&self, writer: &mut Writer) {
        writer.open("xdsb:RetrieveDocumentSetRequest", &[("xmlns:xdsb", XDSB)]);
        for document in &self.documents {
            writer.open("xdsb:DocumentRequest", &[]);
            writer.leaf("xdsb:RepositoryUniqueId", &[], &document.repository_unique_id);
            writer.leaf("xdsb:DocumentUniqueId", &[], &document.unique_id);
            writer.close();
        }
        writer.close();
    }
}

impl RetrieveResponse {
    /// The document of that uniqueId.
    pub fn document(&self, unique_id: &str) -> Option<&RetrievedDocument> {
        self.documents.iter().find(|document| document.unique_id == unique_id)
    }

    /// Reads `xdsb:RetrieveDocumentSetResponse`. A refusal may also come as a bare `rs:RegistryResponse`.
    ///
    /// # Errors
    /// [`ReadError`] when the element is another one, has no `rs:RegistryResponse`, or a document cannot be read.
    pub fn read(element: &Element) -> Result<Self, ReadError> {
        const NAME: &str = "xdsb:RetrieveDocumentSetResponse";
        if let Some(response) = RegistryResponse::read_bare_refusal(element) {
            return Ok(Self { response, documents: Vec::new() });
        }
        ReadError::expect(element, XDSB, "RetrieveDocumentSetResponse", NAME)?;
        let response = element.child(RS, "RegistryResponse");
        let response = response.ok_or_else(|| ReadError::missing(NAME, element, "rs:RegistryResponse"))?;
        let documents = element.children_named(XDSB, "DocumentResponse").map(RetrievedDocument::read);
        Ok(Self { response: RegistryResponse::read(response)?, documents: documents.collect::<Result<_, _>>()? })
    }

    /// Writes `xdsb:RetrieveDocumentSetResponse` as a message body, with its namespace declarations.
    pub fn write(&self, writer: &mut Writer) {
        writer.open("xdsb:RetrieveDocumentSetResponse", &[("xmlns:xdsb", XDSB), ("xmlns:rs", RS)]);
        self.response.write_inside(writer);
        for document in &self.documents {
            writer.open("xdsb:DocumentResponse", &[]);
            writer.leaf("xdsb:RepositoryUniqueId", &[], &document.repository_unique_id);
            writer.leaf("xdsb:DocumentUniqueId", &[], &document.unique_id);
            writer.leaf("xdsb:mimeType", &[], &document.mime_type);
            document.content.write(writer, &[]);
            writer.close();
        }
        writer.close();
    }
}

impl RetrievedDocument {
    fn read(element: &Element) -> Result<Self, ReadError> {
        let document = element.child(XDSB, "Document");
        let document = document.ok_or_else(|| ReadError::missing("xdsb:DocumentResponse", element, "xdsb:Document"))?;
        Ok(Self {
            repository_unique_id: text(element, "RepositoryUniqueId"),
            unique_id: text(element, "DocumentUniqueId"),
            mime_type: text(element, "mimeType"),
            content: DocumentContent::read(document)?,
        })
    }
}

/// Trimmed text of a child; empty when absent.
fn text(element: &Element, local: &str) -> String {
    element.child(XDSB, local).map(|child| child.text().trim().to_owned()).unwrap_or_default()
}
