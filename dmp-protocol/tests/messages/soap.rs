//! Envelopes: what is written, what is accepted, what is refused and with which fault.

use dmp_protocol::soap::{
    ADDRESSING_HEADER_MISSING, Envelope, EnvelopeError, FaultCode, MessageId, RequestHeaders, RequestRules,
    ResponseHeaders, SoapVersion, is_xml_media_type, request_content_type, write_request, write_response,
};
use dmp_protocol::xml::{Limits, XmlErrorKind};

use crate::support::{REQUEST, RESPONSE, message_id};

const SOAP12: &str = "http://www.w3.org/2003/05/soap-envelope";
const SOAP11: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const WSA: &str = "http://www.w3.org/2005/08/addressing";

fn parse(xml: &str) -> Result<Envelope, EnvelopeError> {
    Envelope::parse(xml.as_bytes(), &Limits::default())
}

fn request(blocks: &str) -> Envelope {
    parse(&format!(
        "<s:Envelope xmlns:s=\"{SOAP12}\" xmlns:a=\"{WSA}\" \
         xmlns:wsse=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd\">\
         <s:Header>{blocks}</s:Header><s:Body><x/></s:Body></s:Envelope>"
    ))
    .expect("an envelope")
}

fn check(blocks: &str) -> Result<(), EnvelopeError> {
    request(blocks).check_request(&RequestRules::default())
}

#[test]
fn a_request_is_read_back_as_written() {
    let assertion =
        "<saml2:Assertion xmlns:saml2=\"urn:oasis:names:tc:SAML:2.0:assertion\"  ID='_1'>\r\n</saml2:Assertion>";
    let id = message_id(REQUEST);
    let headers = RequestHeaders { message_id: &id, to: "https://dmp.exemple.test/a?b&c", action: "urn:x" };
    let xml = write_request(&headers, assertion, |w| w.leaf("p:body", &[("xmlns:p", "urn:p")], "é<&")).expect("XML");
    assert!(xml.contains(assertion), "the assertion must be inserted byte for byte");
    assert!(!xml.contains("mustUnderstand"));

    let envelope = parse(&xml).expect("an envelope");
    envelope.check_request(&RequestRules { accept_soap_1_1: false, require_reply_to: true }).expect("a sound request");
    assert_eq!(envelope.headers.message_id.as_deref(), Some(id.as_str()));
    assert_eq!(envelope.headers.to.as_deref(), Some("https://dmp.exemple.test/a?b&c"));
    assert_eq!(envelope.headers.action.as_deref(), Some("urn:x"));
    assert_eq!(envelope.assertion().and_then(|a| a.attr("ID")), Some("_1"));
    assert_eq!(envelope.security_blocks().count(), 1);
    assert!(envelope.body().is("urn:p", "body"));
    assert_eq!(envelope.body().text(), "é<&");
}

#[test]
fn an_answer_is_read_back_as_written_and_relates_only_if_it_can() {
    let id = message_id(RESPONSE);
    for relates_to in [Some("urn:uuid:94826523-9678-450d-8cb1-ad82d0042c23"), None] {
        let headers = ResponseHeaders { action: "urn:r", message_id: &id, relates_to };
        let xml = write_response(&headers, |w| w.empty("r", &[])).expect("XML");
        let envelope = parse(&xml).expect("an envelope");
        assert_eq!(envelope.headers.relates_to.as_deref(), relates_to);
        assert_eq!(envelope.headers.to.as_deref(), Some("http://www.w3.org/2005/08/addressing/anonymous"));
        assert!(envelope.assertion().is_none());
        assert!(!envelope.is_fault());
    }
}

#[test]
fn values_that_are_not_xml_are_refused_when_writing() {
    let id = message_id(REQUEST);
    let headers = RequestHeaders { message_id: &id, to: "https://x\u{0}", action: "urn:x" };
    assert!(write_request(&headers, "", |w| w.empty("b", &[])).is_err());
    let headers = RequestHeaders { message_id: &id, to: "https://x", action: "urn:x" };
    assert!(write_request(&headers, "", |w| w.open("b", &[])).is_err(), "a body left open");
}

