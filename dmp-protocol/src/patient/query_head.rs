//! What the questions about patients have in common: who asks, when, under which identifiers.

use dmp_xml::{Element, Writer};
use jiff::Timestamp;
use uuid::Uuid;

use super::element::child;
use super::wrapper::RequestHead;
use super::{InstanceIdentifier, Lps, MessageError, MessageHead, ProcessingCode, WireTime};

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
        let Self { id, creation_time, processing, lps, .. } = self;
        RequestHead { id, creation_time, processing: *processing, lps }.open(w, body, &[]);
    }

    /// Reads it from the body element of a request, whatever it asks: a refusal repeats it.
    ///
    /// # Errors
    /// [`MessageError::Missing`]: no query, or one of the two identifiers.
    pub fn read(element: &Element) -> Result<Self, MessageError> {
        let MessageHead { id, creation_time, processing, lps } = MessageHead::read(element)?;
        Ok(Self {
            id,
            creation_time,
            processing,
            lps,
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
