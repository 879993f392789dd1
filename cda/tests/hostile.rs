//! What the reader refuses, why, and that nothing makes it panic.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests")]

mod support;

use std::io::Read;

use cda::{Base64Fault, Body, CdaErrorKind, CdaLimits, Content};
use proptest::prelude::*;
use support::{bytes, read, text};

const DOCUMENT: &str = "<ClinicalDocument xmlns=\"urn:hl7-org:v3\"><id root=\"2.999.1\"/></ClinicalDocument>";

fn rule(bytes: impl AsRef<[u8]>) -> &'static str {
    match read(bytes) {
        Ok(_) => "accepted",
        Err(error) => error.kind.rule().unwrap_or("no rule"),
    }
}

#[test]
fn refusals_have_the_rule_of_the_container_checks() {
    let in_contenu = |content: &str| {
        format!(
            "<s:stylesheet xmlns:s='http://www.w3.org/1999/XSL/Transform' xmlns:d='urn:asip-sante:ci-sis'>{content}\
             </s:stylesheet>"
        )
    };
    let signed = |content: &str| format!("<Signature xmlns='http://www.w3.org/2000/09/xmldsig#'>{content}</Signature>");
    let rows = [
        ("CDA-DOC-003", format!("<!DOCTYPE ClinicalDocument>{DOCUMENT}")),
        ("CDA-DOC-003", format!("<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>{DOCUMENT}")),
        ("CDA-DOC-002", format!("{DOCUMENT}{DOCUMENT}")),
        ("CDA-DOC-002", DOCUMENT.replace("<id", "<id a='1' a='2'")),
        ("CDA-DOC-002", DOCUMENT.replace("<id", "<b:id")),
        ("CDA-DOC-002", DOCUMENT.replace("root=\"2.999.1\"", "root=\"&nbsp;\"")),
        ("CDA-DOC-002", format!("text{DOCUMENT}")),
        ("CDA-DOC-002", String::new()),
        ("CDA-DOC-004", "<ClinicalDocument/>".to_owned()),
        ("CDA-DOC-004", "<ClinicalDocument xmlns='urn:hl7-org:v2'/>".to_owned()),
        ("CDA-DOC-004", "<html/>".to_owned()),
        ("CDA-DOC-004", in_contenu("")),
        ("CDA-DOC-004", in_contenu(DOCUMENT)),
        ("CDA-DOC-004", in_contenu("<d:Contenu/>")),
        ("CDA-DOC-004", in_contenu(&format!("<d:Contenu><x>{DOCUMENT}</x></d:Contenu>"))),
        ("CDA-DOC-005", in_contenu(&format!("<d:Contenu>{DOCUMENT}{DOCUMENT}</d:Contenu>"))),
        ("CDA-DOC-005", in_contenu(&format!("<d:Contenu>{DOCUMENT}</d:Contenu><d:Contenu>{DOCUMENT}</d:Contenu>"))),
        ("accepted", in_contenu(&format!("<t>{DOCUMENT}</t><d:Contenu/><d:Contenu>{DOCUMENT}</d:Contenu>"))),
        ("CDA-DOC-004", signed("")),
        ("CDA-DOC-004", signed(DOCUMENT)),
        ("accepted", signed(&format!("<Object>a</Object><Object>{DOCUMENT}</Object>"))),
        ("CDA-DOC-005", signed(&format!("<Object>{DOCUMENT}</Object><Object>{DOCUMENT}</Object>"))),
        ("accepted", DOCUMENT.replace("<id", "<component><ClinicalDocument/></component><id")),
        ("accepted", "<ClinicalDocument xmlns='urn:hl7-org:v3'/>".to_owned()),
    ];
    for (expected, xml) in rows {
        assert_eq!(rule(&xml), expected, "{xml}");
    }
}

