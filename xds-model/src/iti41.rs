//! ITI-41 Provide and Register Document Set-b (TD2.1, TD2.2): `xdsb:ProvideAndRegisterDocumentSetRequest`, answered by
//! [`RegistryResponse`](crate::RegistryResponse).

use dmp_xml::{Element, Writer};

use crate::error::ReadError;
use crate::iti57::{SubmitObjects, write_request};
use crate::namespace::{LCM, RIM, XDSB};
use crate::{DocumentContent, RegistryObjectList};

/// A submission: one submission set, its entries (the signature included), their associations and documents.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProvideAndRegister {
    /// The metadata.
    pub objects: RegistryObjectList,
    /// One per entry, in the order of the entries, the signature last. Readers take any order.
    pub documents: Vec<DocumentPart>,
}

/// `xdsb:Document`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentPart {
    /// `@id`: the `@id` of its entry.
    pub id: String,
    /// Where the bytes are.
    pub content: DocumentContent,
}

impl ProvideAndRegister {
    /// The document of an entry: same `@id`, else the only one whose `@id` differs in case alone.
    pub fn document_of(&self, entry_uuid: &str) -> Option<&DocumentPart> {
        if let Some(exact) = self.documents.iter().find(|document| document.id == entry_uuid) {
            return Some(exact);
        }
        let mut similar = self.documents.iter().filter(|document| document.id.eq_ignore_ascii_case(entry_uuid));
        similar.next().filter(|_| similar.next().is_none())
    }

    /// Reads `xdsb:ProvideAndRegisterDocumentSetRequest`.
    ///
    /// # Errors
    /// [`ReadError`] when the element is another one, has no `lcm:SubmitObjectsRequest`, or a document has no content
    /// that can be read.
    pub fn read(element: &Element) -> Result<Self, ReadError> {
        const NAME: &str = "xdsb:ProvideAndRegisterDocumentSetRequest";
        ReadError::expect(element, XDSB, "ProvideAndRegisterDocumentSetRequest", NAME)?;
        let submit = element.child(LCM, "SubmitObjectsRequest");
        let submit = submit.ok_or_else(|| ReadError::missing(NAME, element, "lcm:SubmitObjectsRequest"))?;
        let documents = element.children_named(XDSB, "Document").map(|document| {
            let id = document.attr("id").unwrap_or_default().to_owned();
            Ok(DocumentPart { id, content: DocumentContent::read(document)? })
        });
        Ok(Self { objects: SubmitObjects::read(submit)?.objects, documents: documents.collect::<Result<_, _>>()? })
    }

    /// Writes `xdsb:ProvideAndRegisterDocumentSetRequest` as a message body, with its namespace declarations.
    pub fn write(&self, writer: &mut Writer) {
        let declarations = [("xmlns:xdsb", XDSB), ("xmlns:lcm", LCM), ("xmlns:rim", RIM)];
        writer.open("xdsb:ProvideAndRegisterDocumentSetRequest", &declarations);
        write_request(&self.objects, writer, &[]);
        for document in &self.documents {
            document.content.write(writer, &[("id", &document.id)]);
        }
        writer.close();
    }
}