#[test]
fn headers_that_circulate_are_accepted() {
    for blocks in [
        "<a:MessageID>urn:uuid:1</a:MessageID><a:To/><a:Action>urn:x</a:Action>",
        // Other order, default namespace, bare UUID, empty To, white space around.
        "<Action xmlns=\"http://www.w3.org/2005/08/addressing\"> urn:x </Action>\
         <MessageID xmlns=\"http://www.w3.org/2005/08/addressing\">\n94826523-9678-450D-8cb1-ad82d0042c23\n</MessageID>\
         <To xmlns=\"http://www.w3.org/2005/08/addressing\"></To>",
        // The habit: mustUnderstand in no namespace, also on Security.
        "<a:MessageID>http://x/1</a:MessageID><a:To/><a:Action mustUnderstand=\"true\">urn:x</a:Action>\
         <a:ReplyTo mustUnderstand=\"true\"><a:Address>urn:elsewhere</a:Address></a:ReplyTo>\
         <wsse:Security mustUnderstand=\"1\"/>",
        // The correct attribute is accepted on addressing blocks.
        "<a:MessageID s:mustUnderstand=\"1\">urn:uuid:1</a:MessageID><a:To s:mustUnderstand=\"true\"/>\
         <a:Action>urn:x</a:Action><wsse:Security s:mustUnderstand=\"0\"/>",
        // Unknown blocks are ignored, also twice.
        "<a:MessageID>urn:uuid:1</a:MessageID><a:To/><a:Action>urn:x</a:Action><a:From/><a:From/><y/>",
    ] {
        check(blocks).unwrap_or_else(|error| panic!("{error}\n{blocks}"));
    }
}

#[test]
fn a_missing_addressing_block_is_refused_with_the_exact_reason() {
    for (blocks, missing) in [
        ("<a:To/><a:Action>urn:x</a:Action>", "MessageID"),
        ("<a:MessageID> </a:MessageID><a:To/><a:Action>urn:x</a:Action>", "MessageID"),
        ("<a:MessageID>urn:uuid:1</a:MessageID><a:Action>urn:x</a:Action>", "To"),
        ("<a:MessageID>urn:uuid:1</a:MessageID><a:To/>", "Action"),
        ("<a:MessageID>urn:uuid:1</a:MessageID><a:To/><a:Action/>", "Action"),
        // In another namespace, it is another block.
        ("<MessageID>urn:uuid:1</MessageID><a:To/><a:Action>urn:x</a:Action>", "MessageID"),
        ("", "MessageID"),
    ] {
        let error = check(blocks).expect_err(blocks);
        assert_eq!(error, EnvelopeError::MissingAddressing { block: missing }, "{blocks}");
        let fault = error.fault();
        assert_eq!(fault.code, FaultCode::Sender);
        assert_eq!(fault.reason, ADDRESSING_HEADER_MISSING);
        assert_eq!(fault.subcodes[0].local, "MessageAddressingHeaderRequired");
        assert_eq!(fault.problem_header.as_deref(), Some(missing));
    }
    let blocks = "<a:MessageID>urn:uuid:1</a:MessageID><a:To/><a:Action>urn:x</a:Action>";
    let strict = RequestRules { require_reply_to: true, ..RequestRules::default() };
    let error = request(blocks).check_request(&strict).expect_err("ReplyTo is missing");
    assert_eq!(error, EnvelopeError::MissingAddressing { block: "ReplyTo" });
}

