//! Canonical forms: known answers, tricky cases, and libxml2 as a foreign oracle where it is installed.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests")]

use base64::Engine as _;
use dmp_xml::c14n::{Algorithm, Mode, canonicalize_document, canonicalize_element};
use dmp_xml::{Element, Limits, Reader, parse};
use sha2::{Digest as _, Sha256};

fn whole(xml: &[u8], algorithm: &Algorithm) -> String {
    let mut out = Vec::new();
    canonicalize_document(&mut Reader::new(xml, Limits::default()), algorithm, |b| out.extend_from_slice(b)).unwrap();
    String::from_utf8(out).unwrap()
}

/// Path from the root to the first element of that name.
fn path_to<'a>(root: &'a Element, local: &str) -> Vec<&'a Element> {
    fn go<'a>(element: &'a Element, local: &str, path: &mut Vec<&'a Element>) -> bool {
        path.push(element);
        element.name.local == local || element.elements().any(|child| go(child, local, path)) || {
            path.pop();
            false
        }
    }
    let mut path = Vec::new();
    assert!(go(root, local, &mut path));
    path
}

#[test]
fn exclusive_form_of_an_assertion_has_the_known_digests() {
    let xml = r#"<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:u="urn:unused"><soap:Header><w:Security xmlns:w="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"><saml2:Assertion Version="2.0" IssueInstant="2026-01-15T09:30:00.000Z" ID="_kat1" xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><saml2:Issuer>CN=essai é,C=FR</saml2:Issuer><saml2:AttributeStatement><saml2:Attribute Name="r"><saml2:AttributeValue><Role xsi:type="CE" displayName="Médecin" codeSystem="1.2.250.1.71.1.2.7" code="10" xmlns="urn:hl7-org:v3"/></saml2:AttributeValue></saml2:Attribute><saml2:Attribute Name="s"><saml2:AttributeValue xsi:type="xs:string">a&amp;b</saml2:AttributeValue></saml2:Attribute></saml2:AttributeStatement></saml2:Assertion></w:Security></soap:Header><soap:Body/></soap:Envelope>"#;
    let root = parse(xml.as_bytes(), &Limits::default()).unwrap();
    let path = path_to(&root, "Assertion");
    for (prefixes, length, digest) in [
        (vec![], 679, "2+yoBsmo44Mtr8OeiUFQJyU2FRN657x/IyI6ndPT0Rg="),
        (vec!["ds", "saml", "", "xsi"], 625, "XkeSum5wATKLYU3vtydEVYL9Imwzn80AYT3oofL5VKQ="),
        (vec!["xs"], 723, "0uDl6+3ygoGlAXKMm46V/IJyzeDkTxZNxo+WhFGGae0="),
    ] {
        let prefixes = prefixes.into_iter().map(String::from).collect();
        let algorithm = Algorithm { mode: Mode::Exclusive(prefixes), with_comments: false };
        let bytes = canonicalize_element(&path[..path.len() - 1], path[path.len() - 1], &algorithm, None);
        assert_eq!(bytes.len(), length);
        assert_eq!(base64::engine::general_purpose::STANDARD.encode(Sha256::digest(&bytes)), digest);
    }
}

#[test]
fn a_document_keeps_what_stands_outside_its_root() {
    let xml = b"<?xml version='1.0'?>\r\n<?a  b?>\n<!--c-->\n<r  z='1' a=\"&lt;&#9;&gt;'\"><e/><![CDATA[<&>]]>&#13;</r>\n<!--d-->\n<?e?>\n";
    let body = "<r a=\"&lt;&#x9;>'\" z=\"1\"><e></e>&lt;&amp;&gt;&#xD;</r>";
    assert_eq!(
        whole(xml, &Algorithm::inclusive_with_comments()),
        format!("<?a b?>\n<!--c-->\n{body}\n<!--d-->\n<?e?>")
    );
    assert_eq!(whole(xml, &Algorithm::inclusive()), format!("<?a b?>\n{body}\n<?e?>"));
}

#[test]
fn inclusive_form_of_an_element_takes_namespaces_and_xml_attributes_of_its_ancestors() {
    let root = parse(
        br#"<r xmlns="urn:d" xmlns:u="urn:u" xml:lang="fr" xml:space="preserve"><m xmlns:u="urn:u2" xml:lang="en"><e u:b="1" a="2"><f xmlns=""/></e><!-- x --></m></r>"#,
        &Limits::default(),
    )
    .unwrap();
    let path = path_to(&root, "e");
    let canonical = canonicalize_element(&path[..2], path[2], &Algorithm::inclusive(), None);
    assert_eq!(
        String::from_utf8(canonical).unwrap(),
        r#"<e xmlns="urn:d" xmlns:u="urn:u2" a="2" xml:lang="en" xml:space="preserve" u:b="1"><f xmlns=""></f></e>"#
    );
    let exclusive = canonicalize_element(&path[..2], path[2], &Algorithm::exclusive(), path[2].elements().next());
    assert_eq!(String::from_utf8(exclusive).unwrap(), r#"<e xmlns="urn:d" xmlns:u="urn:u2" a="2" u:b="1"></e>"#);
}

/// libxml2 over the tricky document, our examples and, where present, the published documents.
#[test]
fn agrees_with_libxml2() {
    if std::process::Command::new("xmllint").arg("--version").output().is_err() {
        println!("skipped: xmllint is not installed");
        return;
    }
    let mut files: Vec<std::path::PathBuf> = Vec::new();
    for folder in ["/../testdata/cda", "/../testdata/xds", "/../../shared/real-documents", "/../../shared/examples/xds"]
    {
        let folder = format!("{}{folder}", env!("CARGO_MANIFEST_DIR"));
        match std::fs::read_dir(&folder) {
            Ok(entries) => {
                files.extend(entries.flatten().map(|e| e.path()).filter(|p| p.extension().is_some_and(|e| e == "xml")))
            }
            Err(_) => println!("skipped: {folder} is not present"),
        }
    }
    let mut compared = 0;
    for file in files {
        let bytes = std::fs::read(&file).unwrap();
        let Ok(_) = parse(&bytes, &Limits::default()) else { continue };
        for (option, mode) in [("--c14n", Mode::Inclusive), ("--exc-c14n", Mode::Exclusive(vec![]))] {
            let theirs = std::process::Command::new("xmllint")
                .arg("--nonet")
                .arg("--huge")
                .arg(option)
                .arg(&file)
                .output()
                .unwrap();
            let ours = whole(&bytes, &Algorithm { mode, with_comments: true });
            assert!(ours.as_bytes() == theirs.stdout, "{option} differs on {}", file.display());
            compared += 1;
        }
    }
    println!("{compared} canonical forms compared");
}
