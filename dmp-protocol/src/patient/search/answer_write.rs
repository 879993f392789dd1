//! Writing an answer of TD0.5, in either form.

use dmp_xml::Writer;

use super::request::write_query;
use super::{ANSWER, Candidate, Candidates, PatientSearchResponse, TRIGGERS};
use crate::patient::acknowledgement::{Acknowledgement, Edition};
use crate::patient::answer_write::{
    close_patient, open_answer, open_patient, open_query_ack, write_observation_content, write_person,
};

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
        open_answer(w, ANSWER, &self.id, &self.creation_time, &self.lps);
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
        let code = match (is_refused, count) {
            (true, _) => "AE",
            (false, 0) => "NF",
            (false, _) => "OK",
        };
        open_query_ack(w, self.query_id.as_ref(), code);
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
    open_patient(w, "active", None, &candidate.identifiers, "active");
    write_person(w, &candidate.traits, &candidate.civil);
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
    close_patient(w);
}

fn write_code(w: &mut Writer, form: AnswerForm, attributes: &[(&str, &str)]) {
    let typed = (form == AnswerForm::Server).then_some(("xsi:type", "CS"));
    let attributes: Vec<(&str, &str)> = typed.into_iter().chain(attributes.iter().copied()).collect();
    w.empty("code", &attributes);
}
