//! Faults: the form written and the quirks read.

use dmp_protocol::soap::{Envelope, Fault, FaultCode, ResponseHeaders, Subcode, write_fault};
use dmp_protocol::xml::Limits;

use crate::support::{RESPONSE, message_id, read, tree};

const SOAP12: &str = "http://www.w3.org/2003/05/soap-envelope";

/// Codes, outermost first, and reason of a SOAP 1.2 fault with that content.
fn codes_of(content: &str) -> (FaultCode, Vec<String>, String) {
    let fault =
        Fault::read(&tree(&format!("<soap:Fault xmlns:soap=\"{SOAP12}\">{content}</soap:Fault>"))).expect("a fault");
    (fault.code, fault.subcodes.into_iter().map(|s| s.local).collect(), fault.reason)
}

fn code(value: &str, subcodes: &str) -> String {
    format!("<soap:Code><soap:Value>{value}</soap:Value>{subcodes}</soap:Code>")
}

fn reason(text: &str) -> String {
    format!("<soap:Reason><soap:Text xml:lang=\"fr\">{text}</soap:Text></soap:Reason>")
}

fn sub(value: &str, inner: &str) -> String {
    format!("<soap:Subcode><soap:Value>{value}</soap:Value>{inner}</soap:Subcode>")
}

#[test]
fn subcodes_are_read_whatever_their_prefix() {
    for (content, expected_code, expected_subcodes, expected_reason) in [
        (
            code("soap:Sender", &sub("soap:DMPInvalidCertificate", "")) + &reason("refusé"),
            FaultCode::Sender,
            vec!["DMPInvalidCertificate"],
            "refusé",
        ),
        // The prefix of the subcode is declared nowhere.
        (
            code("env:Receiver", &sub("ns9:XDSRegistryError", "")) + &reason("x"),
            FaultCode::Receiver,
            vec!["XDSRegistryError"],
            "x",
        ),
        (code("Sender", &sub("DMPClosed", "")) + &reason("x"), FaultCode::Sender, vec!["DMPClosed"], "x"),
        (
            code("soap:Sender", &sub("wsa:InvalidAddressingHeader", &sub("wsa:InvalidCardinality", ""))),
            FaultCode::Sender,
            vec!["InvalidAddressingHeader", "InvalidCardinality"],
            "",
        ),
        // The code hidden in the text counts only when there is no subcode, and leaves the text in any case.
        (
            code("soap:Sender", "") + &reason("DMPClosed;Le DMP est fermé"),
            FaultCode::Sender,
            vec!["DMPClosed"],
            "Le DMP est fermé",
        ),
        (
            code("soap:Sender", "") + &reason("XDSRepositoryError ; panne"),
            FaultCode::Sender,
            vec!["XDSRepositoryError"],
            "panne",
        ),
        (
            code("soap:Sender", &sub("soap:DMPInvalidData", "")) + &reason("DMPOther;texte"),
            FaultCode::Sender,
            vec!["DMPInvalidData"],
            "texte",
        ),
        // Not a code: too short, with digits, or another family.
        (code("soap:Sender", "") + &reason("DMP;x"), FaultCode::Sender, vec![], "DMP;x"),
        (code("soap:Sender", "") + &reason("DMP2;x"), FaultCode::Sender, vec![], "DMP2;x"),
        (code("soap:Sender", "") + &reason("Erreur;x"), FaultCode::Sender, vec![], "Erreur;x"),
        // A code that is none of the five is kept.
        (code("soap:DMPInvalidData", "") + &reason("x"), FaultCode::Sender, vec!["DMPInvalidData"], "x"),
        (code("soap:Sender", "<soap:Subcode/>"), FaultCode::Sender, vec![], ""),
    ] {
        let (code, subcodes, reason) = codes_of(&content);
        assert_eq!(
            (code, subcodes, reason.as_str()),
            (expected_code, expected_subcodes.into_iter().map(str::to_owned).collect(), expected_reason),
            "{content}"
        );
    }
}

