//! What the builders send equals the golden messages, and the receiver understands it.

use xds_model::iti18::{FindDocuments, QueryResponse, ReturnType};
use xds_model::iti41::ProvideAndRegister;
use xds_model::iti43::{RetrieveRequest, RetrieveResponse};
use xds_model::iti57::{SubmitObjects, Update, UpdateError};
use xds_model::{
    AvailabilityStatus, Cx, DocumentContent, DocumentEntry, RegistryError, RegistryObjectList, RegistryResponse,
    ResponseStatus, Severity,
};

use crate::sample;
use crate::support::{body, body_text, golden_message, parse, written};

#[test]
fn a_visibility_update_as_the_golden_message() {
    let golden = golden_message("iti57-visibility.request.soap.xml");
    let answer =
        QueryResponse::read(&body(&golden_message("iti18-getdocumentsandassociations.response.soap.xml"))).unwrap();
    let current = answer.objects.document_entry("urn:uuid:7a9e2d41-18a5-11f1-8a52-5254004d0003").unwrap();
    assert!(current.has_confidentiality("INVISIBLE_PATIENT"));
    let set = SubmitObjects::read(&body(&golden)).unwrap().objects.submission_sets.remove(0);
    let mut codes = current.confidentiality_codes.clone();
    codes.retain(|code| code.code != "INVISIBLE_PATIENT");

    let request = SubmitObjects::update_visibility(set, current, codes.clone()).unwrap();
    let message = written(|writer| request.write(writer));
    assert_eq!(message, body_text(&golden));

    let received = SubmitObjects::read(&parse(&message)).unwrap();
    let updates = received.updates();
    let [Update::NewVersion { entry, previous_version: Some(1) }] = updates.as_slice() else { panic!("{updates:?}") };
    assert_eq!(entry.confidentiality_codes, codes);
    assert_eq!(entry.logical_id, current.logical_id);
}

#[test]
fn a_visibility_update_needs_what_the_registry_gives() {
    let stored = sample::stored_entry();
    let update = |entry| SubmitObjects::update_visibility(sample::submission_set(), &entry, Vec::new());
    assert_eq!(update(DocumentEntry { version: None, ..stored.clone() }), Err(UpdateError::NoVersion));
    assert_eq!(update(DocumentEntry { logical_id: None, ..stored.clone() }), Err(UpdateError::NoLogicalId));
    assert!(update(stored).is_ok());
}

#[test]
fn status_updates_as_the_golden_messages() {
    use AvailabilityStatus::{Approved, Archived, Deleted};
    let rows =
        [("iti57-archive.request.soap.xml", Approved, Archived), ("iti57-delete.request.soap.xml", Archived, Deleted)];
    for (name, original, new) in rows {
        let golden = golden_message(name);
        let set = SubmitObjects::read(&body(&golden)).unwrap().objects.submission_sets.remove(0);
        let target = "urn:uuid:7a9e2d40-18a5-11f1-8a52-5254004d0002";
        let request = SubmitObjects::update_status(set, target, &original, &new);
        let message = written(|writer| request.write(writer));
        assert_eq!(message, body_text(&golden), "{name}");
        let received = SubmitObjects::read(&parse(&message)).unwrap();
        let expected = Update::Status { entry_uuid: target, original: Some(original), new: Some(new) };
        assert_eq!(received.updates(), [expected], "{name}");
    }
}

#[test]
fn associations_that_are_no_update_are_told() {
    let mut request = SubmitObjects { objects: sample::provide_and_register().objects };
    request.objects.document_entries.clear();
    assert!(request.updates().iter().all(|update| matches!(update, Update::Unsupported(_))));
}

#[test]
fn errors_in_the_three_carriers() {
    let plain = RegistryResponse::read(&body(&golden_message("iti41.failure.soap.xml"))).unwrap();
    let query = QueryResponse::read(&body(&golden_message("iti18.failure.soap.xml"))).unwrap().response;
    let retrieve = RetrieveResponse::read(&body(&golden_message("iti43.failure.soap.xml"))).unwrap().response;
    let rows = [
        (plain, "DMPClosed", "Le DMP du patient est fermé"),
        (query, "XDSStoredQueryMissingParam", "parameterName=$uuid"),
        (
            retrieve,
            "XDSDocumentUniqueIdError",
            "uniqueId=2.25.169113683135263991924194166893702703888.1.20260302091500001",
        ),
    ];
    for (response, code, context) in rows {
        assert_eq!(response, RegistryResponse::failure(vec![RegistryError::error(code, context)]));
        assert!(!response.is_success());
    }
}

