//! TD0.2 request, `PRPA_IN201307UV02` with reason `TEST_EXST`.

use dmp_vocabulary::identity::{Ins, InsKind};
use dmp_xml::{Element, Writer};
use jiff::Timestamp;
use uuid::Uuid;

use super::element::{attribute, child, children, descend};
use super::wrapper::{DMP, Head, TEST_EXST, control_act, read_creation_time, read_device, reason, write_reason};
use super::{HL7, InstanceIdentifier, Lps, MessageError, ProcessingCode, WireTime};
use crate::received_name::shorten;

const ROOT: &str = "PRPA_IN201307UV02";

/// Does this patient have a DMP, and is the caller authorised on it?
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExistenceRequest {
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
    /// INS OID and matricule as on the wire, not checked when received.
    pub patient: InstanceIdentifier,
}

impl ExistenceRequest {
    /// A request about a patient; the processing code follows the nature of the INS.
    #[must_use]
    pub fn new(lps: Lps, patient: &Ins, message: Uuid, query: Uuid, now: Timestamp) -> Self {
        let processing = match patient.kind() {
            InsKind::Nir | InsKind::Nia => ProcessingCode::Production,
            InsKind::NirTest | InsKind::NirDemo => ProcessingCode::Test,
        };
        Self {
            id: InstanceIdentifier::new(format!("{}.1", lps.root), message.hyphenated().to_string()),
            creation_time: WireTime::at(now),
            processing,
            query_id: InstanceIdentifier::new(format!("{}.2", lps.root), query.hyphenated().to_string()),
            patient: patient.into(),
            lps,
        }
    }

    /// Writes the body element.
    pub fn write(&self, w: &mut Writer) {
        w.open(ROOT, &[("xmlns", HL7), ("ITSVersion", "XML_1.0")]);
        let head = Head {
            interaction: ROOT,
            id: &self.id,
            creation_time: &self.creation_time,
            processing_code: self.processing.code(),
            accept_ack_code: "AL",
            receiver: DMP,
            sender: (&self.lps.root, &self.lps.name),
        };
        head.write(w);
        w.open("controlActProcess", &[("classCode", "CACT"), ("moodCode", "EVN")]);
        write_reason(w);
        w.open("queryByParameter", &[]);
        self.query_id.write(w, "queryId");
        w.empty("statusCode", &[("code", "new")]);
        w.open("parameterList", &[]);
        w.open("patientIdentifier", &[]);
        self.patient.write(w, "value");
        w.leaf("semanticsText", &[], "Patient.id");
        for _ in 0..5 {
            w.close();
        }
    }

    /// Reads the body element.
    ///
    /// # Errors
    /// [`MessageError`]: another body, another reason, no message identifier, or no patient.
    pub fn read(element: &Element) -> Result<Self, MessageError> {
        let act = control_act(element, ROOT)?;
        let found = reason(act);
        if found != TEST_EXST {
            return Err(MessageError::Reason { found: shorten(found), expected: TEST_EXST });
        }
        let id = child(element, "id").and_then(InstanceIdentifier::read).ok_or(MessageError::Missing("id"))?;
        let query = child(act, "queryByParameter").ok_or(MessageError::Missing("queryByParameter"))?;
        let query_id =
            child(query, "queryId").and_then(InstanceIdentifier::read).ok_or(MessageError::Missing("queryId"))?;
        let patient = children(query, "parameterList")
            .flat_map(|list| children(list, "patientIdentifier"))
            .flat_map(|parameter| children(parameter, "value"))
            .find_map(InstanceIdentifier::read)
            .ok_or(MessageError::Missing("patientIdentifier/value"))?;
        let is_production = descend(element, &["processingCode"]).and_then(|e| attribute(e, "code")) == Some("P");
        Ok(Self {
            id,
            creation_time: read_creation_time(element),
            processing: if is_production { ProcessingCode::Production } else { ProcessingCode::Test },
            lps: read_device(element, "sender"),
            query_id,
            patient,
        })
    }
}
