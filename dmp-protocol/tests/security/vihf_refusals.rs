//! V02, V20-V23: the certificates behind a signature that is right; and what a policy makes of a breach.

use dmp_protocol::rules::{Policy, Strictness};
use dmp_protocol::switches::Switches;
use dmp_protocol::vihf::verify::{Channel, invalid_xml};
use dmp_protocol::vihf::{Assertion, AuthenticationMode, SerializedVihf, Vihf};
use dmp_protocol::xml::{Limits, parse};

use super::support::*;

/// Signs without any of the client's guarantees.
fn forge(vihf: &Vihf, key: &str, name: &str, edit: impl Fn(&mut Assertion)) -> SerializedVihf {
    let switches = Switches::default();
    let issuer = certificate(name).subject().to_rfc4514(switches.dn_style);
    let mut assertion = vihf.to_assertion(&stamp(), issuer, &switches);
    edit(&mut assertion);
    assertion.sign(&signer_with(key, name), &switches).unwrap()
}

#[test]
fn signing_certificates_are_refused_one_by_one() {
    let chain = "Le certificat ayant signé le VIHF est invalide : ";
    let profile = "Le certificat ayant signé le VIHF est invalide : Not a valid signature certificate";
    let cases = [
        ("V20", "org_sign", "expired_sign", format!("{chain}Certificate expired")),
        ("V20", "org_sign", "future_sign", format!("{chain}Certificate not yet valid")),
        ("V20", "org_sign", "revoked_sign", format!("{chain}Certificate revoked")),
        ("V20", "org_sign", "stranger_sign", format!("{chain}Unknown certificate authority")),
        ("V20", "org_sign", "grandchild_sign", format!("{chain}Unknown certificate authority")),
        ("V20", "org_sign", "sha1_sign", format!("{chain}Certificate path not valid")),
        ("V21", "org_auth", "org_auth", profile.to_owned()),
        ("V21", "org_sign", "production_sign", profile.to_owned()),
    ];
    for (rule, key, name, text) in cases {
        let verification = Verifier::default().verify(&envelope(forge(&air(), key, name, |_| ()).as_str()));
        assert!(verification.authenticated.is_some(), "{name}: the signature itself is right, single use counts");
        let refusal = verification.outcome.expect_err(name);
        assert_eq!((refusal.rule, refusal.code), (rule, "DMPInvalidCertificate"), "{name}: {refusal}");
        assert_eq!(refusal.text, text, "{name}");
    }
}

#[test]
fn a_good_class_of_the_other_branch_passes_where_the_branch_is_not_asked() {
    let xml = forge(&air(), "org_sign", "production_sign", |_| ());
    let verifier = Verifier { realm: None, ..Verifier::default() };
    assert_eq!(verifier.rule(&envelope(xml.as_str())), "accepted");
}

#[test]
fn issuers_are_compared_as_names() {
    let cases = [
        ("accepted", "CN=lps-exemple, OU=10B0990008, O=CLINIQUE DU MODELE, ST=Département Exemple (99), C=FR"),
        (
            "accepted",
            "cn=LPS-EXEMPLE,2.5.4.11=#0c0a31304230393930303038,O=clinique  du modele,S=Département Exemple (99),C=fr",
        ),
        ("accepted", "CN=lps-exemple,OU=10B0990008,O=CLINIQUE DU MODELE,ST=De\u{301}partement Exemple (99),C=FR"),
        ("V22", "C=FR,ST=Département Exemple (99),O=CLINIQUE DU MODELE,OU=10B0990008,CN=lps-exemple"),
        ("V22", "CN=lps-exemple,OU=10B0990008,O=CLINIQUE DU MODELE,ST=D?partement Exemple (99),C=FR"),
        ("V22", "CN=lps-exemple,OU=11B0099001,O=CLINIQUE DU MODELE,ST=Département Exemple (99),C=FR"),
        ("V22", "CN=lps-exemple,OU=10B0990008,C=FR"),
        ("V22", "lps-exemple"),
        ("V22", ""),
    ];
    for (expected, issuer) in cases {
        let xml = forge(&air(), "org_sign", "org_sign", |assertion| assertion.issuer = issuer.to_owned());
        assert_eq!(Verifier::default().rule(&envelope(xml.as_str())), expected, "{issuer}");
    }
    let tolerant = Switches { dn_accept_reversed: true, dn_question_mark: true, ..Switches::default() };
    for (_, issuer) in &cases[3..5] {
        let xml = forge(&air(), "org_sign", "org_sign", |assertion| assertion.issuer = (*issuer).to_owned());
        let verifier = Verifier { switches: tolerant.clone(), ..Verifier::default() };
        assert_eq!(verifier.rule(&envelope(xml.as_str())), "accepted", "{issuer}");
    }
    for format in [None, Some("urn:oasis:names:tc:SAML:1.1:nameidformat:X509SubjectName".to_owned())] {
        let xml = forge(&air(), "org_sign", "org_sign", |assertion| assertion.issuer_format = format.clone());
        let refusal = Verifier::default().refusal(&envelope(xml.as_str()));
        assert_eq!((refusal.rule, refusal.code), ("V22", "DMPAuthenticationError"));
        assert_eq!(refusal.text, "L'émetteur du VIHF ne correspond pas au certificat");
    }
}

