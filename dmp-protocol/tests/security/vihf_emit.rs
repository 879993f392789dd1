//! What the client writes: exact form, switches, guarantees; and that the other end reads it back.

use dmp_protocol::identity::Ins;
use dmp_protocol::switches::{AirMethodElement, DnStyle, ModeAttributeSpelling, Switches, VihfVersion};
use dmp_protocol::vihf::verify::Channel;
use dmp_protocol::vihf::{
    Access, AuthenticationClass, AuthenticationMode, Role, Software, Stamp, Vihf, VihfError, WireMode, name,
};
use dmp_vocabulary::Realm;
use jiff::SignedDuration;

use super::support::*;

/// vihf.md §11, written on one line with our patient, the base64 values left out.
const AIR_SIMPLIFIE_AFTER_SIGNATURE: &str = concat!(
    r#"<saml2:Subject><saml2:NameID>899999000013</saml2:NameID></saml2:Subject>"#,
    r#"<saml2:AuthnStatement AuthnInstant="2026-03-02T08:12:00.000Z"><saml2:AuthnContext>"#,
    r#"<saml2:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:TimeSyncToken</saml2:AuthnContextClassRef>"#,
    r#"<saml2:AuthnContextDecl>CONF_EXI_PGSSIS</saml2:AuthnContextDecl></saml2:AuthnContext></saml2:AuthnStatement>"#,
    r#"<saml2:AttributeStatement>"#,
    r#"<saml2:Attribute Name="Identifiant_Structure"><saml2:AttributeValue>10B0990008</saml2:AttributeValue></saml2:Attribute>"#,
    r#"<saml2:Attribute Name="Secteur_Activite"><saml2:AttributeValue>SA01^1.2.250.1.71.4.2.4</saml2:AttributeValue></saml2:Attribute>"#,
    r#"<saml2:Attribute Name="urn:oasis:names:tc:xspa:1.0:subject:subject-id"><saml2:AttributeValue>MODELE ALIX</saml2:AttributeValue></saml2:Attribute>"#,
    r#"<saml2:Attribute Name="urn:oasis:names:tc:xacml:2.0:subject:role">"#,
    r#"<saml2:AttributeValue><Role xmlns="urn:hl7-org:v3" xsi:type="CE" code="10" codeSystem="1.2.250.1.71.1.2.7" displayName="Médecin"/></saml2:AttributeValue>"#,
    r#"<saml2:AttributeValue><Role xmlns="urn:hl7-org:v3" xsi:type="CE" code="SM26" codeSystem="1.2.250.1.71.4.2.5" displayName="Qualifié en médecine générale (SM)"/></saml2:AttributeValue></saml2:Attribute>"#,
    r#"<saml2:Attribute Name="VIHF_Version"><saml2:AttributeValue>4.0</saml2:AttributeValue></saml2:Attribute>"#,
    r#"<saml2:Attribute Name="Authentification_mode"><saml2:AttributeValue>INDIRECTE_RENFORCEE</saml2:AttributeValue></saml2:Attribute>"#,
    r#"<saml2:Attribute Name="urn:oasis:names:tc:xacml:2.0:resource:resource-id"><saml2:AttributeValue>280057599900151^^^&amp;1.2.250.1.213.1.4.10&amp;ISO^NH</saml2:AttributeValue></saml2:Attribute>"#,
    r#"<saml2:Attribute Name="Ressource_URN"><saml2:AttributeValue>urn:dmp</saml2:AttributeValue></saml2:Attribute>"#,
    r#"<saml2:Attribute Name="urn:oasis:names:tc:xspa:1.0:subject:purposeofuse"><saml2:AttributeValue><PurposeOfUse xmlns="urn:hl7-org:v3" xsi:type="CE" code="normal" codeSystem="1.2.250.1.213.1.1.4.248" displayName="Accès normal"/></saml2:AttributeValue></saml2:Attribute>"#,
    r#"<saml2:Attribute Name="LPS_ID"><saml2:AttributeValue>2.25.169113683135263991924194166893702703888</saml2:AttributeValue></saml2:Attribute>"#,
    r#"<saml2:Attribute Name="LPS_Nom"><saml2:AttributeValue>LPS Exemple</saml2:AttributeValue></saml2:Attribute>"#,
    r#"<saml2:Attribute Name="LPS_Version"><saml2:AttributeValue>4.2.0</saml2:AttributeValue></saml2:Attribute>"#,
    r#"<saml2:Attribute Name="LPS_ID_HOMOLOGATION_DMP"><saml2:AttributeValue>XXX-000000-tmp0</saml2:AttributeValue></saml2:Attribute>"#,
    r#"</saml2:AttributeStatement></saml2:Assertion>"#
);
const BEFORE_SIGNATURE: &str = concat!(
    r#"<saml2:Assertion xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ID="_0d1f5a52-6c3b-4a0e-9f51-2f6f6d0c7a04" IssueInstant="2026-03-02T08:16:30.500Z" Version="2.0">"#,
    r#"<saml2:Issuer Format="urn:oasis:names:tc:SAML:1.1:nameid-format:X509SubjectName">CN=lps-exemple,OU=10B0990008,O=CLINIQUE DU MODELE,ST=Département Exemple (99),C=FR</saml2:Issuer>"#
);

