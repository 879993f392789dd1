//! TD0.9 and TD0.10: addresses and forms byte for byte, and what a SAML response around an assertion is worth.
//!
//! `UPDATE_GOLDEN=1 cargo test -p dmp-protocol --test security` rewrites the golden forms.

use dmp_protocol::identity::Ins;
use dmp_protocol::signature::encode_base64;
use dmp_protocol::switches::Switches;
use dmp_protocol::web_ps::*;
use dmp_vocabulary::Realm;

use super::support::*;

const PSC: &str = "https://wps-psc.exemple.test";
const AIR: &str = "https://wps.exemple.test/";

fn patient() -> Ins {
    Ins::parse("284058812345612", "1.2.250.1.213.1.4.10", Realm::Test).unwrap().value
}

fn response() -> String {
    let assertion = sign(&air_simplifie(), &Switches::default());
    write_saml_response(&assertion, &stamp(), "_93e43cfd-ac8a-4957-8f4b-15c08618f9d1").unwrap()
}

#[test]
fn forms_are_those_of_the_golden_files() {
    let air = Form::air(page_url(AIR, AIR_PATH, Page::DossierPatient, Some(&patient())), &response());
    for (name, actual) in [
        ("td0.9.form-patient.html", Form::direct(PSC, Page::DossierPatient, Some(&patient())).to_html().unwrap()),
        ("td0.9.form-dashboard.html", Form::direct(PSC, Page::TableauDeBord, None).to_html().unwrap()),
        ("td0.10.form.html", air.to_html().unwrap()),
        ("td0.10.saml-response.xml", response()),
    ] {
        let path = testdata(&format!("golden/{name}"));
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&path, &actual).unwrap();
        }
        assert_eq!(actual, std::fs::read_to_string(&path).unwrap(), "{name}");
    }
}

#[test]
fn the_golden_response_validates() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/schemas/validate.sh");
    if !std::path::Path::new(script).exists() {
        println!("skipped: ../shared not present");
        return;
    }
    let file = testdata("golden/td0.10.saml-response.xml");
    let output = std::process::Command::new("bash").arg(script).arg(file).output().unwrap();
    if output.status.code() == Some(2) {
        println!("skipped: {}", String::from_utf8_lossy(&output.stderr));
        return;
    }
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn addresses_name_the_page_and_the_patient() {
    let patient = patient();
    for (page, asked, expected) in [
        (Page::TableauDeBord, None, "https://h/x/AccesDirect/TableauDeBord"),
        (Page::Parametrages, None, "https://h/x/AccesDirect/Parametrages"),
        (
            Page::CarnetVaccination,
            Some(&patient),
            "https://h/x/AccesDirect/CarnetVaccination/284058812345612/1.2.250.1.213.1.4.10",
        ),
        (
            Page::GestionDmpPatient,
            Some(&patient),
            "https://h/x/AccesDirect/GestionDMPPatient/284058812345612/1.2.250.1.213.1.4.10",
        ),
    ] {
        for base in ["https://h/x", "https://h/x/"] {
            let url = page_url(base, DIRECT_PATH, page, asked);
            assert_eq!(url, expected);
            let read = AskedPage::read(url.strip_prefix("https://h/x").unwrap(), DIRECT_PATH).unwrap();
            assert_eq!(Page::from_segment(&read.segment), Some(page));
            assert_eq!(read.patient.is_some(), asked.is_some());
        }
    }
}

#[test]
fn paths_of_another_shape_ask_nothing() {
    for path in
        ["", "/", "/AccesDirect", "AccesDirect/Documents", "/AccesDirectX/Documents", "/AccesDirect/a/b/c/d", "/x"]
    {
        assert_eq!(AskedPage::read(path, DIRECT_PATH), None, "{path}");
    }
    let old = AskedPage::read("/AccesDirect/Documents/284058812345612", DIRECT_PATH).unwrap();
    assert_eq!(old.patient.as_ref().map(|patient| patient.oid.as_deref()), Some(None), "links without OID circulate");
    assert!(!format!("{old:?}").contains("284058812345612"));
    assert!(Page::is_creation("CreationDMPPatient") && Page::from_segment("CreationDMPPatient").is_none());
    assert_eq!(Page::from_segment("tableaudebord"), None);
}

