//! Attacks on the assertion, over real bytes: each is refused in a fault with its rule (vihf.md §12).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

mod support;

use dmp_mock::MockDmp;
use dmp_mock::world::seed;
use dmp_protocol::transaction::Transaction;
use support::Sender;

/// A good envelope that each attack changes.
struct Victim {
    envelope: String,
}

impl Victim {
    fn new(sender: &Sender<'_>) -> Self {
        let assertion = sender.sign(&sender.assertion());
        let request = sender.existence_request();
        Victim { envelope: sender.envelope(Transaction::Existence, &assertion, |w| request.write(w)) }
    }

    fn between(&self, start: &str, end: &str) -> &str {
        let from = self.envelope.find(start).expect(start);
        let length = self.envelope[from..].find(end).expect(end) + end.len();
        &self.envelope[from..from + length]
    }

    fn assertion(&self) -> &str {
        self.between("<saml2:Assertion", "</saml2:Assertion>")
    }

    fn signature(&self) -> &str {
        self.between("<ds:Signature", "</ds:Signature>")
    }

    fn id(&self) -> &str {
        let assertion = self.assertion();
        let from = assertion.find(" ID=\"").unwrap() + 5;
        &assertion[from..from + assertion[from..].find('"').unwrap()]
    }

    fn with(&self, from: &str, to: &str) -> String {
        assert!(self.envelope.contains(from), "nothing to replace: {from}");
        self.envelope.replacen(from, to, 1)
    }
}

type Attack = fn(&Victim) -> String;

const ATTACKS: [(&str, Attack, &str, &str); 24] = [
    ("the name changed", |v| v.with(seed::MEDECIN, seed::PHARMACIEN), "V15", "DMPAuthenticationError"),
    (
        "the patient changed",
        |v| v.envelope.replace(seed::PATIENT_FOLLOWED, seed::PATIENT_UNKNOWN_TO_ALL),
        "V15",
        "DMPAuthenticationError",
    ),
    (
        "the signature value changed",
        |v| {
            let value = v.between("<ds:SignatureValue>", "</ds:SignatureValue>").to_owned();
            let (tag, base64) = value.split_at("<ds:SignatureValue>".len());
            let first = if base64.starts_with('A') { "B" } else { "A" };
            let spoilt = format!("{tag}{first}{}", &base64[1..]);
            v.with(&value, &spoilt)
        },
        "V15",
        "DMPAuthenticationError",
    ),
    ("the signature removed", |v| v.with(v.signature(), ""), "V10", "DMPAuthenticationError"),
    ("two signatures", |v| v.with(v.signature(), &format!("{0}{0}", v.signature())), "V11", "DMPAuthenticationError"),
    (
        "the signature after the subject",
        |v| {
            let moved = v.with(v.signature(), "");
            moved.replacen("</saml2:Subject>", &format!("</saml2:Subject>{}", v.signature()), 1)
        },
        "V11",
        "DMPAuthenticationError",
    ),
    (
        "two assertions side by side",
        |v| v.with(v.assertion(), &format!("{0}{0}", v.assertion())),
        "V04",
        "DMPInvalidRequest",
    ),
    (
        "the signed one in the body, a forged one in the header",
        |v| {
            let forged = v.assertion().replacen(v.signature(), "", 1).replace(seed::MEDECIN, seed::PHARMACIEN);
            let original = v.assertion().to_owned();
            let headless = v.with(&original, &forged);
            headless.replacen("</PRPA_IN201307UV02>", &format!("{original}</PRPA_IN201307UV02>"), 1)
        },
        "V04",
        "DMPInvalidRequest",
    ),
    (
        "the signed one inside ds:Object of the forged one",
        |v| {
            let original = v.assertion().to_owned();
            let object = format!("<ds:Object>{original}</ds:Object></ds:Signature>");
            let wrapping = v.signature().replacen("</ds:Signature>", &object, 1);
            let forged = original.replacen(v.signature(), &wrapping, 1).replacen(v.id(), "_forged", 1);
            v.with(&original, &forged)
        },
        "V04",
        "DMPInvalidRequest",
    ),
    ("no assertion", |v| v.with(v.assertion(), ""), "V04", "DMPInvalidRequest"),
    (
        "an identifier twice",
        |v| v.with("<soap:Body>", &format!("<soap:Body Id=\"{}\">", v.id())),
        "V06",
        "DMPInvalidRequest",
    ),
    (
        "a comment inside the name",
        |v| v.with(seed::MEDECIN, &seed::MEDECIN.replacen("13", "13<!-- x -->", 1)),
        "V05",
        "DMPInvalidRequest",
    ),
    ("an empty reference", |v| v.with(&format!("URI=\"#{}\"", v.id()), "URI=\"\""), "V12", "DMPAuthenticationError"),
    (
        "a reference to another element",
        |v| v.with(&format!("URI=\"#{}\"", v.id()), "URI=\"#other\""),
        "V12",
        "DMPAuthenticationError",
    ),
    (
        "an XPointer",
        |v| v.with(&format!("URI=\"#{}\"", v.id()), "URI=\"#xpointer(/)\""),
        "V12",
        "DMPAuthenticationError",
    ),
    ("no reference", |v| v.with(v.between("<ds:Reference", "</ds:Reference>"), ""), "V12", "DMPAuthenticationError"),
    (
        "a SHA-1 digest",
        |v| v.with("http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2000/09/xmldsig#sha1"),
        "V13",
        "DMPAuthenticationError",
    ),
    (
        "a SHA-1 signature",
        |v| v.with("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2000/09/xmldsig#rsa-sha1"),
        "V13",
        "DMPAuthenticationError",
    ),
    (
        "an HMAC",
        |v| {
            v.with(
                "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
                "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
            )
        },
        "V13",
        "DMPAuthenticationError",
    ),
    (
        "an XPath transform",
        |v| {
            v.with(
                "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
                "http://www.w3.org/TR/1999/REC-xpath-19991116",
            )
        },
        "V13",
        "DMPAuthenticationError",
    ),
    (
        "no certificate",
        |v| v.with(v.between("<ds:X509Certificate>", "</ds:X509Certificate>"), ""),
        "V14",
        "DMPAuthenticationError",
    ),
    (
        "two certificates",
        |v| {
            let one = v.between("<ds:X509Certificate>", "</ds:X509Certificate>").to_owned();
            v.with(&one, &format!("{one}{one}"))
        },
        "V14",
        "DMPAuthenticationError",
    ),
    (
        "a DTD with an entity",
        |v| {
            let declared = v.with("?><soap", "?><!DOCTYPE soap:Envelope [<!ENTITY e \"x\">]><soap");
            declared.replacen("LPS Exemple", "&e;", 1)
        },
        "V03",
        "DMPInvalidRequest",
    ),
    ("an entity nobody declared", |v| v.with("LPS Exemple", "&lps;"), "V03", "DMPInvalidRequest"),
];

