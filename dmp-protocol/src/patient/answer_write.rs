//! Writing an answer of TD0.2 or TD1.3a, in the form of the server.

use dmp_xml::Writer;

use super::acknowledgement::{Acknowledgement, Edition};
use super::answer::{Answer, Closing, Dmp, Existence, Observation, PatientQueryResponse};
use super::wrapper::{DMP, Head, write_reason};
use super::{CivilData, DMP_DEVICE, HL7, InstanceIdentifier, Lps, PatientTraits, WireTime};

const ROOT: &str = "PRPA_IN201308UV02";
pub(super) const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
const KEYWORDS: &str = "1.2.250.1.213.4.1.2.6";
const CLOSING_REASONS: &str = "1.2.250.1.213.4.1.2.4";

impl PatientQueryResponse {
    /// Writes the body element.
    pub fn write(&self, w: &mut Writer) {
        open_answer(w, ROOT, &self.id, &self.creation_time, &self.lps);
        let found = match &self.answer {
            Answer::Existence(Existence::Active(dmp)) => Some(Found { dmp, status: "active", closing: None }),
            Answer::Existence(Existence::Closed(dmp, closing)) => {
                Some(Found { dmp, status: "terminated", closing: Some(closing) })
            }
            Answer::Existence(Existence::Unknown { status, dmp }) => Some(Found { dmp, status, closing: None }),
            Answer::Existence(Existence::Absent) | Answer::Refused(_) => None,
        };
        if let Some(found) = &found {
            write_attention_lines(w, found.dmp);
        }
        let refusal = match &self.answer {
            Answer::Refused(refusal) => Some(refusal),
            Answer::Existence(_) => None,
        };
        Acknowledgement::write(refusal, Edition::Ne2009, self.request_id.as_ref(), w);
        w.open("controlActProcess", &[("classCode", "CACT"), ("moodCode", "EVN")]);
        write_reason(w, self.question.code(), self.question.display());
        if let Some(found) = &found {
            found.write_subject(w);
            if let Some(closing) = found.closing {
                write_closing_reason(w, closing);
            }
        }
        let code = match (&refusal, &found) {
            (Some(_), _) => "AE",
            (None, Some(_)) => "OK",
            (None, None) => "NF",
        };
        open_query_ack(w, self.query_id.as_ref(), code);
        for _ in 0..3 {
            w.close();
        }
    }
}

/// Opens the body element of an answer and writes its wrapper.
pub(super) fn open_answer(w: &mut Writer, body: &str, id: &InstanceIdentifier, at: &WireTime, lps: &Lps) {
    w.open(body, &[("xmlns", HL7), ("xmlns:xsi", XSI), ("ITSVersion", "XML_1.0")]);
    let head = Head {
        interaction: body,
        id,
        creation_time: at,
        processing_code: "P",
        accept_ack_code: "NE",
        receiver: (&lps.root, &lps.name),
        sender: DMP,
    };
    head.write(w);
}

/// Opens `queryAck`, up to `queryResponseCode`: `OK`, `NF` or `AE`.
pub(super) fn open_query_ack(w: &mut Writer, query_id: Option<&InstanceIdentifier>, code: &str) {
    w.open("queryAck", &[]);
    if let Some(id) = query_id {
        id.write(w, "queryId");
    }
    w.empty("queryResponseCode", &[("code", code)]);
}

/// Opens `subject`, down to `patient` with its identifiers and status.
pub(super) fn open_patient(
    w: &mut Writer,
    event_status: &str,
    closed_on: Option<&WireTime>,
    identifiers: &[InstanceIdentifier],
    status: &str,
) {
    w.open("subject", &[("typeCode", "SUBJ"), ("contextConductionInd", "false")]);
    w.open("registrationEvent", &[("classCode", "REG"), ("moodCode", "EVN")]);
    w.empty("statusCode", &[("code", event_status)]);
    if let Some(on) = closed_on {
        w.empty("effectiveTime", &[("value", on.as_str())]);
    }
    w.open("subject1", &[("typeCode", "SBJ")]);
    w.open("patient", &[("classCode", "PAT")]);
    for identifier in identifiers {
        identifier.write(w, "id");
    }
    w.empty("statusCode", &[("code", status)]);
}

