//! What the builders send equals the golden messages, and the receiver understands it.

use xds_model::iti18::{
    AdhocQuery, DateRange, FindDocuments, GetDocuments, QueryError, QueryResponse, ReturnType, StoredQuery,
};
use xds_model::iti41::ProvideAndRegister;
use xds_model::iti43::{RetrieveRequest, RetrieveResponse};
use xds_model::iti57::{SubmitObjects, Update, UpdateError};
use xds_model::{
    AvailabilityStatus, CodedValue, Cx, DocumentContent, RegistryError, RegistryResponse, ResponseStatus, Severity,
};

use crate::sample;
use crate::support::{body, body_text, golden_message, parse, written};

fn patient() -> Cx {
    Cx::ins("285079999999935", "1.2.250.1.213.1.4.10")
}

#[test]
fn find_documents_as_the_golden_message() {
    let loinc = |code: &str| CodedValue::without_display(code, "2.16.840.1.113883.6.1");
    let find = FindDocuments {
        statuses: vec![AvailabilityStatus::Approved, AvailabilityStatus::Archived],
        type_codes: vec![loinc("11488-4"), loinc("57833-6")],
        service_start_time: DateRange::since("20240302"),
        ..FindDocuments::approved(patient())
    };
    let message = written(|writer| find.to_query(ReturnType::LeafClass).write(writer));
    assert_eq!(message, body_text(&golden_message("iti18-finddocuments.request.soap.xml")));

    let query = AdhocQuery::read(&parse(&message)).unwrap();
    let expected = FindDocuments { service_start_time: DateRange::since("20240302000000"), ..find };
    assert_eq!(FindDocuments::from_query(&query), Ok(expected));
    assert_eq!(query.unknown_parameters(&FindDocuments::PARAMETERS).count(), 0);
}

#[test]
fn find_by_reference_as_the_golden_message() {
    let accession = Cx::reference(
        "ACC-2026-0007",
        "2.25.169113683135263991924194166893702703888.6",
        "urn:ihe:iti:xds:2013:accession",
    );
    let find =
        FindDocuments { reference_ids: vec![vec![accession.as_str().into()]], ..FindDocuments::approved(patient()) };
    let message = written(|writer| find.to_query(ReturnType::LeafClass).write(writer));
    assert_eq!(message, body_text(&golden_message("iti18-findbyreferenceid.request.soap.xml")));
}

#[test]
fn get_documents_as_the_golden_message() {
    let get = GetDocuments::UniqueIds(vec!["2.25.169113683135263991924194166893702703888.1.20260302091500001".into()]);
    let message = written(|writer| get.to_query(ReturnType::ObjectRef).write(writer));
    assert_eq!(message, body_text(&golden_message("iti18-getdocuments-objectref.request.soap.xml")));
    let answer = QueryResponse::read(&body(&golden_message("iti18-getdocuments-objectref.response.soap.xml"))).unwrap();
    assert_eq!(answer.objects.object_refs, ["urn:uuid:0f3c6a10-1620-11f1-8a52-5254004d0001"]);
}

#[test]
fn a_generic_query_as_the_golden_message() {
    let mut query = AdhocQuery::new(StoredQuery::GetAssociations, ReturnType::LeafClass);
    query.add_list("$uuid", ["urn:uuid:7a9e2d3e-18a5-11f1-8a52-5254004d0102"]);
    query.add_list("$never", []);
    let message = written(|writer| query.write(writer));
    assert_eq!(message, body_text(&golden_message("iti18-getassociations.request.soap.xml")));
}

#[test]
fn twenty_ids_are_sent_in_several_values_and_read_as_one_list() {
    let ids: Vec<String> = (0..20).map(|number| format!("2.25.{number:0>59}")).collect();
    let get = GetDocuments::UniqueIds(ids);
    let message = written(|writer| get.to_query(ReturnType::LeafClass).write(writer));
    let query = AdhocQuery::read(&parse(&message)).unwrap();
    assert_eq!(query.parameters.len(), 1);
    assert_eq!(query.parameters[0].values.len(), 7);
    assert_eq!(GetDocuments::from_query(&query), Ok(get));
}

