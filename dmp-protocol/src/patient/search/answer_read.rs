//! Reading an answer of TD0.5, leniently: schema-valid or in the form of the server.

use dmp_xml::Element;

use super::{ANSWER, Candidate, Candidates, PatientCriteria, PatientSearchResponse};
use crate::patient::answer_read::read_observations;
use crate::patient::element::{attribute, child, children, code, descend};
use crate::patient::wrapper::{control_act, read_creation_time, read_device};
use crate::patient::{Acknowledgement, CivilData, InstanceIdentifier, MessageError, PatientTraits};

impl PatientSearchResponse {
    /// Reads the body element.
    ///
    /// # Errors
    /// [`MessageError`]: another body, or no acknowledgement.
    pub fn read(element: &Element) -> Result<Self, MessageError> {
        let act = control_act(element, ANSWER)?;
        let acknowledgement = child(element, "acknowledgement").ok_or(MessageError::Missing("acknowledgement"))?;
        let query_ack = child(act, "queryAck");
        let answer = match Acknowledgement::read(acknowledgement)? {
            Some(refusal) => Candidates::Refused(refusal),
            None => match query_ack.and_then(|ack| child(ack, "queryResponseCode")).and_then(code) {
                Some(refusal @ ("AE" | "QE")) => {
                    Candidates::Refused(Acknowledgement::read_as(refusal, acknowledgement))
                }
                // `NF`, or `OK` without subject: nobody.
                _ => Candidates::Found(children(act, "subject").filter_map(read_candidate).collect()),
            },
        };
        Ok(Self {
            id: child(element, "id").and_then(InstanceIdentifier::read).unwrap_or(InstanceIdentifier::bare("")),
            creation_time: read_creation_time(element),
            lps: read_device(element, "receiver"),
            request_id: descend(acknowledgement, &["targetMessage", "id"]).and_then(InstanceIdentifier::read),
            query_id: query_ack.and_then(|ack| child(ack, "queryId")).and_then(InstanceIdentifier::read),
            criteria: descend(act, &["queryByParameter", "parameterList"]).map(PatientCriteria::read),
            answer,
        })
    }
}

fn read_candidate(subject: &Element) -> Option<Candidate> {
    let patient = descend(subject, &["registrationEvent", "subject1", "patient"])?;
    let person = child(patient, "patientPerson");
    let mut observations = read_observations(patient, "subjectOf2");
    observations.extend(read_observations(patient, "subjectOf"));
    Some(Candidate {
        identifiers: children(patient, "id").filter_map(InstanceIdentifier::read).collect(),
        traits: person.map(PatientTraits::read).unwrap_or_default(),
        civil: person.map(CivilData::read).unwrap_or_default(),
        match_percentage: read_percentage(patient),
        observations,
    })
}

fn read_percentage(patient: &Element) -> Option<u8> {
    let value = children(patient, "subjectOf1")
        .filter_map(|subject| child(subject, "queryMatchObservation"))
        .filter(|observation| child(observation, "code").and_then(code).is_none_or(|code| code == "POURCENTAGE"))
        .find_map(|observation| child(observation, "value"))?;
    attribute(value, "value")?.parse().ok().filter(|percentage| *percentage <= 100)
}
