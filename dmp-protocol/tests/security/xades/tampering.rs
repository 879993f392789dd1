//! One tampering per rule, signed again where the rule lies behind the signature.

use super::*;

/// Gives a changed file digests and a signature that are right again.
fn resign(file: &str, key: &str, name: &str) -> String {
    let signer = signer_with(key, name);
    let between = |file: &str, open: &str, close: &str, from: usize, value: &str| {
        let start = file[from..].find(open).unwrap() + from + open.len();
        let end = file[start..].find(close).unwrap() + start;
        (format!("{}{value}{}", &file[..start], &file[end..]), start)
    };
    let tree = |file: &str| parse(file.as_bytes(), &Limits::default()).unwrap();
    let without = Algorithm::inclusive();
    let (file, _) = between(file, "<X509Certificate>", "</", 0, &encode_base64_lines(signer.certificate().der()));
    let cert = file.find("<CertDigest>").unwrap();
    let (file, _) = between(&file, "<DigestValue>", "</", cert, &encode_base64(&signer.certificate().sha256()));
    let (file, _) = between(
        &file,
        "<X509SerialNumber xmlns=\"http://www.w3.org/2000/09/xmldsig#\">",
        "</",
        cert,
        signer.certificate().serial(),
    );
    let (_, manifest) = canonical_digest_of(&tree(&file), DSIG, "Manifest", &without);
    let (_, properties) = canonical_digest_of(&tree(&file), XADES, "SignedProperties", &without);
    let (file, first) = between(&file, "<DigestValue>", "</", 0, &manifest);
    let (file, _) = between(&file, "<DigestValue>", "</", first, &properties);
    let root = tree(&file);
    let bytes = canonicalize_element(
        &[&root],
        root.child(DSIG, "SignedInfo").unwrap(),
        &Algorithm::inclusive_with_comments(),
        None,
    );
    let value = encode_base64_lines(&signer.sign_sha256_rsa(&bytes).unwrap());
    between(&file, "<SignatureValue>", "</", 0, &value).0
}

#[test]
fn one_tampering_per_rule() {
    let good = our_file(&Switches::default());
    assert_eq!(resign(&good, "org_sign", "org_sign"), good, "signing again changes nothing");
    let edit = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        good.replacen(from, to, 1)
    };
    let again = |file: String| resign(&file, "org_sign", "org_sign");
    let manifest = {
        let start = good.find("<Manifest").unwrap();
        &good[start..good.find("</Manifest>").unwrap() + "</Manifest>".len()]
    };
    let first_reference = {
        let start = good.find("<Reference Type").unwrap();
        &good[start..good[start..].find("</Reference>").unwrap() + start + "</Reference>".len()]
    };
    let xml_reference = {
        let start = good.find("<Reference URI=\"urn:oid:2.25.1.1\"").unwrap();
        &good[start..good[start..].find("</Reference>").unwrap() + start + "</Reference>".len()]
    };
    let transform = "<Transforms><Transform Algorithm=\"http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments\"/></Transforms>";
    let xpath = transform.replace(
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments",
        "http://www.w3.org/TR/1999/REC-xpath-19991116",
    );
    let other_certificate = encode_base64_lines(certificate("org_auth").der());
    let own_certificate = encode_base64_lines(certificate("org_sign").der());
    let cases = [
        ("S01", "no XML", "garbage".to_owned()),
        ("S01", "another root", format!("<x>{}</x>", good.split_once("?>").unwrap().1)),
        ("S01", "DTD", edit("<Signature ", "<!DOCTYPE Signature><Signature ")),
        ("S01", "too large", edit("<Object>", &format!("<Object>{}", " ".repeat(MAX_FILE)))),
        (
            "S01",
            "second Manifest",
            edit("<Object><SignatureProperties", &format!("<Object>{manifest}</Object><Object><SignatureProperties")),
        ),
        ("S01", "second Signature", edit("<SignatureProperties", "<Signature/><SignatureProperties")),
        ("S01", "XAdES 1.3.2", good.replace("01903/v1.1.1#\" Target", "01903/v1.3.2#\" Target")),
        ("S01", "no KeyInfo", edit("<KeyInfo>", "<KeyInfos>").replace("</KeyInfo>", "</KeyInfos>")),
        (
            "S01",
            "two certificates",
            edit(
                "</X509Certificate>",
                &format!("</X509Certificate><X509Certificate>{other_certificate}</X509Certificate>"),
            ),
        ),
        ("S02", "HMAC", edit("xmldsig-more#rsa-sha256", "xmldsig-more#hmac-sha256")),
        ("S02", "MD5", edit("xmlenc#sha256", "xmldsig-more#md5")),
        ("S02", "XPath in the Manifest", again(edit(transform, &xpath))),
        ("S02", "RSA 1024", edit(&own_certificate, &encode_base64_lines(certificate("weak_sign").der()))),
        ("S03", "reference to something else", edit("URI=\"#IHEManifest\"", "URI=\"#purposeOfSignature\"")),
        ("S03", "reference to the whole file", edit("URI=\"#IHEManifest\"", "URI=\"\"")),
        ("S03", "one reference", edit(first_reference, "")),
        ("S03", "three references", again(edit(first_reference, &first_reference.repeat(2)))),
        ("S03", "same Id twice", again(edit("Id=\"purposeOfSignature\"", "Id=\"IHEManifest\""))),
        ("S03", "another Type", again(edit("xmldsig#Manifest\"", "xmldsig#Object\""))),
        ("S04", "Manifest changed", edit("urn:oid:2.25.1.1\"", "urn:oid:2.25.1.9\"")),
        ("S04", "SigningTime changed", edit("<SigningTime>2026", "<SigningTime>2025")),
        ("S04", "comment in SignedInfo", edit("<SignedInfo>", "<SignedInfo><!-- x -->")),
        ("S04", "SignatureValue changed", edit("<SignatureValue>", "<SignatureValue>AAAA")),
        ("S04", "certificate swapped", edit(&own_certificate, &other_certificate)),
        ("S06", "revoked", resign(&good, "org_sign", "revoked_sign")),
        ("S06", "expired", resign(&good, "org_sign", "expired_sign")),
        ("S06", "authentication certificate", resign(&good, "org_auth", "org_auth")),
        ("S07", "another structure", resign(&good, "org_sign", "group_sign")),
        (
            "S08",
            "document added",
            again(edit(
                xml_reference,
                &format!("{xml_reference}{}", xml_reference.replace("2.25.1.1\"", "2.25.1.9\"")),
            )),
        ),
        ("S08", "document missing", again(edit(xml_reference, ""))),
        ("S08", "document twice", again(edit(xml_reference, &xml_reference.repeat(2)))),
        ("S08", "lot of another", again(edit("urn:oid:2.25.1.3", "urn:oid:2.25.1.33"))),
        ("S08", "no urn:oid:", again(edit("urn:oid:2.25.1.1", "2.25.1.1"))),
        (
            "S09",
            "digest of another document",
            again(edit(xml_reference, &xml_reference.replacen("<DigestValue>", "<DigestValue>AAAA", 1))),
        ),
        ("S09", "raw instead of canonical", again(edit(transform, ""))),
        ("S10", "no offset", again(edit("+01:00<", "<"))),
        ("S11", "another purpose", edit(">1.2.840.10065.1.12.1.14<", ">1.2.840.10065.1.12.1.5<")),
        ("S11", "another Target", edit("Target=\"#_2.25.1.5\"", "Target=\"#_2.25.1.6\"")),
    ];
    for (rule, what, file) in cases {
        let refusal: Refusal = our_verifier().verify(file.as_bytes()).outcome.expect_err(what);
        assert_eq!(refusal.rule, rule, "{what}: {refusal}");
        assert_eq!(refusal.code, "XDSRepositoryMetadataError", "{what}");
        assert!(refusal.text.contains(rule), "{what}");
    }
}

