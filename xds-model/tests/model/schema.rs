//! What we write is valid against the ebXML and IHE schemas, where they and xmllint are at hand.

use std::process::Command;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use xds_model::iti18::{FindDocuments, GetDocuments, QueryResponse, ReturnType};
use xds_model::iti43::{RetrieveRequest, RetrieveResponse, RetrievedDocument};
use xds_model::iti57::SubmitObjects;
use xds_model::{
    Association, AvailabilityStatus, CodedValue, DocumentContent, Form, RegistryError, RegistryObjectList,
    RegistryResponse, SubmissionSet,
};

use crate::sample;
use crate::strategies::{document_entry, submission_set};
use crate::support::{shared, written};

fn stored_objects() -> RegistryObjectList {
    let member = Association::has_member("urn:uuid:7a9e2d51-18a5-11f1-8a52-5254004d0201", "urn:uuid:a", "urn:uuid:b");
    RegistryObjectList {
        submission_sets: vec![SubmissionSet {
            entry_uuid: "urn:uuid:7a9e2d3e-18a5-11f1-8a52-5254004d0102".into(),
            logical_id: Some("urn:uuid:7a9e2d3e-18a5-11f1-8a52-5254004d0102".into()),
            status: Some(AvailabilityStatus::Approved),
            ..sample::submission_set()
        }],
        document_entries: vec![sample::stored_entry()],
        associations: vec![Association { status: Some(AvailabilityStatus::Approved), ..member }],
        object_refs: vec!["urn:uuid:0f3c6a10-1620-11f1-8a52-5254004d0001".into()],
        unsupported: Vec::new(),
    }
}

fn messages() -> Vec<(&'static str, String)> {
    let codes = vec![CodedValue::new("N", "Normal", "2.16.840.1.113883.5.25")];
    let visibility =
        SubmitObjects::update_visibility(sample::submission_set(), &sample::stored_entry(), codes).unwrap();
    let status = SubmitObjects::update_status(
        sample::submission_set(),
        "urn:uuid:x",
        &AvailabilityStatus::Approved,
        &AvailabilityStatus::Deleted,
    );
    let find = FindDocuments::approved(sample::document_entry().patient_id);
    let get = GetDocuments::UniqueIds((0..20).map(|number| format!("2.25.{number:0>59}")).collect());
    let failure = RegistryResponse::failure(vec![RegistryError::error("DMPClosed", "Le DMP du patient est fermé")]);
    let retrieved = RetrieveResponse {
        response: RegistryResponse::partial_success(failure.errors.clone()),
        documents: vec![RetrievedDocument {
            repository_unique_id: "1.2.250.1.213.4.1.1.1.2".into(),
            unique_id: "2.25.3.2".into(),
            mime_type: "text/xml".into(),
            content: DocumentContent::Inline(b"<a/>".to_vec()),
        }],
    };
    vec![
        ("iti41.request", written(|writer| sample::provide_and_register().write(writer))),
        ("iti41.response", written(|writer| RegistryResponse::success().write(writer))),
        ("iti41.failure", written(|writer| failure.write(writer))),
        ("iti57-visibility.request", written(|writer| visibility.write(writer))),
        ("iti57-delete.request", written(|writer| status.write(writer))),
        ("iti18-find.request", written(|writer| find.to_query(ReturnType::LeafClass).write(writer))),
        ("iti18-get.request", written(|writer| get.to_query(ReturnType::ObjectRef).write(writer))),
        ("iti18.response", written(|writer| QueryResponse::found(stored_objects()).write(writer))),
        ("iti18-empty.response", written(|writer| QueryResponse::found(RegistryObjectList::default()).write(writer))),
        ("iti18.failure", written(|writer| QueryResponse::refused(failure).write(writer))),
        ("iti43.request", written(|writer| RetrieveRequest::single("1.2", "2.25.1").write(writer))),
        ("iti43.response", written(|writer| retrieved.write(writer))),
    ]
}

/// Entries and submission sets with generated values, in both forms.
fn generated() -> Vec<String> {
    let mut runner = TestRunner::deterministic();
    let mut messages = Vec::new();
    for form in [Form::Request, Form::Answer] {
        for _ in 0..5 {
            let entry = document_entry(form).new_tree(&mut runner).unwrap().current();
            let set = submission_set(form).new_tree(&mut runner).unwrap().current();
            let objects = RegistryObjectList {
                submission_sets: vec![set],
                document_entries: vec![entry],
                ..RegistryObjectList::default()
            };
            messages.push(match form {
                Form::Request => written(|writer| SubmitObjects { objects }.write(writer)),
                Form::Answer => written(|writer| QueryResponse::found(objects).write(writer)),
            });
        }
    }
    messages
}

#[test]
fn what_we_write_is_schema_valid() {
    let Some(validate) = shared("schemas/validate.sh") else { return };
    if Command::new("xmllint").arg("--version").output().is_err() {
        println!("skipped: xmllint not installed");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let named = messages().into_iter().map(|(name, text)| (name.to_owned(), text));
    let queries = crate::stored_queries::queries();
    let queries = queries.into_iter().map(|(name, query)| (name.to_owned(), written(|writer| query.write(writer))));
    let generated = generated().into_iter().enumerate().map(|(number, text)| (format!("generated-{number}"), text));
    let mut command = Command::new(&validate);
    for (name, text) in named.chain(queries).chain(generated) {
        let path = folder.path().join(format!("{name}.xml"));
        std::fs::write(&path, text).unwrap();
        command.arg(path);
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
