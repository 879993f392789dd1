//! Reading the request, leniently.

use dmp_xml::Element;

use super::{
    AdministrativeUpdate, MessageHead, REQUEST, RegistrationAuthor, RegistrationChange, RegistrationReason,
    RegistrationRequest,
};
use crate::patient::answer::{BRIS_DE_GLACE, CENTRE_15};
use crate::patient::answer_read::{read_closing_reason, read_observations};
use crate::patient::element::{child, children, code, descend};
use crate::patient::wrapper::{control_act, read_creation_time, read_device, read_processing_code, reason};
use crate::patient::{CivilData, InstanceIdentifier, MessageError, Observation, PatientTraits};
use crate::received_name::shorten;

impl MessageHead {
    /// Reads it from the body element of a request, whatever it asks: a refusal repeats it.
    ///
    /// # Errors
    /// [`MessageError::Missing`]: no identifier.
    pub fn read(element: &Element) -> Result<Self, MessageError> {
        Ok(Self {
            id: child(element, "id").and_then(InstanceIdentifier::read).ok_or(MessageError::Missing("id"))?,
            creation_time: read_creation_time(element),
            processing: read_processing_code(element),
            lps: read_device(element, "sender"),
        })
    }
}

impl RegistrationRequest {
    /// Which change a body asks for, when it is this message and one of the two.
    #[must_use]
    pub fn reason_of(element: &Element) -> Option<RegistrationReason> {
        RegistrationReason::from_code(reason(control_act(element, REQUEST).ok()?))
    }

    /// Reads the body element.
    ///
    /// # Errors
    /// [`MessageError`]: another body, another reason, or a part that the change cannot do without.
    pub fn read(element: &Element) -> Result<Self, MessageError> {
        let act = control_act(element, REQUEST)?;
        let found = reason(act);
        let reason = RegistrationReason::from_code(found)
            .ok_or_else(|| MessageError::Reason { found: shorten(found), expected: "MODIF_DATA or FERM" })?;
        let request = descend(act, &["subject", "registrationRequest"])
            .ok_or(MessageError::Missing("subject/registrationRequest"))?;
        let patient = descend(request, &["subject1", "patient"]).ok_or(MessageError::Missing("subject1/patient"))?;
        if child(patient, "statusCode").and_then(code) != Some(reason.status()) {
            return Err(MessageError::Missing("the patient/statusCode of this reason"));
        }
        let person = child(patient, "patientPerson").ok_or(MessageError::Missing("patient/patientPerson"))?;
        let mut traits = PatientTraits::read(person);
        let telecoms = std::mem::take(&mut traits.telecoms);
        let change = match reason {
            RegistrationReason::Update => {
                let update = AdministrativeUpdate { telecoms, ..read_update(patient, person)? };
                RegistrationChange::Update(Box::new(update))
            }
            RegistrationReason::Close => {
                let (reason, text) = read_closing_reason(act);
                let reason = reason.ok_or(MessageError::Missing("reasonOf/detectedIssueEvent/code"))?;
                RegistrationChange::Close { reason, text }
            }
        };
        Ok(Self {
            head: MessageHead::read(element)?,
            patient: children(patient, "id")
                .find_map(InstanceIdentifier::read)
                .ok_or(MessageError::Missing("patient/id"))?,
            traits,
            change,
            author: RegistrationAuthor::read(request)?,
        })
    }
}

fn read_update(patient: &Element, person: &Element) -> Result<AdministrativeUpdate, MessageError> {
    let observations = read_observations(patient, "subjectOf");
    let CivilData { addresses, representatives, birth_place, .. } = CivilData::read(person);
    Ok(AdministrativeUpdate {
        telecoms: Vec::new(),
        address: addresses.into_iter().next(),
        representative: representatives.into_iter().next(),
        birth_place,
        opposes_bris_de_glace: opposition(&observations, BRIS_DE_GLACE)?,
        opposes_centre_15: opposition(&observations, CENTRE_15)?,
    })
}

/// A message without an opposition would erase one.
fn opposition(observations: &[Observation], code: &'static str) -> Result<bool, MessageError> {
    Observation::value_of(observations, code).ok_or(MessageError::Missing(code))
}