#[test]
fn queries_are_refused_with_their_codes() {
    let status = ("$XDSDocumentEntryStatus", "('urn:oasis:names:tc:ebxml-regrep:StatusType:Approved')");
    let rows: [(&[(&str, &str)], &str, &str); 14] = [
        (&[], "XDSStoredQueryMissingParam", "parameterName=$XDSDocumentEntryStatus"),
        (&[("$XDSDocumentEntryStatus", "")], "XDSStoredQueryMissingParam", "parameterName=$XDSDocumentEntryStatus"),
        (&[status, status], "XDSStoredQueryParamNumber", "parameterName=$XDSDocumentEntryStatus"),
        (
            &[("$XDSDocumentEntryStatus", "'x'")],
            "XDSRegistryError",
            "parameterName=$XDSDocumentEntryStatus;Le format du paramètre est incorrect",
        ),
        (
            &[("$XDSDocumentEntryStatus", "()")],
            "XDSRegistryError",
            "parameterName=$XDSDocumentEntryStatus;Le format du paramètre est incorrect",
        ),
        (
            &[status, ("$XDSDocumentEntryTypeCode", "('11488-4')")],
            "XDSRegistryError",
            "parameterName=$XDSDocumentEntryTypeCode;Le format du paramètre est incorrect",
        ),
        (
            &[status, ("$XDSDocumentEntryPatientId", "('x')")],
            "XDSRegistryError",
            "parameterName=$XDSDocumentEntryPatientId;Le format du paramètre est incorrect",
        ),
        (
            &[status, ("$XDSDocumentEntryPatientId", "x")],
            "XDSRegistryError",
            "parameterName=$XDSDocumentEntryPatientId;Le format du paramètre est incorrect",
        ),
        (
            &[status, ("$XDSDocumentEntryCreationTimeTo", "2026-03-02")],
            "XDSRegistryError",
            "parameterName=$XDSDocumentEntryCreationTimeTo;Le format du paramètre est incorrect",
        ),
        (
            &[status, ("$XDSDocumentEntryCreationTimeTo", "20261302")],
            "XDSRegistryError",
            "parameterName=$XDSDocumentEntryCreationTimeTo;Le format du paramètre est incorrect",
        ),
        (
            &[status, ("$XDSDocumentEntryCreationTimeTo", "2026"), ("$XDSDocumentEntryCreationTimeTo", "2026")],
            "XDSStoredQueryParamNumber",
            "parameterName=$XDSDocumentEntryCreationTimeTo",
        ),
        (&[status, ("$XDSDocumentEntryCreationTimeTo", "'20260302'")], "", ""),
        (&[status, ("$Unknown", "rubbish")], "", ""),
        (
            &[status, ("$XDSDocumentEntryEventCodeList", "('a^^b')"), ("$XDSDocumentEntryEventCodeList", "('c^^d')")],
            "",
            "",
        ),
    ];
    for (slots, code, context) in rows {
        let slots: String = slots
            .iter()
            .map(|(name, value)| {
                format!(
                    "<rim:Slot name=\"{name}\"><rim:ValueList><rim:Value>{value}</rim:Value></rim:ValueList></rim:Slot>"
                )
            })
            .collect();
        let message = format!(
            "<q:AdhocQueryRequest xmlns:q='{}' xmlns:rim='{}'><rim:AdhocQuery id='{}'>{slots}</rim:AdhocQuery></q:AdhocQueryRequest>",
            xds_model::namespace::QUERY,
            xds_model::namespace::RIM,
            StoredQuery::FindDocuments.id(),
        );
        let query = AdhocQuery::read(&parse(&message)).unwrap();
        match FindDocuments::from_query(&query) {
            Ok(_) => assert_eq!(code, "", "{slots}"),
            Err(error) => assert_eq!((error.code(), error.context().as_str()), (code, context), "{slots}"),
        }
    }
}

