//! Request of TD0.2 and TD1.3a, `PRPA_IN201307UV02`: the reason tells which.

use dmp_vocabulary::identity::{Ins, InsKind};
use dmp_xml::{Element, Writer};
use jiff::Timestamp;
use uuid::Uuid;

use super::element::{child, children};
use super::wrapper::{
    DMP, Head, control_act, read_creation_time, read_device, read_processing_code, reason, write_reason,
};
use super::{HL7, InstanceIdentifier, Lps, MessageError, ProcessingCode, Question, WireTime};
use crate::received_name::shorten;

const ROOT: &str = "PRPA_IN201307UV02";

/// A question about one patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatientQuery {
    /// What is asked.
    pub question: Question,
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

impl PatientQuery {
    /// TD0.2: does this patient have a DMP, and is the caller authorised on it?
    #[must_use]
    pub fn existence(lps: Lps, patient: &Ins, message: Uuid, query: Uuid, now: Timestamp) -> Self {
        Self::new(Question::Existence, lps, patient, message, query, now)
    }

    /// TD1.3a: address, contacts, legal representative, oppositions.
    #[must_use]
    pub fn administrative_data(lps: Lps, patient: &Ins, message: Uuid, query: Uuid, now: Timestamp) -> Self {
        Self::new(Question::AdministrativeData, lps, patient, message, query, now)
    }

    /// The processing code follows the nature of the INS.
    fn new(question: Question, lps: Lps, patient: &Ins, message: Uuid, query: Uuid, now: Timestamp) -> Self {
        let processing = match patient.kind() {
            InsKind::Nir | InsKind::Nia => ProcessingCode::Production,
            InsKind::NirTest | InsKind::NirDemo => ProcessingCode::Test,
        };
        Self {
            question,
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
        write_reason(w, self.question);
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

    /// What a body asks, when it is one of these messages.
    #[must_use]
    pub fn question_of(element: &Element) -> Option<Question> {
        Question::from_code(reason(control_act(element, ROOT).ok()?))
    }

    /// Reads the body element.
    ///
    /// # Errors
    /// [`MessageError`]: another body, another reason, no message identifier, or no patient.
    pub fn read(element: &Element) -> Result<Self, MessageError> {
        let act = control_act(element, ROOT)?;
        let found = reason(act);
        let question = Question::from_code(found)
            .ok_or_else(|| MessageError::Reason { found: shorten(found), expected: "TEST_EXST or CNSLT_DATA" })?;
        let id = child(element, "id").and_then(InstanceIdentifier::read).ok_or(MessageError::Missing("id"))?;
        let query = child(act, "queryByParameter").ok_or(MessageError::Missing("queryByParameter"))?;
        let query_id =
            child(query, "queryId").and_then(InstanceIdentifier::read).ok_or(MessageError::Missing("queryId"))?;
        let patient = children(query, "parameterList")
            .flat_map(|list| children(list, "patientIdentifier"))
            .flat_map(|parameter| children(parameter, "value"))
            .find_map(InstanceIdentifier::read)
            .ok_or(MessageError::Missing("patientIdentifier/value"))?;
        Ok(Self {
            question,
            id,
            creation_time: read_creation_time(element),
            processing: read_processing_code(element),
            lps: read_device(element, "sender"),
            query_id,
            patient,
        })
    }
}
