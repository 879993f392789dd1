use dmp_xml::c14n::{Algorithm, Mode, canonicalize_element};
use dmp_xml::{Element, Limits, parse};

use super::{DigestAlgorithm, decode_base64, encode_base64, encode_base64_lines};

#[test]
fn base64_is_read_whatever_its_line_ends() {
    for text in ["QUJD", " Q U\tJ\r\nD\n", "QU&#13;\nJD", "QU&#xD;JD&#xd;"] {
        assert_eq!(decode_base64(text).unwrap(), b"ABC", "{text:?}");
    }
    for text in ["QUJ", "QUJD=", "Q*JD", "QU&#10;JD", "&", "QUJDéé==", "QUJ-"] {
        assert!(decode_base64(text).is_err(), "{text:?}");
    }
    assert_eq!(decode_base64("").unwrap(), b"");
}

#[test]
fn base64_is_written_in_lines_of_76() {
    let bytes = vec![7; 200];
    let lines = encode_base64_lines(&bytes);
    let lengths: Vec<usize> = lines.lines().map(str::len).collect();
    assert_eq!(lengths, [76, 76, 76, 40]);
    assert_eq!(decode_base64(&lines).unwrap(), bytes);
    assert_eq!(encode_base64_lines(&[0; 57]).len(), 76, "no line end after a full last line");
}

/// vihf.md §4.2.
#[test]
fn known_answers_of_exclusive_canonicalisation() {
    const ENVELOPE: &str = concat!(
        r#"<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:u="urn:unused"><soap:Header><w:Security xmlns:w="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd">"#,
        r#"<saml2:Assertion Version="2.0" IssueInstant="2026-01-15T09:30:00.000Z" ID="_kat1" xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><saml2:Issuer>CN=essai é,C=FR</saml2:Issuer><saml2:AttributeStatement><saml2:Attribute Name="r"><saml2:AttributeValue><Role xsi:type="CE" displayName="Médecin" codeSystem="1.2.250.1.71.1.2.7" code="10" xmlns="urn:hl7-org:v3"/></saml2:AttributeValue></saml2:Attribute><saml2:Attribute Name="s"><saml2:AttributeValue xsi:type="xs:string">a&amp;b</saml2:AttributeValue></saml2:Attribute></saml2:AttributeStatement></saml2:Assertion>"#,
        r#"</w:Security></soap:Header><soap:Body/></soap:Envelope>"#
    );
    let envelope = parse(ENVELOPE.as_bytes(), &Limits::default()).unwrap();
    let header = envelope.elements().next().unwrap();
    let security = header.elements().next().unwrap();
    let assertion: &Element = security.elements().next().unwrap();
    let cases = [
        ("", 679, "2+yoBsmo44Mtr8OeiUFQJyU2FRN657x/IyI6ndPT0Rg="),
        ("ds saml #default xsi", 625, "XkeSum5wATKLYU3vtydEVYL9Imwzn80AYT3oofL5VKQ="),
        ("xs", 723, "0uDl6+3ygoGlAXKMm46V/IJyzeDkTxZNxo+WhFGGae0="),
    ];
    for (list, length, digest) in cases {
        let prefixes = list.split_whitespace().map(|name| name.replace("#default", "")).collect();
        let algorithm = Algorithm { mode: Mode::Exclusive(prefixes), with_comments: false };
        let bytes = canonicalize_element(&[&envelope, header, security], assertion, &algorithm, None);
        assert_eq!(bytes.len(), length, "{list:?}");
        assert_eq!(encode_base64(&DigestAlgorithm::Sha256.digest(&bytes)), digest, "{list:?}");
    }
}