#[test]
fn the_french_reason_is_preferred() {
    let texts = "<soap:Reason><soap:Text xml:lang=\"en\">closed</soap:Text><soap:Text xml:lang=\"fr-FR\">fermé</soap:Text></soap:Reason>";
    assert_eq!(codes_of(&(code("soap:Sender", "") + texts)).2, "fermé");
    let unlabelled = "<soap:Reason><soap:Text>premier</soap:Text><soap:Text>second</soap:Text></soap:Reason>";
    assert_eq!(codes_of(&(code("soap:Sender", "") + unlabelled)).2, "premier");
}

#[test]
fn soap_1_1_faults_are_read() {
    for (value, code, subcodes) in [
        ("soap:Client", FaultCode::Sender, vec![]),
        ("Server", FaultCode::Receiver, vec![]),
        ("soap:VersionMismatch", FaultCode::VersionMismatch, vec![]),
        ("ns:DMPClosed", FaultCode::Sender, vec!["DMPClosed"]),
    ] {
        let xml = format!(
            "<f:Fault xmlns:f=\"http://schemas.xmlsoap.org/soap/envelope/\"><faultcode>{value}</faultcode>\
             <faultstring>panne</faultstring><detail><x>d</x></detail></f:Fault>"
        );
        let fault = Fault::read(&tree(&xml)).expect("a fault");
        assert_eq!(fault.code, code, "{value}");
        assert_eq!(fault.subcodes.iter().map(|s| s.local.as_str()).collect::<Vec<_>>(), subcodes, "{value}");
        assert_eq!((fault.reason.as_str(), fault.detail.as_deref()), ("panne", Some("d")));
    }
}

#[test]
fn a_fault_without_code_is_an_error_and_a_long_detail_is_cut() {
    assert!(Fault::read(&tree(&format!("<Fault xmlns=\"{SOAP12}\"/>"))).is_err());
    assert!(Fault::read(&tree("<Fault xmlns=\"http://schemas.xmlsoap.org/soap/envelope/\"/>")).is_err());
    let content = code("soap:Sender", "") + &format!("<soap:Detail>{}</soap:Detail>", "é".repeat(5000));
    let fault =
        Fault::read(&tree(&format!("<soap:Fault xmlns:soap=\"{SOAP12}\">{content}</soap:Fault>"))).expect("a fault");
    assert!(fault.detail.is_some_and(|detail| detail.len() <= 4096));
}

#[test]
fn a_fault_is_read_back_as_written() {
    let id = message_id(RESPONSE);
    let headers = ResponseHeaders { action: "urn:ignored", message_id: &id, relates_to: None };
    for fault in [
        Fault::dmp("DMPInvalidCertificate", "Certificat <refusé>"),
        Fault::new(FaultCode::Receiver, "panne"),
        Fault::new(FaultCode::Sender, "x")
            .with_subcode(Subcode::addressing("InvalidAddressingHeader"))
            .with_problem_header("To"),
        Fault::new(FaultCode::Sender, "x").with_subcode(Subcode::security("InvalidSecurity")).with_lang("en"),
        Fault::dmp("A", "x").with_subcode(Subcode::dmp("B")),
    ] {
        let xml = write_fault(&headers, &fault).expect("XML");
        let envelope = Envelope::parse(xml.as_bytes(), &Limits::default()).expect("an envelope");
        assert_eq!(envelope.headers.action.as_deref(), Some("http://www.w3.org/2005/08/addressing/soap/fault"));
        let read = envelope.fault().expect("readable").expect("a fault");
        let locals = |f: &Fault| f.subcodes.iter().map(|s| s.local.clone()).collect::<Vec<_>>();
        assert_eq!(
            (read.code, locals(&read), &read.reason, &read.lang, &read.problem_header),
            (fault.code, locals(&fault), &fault.reason, &fault.lang, &fault.problem_header),
        );
    }
}

#[test]
fn the_example_fault_is_read_without_showing_its_text() {
    let envelope = Envelope::parse(&read("xds/fault.soap.xml"), &Limits::default()).expect("an envelope");
    let fault = envelope.fault().expect("readable").expect("a fault");
    assert_eq!(fault.subcodes[0].local, "DMPInvalidCertificate");
    assert_eq!(fault.reason, "Le certificat ayant signé le VIHF est invalide");
    assert_eq!(envelope.headers.relates_to.as_deref(), Some("urn:uuid:e0417928-efb8-49de-8a05-6fc53babf67b"));
    assert!(!format!("{fault:?}").contains("VIHF"));
}
