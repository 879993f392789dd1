//! Reading an answer of TD0.2 or TD1.3a, leniently.

use dmp_xml::Element;

use super::answer::{Answer, Closing, Dmp, Existence, Observation, PatientQueryResponse};
use super::element::{attribute, boolean, child, children, code, descend, text};
use super::wrapper::{control_act, read_creation_time, read_device, reason};
use super::{
    Acknowledgement, Authorisation, CivilData, InstanceIdentifier, MessageError, PatientTraits, Question, WireTime,
};

const ROOT: &str = "PRPA_IN201308UV02";

impl PatientQueryResponse {
    /// Reads the body element. An unknown reason is taken for TD0.2's: `RelatesTo` tells which request is answered.
    ///
    /// # Errors
    /// [`MessageError`] when the answer says neither that there is a DMP, nor that there is none, nor why not.
    pub fn read(element: &Element) -> Result<Self, MessageError> {
        let act = control_act(element, ROOT)?;
        let acknowledgement = child(element, "acknowledgement").ok_or(MessageError::Missing("acknowledgement"))?;
        let query_ack = child(act, "queryAck");
        Ok(Self {
            question: Question::from_code(reason(act)).unwrap_or(Question::Existence),
            id: child(element, "id").and_then(InstanceIdentifier::read).unwrap_or(InstanceIdentifier::bare("")),
            creation_time: read_creation_time(element),
            lps: read_device(element, "receiver"),
            request_id: descend(acknowledgement, &["targetMessage", "id"]).and_then(InstanceIdentifier::read),
            query_id: query_ack.and_then(|ack| child(ack, "queryId")).and_then(InstanceIdentifier::read),
            answer: read_answer(element, act, acknowledgement, query_ack)?,
        })
    }
}

fn read_answer(
    root: &Element,
    act: &Element,
    acknowledgement: &Element,
    query_ack: Option<&Element>,
) -> Result<Answer, MessageError> {
    if let Some(refusal) = Acknowledgement::read(acknowledgement)? {
        return Ok(Answer::Refused(refusal));
    }
    match query_ack.and_then(|ack| child(ack, "queryResponseCode")).and_then(code) {
        Some("NF") => Ok(Answer::Existence(Existence::Absent)),
        Some(refusal @ ("AE" | "QE")) => Ok(Answer::Refused(Acknowledgement::read_as(refusal, acknowledgement))),
        // `OK`, an unknown code or none: the subject speaks for itself.
        _ => read_existence(root, act).map(Answer::Existence),
    }
}

fn read_existence(root: &Element, act: &Element) -> Result<Existence, MessageError> {
    let event = children(act, "subject")
        .find_map(|subject| child(subject, "registrationEvent"))
        .ok_or(MessageError::Missing("subject/registrationEvent"))?;
    let patient = descend(event, &["subject1", "patient"]).ok_or(MessageError::Missing("subject1/patient"))?;
    let dmp = Box::new(read_dmp(root, patient));
    Ok(match child(patient, "statusCode").and_then(code) {
        Some("active") => Existence::Active(dmp),
        Some("terminated") => Existence::Closed(dmp, read_closing(act, event)),
        status => Existence::Unknown { status: status.unwrap_or_default().to_owned(), dmp },
    })
}

fn read_dmp(root: &Element, patient: &Element) -> Dmp {
    let person = child(patient, "patientPerson");
    Dmp {
        identifiers: children(patient, "id").filter_map(InstanceIdentifier::read).collect(),
        authorisation: attention(root, "AUTORISATION").and_then(code).map(Authorisation::from_code),
        medecin_traitant: attention(root, "STATUT_MT").and_then(boolean),
        traits: person.map(PatientTraits::read).unwrap_or_default(),
        civil: person.map(CivilData::read).unwrap_or_default(),
        observations: read_observations(patient, "subjectOf"),
    }
}

/// Value of the attention line of that key word.
fn attention<'a>(root: &'a Element, key_word: &str) -> Option<&'a Element> {
    children(root, "attentionLine")
        .find(|line| child(line, "keyWordText").and_then(code) == Some(key_word))
        .and_then(|line| child(line, "value"))
}

/// Observations of a patient, below elements of that name.
pub(super) fn read_observations(patient: &Element, subject: &'static str) -> Vec<Observation> {
    children(patient, subject)
        .filter_map(|subject| child(subject, "administrativeObservation"))
        .filter_map(read_observation)
        .collect()
}

fn read_observation(observation: &Element) -> Option<Observation> {
    let concept = child(observation, "code")?;
    Some(Observation {
        code: code(concept)?.to_owned(),
        system: attribute(concept, "codeSystem").map(str::to_owned),
        display: attribute(concept, "displayName").map(str::to_owned),
        value: child(observation, "value").and_then(boolean),
    })
}

fn read_closing(act: &Element, event: &Element) -> Closing {
    let on = child(event, "effectiveTime").and_then(|e| attribute(e, "value")).map(WireTime::received);
    let (reason, text) = read_closing_reason(act);
    Closing { on, reason, text }
}

/// Code and free text of `reasonOf`.
pub(super) fn read_closing_reason(act: &Element) -> (Option<String>, Option<String>) {
    let issue = children(act, "reasonOf").find_map(|reason| child(reason, "detectedIssueEvent"));
    let reason = issue.and_then(|issue| child(issue, "code")).and_then(code).map(str::to_owned);
    (reason, issue.and_then(|issue| child(issue, "text")).and_then(text))
}