#[test]
fn a_signed_assertion_has_the_exact_form_of_the_page() {
    let xml = sign(&air_simplifie(), &Switches::default()).into_string();
    let start = xml.find("<ds:Signature").unwrap();
    let end = xml.find("</ds:Signature>").unwrap() + "</ds:Signature>".len();
    assert_eq!(&xml[..start], BEFORE_SIGNATURE);
    assert_eq!(&xml[end..], AIR_SIMPLIFIE_AFTER_SIGNATURE);

    let mut signature = xml[start..end].to_owned();
    for element in ["DigestValue", "SignatureValue", "X509Certificate"] {
        let open = signature.find(&format!("<ds:{element}>")).unwrap() + element.len() + 5;
        let close = signature.find(&format!("</ds:{element}>")).unwrap();
        assert!(!signature[open..close].contains(char::is_whitespace), "{element} on one line");
        signature.replace_range(open..close, "UExBQ0VIT0xERVI=");
    }
    assert_eq!(
        signature,
        concat!(
            r##"<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/><ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/>"##,
            r##"<ds:Reference URI="#_0d1f5a52-6c3b-4a0e-9f51-2f6f6d0c7a04"><ds:Transforms><ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/><ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/></ds:Transforms><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue>UExBQ0VIT0xERVI=</ds:DigestValue></ds:Reference></ds:SignedInfo>"##,
            r#"<ds:SignatureValue>UExBQ0VIT0xERVI=</ds:SignatureValue><ds:KeyInfo><ds:X509Data><ds:X509Certificate>UExBQ0VIT0xERVI=</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>"#
        )
    );
}

#[test]
fn every_mode_is_accepted_and_read_back() {
    let switches = Switches::default();
    let card = signer_with("card_sign", "card_sign");
    let bris_de_glace = Vihf {
        access: Access::BrisDeGlace { reason: "Patiente inconsciente, antécédents inconnus".to_owned() },
        ..directe()
    };
    let psc = Vihf { mode: AuthenticationMode::ProSanteConnect, ..air() };
    let psc_verifier = || Verifier { channel: Channel::ProSanteConnect, ..Verifier::default() };
    let unsigned = directe().without_signature(&stamp(), &certificate("card_auth"), &switches).unwrap();
    let cases = [
        ("AIR simplifié", sign(&air_simplifie(), &switches), Verifier::default()),
        ("AIR", sign(&air(), &switches), Verifier::default()),
        ("INDIRECTE", sign(&indirecte(), &switches), Verifier::default()),
        ("PSC", sign(&psc, &switches), psc_verifier()),
        ("DIRECTE signed", bris_de_glace.sign(&stamp(), &card, &switches).unwrap(), Verifier::with_tls("card_auth")),
        ("DIRECTE unsigned", unsigned, Verifier::with_tls("card_auth")),
    ];
    for (mode, vihf, verifier) in cases {
        let verification = verifier.verify(&envelope(vihf.as_str()));
        let verified = verification.outcome.unwrap_or_else(|refusal| panic!("{mode}: {refusal}"));
        assert_eq!(verification.warnings, vec![], "{mode}");
        assert_eq!(verified.signer.is_some(), verification.authenticated.is_some(), "{mode}");
        assert_eq!(verified.assertion.id, stamp().id(), "{mode}");
        assert_eq!(verified.assertion.issued_at, at(), "{mode}");
    }
}

