//! Stored queries: what is sent equals the golden messages, what is received is refused or selects entries.

use xds_model::iti18::{
    AdhocQuery, DateRange, FindDocuments, GetDocuments, QueryError, QueryResponse, ReturnType, StoredQuery,
};
use xds_model::{AvailabilityStatus, CodedValue, Cx, namespace};

use crate::sample;
use crate::support::{body, body_text, golden_message, parse, slot_xml, written};

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

/// Slots of a query and, when it is refused, the code and the parameter of the refusal.
type Row<'a> = (&'a [(&'a str, &'a str)], Option<(&'a str, &'a str)>);

#[test]
fn queries_are_refused_with_their_codes() {
    const STATUS: &str = "$XDSDocumentEntryStatus";
    const PATIENT: &str = "$XDSDocumentEntryPatientId";
    const TYPE: &str = "$XDSDocumentEntryTypeCode";
    const EVENT: &str = "$XDSDocumentEntryEventCodeList";
    const TO: &str = "$XDSDocumentEntryCreationTimeTo";
    const MISSING: &str = "XDSStoredQueryMissingParam";
    const NUMBER: &str = "XDSStoredQueryParamNumber";
    const FORMAT: &str = "XDSRegistryError";
    let status = (STATUS, "('urn:oasis:names:tc:ebxml-regrep:StatusType:Approved')");
    let rows: [Row; 14] = [
        (&[], Some((MISSING, STATUS))),
        (&[(STATUS, "")], Some((MISSING, STATUS))),
        (&[status, status], Some((NUMBER, STATUS))),
        (&[(STATUS, "'x'")], Some((FORMAT, STATUS))),
        (&[(STATUS, "()")], Some((FORMAT, STATUS))),
        (&[status, (TYPE, "('11488-4')")], Some((FORMAT, TYPE))),
        (&[status, (PATIENT, "('x')")], Some((FORMAT, PATIENT))),
        (&[status, (PATIENT, "x")], Some((FORMAT, PATIENT))),
        (&[status, (TO, "2026-03-02")], Some((FORMAT, TO))),
        (&[status, (TO, "20261302")], Some((FORMAT, TO))),
        (&[status, (TO, "2026"), (TO, "2026")], Some((NUMBER, TO))),
        (&[status, (TO, "'20260302'")], None),
        (&[status, ("$Unknown", "rubbish")], None),
        (&[status, (EVENT, "('a^^b')"), (EVENT, "('c^^d')")], None),
    ];
    for (slots, refusal) in rows {
        let slots: String = slots.iter().map(|(name, value)| slot_xml(name, &[value])).collect();
        let (rim, find) = (namespace::RIM, StoredQuery::FindDocuments.id());
        let query = format!("<rim:AdhocQuery xmlns:rim='{rim}' id='{find}'>{slots}</rim:AdhocQuery>");
        let message = format!("<q:AdhocQueryRequest xmlns:q='{}'>{query}</q:AdhocQueryRequest>", namespace::QUERY);
        let query = AdhocQuery::read(&parse(&message)).unwrap();
        let error = FindDocuments::from_query(&query).err();
        assert_eq!(error.as_ref().map(QueryError::code), refusal.map(|(code, _)| code), "{slots}");
        let sentence = |code| if code == FORMAT { ";Le format du paramètre est incorrect" } else { "" };
        let context = refusal.map(|(code, parameter)| format!("parameterName={parameter}{}", sentence(code)));
        assert_eq!(error.as_ref().map(QueryError::context), context, "{slots}");
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
