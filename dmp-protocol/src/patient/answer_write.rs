//! Writing a TD0.2 answer, in the form of the server.

use dmp_xml::Writer;

use super::answer::{Acknowledgement, Answer, Closing, Dmp, Existence, ExistenceResponse, Observation};
use super::wrapper::{DMP, Head, write_reason};
use super::{DMP_DEVICE, HL7, InstanceIdentifier};

const ROOT: &str = "PRPA_IN201308UV02";
const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
const KEYWORDS: &str = "1.2.250.1.213.4.1.2.6";
const CLOSING_REASONS: &str = "1.2.250.1.213.4.1.2.4";

impl ExistenceResponse {
    /// Writes the body element.
    pub fn write(&self, w: &mut Writer) {
        w.open(ROOT, &[("xmlns", HL7), ("xmlns:xsi", XSI), ("ITSVersion", "XML_1.0")]);
        let head = Head {
            interaction: ROOT,
            id: &self.id,
            creation_time: &self.creation_time,
            processing_code: "P",
            accept_ack_code: "NE",
            receiver: (&self.lps.root, &self.lps.name),
            sender: DMP,
        };
        head.write(w);
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
        write_acknowledgement(w, refusal, self.request_id.as_ref());
        w.open("controlActProcess", &[("classCode", "CACT"), ("moodCode", "EVN")]);
        write_reason(w);
        if let Some(found) = &found {
            found.write_subject(w);
            if let Some(closing) = found.closing {
                write_closing_reason(w, closing);
            }
        }
        w.open("queryAck", &[]);
        if let Some(id) = &self.query_id {
            id.write(w, "queryId");
        }
        let code = match (&refusal, &found) {
            (Some(_), _) => "AE",
            (None, Some(_)) => "OK",
            (None, None) => "NF",
        };
        w.empty("queryResponseCode", &[("code", code)]);
        w.close();
        w.close();
        w.close();
    }
}

struct Found<'a> {
    dmp: &'a Dmp,
    status: &'a str,
    closing: Option<&'a Closing>,
}

impl Found<'_> {
    fn write_subject(&self, w: &mut Writer) {
        w.open("subject", &[("typeCode", "SUBJ"), ("contextConductionInd", "false")]);
        w.open("registrationEvent", &[("classCode", "REG"), ("moodCode", "EVN")]);
        w.empty("statusCode", &[("code", "completed")]);
        if let Some(on) = self.closing.and_then(|closing| closing.on.as_ref()) {
            w.empty("effectiveTime", &[("value", on.as_str())]);
        }
        w.open("subject1", &[("typeCode", "SBJ")]);
        w.open("patient", &[("classCode", "PAT")]);
        for identifier in &self.dmp.identifiers {
            identifier.write(w, "id");
        }
        w.empty("statusCode", &[("code", self.status)]);
        w.open("patientPerson", &[("classCode", "PSN"), ("determinerCode", "INSTANCE")]);
        self.dmp.traits.write(w);
        w.close();
        for observation in &self.dmp.observations {
            write_observation(w, observation);
        }
        w.close();
        w.close();
        w.open("custodian", &[("typeCode", "CST")]);
        w.open("assignedEntity", &[("classCode", "ASSIGNED")]);
        w.empty("id", &[("root", DMP_DEVICE)]);
        for _ in 0..4 {
            w.close();
        }
    }
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

fn write_acknowledgement(w: &mut Writer, refusal: Option<&Acknowledgement>, request: Option<&InstanceIdentifier>) {
    w.open("acknowledgement", &[("typeCode", refusal.map_or("AA", |r| r.kind.code()))]);
    w.open("targetMessage", &[]);
    if let Some(id) = request {
        id.write(w, "id");
    }
    w.close();
    for detail in refusal.into_iter().flat_map(|refusal| &refusal.details) {
        w.open("acknowledgementDetail", &[("typeCode", "E")]);
        if let Some(code) = &detail.code {
            w.empty("code", &[("code", code)]);
        }
        if let Some(text) = &detail.text {
            w.leaf("text", &[], text);
        }
        w.close();
    }
    w.close();
}

fn write_observation(w: &mut Writer, observation: &Observation) {
    w.open("subjectOf", &[("typeCode", "SBJ")]);
    w.open("administrativeObservation", &[("classCode", "OBS"), ("moodCode", "EVN")]);
    let mut attributes = vec![("code", observation.code.as_str())];
    attributes.extend(observation.system.as_deref().map(|system| ("codeSystem", system)));
    attributes.extend(observation.display.as_deref().map(|display| ("displayName", display)));
    w.empty("code", &attributes);
    if let Some(value) = observation.value {
        w.empty("value", &[("xsi:type", "BL"), ("value", boolean(value))]);
    }
    w.close();
    w.close();
}

fn write_closing_reason(w: &mut Writer, closing: &Closing) {
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

fn boolean(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}