#[test]
fn invalid_addressing_and_must_understand_are_refused() {
    let sound = "<a:MessageID>urn:uuid:1</a:MessageID><a:To/><a:Action>urn:x</a:Action>";
    for (blocks, subcode) in [
        ("<a:MessageID>not a uri</a:MessageID><a:To/><a:Action>urn:x</a:Action>".to_owned(), "InvalidAddressingHeader"),
        ("<a:MessageID>number-7</a:MessageID><a:To/><a:Action>urn:x</a:Action>".to_owned(), "InvalidAddressingHeader"),
        (format!("{sound}<a:To/>"), "InvalidAddressingHeader"),
        (format!("{sound}<a:MessageID>urn:uuid:2</a:MessageID>"), "InvalidAddressingHeader"),
    ] {
        let fault = check(&blocks).expect_err(&blocks).fault();
        assert_eq!(fault.subcodes[0].local, subcode, "{blocks}");
    }
    for flag in ["1", "true", " true "] {
        let error = check(&format!("{sound}<wsse:Security s:mustUnderstand=\"{flag}\"/>")).expect_err(flag);
        assert_eq!(error.fault().code, FaultCode::MustUnderstand);
    }
}

#[test]
fn what_is_not_a_soap_1_2_envelope_is_refused() {
    let version =
        parse(&format!("<Envelope xmlns=\"{SOAP11}\"><Body><x/></Body></Envelope>")).expect("SOAP 1.1 is read");
    assert_eq!(version.version(), SoapVersion::V1_1);
    let refused = version.check_request(&RequestRules::default()).expect_err("refused by default");
    assert_eq!(refused.fault().code, FaultCode::VersionMismatch);

    for (xml, expected) in [
        ("<Envelope xmlns=\"urn:other\"><Body/></Envelope>".to_owned(), EnvelopeError::VersionMismatch),
        ("<html/>".to_owned(), EnvelopeError::NotAnEnvelope { found: "html".to_owned() }),
        (format!("<Envelope xmlns=\"{SOAP12}\"/>"), EnvelopeError::BodyCount { found: 0 }),
        (
            format!("<Envelope xmlns=\"{SOAP12}\"><Body><x/></Body><Body><y/></Body></Envelope>"),
            EnvelopeError::BodyCount { found: 2 },
        ),
        (format!("<Envelope xmlns=\"{SOAP12}\"><Body> </Body></Envelope>"), EnvelopeError::BodyContent { found: 0 }),
        (
            format!("<Envelope xmlns=\"{SOAP12}\"><Body><x/><y/></Body></Envelope>"),
            EnvelopeError::BodyContent { found: 2 },
        ),
    ] {
        let error = parse(&xml).expect_err(&xml);
        assert_eq!(error, expected, "{xml}");
        assert!(error.fault().subcodes.is_empty());
    }
    let error = parse("<!DOCTYPE x><x/>").expect_err("a DOCTYPE");
    assert!(matches!(error, EnvelopeError::Xml(xml) if xml.kind == XmlErrorKind::Doctype));
}

#[test]
fn soap_1_1_is_accepted_on_request() {
    let xml = format!(
        "<Envelope xmlns=\"{SOAP11}\" xmlns:a=\"{WSA}\"><Header><a:MessageID>urn:uuid:1</a:MessageID><a:To/>\
         <a:Action>urn:x</a:Action></Header><Body><x/></Body></Envelope>"
    );
    let rules = RequestRules { accept_soap_1_1: true, ..RequestRules::default() };
    assert_eq!(parse(&xml).expect("an envelope").check_request(&rules), Ok(()));
}

#[test]
fn message_identifiers_are_lower_case_and_new() {
    let id = message_id("94826523-9678-450D-8CB1-AD82D0042C23");
    assert_eq!(id.as_str(), "urn:uuid:94826523-9678-450d-8cb1-ad82d0042c23");
    assert_ne!(MessageId::random(), MessageId::random());
}

#[test]
fn content_types() {
    assert_eq!(request_content_type("urn:x"), "application/soap+xml; charset=UTF-8; action=\"urn:x\"");
    for (content_type, is_xml) in [
        ("application/soap+xml;charset=UTF-8", true),
        ("text/xml", true),
        (" Application/XOP+XML ; action=None", true),
        ("text/html", false),
        ("multipart/related; type=\"application/xop+xml\"", false),
        ("", false),
    ] {
        assert_eq!(is_xml_media_type(content_type), is_xml, "{content_type}");
    }
}
