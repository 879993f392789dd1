//! Golden messages of TD0.2 to TD0.5, TD1.3a, TD1.3b, TD1.4 and TD1.6: the bytes are fixed, and validate where schemas exist.
//!
//! `UPDATE_GOLDEN=1 cargo test -p dmp-protocol --test messages` rewrites them.

use std::path::Path;
use std::process::Command;

use dmp_protocol::patient::{
    Acknowledgement, Answer, AnswerForm, Candidates, Dmp, Existence, PatientTraits, RegistrationReason,
};
use dmp_protocol::rights::{AuthorizationMode, ListAuthorizations, SetAuthorization, SetAuthorizationResponse};
use dmp_protocol::soap::{
    Envelope, EnvelopeError, Fault, RequestHeaders, ResponseHeaders, write_fault, write_request, write_response,
};
use dmp_protocol::transaction::Transaction;
use dmp_protocol::xml::{Limits, Writer};

use crate::administrative_data::{administrative, full, request as ask_data};
use crate::lists::{actors, dmps, patient_list};
use crate::patient::{closed, dmp, request, response};
use crate::patient_search::{all_criteria, answer, candidate, search, too_many};
use crate::registration::{accepted, close, refused, request as register, response as registered, update};
use crate::support::{REQUEST, RESPONSE, message_id, read, testdata};

const BASE: &str = "https://dmp.exemple.test/si-dmp-server/v2/services";

fn request_envelope(transaction: Transaction, body: impl FnOnce(&mut Writer)) -> String {
    let assertion = String::from_utf8(read("golden/assertion.unsigned.xml")).expect("UTF-8");
    let (id, to) = (message_id(REQUEST), transaction.service().url(BASE));
    let headers = RequestHeaders { message_id: &id, to: &to, action: transaction.request_action() };
    write_request(&headers, assertion.trim_end(), body).expect("XML")
}

fn response_envelope(transaction: Transaction, body: impl FnOnce(&mut Writer)) -> String {
    let (id, relates_to) = (message_id(RESPONSE), message_id(REQUEST));
    let headers = ResponseHeaders {
        action: transaction.response_action(),
        message_id: &id,
        relates_to: Some(relates_to.as_str()),
    };
    write_response(&headers, body).expect("XML")
}

fn existence(answer: Answer) -> String {
    response_envelope(Transaction::Existence, |w| response(answer).write(w))
}

fn administrative_data(answer: Answer) -> String {
    response_envelope(Transaction::AdministrativeData, |w| administrative(answer).write(w))
}

fn candidates(candidates: Candidates, form: AnswerForm) -> String {
    response_envelope(Transaction::SearchPatient, |w| answer(candidates).write(w, form))
}

fn fault(fault: &Fault) -> String {
    let (id, relates_to) = (message_id(RESPONSE), message_id(REQUEST));
    write_fault(&ResponseHeaders { action: "", message_id: &id, relates_to: Some(relates_to.as_str()) }, fault)
        .expect("XML")
}