/// `patientPerson`.
pub(super) fn write_person(w: &mut Writer, traits: &PatientTraits, civil: &CivilData) {
    w.open("patientPerson", &[("classCode", "PSN"), ("determinerCode", "INSTANCE")]);
    traits.write(w);
    civil.write(w);
    w.close();
}

/// Closes what [`open_patient`] opened, with the DMP as custodian.
pub(super) fn close_patient(w: &mut Writer) {
    w.close();
    w.close();
    write_custodian(w);
    w.close();
    w.close();
}

struct Found<'a> {
    dmp: &'a Dmp,
    status: &'a str,
    closing: Option<&'a Closing>,
}

impl Found<'_> {
    fn write_subject(&self, w: &mut Writer) {
        let closed_on = self.closing.and_then(|closing| closing.on.as_ref());
        open_patient(w, "completed", closed_on, &self.dmp.identifiers, self.status);
        write_person(w, &self.dmp.traits, &self.dmp.civil);
        for observation in &self.dmp.observations {
            write_observation(w, observation);
        }
        close_patient(w);
    }
}

/// The DMP keeps the record.
fn write_custodian(w: &mut Writer) {
    w.open("custodian", &[("typeCode", "CST")]);
    w.open("assignedEntity", &[("classCode", "ASSIGNED")]);
    w.empty("id", &[("root", DMP_DEVICE)]);
    w.close();
    w.close();
}

fn write_attention_lines(w: &mut Writer, dmp: &Dmp) {
    if let Some(authorisation) = &dmp.authorisation {
        w.open("attentionLine", &[]);
        w.empty("keyWordText", &[("code", "AUTORISATION"), ("codeSystem", &format!("{KEYWORDS}.1"))]);
        let system = format!("{KEYWORDS}.2");
        w.empty("value", &[("xsi:type", "CV"), ("code", authorisation.code()), ("codeSystem", &system)]);
        w.close();
    }
    if let Some(is_medecin_traitant) = dmp.medecin_traitant {
        w.open("attentionLine", &[]);
        w.empty("keyWordText", &[("code", "STATUT_MT"), ("codeSystem", &format!("{KEYWORDS}.3"))]);
        w.empty("value", &[("xsi:type", "BL"), ("value", boolean(is_medecin_traitant))]);
        w.close();
    }
}

pub(super) fn write_observation(w: &mut Writer, observation: &Observation) {
    w.open("subjectOf", &[("typeCode", "SBJ")]);
    w.open("administrativeObservation", &[("classCode", "OBS"), ("moodCode", "EVN")]);
    write_observation_content(w, observation);
    w.close();
    w.close();
}

/// Code and value.
pub(super) fn write_observation_content(w: &mut Writer, observation: &Observation) {
    let mut attributes = vec![("code", observation.code.as_str())];
    attributes.extend(observation.system.as_deref().map(|system| ("codeSystem", system)));
    attributes.extend(observation.display.as_deref().map(|display| ("displayName", display)));
    w.empty("code", &attributes);
    if let Some(value) = observation.value {
        w.empty("value", &[("xsi:type", "BL"), ("value", boolean(value))]);
    }
}

pub(super) fn write_closing_reason(w: &mut Writer, closing: &Closing) {
    if closing.reason.is_none() && closing.text.is_none() {
        return;
    }
    w.open("reasonOf", &[("typeCode", "RSON")]);
    w.open("detectedIssueEvent", &[("classCode", "ALRT"), ("moodCode", "EVN")]);
    if let Some(code) = &closing.reason {
        w.empty("code", &[("code", code), ("codeSystem", CLOSING_REASONS)]);
    }
    if let Some(text) = &closing.text {
        w.leaf("text", &[], text);
    }
    w.close();
    w.close();
}

/// A BL.
pub(super) fn boolean(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}
