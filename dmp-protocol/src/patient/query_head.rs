//! What the questions about patients have in common: who asks, when, under which identifiers.

use dmp_xml::{Element, Writer};
use jiff::Timestamp;
use uuid::Uuid;

use super::element::child;
use super::wrapper::{DMP, Head, read_creation_time, read_device, read_processing_code};
use super::{HL7, InstanceIdentifier, Lps, MessageError, ProcessingCode, WireTime};

/// Beginning of a request of TD0.2, TD1.3a or TD0.5, with the identifier of its query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryHead {
    /// Identifier of the message: `<LPS root>.1` and a UUID.
    pub id: InstanceIdentifier,
    /// UTC.
    pub creation_time: WireTime,
    /// Production or test; whatever a received request says that is not `P` is a test.
    pub processing: ProcessingCode,
    /// The software that asks.
    pub lps: Lps,
    /// Identifier of the query: `<LPS root>.2` and a UUID.
    pub query_id: InstanceIdentifier,
}

impl QueryHead {
    pub(super) fn new(lps: Lps, processing: ProcessingCode, message: Uuid, query: Uuid, now: Timestamp) -> Self {
        let identifier = |kind: u8, uuid: Uuid| {
            InstanceIdentifier::new(format!("{}.{kind}", lps.root), uuid.hyphenated().to_string())
        };
        Self {
            id: identifier(1, message),
            creation_time: WireTime::at(now),
            processing,
            query_id: identifier(2, query),
            lps,
        }
    }

    /// Opens the body element, writes its wrapper, and opens `controlActProcess`.
    pub(super) fn open(&self, w: &mut Writer, body: &str) {
        w.open(body, &[("xmlns", HL7), ("ITSVersion", "XML_1.0")]);
        let head = Head {
            interaction: body,
            id: &self.id,
            creation_time: &self.creation_time,
            processing_code: self.processing.code(),
            accept_ack_code: "AL",
            receiver: DMP,
            sender: (&self.lps.root, &self.lps.name),
        };
        head.write(w);
        w.open("controlActProcess", &[("classCode", "CACT"), ("moodCode", "EVN")]);
    }

    /// Reads it from the body element of a request, whatever it asks: a refusal repeats it.
    ///
    /// # Errors
    /// [`MessageError::Missing`]: no query, or one of the two identifiers.
    pub fn read(element: &Element) -> Result<Self, MessageError> {
        Ok(Self {
            id: child(element, "id").and_then(InstanceIdentifier::read).ok_or(MessageError::Missing("id"))?,
            creation_time: read_creation_time(element),
            processing: read_processing_code(element),
            lps: read_device(element, "sender"),
            query_id: child(query(element)?, "queryId")
                .and_then(InstanceIdentifier::read)
                .ok_or(MessageError::Missing("queryId"))?,
        })
    }
}

/// `queryByParameter` of a request.
pub(super) fn query(element: &Element) -> Result<&Element, MessageError> {
    let act = child(element, "controlActProcess").ok_or(MessageError::Missing("controlActProcess"))?;
    child(act, "queryByParameter").ok_or(MessageError::Missing("queryByParameter"))
}