#[test]
fn responses_round_trip() {
    let warning = RegistryError::warning("XDSExtraMetadataNotSaved", "<&>");
    let without_location = RegistryError { location: None, ..RegistryError::error("XDSRegistryError", "a\nb\t\"c\"") };
    let rows = [
        RegistryResponse::success(),
        RegistryResponse { errors: vec![warning.clone()], ..RegistryResponse::success() },
        RegistryResponse::failure(Vec::new()),
        RegistryResponse::failure(vec![warning.clone(), without_location]),
        RegistryResponse::partial_success(vec![warning]),
        RegistryResponse { status: ResponseStatus::Other("urn:x".into()), errors: Vec::new() },
    ];
    for response in rows {
        let message = written(|writer| response.write(writer));
        assert_eq!(RegistryResponse::read(&parse(&message)).as_ref(), Ok(&response));
        let answer = QueryResponse { response: response.clone(), objects: RegistryObjectList::default() };
        assert_eq!(QueryResponse::read(&parse(&written(|writer| answer.write(writer)))).as_ref(), Ok(&answer));
        let answer = RetrieveResponse { response, documents: Vec::new() };
        assert_eq!(RetrieveResponse::read(&parse(&written(|writer| answer.write(writer)))).as_ref(), Ok(&answer));
    }
    let mixed = RegistryResponse::failure(vec![RegistryError::warning("a", ""), RegistryError::error("b", "")]);
    assert_eq!(mixed.highest_severity(), Some(Severity::Error));
}

#[test]
fn a_retrieve_request_as_the_golden_message() {
    let request = RetrieveRequest::single(
        "1.2.250.1.213.4.1.1.1.2",
        "2.25.169113683135263991924194166893702703888.1.20260302091500001",
    );
    let message = written(|writer| request.write(writer));
    assert_eq!(message, body_text(&golden_message("iti43.request.soap.xml")));
    assert_eq!(RetrieveRequest::read(&parse(&message)), Ok(request));
    let answer = RetrieveResponse::read(&body(&golden_message("iti43.response.soap.xml"))).unwrap();
    let document = answer.document("2.25.169113683135263991924194166893702703888.1.20260302091500001").unwrap();
    assert!(matches!(&document.content, DocumentContent::Href(href) if href.starts_with("cid:")));
    assert!(answer.document("2.25.1").is_none());
}

#[test]
fn a_submission_round_trips_and_finds_its_parts() {
    let request = sample::provide_and_register();
    let received = ProvideAndRegister::read(&parse(&written(|writer| request.write(writer)))).unwrap();
    assert_eq!(received, request);
    assert_eq!(received.document_of("Signature01"), Some(&request.documents[1]));
    assert!(received.objects.document_entries[1].is_signature());
    assert!(!received.objects.document_entries[0].is_signature());
}

#[test]
fn debug_shows_no_health_data() {
    let text = format!("{:?} {:?}", sample::provide_and_register(), sample::stored_entry());
    for secret in
        ["28005759", "MODELE", "ALIX", "EXEMPLE", "CAMILLE", "19800514", "Compte rendu", "Consultation", "I10", "IPP"]
    {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    let query = FindDocuments {
        author_persons: vec!["%MODELE%".into()],
        ..FindDocuments::approved(Cx::ins("285079999999935", "1.2.250.1.213.1.4.10"))
    };
    let text = format!("{query:?} {:?}", query.to_query(ReturnType::LeafClass));
    assert!(!text.contains("28507") && !text.contains("MODELE"), "{text}");
    let response = RegistryResponse::failure(vec![RegistryError::error("XDSUnknownPatientId", "285079999999935")]);
    assert!(!format!("{response:?}").contains("28507"));
}

#[test]
fn json_has_the_names_of_the_types() {
    let json = serde_json::to_value(sample::stored_entry()).unwrap();
    assert_eq!(json["unique_id"], "2.25.3.2");
    assert_eq!(json["entry_uuid"], "urn:uuid:0f3c6a10-1620-11f1-8a52-5254004d0001");
    assert_eq!(json["patient_id"], "280057599900151^^^&1.2.250.1.213.1.4.10&ISO^NH");
    assert_eq!((&json["status"], &json["version"], &json["size"]), (&"Archived".into(), &3.into(), &5347.into()));
    assert_eq!(json["title"], "Compte rendu de consultation");
    assert_eq!(json["type_code"]["code"], "11488-4");
    assert_eq!(json["authors"][0]["roles"][0], "Médecin traitant");
    assert_eq!(json["creation_time"], "20260302091500");
    assert!(json.get("extras").is_none());
}
