//! Golden messages: what is read is written back the same.

use dmp_xml::{Element, Writer};
use xds_model::iti18::{AdhocQuery, QueryResponse};
use xds_model::iti41::ProvideAndRegister;
use xds_model::iti43::{RetrieveRequest, RetrieveResponse};
use xds_model::iti57::SubmitObjects;
use xds_model::{ReadError, RegistryResponse};

use crate::support::{body, body_text, golden_messages, messages_in, normalised, parse, shared, written};

/// Reads a body with the type of its root and writes it again.
pub(crate) fn rewrite(body: &Element) -> Result<String, ReadError> {
    let mut writer = Writer::new();
    match body.name.local.as_str() {
        "ProvideAndRegisterDocumentSetRequest" => ProvideAndRegister::read(body)?.write(&mut writer),
        "AdhocQueryRequest" => AdhocQuery::read(body)?.write(&mut writer),
        "AdhocQueryResponse" => QueryResponse::read(body)?.write(&mut writer),
        "RetrieveDocumentSetRequest" => RetrieveRequest::read(body)?.write(&mut writer),
        "RetrieveDocumentSetResponse" => RetrieveResponse::read(body)?.write(&mut writer),
        "SubmitObjectsRequest" => SubmitObjects::read(body)?.write(&mut writer),
        _ => RegistryResponse::read(body)?.write(&mut writer),
    }
    Ok(writer.finish().expect("what was read is writable"))
}

fn check(name: &str, message: &str) {
    let body = body(message);
    let again = rewrite(&body).unwrap_or_else(|error| panic!("{name}: {error}"));
    let answer = body.name.local == "AdhocQueryResponse";
    assert_eq!(normalised(&parse(&again), answer), normalised(&body, answer), "{name}");
    if !answer {
        assert_eq!(again, body_text(message), "{name}");
    }
}

#[test]
fn every_golden_message_is_written_back() {
    let messages = golden_messages();
    assert!(messages.len() >= 24, "{}", messages.len());
    messages.iter().for_each(|(name, message)| check(name, message));
}

#[test]
fn every_shared_example_is_written_back() {
    let Some(folder) = shared("examples/xds") else { return };
    messages_in(&folder).iter().for_each(|(name, message)| check(name, message));
}

#[test]
fn an_answer_written_twice_is_the_same() {
    let (_, message) =
        golden_messages().into_iter().find(|(name, _)| name.contains("getdocumentsandassociations.resp")).unwrap();
    let once = rewrite(&body(&message)).unwrap();
    assert_eq!(rewrite(&parse(&once)).unwrap(), once);
    let response = QueryResponse::read(&parse(&once)).unwrap();
    assert_eq!(written(|writer| response.write(writer)), once);
}