#[test]
fn get_documents_takes_exactly_one_kind_of_identifier() {
    let mut query = AdhocQuery::new(StoredQuery::GetDocuments, ReturnType::LeafClass);
    assert!(matches!(GetDocuments::from_query(&query), Err(QueryError::Missing { .. })));
    query.add_list("$XDSDocumentEntryUniqueId", ["2.25.1"]);
    assert_eq!(GetDocuments::from_query(&query), Ok(GetDocuments::UniqueIds(vec!["2.25.1".into()])));
    query.add_list("$XDSDocumentEntryEntryUUID", ["urn:uuid:x"]);
    assert!(matches!(GetDocuments::from_query(&query), Err(QueryError::TooMany { .. })));
}

#[test]
fn criteria_select_entries() {
    let entry = sample::stored_entry();
    let all = FindDocuments { statuses: vec![AvailabilityStatus::Archived], ..FindDocuments::default() };
    let code = |code: &str, system: &str| CodedValue::without_display(code, system);
    let confidentiality = |codes: &[&str]| -> Vec<CodedValue> {
        codes
            .iter()
            .map(|text| code(text, if *text == "N" { "2.16.840.1.113883.5.25" } else { "1.2.250.1.213.1.1.4.13" }))
            .collect()
    };
    let rows = [
        (all.clone(), true),
        (FindDocuments { statuses: vec![AvailabilityStatus::Approved], ..all.clone() }, false),
        (
            FindDocuments { type_codes: vec![code("x", "y"), code("11488-4", "2.16.840.1.113883.6.1")], ..all.clone() },
            true,
        ),
        (FindDocuments { type_codes: vec![code("11488-4", "1.2.250.1.213.1.1.4.12")], ..all.clone() }, false),
        (FindDocuments { class_codes: vec![code("11", "1.2.250.1.213.1.1.4.1")], ..all.clone() }, false),
        (FindDocuments { format_codes: vec![code("x", "y")], ..all.clone() }, false),
        (FindDocuments { practice_setting_codes: vec![code("x", "y")], ..all.clone() }, false),
        (
            FindDocuments { healthcare_facility_type_codes: vec![code("SA01", "1.2.250.1.71.4.2.4")], ..all.clone() },
            true,
        ),
        (
            FindDocuments {
                confidentiality_codes: vec![confidentiality(&["N"]), confidentiality(&["INVISIBLE_PATIENT"])],
                ..all.clone()
            },
            true,
        ),
        (
            FindDocuments {
                confidentiality_codes: vec![confidentiality(&["N"]), confidentiality(&["MASQUE_PS"])],
                ..all.clone()
            },
            false,
        ),
        (FindDocuments { confidentiality_codes: vec![confidentiality(&["N", "MASQUE_PS"])], ..all.clone() }, true),
        (FindDocuments { event_codes: vec![vec![code("I10", "2.16.840.1.113883.6.3")]], ..all.clone() }, true),
        (FindDocuments { author_persons: vec!["%MODELE^ALIX%".into()], ..all.clone() }, true),
        (FindDocuments { author_persons: vec!["MODELE".into()], ..all.clone() }, false),
        (FindDocuments { reference_ids: vec![vec!["ACC-1^%".into()]], ..all.clone() }, true),
        (FindDocuments { reference_ids: vec![vec!["ACC-1^%".into()], vec!["ACC-2^%".into()]], ..all.clone() }, false),
        (FindDocuments { service_start_time: DateRange::between("20260302", "20260302084500"), ..all.clone() }, true),
        (
            FindDocuments {
                service_start_time: DateRange { from: None, to: Some("20260302084500".into()) },
                ..all.clone()
            },
            false,
        ),
        (FindDocuments { creation_time: DateRange::since("20260302091501"), ..all.clone() }, false),
        (FindDocuments { service_stop_time: DateRange::since("2026"), ..all }, true),
    ];
    for (number, (find, expected)) in rows.into_iter().enumerate() {
        assert_eq!(find.matches(&entry, false), expected, "row {number}");
    }
}

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
    assert_eq!(update(xds_model::DocumentEntry { version: None, ..stored.clone() }), Err(UpdateError::NoVersion));
    assert_eq!(update(xds_model::DocumentEntry { logical_id: None, ..stored.clone() }), Err(UpdateError::NoLogicalId));
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
        let answer = QueryResponse { response: response.clone(), objects: Default::default() };
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
    let query = FindDocuments { author_persons: vec!["%MODELE%".into()], ..FindDocuments::approved(patient()) };
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