#[test]
fn what_is_said_is_what_is_read() {
    let switches = Switches::default();
    let vihf = Vihf { connexion_secrete: true, ..indirecte() };
    let verification = Verifier::default().verify(&envelope(sign(&vihf, &switches).as_str()));
    let assertion = verification.outcome.unwrap().assertion;
    let issuer = "CN=lps-exemple,OU=10B0990008,O=CLINIQUE DU MODELE,ST=Département Exemple (99),C=FR";
    assert_eq!(assertion, vihf.to_assertion(&stamp(), issuer.to_owned(), &switches));
    assert_eq!(assertion.mode(), Some(WireMode::Indirecte));
    assert_eq!(assertion.roles(), vihf.roles);
    assert!(assertion.is_connexion_secrete() && !assertion.claims_air_simplifie());
}

#[test]
fn switches_change_what_is_written_and_the_other_end_still_accepts_it() {
    let default = Switches::default;
    let air_case = |switches: Switches| (air(), switches);
    let cases = [
        ("<saml2:AttributeValue>3.0<", air_case(Switches { vihf_version: VihfVersion::V3, ..default() })),
        (
            "\"Authentification_Mode\"",
            air_case(Switches { mode_attribute_spelling: ModeAttributeSpelling::UpperCase, ..default() }),
        ),
        (
            r#"<saml2:AttributeValue xsi:type="xs:string">urn:dmp<"#,
            air_case(Switches { typed_string_values: true, ..default() }),
        ),
        (
            r#"<saml2:Conditions NotBefore="2026-03-02T08:16:30.500Z" NotOnOrAfter="2026-03-02T08:17:00.500Z"/>"#,
            air_case(Switches { conditions: Some(SignedDuration::from_secs(30)), ..default() }),
        ),
        (
            r##"<ec:InclusiveNamespaces xmlns:ec="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="xs xsi"/>"##,
            air_case(Switches {
                typed_string_values: true,
                inclusive_namespaces: vec!["xs".to_owned(), "xsi".to_owned()],
                ..default()
            }),
        ),
        (
            "<saml2:AuthnContextDecl>APP_BROWSER_AUTH<",
            air_case(Switches { air_method_value: Some("APP_BROWSER_AUTH".to_owned()), ..default() }),
        ),
        (
            "<saml2:AuthnContextClassRef>CONF_EXI_PGSSIS<",
            (air_simplifie(), Switches { air_method_element: AirMethodElement::AuthnContextClassRef, ..default() }),
        ),
        (
            "1.2.250.1.213.1.1.4.336",
            air_case(Switches { purpose_code_system: "1.2.250.1.213.1.1.4.336".to_owned(), ..default() }),
        ),
    ];
    for (written, (vihf, switches)) in cases {
        let xml = sign(&vihf, &switches);
        assert!(xml.as_str().contains(written), "{written} in {}", xml.as_str());
        assert_eq!(Verifier::default().rule(&envelope(xml.as_str())), "accepted", "{written}");
    }
}

