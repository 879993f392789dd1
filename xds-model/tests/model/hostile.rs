//! Nothing that can be parsed makes a reader panic, and what it makes of it can be written and read again.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use dmp_xml::{Element, Limits};
use proptest::collection::vec;
use proptest::prelude::*;
use xds_model::iti18::{AdhocQuery, FindDocuments, GetDocuments, QueryResponse, StoredQuery, value};
use xds_model::iti41::ProvideAndRegister;
use xds_model::iti43::{RetrieveRequest, RetrieveResponse};
use xds_model::iti57::SubmitObjects;
use xds_model::{Author, Cx, Dtm, Form, ReadError, RegistryObjectList, RegistryResponse, Xcn, Xon, hl7, namespace};

use crate::examples::rewrite;
use crate::support::{body_text, golden_messages, parse, slot_xml, written};

/// Reads an element with every reader.
fn read_with_all(element: &Element) {
    let _ = ProvideAndRegister::read(element);
    let _ = SubmitObjects::read(element).map(|request| format!("{:?}", request.updates()));
    let _ = QueryResponse::read(element);
    let _ = RetrieveRequest::read(element);
    let _ = RetrieveResponse::read(element);
    let _ = RegistryResponse::read(element);
    if let Ok(query) = AdhocQuery::read(element) {
        let _ = FindDocuments::from_query(&query).map(|find| find.matches(&crate::sample::stored_entry(), false));
        let _ = GetDocuments::from_query(&query);
    }
    let objects = RegistryObjectList::read(element);
    for author in objects.document_entries.iter().flat_map(|entry| &entry.authors) {
        read_values(author);
    }
}

fn read_values(author: &Author) {
    let _ = author.person.as_ref().map(Xcn::kind);
    let _ = author.institution.as_ref().map(Xon::id);
    let _ = author.specialty.as_ref().map(|specialty| specialty.coded_value());
}

/// A tree of the elements of the messages in an order nobody expects.
fn tree() -> impl Strategy<Value = String> {
    const NAMES: [&str; 20] = [
        "rim:RegistryObjectList",
        "rim:ExtrinsicObject",
        "rim:RegistryPackage",
        "rim:Association",
        "rim:Classification",
        "rim:ExternalIdentifier",
        "rim:Slot",
        "rim:ValueList",
        "rim:Value",
        "rim:Name",
        "rim:LocalizedString",
        "rim:VersionInfo",
        "rim:ObjectRef",
        "Slot",
        "Value",
        "ValueList",
        "xdsb:Document",
        "rs:RegistryErrorList",
        "rs:RegistryError",
        "rim:AdhocQuery",
    ];
    const ATTRIBUTES: [&str; 12] = [
        "id",
        "name",
        "value",
        "classificationScheme",
        "identificationScheme",
        "nodeRepresentation",
        "status",
        "lid",
        "versionName",
        "associationType",
        "errorCode",
        "classificationNode",
    ];
    const VALUES: [&str; 12] = [
        "",
        "Document01",
        xds_model::scheme::ENTRY_AUTHOR,
        xds_model::scheme::ENTRY_TYPE_CODE,
        xds_model::scheme::ENTRY_UNIQUE_ID,
        xds_model::scheme::FOLDER_NODE,
        "sourcePatientInfo",
        "size",
        "authorPerson",
        "999999999999999999999",
        " ",
        "é^&amp;\\|&#10;",
    ];
    let attribute = (0..ATTRIBUTES.len(), 0..VALUES.len());
    let leaf = (0..VALUES.len()).prop_map(|value| VALUES[value].to_owned());
    leaf.prop_recursive(6, 80, 6, move |inner| {
        (0..NAMES.len(), vec(attribute.clone(), 0..4), vec(inner, 0..6)).prop_map(|(name, attributes, children)| {
            let mut seen = std::collections::BTreeMap::<usize, usize>::new();
            seen.extend(attributes);
            let mut element = format!("<{}", NAMES[name]);
            for (attribute, value) in seen {
                write!(element, " {}=\"{}\"", ATTRIBUTES[attribute], VALUES[value]).unwrap();
            }
            format!("{element}>{}</{}>", children.concat(), NAMES[name])
        })
    })
}