#[test]
fn both_certificates_belong_together_and_fit_the_mode() {
    let direct = |key, name| forge(&directe(), key, name, |_| ());
    let unsigned = directe().without_signature(&stamp(), &certificate("card_auth"), &Switches::default()).unwrap();
    let air = |key, name| forge(&air(), key, name, |_| ());
    let cases = [
        ("accepted", "card_auth", direct("card_sign", "card_sign")),
        ("V22", "card_auth", {
            let xml = unsigned.as_str().replace("CN=899999000013", "CN=899999000021");
            reread(&xml)
        }),
        ("V02", "org_auth", unsigned),
        ("V02", "card_auth", air("org_sign", "org_sign")),
        ("V02", "org_sign", air("org_sign", "org_sign")),
        ("V02", "org_auth", direct("card_sign", "card_sign")),
        ("V23", "group_auth", air("org_sign", "org_sign")),
        ("V23", "org_auth", air("org_sign", "group_sign")),
        ("V23", "cpe_auth", direct("card_sign", "card_sign")),
    ];
    for (expected, tls, xml) in cases {
        let verification = Verifier::with_tls(tls).verify(&envelope(xml.as_str()));
        let rule = verification.outcome.map_or_else(|refusal| refusal.rule, |_| "accepted");
        assert_eq!(rule, expected, "TLS {tls}");
    }
    let refusal = Verifier::with_tls("group_auth").refusal(&envelope(air("org_sign", "org_sign").as_str()));
    assert_eq!(refusal.code, "DMPInvalidData");
    assert!(refusal.text.starts_with("Erreur d'authentification de la personne morale (structure) : les certif"));
    assert!(refusal.found.contains("11B0099001"), "{refusal}");
}

fn reread(xml: &str) -> SerializedVihf {
    Assertion::read(&parse(xml.as_bytes(), &Limits::default()).unwrap())
        .unwrap()
        .serialize(&Switches::default())
        .unwrap()
}

#[test]
fn an_older_card_with_t61_names_is_recognised() {
    let xml = forge(&directe(), "card_sign", "old_card_sign", |_| ());
    assert!(xml.as_str().contains("OU=Médecin,O=GIP-CPS,C=FR"));
    assert_eq!(Verifier::with_tls("card_auth").rule(&envelope(xml.as_str())), "accepted");
}

#[test]
fn pro_sante_connect_is_an_organisation_and_may_be_unsigned() {
    let psc = Vihf { mode: AuthenticationMode::ProSanteConnect, ..air() };
    let switches = Switches { psc_signed: false, ..Switches::default() };
    let unsigned = psc.without_signature(&stamp(), &certificate("org_auth"), &switches).unwrap();
    let channel = Channel::ProSanteConnect;
    let cases = [
        ("accepted", Verifier { channel, ..Verifier::default() }),
        ("V02", Verifier { channel, ..Verifier::with_tls("card_auth") }),
        ("V02", Verifier::default()),
        (
            "V10",
            Verifier {
                channel,
                switches: Switches { psc_signature_required: true, ..Switches::default() },
                ..Verifier::default()
            },
        ),
    ];
    for (expected, verifier) in cases {
        assert_eq!(verifier.rule(&envelope(unsigned.as_str())), expected);
    }
}

#[test]
fn the_mock_switches_relax_one_rule_each() {
    let authentication_key = forge(&air(), "org_auth", "org_auth", |_| ());
    let switches = Switches { accept_auth_certificate_as_signer: true, ..Switches::default() };
    let verifier = Verifier { switches, ..Verifier::default() };
    assert_eq!(verifier.rule(&envelope(authentication_key.as_str())), "accepted");

    let same_dn = Switches { same_dn: true, ..Switches::default() };
    let xml = forge(&air(), "org_sign", "org_sign", |_| ());
    let verifier = Verifier { switches: same_dn, ..Verifier::default() };
    assert_eq!(verifier.rule(&envelope(xml.as_str())), "accepted");
    let verifier = Verifier { tls: certificate("group_auth"), ..verifier };
    assert_eq!(verifier.rule(&envelope(xml.as_str())), "V23");
}