#[test]
fn the_name_of_a_person_is_spelled_in_three_styles_and_always_recognised() {
    let card = signer_with("card_sign", "card_sign");
    let cases = [
        (
            DnStyle::OidHex,
            "CN=899999000013+2.5.4.4=#0c064d4f44454c45+2.5.4.42=#0c04414c4958,2.5.4.12=#0c084dc3a9646563696e,C=FR",
        ),
        (DnStyle::Long, "CN=899999000013+SURNAME=MODELE+GIVENNAME=ALIX,T=Médecin,C=FR"),
        (DnStyle::Keyword, "CN=899999000013+SN=MODELE+GN=ALIX,title=Médecin,C=FR"),
    ];
    // CN, SN, GN: the order of the certificate, which is not the one DER asks of a SET (testdata/pki/README.md).
    for (dn_style, expected) in cases {
        let switches = Switches { dn_style, ..Switches::default() };
        let xml = directe().sign(&stamp(), &card, &switches).unwrap();
        assert!(xml.as_str().contains(&format!(">{expected}<")), "{expected} in {}", xml.as_str());
        assert_eq!(Verifier::with_tls("card_auth").rule(&envelope(xml.as_str())), "accepted", "{expected}");
    }
}

#[test]
fn the_reason_travels_where_the_switch_says() {
    let card = signer_with("card_sign", "card_sign");
    let vihf = Vihf { access: Access::BrisDeGlace { reason: "chute & coma".to_owned() }, ..directe() };
    for (bdg_reason_attribute, expected) in [
        (Some("Mode_Acces_Raison".to_owned()), Some("chute & coma")),
        (Some("Autre_Raison".to_owned()), None),
        (None, None),
    ] {
        let switches = Switches { bdg_reason_attribute: bdg_reason_attribute.clone(), ..Switches::default() };
        let xml = vihf.sign(&stamp(), &card, &switches).unwrap();
        let assertion = Verifier::with_tls("card_auth").verify(&envelope(xml.as_str())).outcome.unwrap().assertion;
        assert_eq!(assertion.text("Mode_Acces_Raison"), expected);
        assert_eq!(xml.as_str().contains("chute"), bdg_reason_attribute.is_some());
    }
}

#[test]
fn the_client_refuses_to_sign_what_the_dmp_would_refuse() {
    let base = air_simplifie;
    let role = |code: &str, system: &str| Role::new(code, system, "x");
    let nia = Ins::parse("280057599900151", "1.2.250.1.213.1.4.9", Realm::Production);
    let cases: Vec<(&str, Vihf)> = vec![
        ("V38", Vihf { roles: vec![], ..base() }),
        ("V38", Vihf { roles: vec![role("SM26", "1.2.250.1.71.4.2.5")], ..base() }),
        ("V39", Vihf { roles: vec![role("10", "1.2.250.1.71.1.2.7")], ..base() }),
        ("V39", Vihf { roles: vec![role("21", "1.2.250.1.71.1.2.8")], ..base() }),
        ("V39", Vihf { roles: vec![role("60", "1.2.250.1.71.1.2.7"), role("SM26", "1.2.250.1.71.4.2.5")], ..base() }),
        (
            "V39",
            Vihf { roles: vec![role("60", "1.2.250.1.71.1.2.7"), role("331", "1.2.250.1.213.1.6.1.107")], ..base() },
        ),
        ("V39", Vihf { roles: vec![role("99", "1.2.250.1.213.1.6.1.140")], ..indirecte() }),
        ("EX_AIR-020", Vihf { roles: vec![role("AUTOMATE", "1.2.250.1.213.1.1.4.6")], ..base() }),
        ("V43", Vihf { patient: nia.ok().map(|parsed| parsed.value), ..base() }),
        ("V53", Vihf { authenticated_at: "2026-03-02T08:16:31Z".parse().unwrap(), ..base() }),
        ("EXI 21", Vihf { authentication: AuthenticationClass::Password, ..base() }),
        ("EXI 24", Vihf { structure: structure("399999999800019"), ..base() }),
        ("V35", Vihf { holder: holder("30B0990008/UA7QX2M9"), ..base() }),
        ("V35", Vihf { holder: holder("0996000014"), ..base() }),
        ("V35", Vihf { holder: holder("30B0990008/UA7QX2M9"), ..air() }),
        ("V35", Vihf { holder: holder("599999999800019/000042"), ..indirecte() }),
        ("V44", Vihf { access: Access::BrisDeGlace { reason: "coma".to_owned() }, ..indirecte() }),
        ("V45", Vihf { access: Access::BrisDeGlace { reason: " ".to_owned() }, ..base() }),
        ("V45", Vihf { access: Access::BrisDeGlace { reason: "é".repeat(256) }, ..base() }),
        ("V30", Vihf { holder_name: None, ..base() }),
        ("V30", Vihf { sector: String::new(), ..base() }),
        ("V30", Vihf { software: Software::new("LPS", "1", " "), ..base() }),
    ];
    for (rule, vihf) in cases {
        let error = vihf.sign(&stamp(), org_sign().as_ref(), &Switches::default()).expect_err(rule);
        assert!(matches!(error, VihfError::Guarantee(_)), "{error}");
        assert!(error.to_string().starts_with(rule), "{rule}: {error}");
    }
    let longest = Vihf { access: Access::BrisDeGlace { reason: "é".repeat(255) }, ..base() };
    assert!(longest.sign(&stamp(), org_sign().as_ref(), &Switches::default()).is_ok());
}