fn wrap(root: &str, inside: &str) -> String {
    let declarations = [
        ("rim", namespace::RIM),
        ("rs", namespace::RS),
        ("lcm", namespace::LCM),
        ("query", namespace::QUERY),
        ("xdsb", namespace::XDSB),
    ];
    let declarations = declarations.map(|(prefix, uri)| format!(" xmlns:{prefix}='{uri}'")).concat();
    format!("<{root}{declarations}>{inside}</{root}>")
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn damaged_messages(which in 0..26usize, cuts in vec((any::<prop::sample::Index>(), 0..40usize, any::<u8>()), 1..6)) {
        let messages = golden_messages();
        let mut bytes = body_text(&messages[which % messages.len()].1).into_bytes();
        for (at, length, byte) in cuts {
            let at = at.index(bytes.len());
            let end = (at + length).min(bytes.len());
            if byte % 2 == 0 { bytes.drain(at..end); } else { bytes.insert(at, byte); }
            if bytes.is_empty() { return Ok(()); }
        }
        if let Ok(element) = dmp_xml::parse(&bytes, &Limits::default()) {
            read_with_all(&element);
        }
    }

    #[test]
    fn strange_trees(content in vec(tree(), 0..4)) {
        let answer = wrap("query:AdhocQueryResponse", &wrap("rim:RegistryObjectList", &content.concat()));
        read_with_all(&parse(&answer));
        let once = rewrite(&parse(&answer)).unwrap();
        prop_assert_eq!(rewrite(&parse(&once)).unwrap(), once.clone());
        let content = content.concat();
        let roots = [
            "lcm:SubmitObjectsRequest",
            "query:AdhocQueryRequest",
            "rs:RegistryResponse",
            "xdsb:RetrieveDocumentSetResponse",
        ];
        let submission = wrap("lcm:SubmitObjectsRequest", &content);
        read_with_all(&parse(&wrap("xdsb:ProvideAndRegisterDocumentSetRequest", &submission)));
        for root in roots {
            read_with_all(&parse(&wrap(root, &content)));
        }
    }

    #[test]
    fn strange_texts(text in any::<String>()) {
        let _ = (value::decode(&text), value::decode_code(&text), hl7::unescape(&text), StoredQuery::from_id(&text));
        let _ = (Xcn::from(text.as_str()).kind(), Xon::from(text.as_str()).id().len());
        let _ = (Cx::from(text.as_str()).authority_oid().len(), Dtm::from(text.as_str()).next_second());
    }
}

#[test]
fn other_messages_are_refused_by_name() {
    let element = parse("<x:Other xmlns:x='urn:x'/>");
    let expected = [
        ProvideAndRegister::read(&element).unwrap_err(),
        SubmitObjects::read(&element).unwrap_err(),
        AdhocQuery::read(&element).unwrap_err(),
        QueryResponse::read(&element).unwrap_err(),
        RetrieveRequest::read(&element).unwrap_err(),
        RetrieveResponse::read(&element).unwrap_err(),
        RegistryResponse::read(&element).unwrap_err(),
    ];
    for error in expected {
        assert!(matches!(error, ReadError::UnexpectedElement { .. }), "{error}");
        assert!(error.to_string().starts_with("line 1, column 1: found <Other>, expected <"), "{error}");
    }
    let rows = [
        ("xdsb:ProvideAndRegisterDocumentSetRequest", "lcm:SubmitObjectsRequest"),
        ("lcm:SubmitObjectsRequest", "rim:RegistryObjectList"),
        ("query:AdhocQueryRequest", "rim:AdhocQuery"),
        ("xdsb:RetrieveDocumentSetResponse", "rs:RegistryResponse"),
    ];
    for (root, missing) in rows {
        let error = rewrite(&parse(&wrap(root, ""))).unwrap_err();
        assert_eq!(error.to_string(), format!("line 1, column 1: <{root}> has no <{missing}>"));
    }
}

#[test]
fn a_hundred_thousand_slots_are_read_in_one_pass() {
    let mut slots = String::new();
    for number in 0..50_000 {
        write!(slots, "<rim:Slot name='s{number}'/>{}", slot_xml("hash", &["v"])).unwrap();
    }
    let element =
        parse(&wrap("rim:RegistryObjectList", &format!("<rim:ExtrinsicObject>{slots}</rim:ExtrinsicObject>")));
    let start = Instant::now();
    let list = RegistryObjectList::read(&element);
    let message = written(|writer| list.write(writer, Form::Request));
    // Quadratic work would take minutes.
    assert!(start.elapsed() < Duration::from_secs(10));
    assert_eq!(message.matches("<rim:Value>v<").count(), 50_000);
}