#[tokio::test]
async fn each_attack_is_refused_and_a_good_request_still_passes() {
    let mock = MockDmp::start().await.unwrap();
    let sender = Sender::air(&mock);
    for (what, attack, rule, code) in ATTACKS {
        let envelope = attack(&Victim::new(&sender));
        let answer = sender.send_envelope(Transaction::Existence, envelope).await;
        assert_eq!(answer.status, 500, "{what}");
        let found = (answer.rule(), answer.fault_code());
        assert_eq!(found, (Some(rule), Some(code.to_owned())), "{what}: {:?}", answer.fault().unwrap().reason);
    }
    assert_eq!(sender.existence().await.rule(), None);
}

#[tokio::test]
async fn a_forged_copy_does_not_use_up_the_original() {
    let mock = MockDmp::start().await.unwrap();
    let sender = Sender::air(&mock);
    let victim = Victim::new(&sender);
    let forged = victim.with(seed::MEDECIN, seed::PHARMACIEN);
    assert_eq!(sender.send_envelope(Transaction::Existence, forged).await.rule(), Some("V15"));
    let original = victim.envelope.clone();
    assert_eq!(sender.send_envelope(Transaction::Existence, original.clone()).await.rule(), None);
    assert_eq!(sender.send_envelope(Transaction::Existence, original).await.rule(), Some("V54"));
}

#[tokio::test]
async fn deep_and_endless_envelopes_are_refused_in_bounded_time() {
    let mock = MockDmp::start().await.unwrap();
    let sender = Sender::air(&mock);
    let deep = "<a>".repeat(100_000);
    let wide = format!("<a{}/>", (0..5000).map(|n| format!(" b{n}=\"\"")).collect::<String>());
    let long = format!("<a>{}</a>", "x".repeat(17 << 20));
    for envelope in [deep, wide, long, "\u{0}".to_owned(), "not xml".to_owned()] {
        let answer = sender.send_envelope(Transaction::Existence, envelope).await;
        assert_eq!((answer.status.as_u16(), answer.rule()), (500, Some("V03")));
    }
}
