//! Request of TD0.5.

use dmp_xml::{Element, Writer};
use jiff::Timestamp;
use uuid::Uuid;

use super::{PatientCriteria, REQUEST, TRIGGERS};
use crate::patient::element::child;
use crate::patient::wrapper::{DMP, Head, control_act, read_creation_time, read_device, read_processing_code};
use crate::patient::{HL7, InstanceIdentifier, Lps, MessageError, ProcessingCode, WireTime};

/// Which patients have these traits?
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatientSearch {
    /// Identifier of the message: `<LPS root>.1` and a UUID.
    pub id: InstanceIdentifier,
    /// UTC.
    pub creation_time: WireTime,
    /// Production or test.
    pub processing: ProcessingCode,
    /// The software that asks.
    pub lps: Lps,
    /// Identifier of the query: `<LPS root>.2` and a UUID.
    pub query_id: InstanceIdentifier,
    /// What is known of the patient; not checked here.
    pub criteria: PatientCriteria,
}

impl PatientSearch {
    /// A search by these criteria.
    #[must_use]
    pub fn new(
        lps: Lps,
        processing: ProcessingCode,
        criteria: PatientCriteria,
        message: Uuid,
        query: Uuid,
        now: Timestamp,
    ) -> Self {
        Self {
            id: InstanceIdentifier::new(format!("{}.1", lps.root), message.hyphenated().to_string()),
            creation_time: WireTime::at(now),
            processing,
            query_id: InstanceIdentifier::new(format!("{}.2", lps.root), query.hyphenated().to_string()),
            criteria,
            lps,
        }
    }

    /// Writes the body element.
    pub fn write(&self, w: &mut Writer) {
        w.open(REQUEST, &[("xmlns", HL7), ("ITSVersion", "XML_1.0")]);
        let head = Head {
            interaction: REQUEST,
            id: &self.id,
            creation_time: &self.creation_time,
            processing_code: self.processing.code(),
            accept_ack_code: "AL",
            receiver: DMP,
            sender: (&self.lps.root, &self.lps.name),
        };
        head.write(w);
        w.open("controlActProcess", &[("classCode", "CACT"), ("moodCode", "EVN")]);
        w.empty("code", &[("code", "PRPA_TE201305UV02"), ("codeSystem", TRIGGERS)]);
        write_query(w, &self.query_id, &self.criteria, None);
        w.close();
        w.close();
    }

    /// Reads the body element.
    ///
    /// # Errors
    /// [`MessageError`]: another body, no message identifier or no query.
    pub fn read(element: &Element) -> Result<Self, MessageError> {
        let act = control_act(element, REQUEST)?;
        let id = child(element, "id").and_then(InstanceIdentifier::read).ok_or(MessageError::Missing("id"))?;
        let query = child(act, "queryByParameter").ok_or(MessageError::Missing("queryByParameter"))?;
        Ok(Self {
            id,
            creation_time: read_creation_time(element),
            processing: read_processing_code(element),
            lps: read_device(element, "sender"),
            query_id: child(query, "queryId")
                .and_then(InstanceIdentifier::read)
                .ok_or(MessageError::Missing("queryId"))?,
            criteria: child(query, "parameterList").map(PatientCriteria::read).unwrap_or_default(),
        })
    }
}

/// `queryByParameter`, of the request or of its echo.
pub(super) fn write_query(
    w: &mut Writer,
    id: &InstanceIdentifier,
    criteria: &PatientCriteria,
    exact_use: Option<&str>,
) {
    w.open("queryByParameter", &[]);
    id.write(w, "queryId");
    w.empty("statusCode", &[("code", "new")]);
    criteria.write(w, exact_use);
    w.close();
}