#[test]
fn the_signer_must_be_designated_by_what_it_signed() {
    let good = our_file(&Switches::default());
    let cert = good.find("<CertDigest>").unwrap();
    let resigned = |from: &str, to: &str| {
        assert!(good[cert..].contains(from), "{from}");
        // `resign` would write digest and serial again: change them for good, then sign with the digests alone.
        let edited = format!("{}{}", &good[..cert], good[cert..].replacen(from, to, 1));
        let root = parse(edited.as_bytes(), &Limits::default()).unwrap();
        let (_, digest) = canonical_digest_of(&root, XADES, "SignedProperties", &Algorithm::inclusive());
        let (_, before) = canonical_digest_of(
            &parse(good.as_bytes(), &Limits::default()).unwrap(),
            XADES,
            "SignedProperties",
            &Algorithm::inclusive(),
        );
        let edited = edited.replacen(&before, &digest, 1);
        let root = parse(edited.as_bytes(), &Limits::default()).unwrap();
        let info = root.child(DSIG, "SignedInfo").unwrap();
        let bytes = canonicalize_element(&[&root], info, &Algorithm::inclusive_with_comments(), None);
        let start = edited.find("<SignatureValue>").unwrap() + "<SignatureValue>".len();
        let end = edited.find("</SignatureValue>").unwrap();
        format!("{}{}{}", &edited[..start], encode_base64(&org_sign().sign_sha256_rsa(&bytes).unwrap()), &edited[end..])
    };
    let serial = certificate("org_sign").serial().to_owned();
    let cases = [
        (
            "accepted",
            "CN=TEST AC EXEMPLE ORGANISATIONS,OU=SANS VALEUR,",
            "cn=TEST AC EXEMPLE ORGANISATIONS, OU=Sans Valeur, ",
        ),
        ("accepted", &serial, &format!(" 0{serial}\n")),
        ("accepted", "xmlenc#sha256", "FIXED"),
        ("S05", "CN=TEST AC EXEMPLE ORGANISATIONS", "CN=TEST AC EXEMPLE PERSONNES"),
        ("S05", &serial, &format!("{serial}0")),
        ("S05", "<DigestValue>", "<DigestValue>AAAA"),
        ("S05", "http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2001/04/xmlenc#sha512"),
        ("S05", "<X509IssuerName", "<X509Issuer"),
    ];
    for (expected, from, to) in cases {
        let file = if to == "FIXED" {
            resigned("http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2000/09/xmldsig#sha256")
        } else if from == "<X509IssuerName" {
            let named = &good[good.find("<X509IssuerName").unwrap()..good.find("</X509IssuerName>").unwrap() + 17];
            resigned(named, "")
        } else {
            resigned(from, to)
        };
        assert_eq!(our_verifier().rule(&file), expected, "{from} -> {to}");
    }
}
