//! How an answer says no: carrier and code, as errors.md §1 names the carriers.

use dmp_protocol::patient::{
    Acknowledgement, Answer, Candidates, Existence, PatientQueryResponse, PatientSearchResponse,
};
use dmp_protocol::rights::{ListAuthorizationsResponse, PatientListResponse, ServiceStatus, SetAuthorizationResponse};
use xds_model::RegistryResponse;
use xds_model::iti18::QueryResponse;
use xds_model::iti43::RetrieveResponse;

use crate::bare::HttpAnswer;

/// Carrier and code of a refusal; `None` for what was served.
pub(crate) fn refusal(answer: &HttpAnswer) -> Option<(&'static str, String)> {
    let envelope = answer.envelope();
    if let Some(code) = answer.fault_code() {
        return Some(("C3", code));
    }
    let body = envelope.body();
    let status = |output: ServiceStatus| (!output.is_ok()).then_some(("C5", output.status));
    let registry = |response: RegistryResponse| {
        (!response.is_success()).then(|| ("C6", response.errors.first().map_or(String::new(), |one| one.code.clone())))
    };
    let acknowledged = |acknowledgement: Acknowledgement| {
        Some(("C4", acknowledgement.details.first().map_or(String::new(), |one| one.code.clone().unwrap_or_default())))
    };
    if let Ok(answer) = PatientQueryResponse::read(body) {
        match answer.answer {
            Answer::Refused(acknowledgement) => acknowledged(acknowledgement),
            Answer::Existence(_) => None,
        }
    } else if let Ok(answer) = PatientSearchResponse::read(body) {
        match answer.answer {
            Candidates::Refused(acknowledgement) => acknowledged(acknowledgement),
            Candidates::Found(_) => None,
        }
    } else if let Ok(answer) = SetAuthorizationResponse::read(body) {
        status(answer.output)
    } else if let Ok(answer) = PatientListResponse::read(body) {
        status(answer.output)
    } else if let Ok(answer) = ListAuthorizationsResponse::read(body) {
        status(answer.output)
    } else if let Ok(answer) = QueryResponse::read(body) {
        registry(answer.response)
    } else if let Ok(answer) = RetrieveResponse::read(body) {
        registry(answer.response)
    } else {
        registry(RegistryResponse::read(body).unwrap())
    }
}

/// uniqueIds of the entries that a search shows, and how many references.
pub(crate) fn shown(answer: &HttpAnswer) -> (Vec<String>, usize) {
    let objects = QueryResponse::read(answer.envelope().body()).unwrap().objects;
    let entries = objects.document_entries.into_iter().map(|entry| entry.unique_id).collect();
    (entries, objects.object_refs.len())
}

/// The word that a served answer shows: `NF`, `terminated`, an authorisation, `DMPOk`.
pub(crate) fn word(answer: &HttpAnswer) -> Option<String> {
    let envelope = answer.envelope();
    if let Ok(answer) = SetAuthorizationResponse::read(envelope.body()) {
        return Some(answer.output.status);
    }
    match PatientQueryResponse::read(envelope.body()).ok()?.answer {
        Answer::Existence(Existence::Absent) => Some("NF".to_owned()),
        Answer::Existence(Existence::Closed(..)) => Some("terminated".to_owned()),
        Answer::Existence(Existence::Active(dmp)) => Some(dmp.authorisation().code().to_owned()),
        _ => None,
    }
}