#[test]
fn hostile_addresses_are_escaped_and_shown_to_nobody() {
    let form = Form::air(r#"https://h/"><script>alert('1')</script>&x"#.to_owned(), "<Response/>");
    let html = form.to_html().unwrap();
    assert!(html.contains(r#"action="https://h/&quot;&gt;&lt;script&gt;alert('1')&lt;/script&gt;&amp;x""#), "{html}");
    assert_eq!(html.matches('<').count(), 11, "no element more than ours: {html}");
    assert!(Form::air("\u{1}".to_owned(), "").to_html().is_err());
    let shown = format!("{:?}", Form::direct(PSC, Page::DossierPatient, Some(&patient())));
    assert!(!shown.contains("284058812345612") && !shown.contains("wps"), "{shown}");
}

#[test]
fn a_form_body_is_read_as_it_was_written() {
    let air = Form::air(page_url(AIR, AIR_PATH, Page::TableauDeBord, None), &response());
    let body = air.to_urlencoded();
    assert!(body.starts_with("SAMLResponse=") && !body.contains([' ', '/']), "base64 is percent-encoded");
    let fields = read_form(&body).unwrap();
    assert_eq!(fields, [(SAML_FIELD.to_owned(), air.fields()[0].1.clone())]);
    assert_eq!(
        read_form("a=1+2%26&b=&c").unwrap(),
        [("a", "1 2&"), ("b", ""), ("c", "")].map(|(name, value)| (name.to_owned(), value.to_owned()))
    );
    let many = (0..17).map(|rank| format!("f{rank}=")).collect::<Vec<_>>().join("&");
    for (body, expected) in
        [("a=1&a=2", FormError::Repeated), ("a=%FF", FormError::NotUtf8), (many.as_str(), FormError::TooManyFields)]
    {
        assert_eq!(read_form(body), Err(expected), "{body}");
    }
}

#[test]
fn a_response_is_verified_like_an_envelope() {
    let verifier = Verifier::default();
    let response = response();
    assert_eq!(verifier.rule(&response), "accepted");
    let read = read_saml_response(&encode_base64(response.as_bytes())).unwrap();
    assert!(read.is(SAMLP, "Response"));
    let assertion = &response[response.find("<saml2:Assertion").unwrap()..response.find("</saml2p:Response>").unwrap()];
    let wrapped =
        |inside: &str| format!(r#"<saml2p:Response xmlns:saml2p="{SAMLP}" ID="_r">{inside}</saml2p:Response>"#);
    let deeper = format!("<saml2p:Extensions>{assertion}</saml2p:Extensions>");
    for (what, hostile, rule) in [
        ("none", wrapped(""), "V04"),
        ("two", wrapped(&format!("{assertion}{assertion}")), "V04"),
        ("deeper", wrapped(&deeper), "V04"),
        ("the same identifier", wrapped(assertion).replace("\"_r\"", &format!("\"{}\"", stamp().id())), "V06"),
        ("another professional", response.replace("899999000013", "899999000021"), "V15"),
        ("unsigned", wrapped(&unsigned(assertion)), "V10"),
    ] {
        assert_eq!(verifier.rule(&hostile), rule, "{what}");
    }
}

fn unsigned(assertion: &str) -> String {
    let (before, rest) = assertion.split_once("<ds:Signature").unwrap();
    let (_, after) = rest.split_once("</ds:Signature>").unwrap();
    format!("{before}{after}")
}

#[test]
fn what_is_no_response_is_refused_without_being_shown() {
    let other = encode_base64(b"<Assertion>284058812345612</Assertion>");
    let doctype = encode_base64(b"<!DOCTYPE a [<!ENTITY b \"284058812345612\">]><a>&b;</a>");
    for field in ["!!", "", other.as_str(), doctype.as_str()] {
        let error = read_saml_response(field).unwrap_err();
        assert!(!format!("{error}{error:?}").contains("284058812345612"), "{error}");
    }
}