#[test]
fn a_policy_turns_refusals_into_warnings_or_silence() {
    let xml = forge(&air(), "org_sign", "expired_sign", |assertion| assertion.issuer = "CN=x".to_owned());
    let envelope = envelope(&xml.as_str().replace("PATRON SACHA", "PATRON ALEX"));
    let with = |policy: Policy| Verifier { policy, ..Verifier::default() }.verify(&envelope);
    assert_eq!(with(Policy::strict()).outcome.unwrap_err().rule, "V15");
    assert_eq!(with(Policy::lenient("V15").unwrap()).outcome.unwrap_err().rule, "V20");
    let lenient = with(Policy::lenient("V15,V20,V22").unwrap());
    let warned: Vec<&str> = lenient.warnings.iter().map(|warning| warning.rule).collect();
    assert_eq!(warned, ["V15", "V20", "V22"]);
    assert!(lenient.authenticated.is_none(), "a lenient policy does not make a signature right");
    assert_eq!(lenient.outcome.unwrap().assertion.text("Ressource_URN"), Some("urn:dmp"));
    let silent = with(Policy::lenient("V15,V20").unwrap().with("V22", Strictness::Off).unwrap());
    assert_eq!(silent.warnings.len(), 2);
}

#[test]
fn the_shape_of_the_page_is_asked_for() {
    let signed = sign(&air(), &Switches::default()).into_string();
    let edits: [(&str, &str, &str); 12] = [
        ("no Version", r#" Version="2.0""#, ""),
        ("Version 1.1", r#"Version="2.0""#, r#"Version="1.1""#),
        ("no ID", r#" ID="_0d1f5a52-6c3b-4a0e-9f51-2f6f6d0c7a04""#, ""),
        ("ID with a space", r#" ID="_0d1f"#, r#" ID="_ 0d1f"#),
        ("local offset", "08:16:30.500Z", "09:16:30.500+01:00"),
        ("no instant", "2026-03-02T08:16:30.500Z", "2026-03-02"),
        ("31 February", "2026-03-02T08:16:30.500Z", "2026-02-31T08:16:30.500Z"),
        ("no NameID", "<saml2:NameID>899999000021</saml2:NameID>", ""),
        ("text between elements", "<saml2:Subject>", "x<saml2:Subject>"),
        ("unknown element", "<saml2:AuthnStatement", "<saml2:Advice/><saml2:AuthnStatement"),
        ("an element inside NameID", "899999000021</saml2:NameID>", "89<b/>9999000021</saml2:NameID>"),
        ("two statements", "</saml2:AttributeStatement>", "</saml2:AttributeStatement><saml2:AttributeStatement/>"),
    ];
    for (what, from, to) in edits {
        let refusal = Verifier::default().refusal(&envelope(&signed.replacen(from, to, 1)));
        assert_eq!((refusal.rule, refusal.code), ("V05", "DMPInvalidRequest"), "{what}: {refusal}");
        assert!(refusal.text.starts_with("Le VIHF n'est pas conforme : "), "{what}");
    }
    let doctype = format!("<!DOCTYPE x [<!ENTITY e \"x\">]>{}", envelope(&signed));
    let error = parse(doctype.as_bytes(), &Limits::default()).unwrap_err();
    let refusal = invalid_xml(&error);
    assert_eq!((refusal.rule, refusal.text.as_str()), ("V03", "Message XML invalide"));
}

#[test]
fn conditions_are_read_with_their_variant() {
    let unsigned = directe().without_signature(&stamp(), &certificate("card_auth"), &Switches::default()).unwrap();
    let with = |conditions: &str| {
        let edited = unsigned.as_str().replace("<saml2:AuthnStatement", &format!("{conditions}<saml2:AuthnStatement"));
        let verification = Verifier::with_tls("card_auth").verify(&envelope(&edited));
        verification.outcome.unwrap().assertion.conditions.unwrap()
    };
    let read = with(r#"<saml2:Conditions NotBefore="2026-03-02T08:00:00Z" NotAfter="2026-03-02T09:00:00Z"/>"#);
    assert!(read.not_after_variant && !read.restricted);
    assert_eq!(read.not_on_or_after, "2026-03-02T09:00:00Z".parse().ok());
    assert!(with("<saml2:Conditions><saml2:AudienceRestriction/></saml2:Conditions>").restricted);
}
