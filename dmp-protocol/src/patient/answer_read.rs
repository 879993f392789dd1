//! Reading a TD0.2 answer, leniently.

use dmp_xml::Element;

use super::answer::{
    Acknowledgement, AcknowledgementDetail, AcknowledgementKind, Answer, Closing, Dmp, Existence, ExistenceResponse,
    Observation,
};
use super::element::{attribute, boolean, child, children, code, descend, text};
use super::wrapper::{control_act, read_creation_time, read_device};
use super::{Authorisation, InstanceIdentifier, MessageError, PatientTraits, WireTime};

const ROOT: &str = "PRPA_IN201308UV02";

impl ExistenceResponse {
    /// Reads the body element. The reason is not checked: `RelatesTo` tells which request is answered.
    ///
    /// # Errors
    /// [`MessageError`] when the answer says neither that there is a DMP, nor that there is none, nor why not.
    pub fn read(element: &Element) -> Result<Self, MessageError> {
        let act = control_act(element, ROOT)?;
        let acknowledgement = child(element, "acknowledgement").ok_or(MessageError::Missing("acknowledgement"))?;
        let query_ack = child(act, "queryAck");
        Ok(Self {
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
    // Edition 2009 has an attribute, edition 2008 a child.
    let type_code = attribute(acknowledgement, "typeCode")
        .or_else(|| child(acknowledgement, "typeCode").and_then(code))
        .ok_or(MessageError::Missing("acknowledgement/@typeCode"))?;
    if type_code != "AA" {
        return Ok(Answer::Refused(read_refusal(type_code, acknowledgement)));
    }
    match query_ack.and_then(|ack| child(ack, "queryResponseCode")).and_then(code) {
        Some("NF") => Ok(Answer::Existence(Existence::Absent)),
        Some(refusal @ ("AE" | "QE")) => Ok(Answer::Refused(read_refusal(refusal, acknowledgement))),
        // `OK`, an unknown code or none: the subject speaks for itself.
        _ => read_existence(root, act).map(Answer::Existence),
    }
}

fn read_refusal(code: &str, acknowledgement: &Element) -> Acknowledgement {
    let details = children(acknowledgement, "acknowledgementDetail")
        .map(|detail| AcknowledgementDetail {
            code: child(detail, "code").and_then(super::element::code).map(str::to_owned),
            text: child(detail, "text").and_then(text),
        })
        .collect();
    Acknowledgement { kind: AcknowledgementKind::from_code(code), details }
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
    Dmp {
        identifiers: children(patient, "id").filter_map(InstanceIdentifier::read).collect(),
        authorisation: attention(root, "AUTORISATION").and_then(code).map(Authorisation::from_code),
        medecin_traitant: attention(root, "STATUT_MT").and_then(boolean),
        traits: child(patient, "patientPerson").map(PatientTraits::read).unwrap_or_default(),
        observations: children(patient, "subjectOf")
            .filter_map(|subject| child(subject, "administrativeObservation"))
            .filter_map(read_observation)
            .collect(),
    }
}

/// Value of the attention line of that key word.
fn attention<'a>(root: &'a Element, key_word: &str) -> Option<&'a Element> {
    children(root, "attentionLine")
        .find(|line| child(line, "keyWordText").and_then(code) == Some(key_word))
        .and_then(|line| child(line, "value"))
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
    let issue = children(act, "reasonOf").find_map(|reason| child(reason, "detectedIssueEvent"));
    Closing {
        on: child(event, "effectiveTime").and_then(|e| attribute(e, "value")).map(WireTime::received),
        reason: issue.and_then(|issue| child(issue, "code")).and_then(code).map(str::to_owned),
        text: issue.and_then(|issue| child(issue, "text")).and_then(text),
    }
}
