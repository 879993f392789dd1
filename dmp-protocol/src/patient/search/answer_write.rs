//! Writing an answer of TD0.5, in either form.

use dmp_xml::Writer;

use super::request::write_query;
use super::{ANSWER, Candidate, Candidates, PatientSearchResponse, TRIGGERS};
use crate::patient::HL7;
use crate::patient::acknowledgement::{Acknowledgement, Edition};
use crate::patient::answer_write::{XSI, write_custodian, write_observation_content};
use crate::patient::wrapper::{DMP, Head};

/// How the answer is written (`answers_schema_valid`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AnswerForm {
    /// As the DMP does: `xsi:type` on codes, bare `subjectOf2`, `@use=""`.
    #[default]
    Server,
    /// As the schemas of the standard ask.
    SchemaValid,
}

impl PatientSearchResponse {
    /// Writes the body element.
    pub fn write(&self, w: &mut Writer, form: AnswerForm) {
        w.open(ANSWER, &[("xmlns", HL7), ("xmlns:xsi", XSI), ("ITSVersion", "XML_1.0")]);
        let head = Head {
            interaction: ANSWER,
            id: &self.id,
            creation_time: &self.creation_time,
            processing_code: "P",
            accept_ack_code: "NE",
            receiver: (&self.lps.root, &self.lps.name),
            sender: DMP,
        };
        head.write(w);
        let (candidates, refusal): (&[Candidate], _) = match &self.answer {
            Candidates::Found(candidates) => (candidates, None),
            Candidates::Refused(refusal) => (&[], Some(refusal)),
        };
        Acknowledgement::write(refusal, Edition::Ne2008, self.request_id.as_ref(), w);
        w.open("controlActProcess", &[("classCode", "CACT"), ("moodCode", "EVN")]);
        write_code(w, form, &[("code", "PRPA_TE201306UV02"), ("codeSystem", TRIGGERS)]);
        for candidate in candidates {
            write_candidate(w, form, candidate);
        }
        self.write_query_ack(w, candidates.len(), refusal.is_some());
        if let (Some(id), Some(criteria)) = (&self.query_id, &self.criteria) {
            write_query(w, id, criteria, (form == AnswerForm::Server).then_some(""));
        }
        w.close();
        w.close();
    }

    fn write_query_ack(&self, w: &mut Writer, count: usize, is_refused: bool) {
        w.open("queryAck", &[]);
        if let Some(id) = &self.query_id {
            id.write(w, "queryId");
        }
        let code = match (is_refused, count) {
            (true, _) => "AE",
            (false, 0) => "NF",
            (false, _) => "OK",
        };
        w.empty("queryResponseCode", &[("code", code)]);
        if !is_refused {
            let count = count.to_string();
            w.empty("resultTotalQuantity", &[("value", &count)]);
            w.empty("resultCurrentQuantity", &[("value", &count)]);
            w.empty("resultRemainingQuantity", &[("value", "0")]);
        }
        w.close();
    }
}

fn write_candidate(w: &mut Writer, form: AnswerForm, candidate: &Candidate) {
    w.open("subject", &[("typeCode", "SUBJ"), ("contextConductionInd", "false")]);
    w.open("registrationEvent", &[("classCode", "REG"), ("moodCode", "EVN")]);
    w.empty("statusCode", &[("code", "active")]);
    w.open("subject1", &[("typeCode", "SBJ")]);
    w.open("patient", &[("classCode", "PAT")]);
    for identifier in &candidate.identifiers {
        identifier.write(w, "id");
    }
    w.empty("statusCode", &[("code", "active")]);
    w.open("patientPerson", &[("classCode", "PSN"), ("determinerCode", "INSTANCE")]);
    candidate.traits.write(w);
    candidate.civil.write(w);
    w.close();
    if let Some(percentage) = candidate.match_percentage {
        w.open("subjectOf1", &[("typeCode", "SBJ")]);
        w.open("queryMatchObservation", &[("classCode", "COND"), ("moodCode", "EVN")]);
        write_code(w, form, &[("code", "POURCENTAGE")]);
        w.empty("value", &[("xsi:type", "INT"), ("value", &percentage.to_string())]);
        w.close();
        w.close();
    }
    for observation in &candidate.observations {
        match form {
            AnswerForm::Server => {
                w.open("subjectOf2", &[]);
                w.open("administrativeObservation", &[]);
            }
            AnswerForm::SchemaValid => {
                w.open("subjectOf2", &[("typeCode", "SBJ")]);
                w.open("administrativeObservation", &[("classCode", "OBS"), ("moodCode", "EVN")]);
            }
        }
        write_observation_content(w, observation);
        w.close();
        w.close();
    }
    w.close();
    w.close();
    write_custodian(w);
    w.close();
    w.close();
}

fn write_code(w: &mut Writer, form: AnswerForm, attributes: &[(&str, &str)]) {
    let typed = (form == AnswerForm::Server).then_some(("xsi:type", "CS"));
    let attributes: Vec<(&str, &str)> = typed.into_iter().chain(attributes.iter().copied()).collect();
    w.empty("code", &attributes);
}
