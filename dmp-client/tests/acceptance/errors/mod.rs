//! E2 to E5: what is refused here without a request, and what the mock answers to one that is made all the same.

mod feeding;
mod query;
mod retrieval;
mod update;

use std::fmt::Debug;

use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_protocol::transaction::Transaction;
use xds_model::{Author, CodedValue, DocumentEntry, RegistryResponse};

use crate::bare::HttpAnswer;
use crate::support::documents::{bytes, document, letter};
use crate::support::*;

const LOINC: &str = "2.16.840.1.113883.6.1";

fn feeding(mock: &MockDmp) -> IndirectRecord {
    feeding_of(mock, followed())
}

fn feeding_of(mock: &MockDmp, patient: QualifiedPatient) -> IndirectRecord {
    client(mock).indirect(sender()).unwrap().record(patient, Consent::given()).unwrap()
}

fn consulting(mock: &MockDmp) -> AirRecord {
    air(mock).record(followed(), Consent::given()).unwrap()
}

/// Feeds a letter; gives its uniqueId.
async fn fed(mock: &MockDmp) -> String {
    let receipt = feeding(mock).submit(&Submission::of(document(&letter()).await)).await.unwrap();
    receipt.document_unique_ids[0].clone()
}

/// A letter as opaque bytes, with an entry that a test changes.
async fn described(change: impl FnOnce(&mut DocumentEntry)) -> Document {
    let letter = letter();
    let mut entry = document(&letter).await.entry().clone();
    change(&mut entry);
    Document::from_opaque_bytes(bytes(&letter), entry).await.unwrap()
}

/// Requests that reached the mock.
fn requests(mock: &MockDmp) -> usize {
    mock.journal().exchanges().len()
}

fn transactions(mock: &MockDmp, since: usize) -> Vec<String> {
    mock.journal().exchanges().into_iter().skip(since).filter_map(|one| one.transaction).collect()
}

/// LOCAL: by that rule, and nothing was sent.
#[track_caller]
fn local<T: Debug>(result: Result<T, DmpError>, rule: &str, kind: ErrorKind) {
    let error = result.unwrap_err();
    assert_eq!((error.rule(), error.kind()), (Some(rule), kind), "{error:?}");
    assert_eq!(error.outcome(), Outcome::NotSent, "{error:?}");
    for language in [Language::English, Language::French] {
        let told = error.explain(language);
        assert!(told.meaning.is_some() && told.found.is_some() && told.remedy.is_some(), "{told}");
    }
}

/// FAIL: the code and the context of a forced request, and the error that the SDK makes of them.
#[track_caller]
fn failed(answer: &HttpAnswer, transaction: Transaction) -> (String, String, DmpError) {
    let body = answer.envelope();
    let response = RegistryResponse::read(body.body()).unwrap_or_else(|_| {
        xds_model::iti18::QueryResponse::read(body.body()).expect("an answer of the registry").response
    });
    assert!(!response.is_success(), "{:?}", answer.rule());
    let first = response.errors.first().unwrap();
    let errors = response.errors.iter().map(Into::into).collect();
    (first.code.clone(), first.context.clone(), DmpError::from_registry(transaction, errors))
}

/// The code that the DMP refused with.
#[track_caller]
fn code<T: Debug>(result: Result<T, DmpError>) -> String {
    result.unwrap_err().code().map(|code| code.as_str().to_owned()).unwrap()
}

fn another_author() -> Author {
    let person = xds_model::Xcn::professional(dmp_mock::world::seed::PHARMACIEN, "PATRON", "SACHA");
    Author { person: Some(person), ..crate::bare::lot::author() }
}

fn coded(code: &str, system: &str) -> Option<CodedValue> {
    Some(CodedValue::new(code, code, system))
}