fn messages() -> Vec<(&'static str, String)> {
    let anonymous = Dmp { traits: PatientTraits::default(), ..dmp() };
    let rights = Transaction::SetAuthorization;
    let (update_data, close_record) = (Transaction::UpdateAdministrativeData, Transaction::CloseRecord);
    vec![
        ("td0.2.request", request_envelope(Transaction::Existence, |w| request().write(w))),
        ("td0.2.response-active", existence(Answer::Existence(Existence::Active(Box::new(dmp()))))),
        ("td0.2.response-anonymous", existence(Answer::Existence(Existence::Active(Box::new(anonymous))))),
        ("td0.2.response-absent", existence(Answer::Existence(Existence::Absent))),
        ("td0.2.response-closed", existence(Answer::Existence(closed()))),
        (
            "td0.2.response-refused",
            existence(Answer::Refused(Acknowledgement::error("DMPInvalidRequest", "Requête non comprise"))),
        ),
        ("td0.3.request-add", request_envelope(rights, |w| SetAuthorization::add().write(w))),
        ("td0.3.request-remove", request_envelope(rights, |w| SetAuthorization::remove().write(w))),
        (
            "td0.3.response-ok",
            response_envelope(rights, |w| SetAuthorizationResponse::ok("Autorisation enregistrée").write(w)),
        ),
        (
            "td0.3.response-closed",
            response_envelope(rights, |w| SetAuthorizationResponse::refused("DMPClosed", "DMP fermé").write(w)),
        ),
        ("td0.4.request", request_envelope(Transaction::ListAuthorised, |w| patient_list().write(w))),
        ("td0.4.response", response_envelope(Transaction::ListAuthorised, |w| dmps().write(w))),
        ("td0.5.request", request_envelope(Transaction::SearchPatient, |w| search(all_criteria()).write(w))),
        ("td0.5.response", candidates(Candidates::Found(vec![candidate()]), AnswerForm::SchemaValid)),
        (SERVER_FORM, candidates(Candidates::Found(vec![candidate()]), AnswerForm::Server)),
        ("td0.5.response-none", candidates(Candidates::Found(Vec::new()), AnswerForm::SchemaValid)),
        ("td0.5.response-too-many", candidates(too_many(), AnswerForm::SchemaValid)),
        ("td1.3a.request", request_envelope(Transaction::AdministrativeData, |w| ask_data().write(w))),
        ("td1.3a.response", administrative_data(Answer::Existence(full()))),
        (
            "td1.3a.response-refused",
            administrative_data(Answer::Refused(Acknowledgement::error(
                "DMPAuthorizationNotFound",
                "Aucune autorisation d'accès pour cet utilisateur",
            ))),
        ),
        ("td1.3b.request", request_envelope(update_data, |w| register(update()).write(w))),
        (
            "td1.3b.response",
            response_envelope(update_data, |w| {
                registered(RegistrationReason::Update, accepted()).write(w, AnswerForm::SchemaValid);
            }),
        ),
        ("td1.4.request", request_envelope(close_record, |w| register(close()).write(w))),
        (
            "td1.4.response-server",
            response_envelope(close_record, |w| {
                registered(RegistrationReason::Close, accepted()).write(w, AnswerForm::Server);
            }),
        ),
        (
            "td1.4.response-refused",
            response_envelope(close_record, |w| {
                registered(RegistrationReason::Close, refused()).write(w, AnswerForm::Server);
            }),
        ),
        (
            "td1.6.request",
            request_envelope(Transaction::ListAuthorisations, |w| {
                ListAuthorizations { mode: AuthorizationMode::Toute }.write(w)
            }),
        ),
        ("td1.6.response", response_envelope(Transaction::ListAuthorisations, |w| actors().write(w))),
        ("fault.certificate", fault(&Fault::dmp("DMPInvalidCertificate", "Certificat de signature du VIHF refusé"))),
        ("fault.addressing", fault(&EnvelopeError::MissingAddressing { block: "MessageID" }.fault())),
    ]
}

/// TD0.5 as the DMP answers it: the schemas refuse it.
const SERVER_FORM: &str = "td0.5.response-server";

#[test]
fn messages_are_those_of_the_golden_files() {
    for (name, actual) in messages() {
        let path = testdata(&format!("golden/{name}.soap.xml"));
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&path, &actual).expect("a golden file can be written");
        }
        let expected = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(actual, expected, "{name}");
        Envelope::parse(actual.as_bytes(), &Limits::default()).expect("an envelope");
    }
}

#[test]
fn golden_messages_validate() {
    let script = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/schemas/validate.sh"));
    if !script.exists() {
        println!("skipped: ../shared not present");
        return;
    }
    let valid = messages().into_iter().map(|(name, _)| name).filter(|name| *name != SERVER_FORM);
    let files: Vec<_> = valid.map(|name| testdata(&format!("golden/{name}.soap.xml"))).collect();
    let output = Command::new("bash").arg(script).args(&files).output().expect("bash runs");
    let report = String::from_utf8_lossy(&output.stdout);
    if output.status.code() == Some(2) {
        println!("skipped: {}", String::from_utf8_lossy(&output.stderr));
        return;
    }
    assert!(output.status.success(), "{report}");
    // TD0.2, TD0.5 and TD1.3a have a schema for their body; TD0.3, TD0.4, TD1.3b, TD1.4 and TD1.6 only for their envelope.
    assert_eq!(report.matches("envelope PRPA_IN20130").count(), 13, "{report}");
}