#[test]
fn the_client_refuses_certificates_that_may_not_sign() {
    let cases = [
        ("V21", "org_auth", "org_auth", air()),
        ("V21", "org_sign", "expired_sign", air()),
        ("V21", "org_sign", "future_sign", air()),
        ("V02, V21", "card_sign", "card_sign", air()),
        ("V02, V21", "org_sign", "org_sign", directe()),
        ("V36", "card_sign", "card_sign", Vihf { holder: holder("899999000021"), ..directe() }),
    ];
    for (rule, key, name, vihf) in cases {
        let error = vihf.sign(&stamp(), &signer_with(key, name), &Switches::default()).expect_err(name);
        assert!(error.to_string().starts_with(rule), "{name}: {error}");
    }
    let unsigned = air().without_signature(&stamp(), &certificate("org_auth"), &Switches::default());
    assert!(unsigned.unwrap_err().to_string().starts_with("V10"));
}

#[test]
fn a_stamp_is_an_ncname_and_never_the_same() {
    let stamps: Vec<Stamp> = (0..50).map(|_| Stamp::new(at())).collect();
    for stamp in &stamps {
        let uuid: uuid::Uuid = stamp.id().strip_prefix('_').unwrap().parse().unwrap();
        assert_eq!(uuid.get_version_num(), 4);
    }
    let distinct: std::collections::HashSet<&str> = stamps.iter().map(Stamp::id).collect();
    assert_eq!(distinct.len(), stamps.len());
}

#[test]
fn nothing_that_is_secret_shows_in_debug() {
    let switches = Switches::default();
    let vihf = Vihf { access: Access::BrisDeGlace { reason: "coma".to_owned() }, ..air() };
    let xml = sign(&vihf, &switches);
    let verification = Verifier::default().verify(&envelope(xml.as_str()));
    let shown =
        format!("{vihf:?} {xml:?} {verification:?} {:?} {:?}", org_sign(), signer_with("card_sign", "card_sign"));
    for secret in ["PATRON", "SACHA", "MODELE+", "ALIX", "280057599900151", "899999000021", "coma", "tmp0", "UA7Q"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
    assert_eq!(org_sign().certificate().structure_id(), Some("10B0990008"));
    assert_eq!(name::MODE, "Authentification_mode");
}
