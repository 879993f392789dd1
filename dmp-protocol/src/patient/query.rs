//! Request of TD0.2 and TD1.3a, `PRPA_IN201307UV02`: the reason tells which.

use dmp_vocabulary::identity::Ins;
use dmp_xml::{Element, Writer};
use jiff::Timestamp;
use uuid::Uuid;

use super::element::children;
use super::query_head::{QueryHead, query};
use super::wrapper::{control_act, reason, write_reason};
use super::{InstanceIdentifier, Lps, MessageError, ProcessingCode, Question};
use crate::received_name::shorten;

const ROOT: &str = "PRPA_IN201307UV02";

/// A question about one patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatientQuery {
    /// What is asked.
    pub question: Question,
    /// Who asks, and under which identifiers.
    pub head: QueryHead,
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
        let processing = ProcessingCode::of(patient);
        Self { question, head: QueryHead::new(lps, processing, message, query, now), patient: patient.into() }
    }

    /// Writes the body element.
    pub fn write(&self, w: &mut Writer) {
        self.head.open(w, ROOT);
        write_reason(w, self.question.code(), self.question.display());
        w.open("queryByParameter", &[]);
        self.head.query_id.write(w, "queryId");
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
        let head = QueryHead::read(element)?;
        let patient = children(query(element)?, "parameterList")
            .flat_map(|list| children(list, "patientIdentifier"))
            .flat_map(|parameter| children(parameter, "value"))
            .find_map(InstanceIdentifier::read)
            .ok_or(MessageError::Missing("patientIdentifier/value"))?;
        Ok(Self { question, head, patient })
    }
}
