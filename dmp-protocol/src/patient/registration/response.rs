//! The answer: one of two messages in a wrapper of the DMP.

use dmp_xml::{Element, Writer};

use super::RegistrationReason;
use crate::patient::acknowledgement::{Acknowledgement, Edition};
use crate::patient::answer_write::{close_patient, open_answer, open_patient};
use crate::patient::element::{child, children, descend};
use crate::patient::wrapper::{control_act, read_creation_time, read_device, reason, write_reason};
use crate::patient::{AnswerForm, InstanceIdentifier, Lps, MessageError, PatientTraits, WireTime};
use crate::received_name::shorten;

/// Namespace of the wrapper.
const GDP: &str = "asip:ci-sis:gdp:2010";
const WRAPPER: &str = "PRPA_IN201314UV02_Response";
const ACCEPTED: &str = "PRPA_IN201315UV02";
const REFUSED: &str = "PRPA_IN201316UV02";

/// An answer to a [`super::RegistrationRequest`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrationResponse {
    /// What was asked.
    pub reason: RegistrationReason,
    /// Identifier of the message: an OID of the DMP and a UUID.
    pub id: InstanceIdentifier,
    /// UTC.
    pub creation_time: WireTime,
    /// The software that asked.
    pub lps: Lps,
    /// Identifier of the request answered.
    pub request_id: Option<InstanceIdentifier>,
    /// What is answered.
    pub answer: RegistrationAnswer,
}

/// The record was changed, or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RegistrationAnswer {
    /// `PRPA_IN201315UV02`: changed.
    Accepted {
        /// INS; the DMP leaves it out, the schema wants it.
        identifiers: Vec<InstanceIdentifier>,
        /// Name of the patient.
        traits: Box<PatientTraits>,
    },
    /// `PRPA_IN201316UV02`, or an accepted one whose acknowledgement refuses.
    Refused(Acknowledgement),
}

impl RegistrationResponse {
    /// OID of the messages of the DMP that answer a change.
    pub const MESSAGES: &str = "1.2.250.1.213.4.1.1.1.1";

    /// Writes the body element. The form of the server has no `patient/id`.
    pub fn write(&self, w: &mut Writer, form: AnswerForm) {
        w.open(&format!("gdp:{WRAPPER}"), &[("xmlns:gdp", GDP)]);
        let (body, refusal) = match &self.answer {
            RegistrationAnswer::Accepted { .. } => (ACCEPTED, None),
            RegistrationAnswer::Refused(refusal) => (REFUSED, Some(refusal)),
        };
        open_answer(w, body, &self.id, &self.creation_time, &self.lps);
        Acknowledgement::write(refusal, Edition::Ne2009, self.request_id.as_ref(), w);
        w.open("controlActProcess", &[("classCode", "CACT"), ("moodCode", "EVN")]);
        write_reason(w, self.reason.code(), self.reason.display());
        match &self.answer {
            RegistrationAnswer::Refused(_) => w.empty("subject", &[("typeCode", "SUBJ"), ("xsi:nil", "true")]),
            RegistrationAnswer::Accepted { identifiers, traits } => {
                let identifiers = if form == AnswerForm::SchemaValid { identifiers.as_slice() } else { &[] };
                open_patient(w, "completed", None, identifiers, self.reason.status());
                w.open("patientPerson", &[("classCode", "PSN"), ("determinerCode", "INSTANCE")]);
                traits.write_name(w);
                w.close();
                close_patient(w);
            }
        }
        for _ in 0..3 {
            w.close();
        }
    }

    /// Reads the body element.
    ///
    /// # Errors
    /// [`MessageError`] when the answer says neither that the record was changed nor why not.
    pub fn read(element: &Element) -> Result<Self, MessageError> {
        if !element.is(GDP, WRAPPER) {
            return Err(MessageError::Body { found: shorten(&element.name.local), expected: WRAPPER });
        }
        let accepted = child(element, ACCEPTED);
        let message = accepted.or_else(|| child(element, REFUSED)).ok_or(MessageError::Missing(ACCEPTED))?;
        let act = control_act(message, if accepted.is_some() { ACCEPTED } else { REFUSED })?;
        let acknowledgement = child(message, "acknowledgement").ok_or(MessageError::Missing("acknowledgement"))?;
        let answer = match (accepted, Acknowledgement::read(acknowledgement)?) {
            (_, Some(refusal)) => RegistrationAnswer::Refused(refusal),
            (Some(_), None) => read_accepted(act),
            // A refusal that says `AA` contradicts itself: it refuses, with what it says of why.
            (None, None) => RegistrationAnswer::Refused(Acknowledgement::read_as("AE", acknowledgement)),
        };
        let found = reason(act);
        let expected = "MODIF_DATA or FERM";
        Ok(Self {
            reason: RegistrationReason::from_code(found)
                .ok_or_else(|| MessageError::Reason { found: shorten(found), expected })?,
            id: child(message, "id").and_then(InstanceIdentifier::read).unwrap_or(InstanceIdentifier::bare("")),
            creation_time: read_creation_time(message),
            lps: read_device(message, "receiver"),
            request_id: descend(acknowledgement, &["targetMessage", "id"]).and_then(InstanceIdentifier::read),
            answer,
        })
    }
}

/// The acknowledgement has said that the record was changed: what is missing here is not needed.
fn read_accepted(act: &Element) -> RegistrationAnswer {
    let patient = descend(act, &["subject", "registrationEvent", "subject1", "patient"]);
    let identifiers = patient.into_iter().flat_map(|patient| children(patient, "id"));
    let person = patient.and_then(|patient| child(patient, "patientPerson"));
    RegistrationAnswer::Accepted {
        identifiers: identifiers.filter_map(InstanceIdentifier::read).collect(),
        traits: Box::new(person.map(PatientTraits::read).unwrap_or_default()),
    }
}
