//! Wrapping, tampering and forged signatures: each attack and the rule that stops it.

use dmp_protocol::signature::{DigestAlgorithm, encode_base64};
use dmp_protocol::switches::Switches;
use dmp_protocol::xml::c14n::{Algorithm, canonicalize_element};
use dmp_protocol::xml::{Limits, parse};

use super::support::*;

const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const INCLUSIVE: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
const SHA1: &str = "http://www.w3.org/2000/09/xmldsig#sha1";
const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";

/// A signature that a forger makes with a trusted key: only the profile can refuse it.
struct Forgery {
    uri: String,
    c14n: String,
    transforms: String,
    digest_method: &'static str,
    signature_method: &'static str,
    /// Copies of the reference.
    references: usize,
    key_info: String,
    /// XML after KeyInfo.
    tail: String,
}

impl Default for Forgery {
    fn default() -> Self {
        Self {
            uri: format!("#{}", stamp().id()),
            c14n: format!(r#"<ds:CanonicalizationMethod Algorithm="{EXCLUSIVE}"/>"#),
            transforms: transforms(&[ENVELOPED, &transform(EXCLUSIVE)]),
            digest_method: SHA256,
            signature_method: RSA_SHA256,
            references: 1,
            key_info: format!("<ds:X509Data>{}</ds:X509Data>", x509("org_sign")),
            tail: String::new(),
        }
    }
}

const ENVELOPED: &str = r#"<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/>"#;

fn transform(uri: &str) -> String {
    format!(r#"<ds:Transform Algorithm="{uri}"/>"#)
}

fn transforms(list: &[&str]) -> String {
    format!("<ds:Transforms>{}</ds:Transforms>", list.concat())
}

fn x509(name: &str) -> String {
    format!("<ds:X509Certificate>{}</ds:X509Certificate>", encode_base64(certificate(name).der()))
}

impl Forgery {
    /// The assertion, its true digest, and a true signature over whatever SignedInfo says.
    fn assertion(&self) -> String {
        let signed = sign(&air(), &Switches::default()).into_string();
        let start = signed.find("<ds:Signature").unwrap();
        let end = signed.find("</ds:Signature>").unwrap() + "</ds:Signature>".len();
        let (before, after) = (&signed[..start], &signed[end..]);
        let bare = parse(format!("{before}{after}").as_bytes(), &Limits::default()).unwrap();
        let canonical = canonicalize_element(&[], &bare, &Algorithm::exclusive(), None);
        let digest = DigestAlgorithm::from_uri(self.digest_method).unwrap_or(DigestAlgorithm::Sha256);
        let reference = format!(
            r#"<ds:Reference URI="{}">{}<ds:DigestMethod Algorithm="{}"/><ds:DigestValue>{}</ds:DigestValue></ds:Reference>"#,
            self.uri,
            self.transforms,
            self.digest_method,
            encode_base64(&digest.digest(&canonical)),
        )
        .repeat(self.references);
        let signed_info = format!(
            r#"<ds:SignedInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">{}<ds:SignatureMethod Algorithm="{}"/>{reference}</ds:SignedInfo>"#,
            self.c14n, self.signature_method,
        );
        let tree = parse(signed_info.as_bytes(), &Limits::default()).unwrap();
        let value =
            org_sign().sign_sha256_rsa(&canonicalize_element(&[], &tree, &Algorithm::exclusive(), None)).unwrap();
        format!(
            r#"{before}<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">{signed_info}<ds:SignatureValue>{}</ds:SignatureValue><ds:KeyInfo>{}</ds:KeyInfo>{}</ds:Signature>{after}"#,
            encode_base64(&value),
            self.key_info,
            self.tail,
        )
    }

    fn envelope(&self) -> String {
        envelope(&self.assertion())
    }
}

#[test]
fn a_forgery_that_keeps_to_the_profile_is_accepted() {
    // Otherwise the table below could pass for the wrong reason.
    assert_eq!(Verifier::default().rule(&Forgery::default().envelope()), "accepted");
}

#[test]
fn signatures_outside_the_profile_are_refused() {
    let listed = |list: &str| {
        let ec = format!(r#"<ec:InclusiveNamespaces xmlns:ec="{EXCLUSIVE}" PrefixList="{list}"/>"#);
        let inner = format!(r#"<ds:Transform Algorithm="{EXCLUSIVE}">{ec}</ds:Transform>"#);
        transforms(&[ENVELOPED, &inner])
    };
    let id = stamp().id().to_owned();
    let base = Forgery::default;
    let cases = [
        ("V12", "empty URI", Forgery { uri: String::new(), ..base() }),
        ("V12", "another element", Forgery { uri: "#body".to_owned(), ..base() }),
        ("V12", "XPointer", Forgery { uri: format!("#xpointer(id('{id}'))"), ..base() }),
        ("V12", "URI without #", Forgery { uri: id, ..base() }),
        ("V12", "only #", Forgery { uri: "#".to_owned(), ..base() }),
        ("V12", "no reference", Forgery { references: 0, ..base() }),
        ("V12", "two references", Forgery { references: 2, ..base() }),
        ("V13", "no transform", Forgery { transforms: String::new(), ..base() }),
        ("V13", "order", Forgery { transforms: transforms(&[&transform(EXCLUSIVE), ENVELOPED]), ..base() }),
        (
            "V13",
            "third transform",
            Forgery { transforms: transforms(&[ENVELOPED, &transform(EXCLUSIVE), &transform(EXCLUSIVE)]), ..base() },
        ),
        ("V13", "inclusive C14N", Forgery { transforms: transforms(&[ENVELOPED, &transform(INCLUSIVE)]), ..base() }),
        (
            "V13",
            "comments",
            Forgery { transforms: transforms(&[ENVELOPED, &transform(&format!("{EXCLUSIVE}WithComments"))]), ..base() },
        ),
        (
            "V13",
            "XPath",
            Forgery {
                transforms: transforms(&[ENVELOPED, &transform("http://www.w3.org/TR/1999/REC-xpath-19991116")]),
                ..base()
            },
        ),
        (
            "V13",
            "XSLT",
            Forgery {
                transforms: transforms(&[ENVELOPED, &transform("http://www.w3.org/TR/1999/REC-xslt-19991116")]),
                ..base()
            },
        ),
        (
            "V13",
            "base64",
            Forgery {
                transforms: transforms(&[ENVELOPED, &transform("http://www.w3.org/2000/09/xmldsig#base64")]),
                ..base()
            },
        ),
        ("V13", "17 prefixes", Forgery { transforms: listed(&"p ".repeat(17)), ..base() }),
        ("V13", "SHA-1 digest", Forgery { digest_method: SHA1, ..base() }),
        ("V13", "MD5 digest", Forgery { digest_method: "http://www.w3.org/2001/04/xmldsig-more#md5", ..base() }),
        (
            "V13",
            "SHA-1 signature",
            Forgery { signature_method: "http://www.w3.org/2000/09/xmldsig#rsa-sha1", ..base() },
        ),
        ("V13", "HMAC", Forgery { signature_method: "http://www.w3.org/2000/09/xmldsig#hmac-sha1", ..base() }),
        (
            "V13",
            "inclusive SignedInfo",
            Forgery { c14n: format!(r#"<ds:CanonicalizationMethod Algorithm="{INCLUSIVE}"/>"#), ..base() },
        ),
        (
            "V14",
            "two certificates",
            Forgery { key_info: format!("<ds:X509Data>{0}{0}</ds:X509Data>", x509("org_sign")), ..base() },
        ),
        (
            "V14",
            "two X509Data",
            Forgery {
                key_info: format!(
                    "<ds:X509Data>{}</ds:X509Data><ds:X509Data>{}</ds:X509Data>",
                    x509("org_sign"),
                    x509("org_auth")
                ),
                ..base()
            },
        ),
        ("V14", "no certificate", Forgery { key_info: "<ds:KeyName>org_sign</ds:KeyName>".to_owned(), ..base() }),
        (
            "V14",
            "no base64",
            Forgery {
                key_info: "<ds:X509Data><ds:X509Certificate>?</ds:X509Certificate></ds:X509Data>".to_owned(),
                ..base()
            },
        ),
        (
            "V15",
            "certificate of another key",
            Forgery { key_info: format!("<ds:X509Data>{}</ds:X509Data>", x509("org_auth")), ..base() },
        ),
        (
            "V15",
            "RSA 1024",
            Forgery { key_info: format!("<ds:X509Data>{}</ds:X509Data>", x509("weak_sign")), ..base() },
        ),
        ("V11", "ds:Object", Forgery { tail: "<ds:Object/>".to_owned(), ..base() }),
        ("V11", "second SignedInfo", Forgery { tail: "<ds:Object><ds:SignedInfo/></ds:Object>".to_owned(), ..base() }),
    ];
    for (rule, what, forgery) in cases {
        let refusal = Verifier::default().refusal(&forgery.envelope());
        assert_eq!(refusal.rule, rule, "{what}: {refusal}");
        assert_eq!(refusal.code, "DMPAuthenticationError", "{what}");
        assert_eq!(refusal.text, "La signature du VIHF est invalide", "{what}");
    }
}

#[test]
fn what_other_stacks_write_is_accepted() {
    let list = format!(r##"<ec:InclusiveNamespaces xmlns:ec="{EXCLUSIVE}" PrefixList="ds saml #default"/>"##);
    let inner = format!(r#"<ds:Transform Algorithm="{EXCLUSIVE}">{list}</ds:Transform>"#);
    let broken_base64 = x509("org_sign").replace('A', "A&#13;\n").replace('B', "B&amp;#xD; ");
    let key_value = "<ds:KeyName>x</ds:KeyName><ds:KeyValue><ds:RSAKeyValue/></ds:KeyValue>";
    let base = Forgery::default;
    let cases = [
        ("a PrefixList that changes nothing", Forgery { transforms: transforms(&[ENVELOPED, &inner]), ..base() }),
        (
            "base64 with CR references",
            Forgery { key_info: format!("<ds:X509Data>{broken_base64}</ds:X509Data>"), ..base() },
        ),
        (
            "KeyName and KeyValue, ignored",
            Forgery { key_info: format!("{key_value}<ds:X509Data>{}</ds:X509Data>", x509("org_sign")), ..base() },
        ),
    ];
    for (what, forgery) in cases {
        let verification = Verifier::default().verify(&forgery.envelope());
        assert!(verification.outcome.is_ok(), "{what}: {:?}", verification.outcome);
    }
    let legacy = Verifier { switches: Switches { legacy_sha1: true, ..Switches::default() }, ..Verifier::default() };
    assert_eq!(legacy.rule(&Forgery { digest_method: SHA1, ..base() }.envelope()), "accepted");
}

#[test]
fn wrapped_moved_and_tampered_assertions_are_refused() {
    let signed = sign(&air(), &Switches::default()).into_string();
    let good = envelope(&signed);
    let evil = signed.replace("899999000021", "899999000013").replace(stamp().id(), "_evil");
    let unsigned = |xml: &str| {
        let start = xml.find("<ds:Signature").unwrap();
        let end = xml.find("</ds:Signature>").unwrap() + "</ds:Signature>".len();
        format!("{}{}", &xml[..start], &xml[end..])
    };
    let signature = {
        let start = signed.find("<ds:Signature").unwrap();
        &signed[start..signed.find("</ds:Signature>").unwrap() + "</ds:Signature>".len()]
    };
    let into = |place: &str, what: &str| good.replacen(place, &format!("{place}{what}"), 1);
    let wrapped = signature.replace("</ds:KeyInfo>", &format!("</ds:KeyInfo><ds:Object>{signed}</ds:Object>"));
    let cases = [
        ("V04", "no assertion", envelope("")),
        ("V04", "two assertions side by side", envelope(&format!("{evil}{signed}"))),
        ("V04", "second assertion in the header", into("<soap:Header>", &evil)),
        ("V04", "second assertion in the body", into("<soap:Body>", &evil)),
        ("V04", "assertion in the body only", envelope("").replace("<soap:Body>", &format!("<soap:Body>{signed}"))),
        ("V04", "two wsse:Security", good.replacen("<Action", r#"<s:Security xmlns:s="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"/><Action"#, 1)),
        ("V04", "assertion one level too deep", envelope(&format!("<x>{signed}</x>"))),
        ("V04", "original in a ds:Object of an unsigned copy", envelope(&unsigned(&evil).replace("<saml2:Subject>", &format!("{wrapped}<saml2:Subject>")))),
        ("V04", "original inside an attribute of an unsigned copy", envelope(&unsigned(&evil).replace("<saml2:AttributeValue>4.0", &format!("<saml2:AttributeValue>{signed}")))),
        ("V05", "comment inside NameID", envelope(&signed.replace("899999000021<", "8999990000<!-- x -->21<"))),
        ("V05", "processing instruction", envelope(&signed.replace("<saml2:Subject>", "<?x y?><saml2:Subject>"))),
        ("V05", "CDATA", envelope(&signed.replace(">urn:dmp<", "><![CDATA[urn:dmp]]><"))),
        ("V05", "comment inside the signature", envelope(&signed.replace("<ds:KeyInfo>", "<!-- x --><ds:KeyInfo>"))),
        ("V06", "duplicate ID", good.replace(r#"Id="body""#, &format!(r#"Id="{}""#, stamp().id()))),
        ("V06", "duplicate xml:id", good.replace(r#"Id="body""#, &format!(r#"xml:id="{}""#, stamp().id()))),
        ("V06", "duplicate ID elsewhere", good.replace("<soap:Body>", r#"<soap:Body><x ID="body"/>"#)),
        ("V10", "signature removed", envelope(&unsigned(&signed))),
        ("V11", "two signatures", envelope(&signed.replace("<saml2:Subject>", &format!("{signature}<saml2:Subject>")))),
        ("V11", "signature before Issuer", envelope(&unsigned(&signed).replace("<saml2:Issuer", &format!("{signature}<saml2:Issuer")))),
        ("V11", "signature at the end", envelope(&unsigned(&signed).replace("</saml2:Assertion>", &format!("{signature}</saml2:Assertion>")))),
        ("V12", "signature of another assertion", envelope(&evil.replace(&format!("#{}", "_evil"), &format!("#{}", stamp().id())))),
        ("V15", "NameID changed", envelope(&signed.replace("<saml2:NameID>899999000021", "<saml2:NameID>899999000013"))),
        ("V15", "role changed", envelope(&signed.replace(r#"code="21""#, r#"code="10""#))),
        ("V15", "IssueInstant changed", envelope(&signed.replace("08:16:30.500Z", "08:26:30.500Z"))),
        ("V15", "white space between elements", envelope(&signed.replace("<saml2:Subject>", "\n<saml2:Subject>"))),
        ("V15", "DigestValue changed", envelope(&signed.replace("<ds:DigestValue>", "<ds:DigestValue>AAAA"))),
        ("V15", "SignatureValue changed", envelope(&signed.replace("<ds:SignatureValue>", "<ds:SignatureValue>AAAA"))),
    ];
    assert_eq!(Verifier::default().rule(&good), "accepted");
    for (rule, what, envelope) in cases {
        assert_ne!(envelope, good, "{what}");
        let verification = Verifier::default().verify(&envelope);
        assert!(verification.authenticated.is_none(), "{what}");
        let refusal = verification.outcome.expect_err(what);
        assert_eq!(refusal.rule, rule, "{what}: {refusal}");
    }
}

#[test]
fn an_envelope_may_change_around_a_signed_assertion() {
    let good = envelope(sign(&air(), &Switches::default()).as_str());
    let around = good
        .replace("<soap:Header>", "<soap:Header xmlns:xs=\"urn:x\" xmlns=\"urn:y\">\n<!-- outside --> ")
        .replace("<soap:Body>", "<soap:Body><![CDATA[ ]]>");
    assert_eq!(Verifier::default().rule(&around), "accepted");
}

#[test]
fn whatever_byte_is_flipped_nothing_panics_and_nothing_false_is_accepted() {
    let good = envelope(sign(&air(), &Switches::default()).as_str());
    let expected = Verifier::default().verify(&good).outcome.unwrap().assertion;
    for at in (0..good.len()).step_by(3) {
        let mut flipped = good.clone().into_bytes();
        flipped[at] ^= 0x01;
        let Ok(flipped) = String::from_utf8(flipped) else { continue };
        if parse(flipped.as_bytes(), &Limits::default()).is_err() {
            continue;
        }
        if let Ok(verified) = Verifier::default().verify(&flipped).outcome {
            assert_eq!(verified.assertion, expected, "flip at {at}");
        }
    }
}