#[test]
fn other_encodings_are_refused_as_such() {
    let xml = text("n1-consultation-v1.xml");
    let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(xml.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let latin1: Vec<u8> = xml.chars().map(|c| u8::try_from(c).unwrap_or(b'?')).collect();
    let declared = xml.replace("UTF-8", "ISO-8859-1");
    for (name, bytes) in [("UTF-16", utf16), ("Latin-1", latin1), ("declared", declared.into_bytes())] {
        assert_eq!(rule(&bytes), "CDA-DOC-001", "{name}");
    }
    let nul = xml.replace("RENNES", "REN\0NES");
    assert_eq!(rule(nul), "CDA-DOC-002");
    assert_eq!(rule([b"<a>".as_slice(), &[0xC0, 0xAF], b"</a>"].concat()), "CDA-DOC-001", "overlong");
}

#[test]
fn a_refusal_says_where() {
    let xml = text("n1-consultation-v1.xml").replace("<title>", "<title><b:x/>");
    let error = read(xml).unwrap_err();
    assert_eq!((error.line, error.column), (10, 10));
    assert!(error.to_string().starts_with("CDA-DOC-002, line 10, column 10: "), "{error}");
}

#[test]
fn a_document_cut_anywhere_is_refused() {
    let whole = bytes("n1-consultation-v1.xml");
    let end = whole.len() - 1; // The last byte is the line end after the root.
    for length in 0..end {
        assert!(read(&whole[..length]).is_err(), "{length} bytes");
    }
    assert!(read(&whole[..end]).is_ok());
}

#[test]
fn limits_stop_the_reader() {
    let nest =
        |depth: usize| DOCUMENT.replace("<id", &format!("{}{}<id", "<a>".repeat(depth - 1), "</a>".repeat(depth - 1)));
    assert_eq!(rule(nest(128)), "accepted");
    assert_eq!(rule(nest(129)), "CDA-DOC-006");
    let attributes: String = (0..300).map(|n| format!(" a{n}=''")).collect();
    assert_eq!(rule(DOCUMENT.replace("<id", &format!("<id{attributes}"))), "CDA-DOC-006");
    assert_eq!(rule(DOCUMENT.replace("<id", &format!("<x a='{}'/><id", "b".repeat(1 << 20)))), "CDA-DOC-006");

    let title = |length: usize| DOCUMENT.replace("<id", &format!("<title>{}</title><id", "t".repeat(length)));
    assert_eq!(rule(title(7 << 20)), "accepted");
    let error = read(title(9 << 20)).unwrap_err();
    assert_eq!(error.kind, CdaErrorKind::LimitPassed { what: "bytes of the header", allowed: 8 << 20 });
    let authors = format!("<author>{}</author><id", "<a/>".repeat(50_000));
    assert_eq!(rule(DOCUMENT.replace("<id", &authors)), "CDA-DOC-006");
    let paragraphs = format!("<component>{}</component><id", "<a/>".repeat(200_000));
    assert_eq!(rule(DOCUMENT.replace("<id", &paragraphs)), "accepted", "the body is not kept");
}

#[test]
fn a_header_full_of_codes_maps_in_bounded_time() {
    let translations: String =
        (0..45_000).map(|n| format!("<translation code='{n}' displayName='d' codeSystem='2.999'/>")).collect();
    let event = "<documentationOf><serviceEvent><code code='a' displayName='d' codeSystem='2.999'>";
    let event = format!("{event}{translations}</code></serviceEvent></documentationOf><componentOf>");
    let xml = text("n1-consultation-v1.xml").replace("<componentOf>", &event);
    let entry = support::entry(xml, &cda::metadata::MappingOptions::default()).unwrap();
    assert_eq!(entry.event_codes.len(), 45_001);
}

#[test]
fn a_size_limit_stops_an_endless_source() {
    let endless = "<ClinicalDocument xmlns='urn:hl7-org:v3'><component>".as_bytes().chain(std::io::repeat(b'a'));
    let limits = CdaLimits { xml: dmp_xml::Limits::default().with_bytes(1 << 20), ..CdaLimits::default() };
    assert_eq!(cda::read(endless, &limits).unwrap_err().kind.rule(), Some("CDA-DOC-006"));
}

#[test]
fn a_body_is_decoded_or_its_fault_is_told() {
    let with = |attributes: &str, content: &str| {
        let body = format!("<component><nonXMLBody><text {attributes}>{content}</text></nonXMLBody></component><id");
        DOCUMENT.replace("<id", &body)
    };
    let b64 = "mediaType='text/plain' representation='B64'";
    let rows = [
        (with(b64, "Ym9u am91\ncg=="), Content::Base64 { decoded: 7 }, Some("bonjour")),
        (with(b64, "Ym9u<![CDATA[am91]]>cg&#61;="), Content::Base64 { decoded: 7 }, Some("bonjour")),
        (with(b64, "<x>Ym9u</x>"), Content::Base64 { decoded: 0 }, Some("")),
        (with(b64, "Ym9"), Content::InvalidBase64(Base64Fault::WrongLength { length: 3 }), None),
        (with(b64, "Ym9_"), Content::InvalidBase64(Base64Fault::UnexpectedCharacter { offset: 3 }), None),
        (with("mediaType='text/plain'", "a &amp; b"), Content::Text { bytes: 5 }, Some("a & b")),
    ];
    for (xml, expected, content) in rows {
        let Body::Unstructured(body) = read(&xml).unwrap().body else { panic!("{xml}") };
        assert_eq!(body.content, expected, "{xml}");
        let mut sink = Vec::new();
        let extracted = cda::read_with_body(xml.as_bytes(), &CdaLimits::default(), &mut sink);
        match content {
            Some(content) => assert_eq!((extracted.is_ok(), sink.as_slice()), (true, content.as_bytes()), "{xml}"),
            None => assert_eq!(extracted.unwrap_err().kind.rule(), Some("CDA-BDY-006"), "{xml}"),
        }
    }
    let limits = CdaLimits { media_bytes: 6, ..CdaLimits::default() };
    let error = cda::read(with(b64, "Ym9uam91cg==").as_bytes(), &limits).unwrap_err();
    assert_eq!(error.kind.rule(), Some("CDA-DOC-006"));
    let second = with(b64, "Ym9u").replace("</text>", "</text><text>other</text>");
    let Body::Unstructured(body) = read(second).unwrap().body else { panic!() };
    assert_eq!(body.content, Content::Base64 { decoded: 3 }, "the first body counts");
}

#[test]
fn a_failing_sink_is_told() {
    let xml = bytes("n1-consultation-v1.xml");
    let error = cda::read_with_body(xml.as_slice(), &CdaLimits::default(), [0_u8; 4].as_mut_slice()).unwrap_err();
    assert_eq!((&error.kind, error.kind.rule()), (&CdaErrorKind::Io(std::io::ErrorKind::WriteZero), None));
    assert!(error.to_string().starts_with("line "), "{error}");
}

proptest! {
    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(read(bytes).is_err());
    }

    #[test]
    fn a_mutated_document_reads_or_is_refused(
        at in 0_usize..7_000,
        with in proptest::collection::vec(proptest::sample::select(b"<>/&;\"'=! -[]?abc0:\n\xC3\xFF".to_vec()), 0..6),
        removed in 0_usize..40,
    ) {
        let mut bytes = bytes("variant-authors-of-every-kind.xml");
        bytes.splice(at..at + removed, with);
        if let Ok(document) = read(&bytes) {
            let _ = cda::metadata::document_entry(&document, &cda::metadata::MappingOptions::default());
        }
    }
}
