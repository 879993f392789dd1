//! TD0.5: search of a patient by traits (`PRPA_IN201305UV02`, `PRPA_IN201306UV02`, normative edition 2008).

mod answer;
mod answer_read;
mod answer_write;
mod criteria;
mod request;

pub use answer::{Candidate, Candidates, PatientSearchResponse};
pub use answer_write::AnswerForm;
pub use criteria::{CriteriaError, PatientCriteria};
pub use request::PatientSearch;

const REQUEST: &str = "PRPA_IN201305UV02";
const ANSWER: &str = "PRPA_IN201306UV02";

/// Trigger events are named in the system of the interactions.
const TRIGGERS: &str = "2.16.840.1.113883.1.6";
