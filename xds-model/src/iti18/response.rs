//! `query:AdhocQueryResponse`.

use dmp_xml::{Element, Writer};

use crate::ebrim::rim_children;
use crate::error::ReadError;
use crate::namespace::{QUERY, RIM, RS};
use crate::{Form, RegistryObjectList, RegistryResponse, ResponseStatus};

/// The answer to a query: status, errors and objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryResponse {
    /// Status and errors.
    pub response: RegistryResponse,
    /// Full objects, or references, as the query asked.
    pub objects: RegistryObjectList,
}

impl QueryResponse {
    /// A success with what was found.
    pub fn found(objects: RegistryObjectList) -> Self {
        Self { response: RegistryResponse::success(), objects }
    }

    /// A refusal.
    pub fn refused(response: RegistryResponse) -> Self {
        Self { response, objects: RegistryObjectList::default() }
    }

    /// Reads `query:AdhocQueryResponse`. `@totalResultCount` is not trusted: count the objects. A refusal may also come
    /// as a bare `rs:RegistryResponse`.
    ///
    /// # Errors
    /// [`ReadError::UnexpectedElement`] when the element is another one.
    pub fn read(element: &Element) -> Result<Self, ReadError> {
        if let Some(response) = RegistryResponse::read_bare_refusal(element) {
            return Ok(Self::refused(response));
        }
        ReadError::expect(element, QUERY, "AdhocQueryResponse", "query:AdhocQueryResponse")?;
        let list = rim_children(element, "RegistryObjectList").next();
        Ok(Self {
            response: RegistryResponse::read_parts(element),
            objects: list.map(RegistryObjectList::read).unwrap_or_default(),
        })
    }

    /// Writes `query:AdhocQueryResponse` as a message body, with its namespace declarations. The object list is always
    /// there; the count of objects too, except on a failure.
    pub fn write(&self, writer: &mut Writer) {
        let count = self.objects.len().to_string();
        let mut attributes = vec![
            ("xmlns:query", QUERY),
            ("xmlns:rim", RIM),
            ("xmlns:rs", RS),
            ("status", self.response.status.as_urn()),
        ];
        if self.response.status != ResponseStatus::Failure {
            attributes.extend([("startIndex", "0"), ("totalResultCount", &count)]);
        }
        writer.open("query:AdhocQueryResponse", &attributes);
        self.response.write_errors(writer);
        self.objects.write(writer, Form::Answer);
        writer.close();
    }
}
