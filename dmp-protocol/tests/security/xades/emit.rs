//! What is written: exact form, time of Paris, switches, refusals before the key is used.

use super::examples::original;
use super::*;

#[test]
fn what_is_written_has_the_form_of_the_example() {
    let example = original();
    let (id, path) = &example.documents[0];
    let documents = [SignedDocument { unique_id: id.clone(), digest: DocumentDigest::Xml(sha256(&read(path))) }];
    let request = SignatureRequest {
        signature_unique_id: &format!("{BASE}.5.20260302091730001"),
        lot_unique_id: &example.lot,
        documents: &documents,
        signing_time: "2026-03-02T09:17:29Z".parse().unwrap(),
    };
    let ours = sign(&request, org_sign().as_ref(), &Switches::default()).unwrap();
    let normalised = |bytes: Vec<u8>| {
        let mut text = String::from_utf8(bytes).unwrap();
        for element in ["SignatureValue", "X509Certificate", "X509IssuerName", "X509SerialNumber"] {
            let mut at = 0;
            while let Some(start) = text[at..].find(&format!("<{element}")).map(|found| at + found) {
                let open = start + text[start..].find('>').unwrap() + 1;
                let close = open + text[open..].find("</").unwrap();
                text.replace_range(open..close, "");
                at = open;
            }
        }
        // Digests that depend on the certificate: the two of SignedInfo but the Manifest's, and the CertDigests.
        let parts: Vec<&str> = text.split("<DigestValue>").collect();
        let kept = |rank: usize, part: &str| {
            let end = part.find("</DigestValue>").unwrap();
            if matches!(rank, 1 | 3 | 4) { part.to_owned() } else { part[end..].to_owned() }
        };
        let rest: Vec<String> = parts.iter().enumerate().skip(1).map(|(rank, part)| kept(rank, part)).collect();
        format!("{}<DigestValue>{}", parts[0], rest.join("<DigestValue>"))
    };
    assert_eq!(normalised(ours), normalised(read(example.file)));
}

#[test]
fn the_time_of_signing_has_the_offset_of_paris() {
    for (at, expected) in [
        ("2026-03-02T09:17:29Z", "2026-03-02T10:17:29.000+01:00"),
        ("2026-03-29T00:59:59.999Z", "2026-03-29T01:59:59.999+01:00"),
        ("2026-03-29T01:00:00Z", "2026-03-29T03:00:00.000+02:00"),
        ("2026-10-25T00:59:59Z", "2026-10-25T02:59:59.000+02:00"),
        ("2026-10-25T01:00:00Z", "2026-10-25T02:00:00.000+01:00"),
        ("2026-12-31T23:30:00Z", "2027-01-01T00:30:00.000+01:00"),
    ] {
        let documents = signed_documents();
        let request = SignatureRequest { signing_time: at.parse().unwrap(), ..request(&documents) };
        let file = sign(&request, org_sign().as_ref(), &Switches::default()).unwrap();
        let file = String::from_utf8(file).unwrap();
        assert!(file.contains(&format!("<SigningTime>{expected}</SigningTime>")), "{at}: {file}");
    }
}

#[test]
fn every_switch_of_the_writer_is_accepted_by_the_reader() {
    let cases = [
        Switches::default(),
        Switches { xades_cert_digest_uri: CertDigestUri::Xmldsig, ..Switches::default() },
        Switches { signature_properties_ns: SignaturePropertiesNamespace::XmlDsig, ..Switches::default() },
    ];
    for switches in cases {
        let file = our_file(&switches);
        assert_eq!(our_verifier().rule(&file), "accepted", "{file}");
    }
    let card = signer_with("card_sign", "card_sign");
    let file = sign(&request(&signed_documents()), &card, &Switches::default()).unwrap();
    let verifier = Verifier { sender: Sender::Holder("899999000013"), ..our_verifier() };
    assert!(verifier.verify(&file).outcome.is_ok());
}

#[test]
fn lots_that_cannot_be_signed_are_refused_before_the_key_is_used() {
    let document = |id: &str| SignedDocument { unique_id: id.to_owned(), digest: DocumentDigest::Raw([0; 32]) };
    let signed = |documents: &[SignedDocument]| {
        sign(&request(documents), org_sign().as_ref(), &Switches::default()).expect_err("refused")
    };
    assert_eq!(signed(&[]), XadesError::Empty);
    assert_eq!(signed(&[document("1.2.3"), document("1.2.3")]), XadesError::Duplicate);
    assert_eq!(signed(&[document(SIGNATURE)]), XadesError::Duplicate);
    for id in ["", "abc", "1.2.3^4", "1.2 .3", "\"><x"] {
        assert_eq!(signed(&[document(id)]), XadesError::UniqueId { what: "document 1".to_owned() }, "{id}");
    }
    for (key, name) in [("org_auth", "org_auth"), ("org_sign", "expired_sign")] {
        let error = sign(&request(&[document("1.2.3")]), &signer_with(key, name), &Switches::default());
        assert!(matches!(error, Err(XadesError::Certificate(_))), "{name}");
    }
}
