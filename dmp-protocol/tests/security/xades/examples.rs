//! Known answers of the example messages (xades.md §7).

use super::*;

/// A lot of the example messages: signature file, lot, documents.
pub(super) struct Example {
    pub(super) file: &'static str,
    pub(super) lot: String,
    pub(super) documents: Vec<(String, &'static str)>,
    pub(super) at: Timestamp,
}

pub(super) fn original() -> Example {
    Example {
        file: "xds/iti41-original.signature.xml",
        lot: format!("{BASE}.3.20260302091730001"),
        documents: vec![(format!("{BASE}.1.20260302091500001"), "xds/doc-a.cda.xml")],
        at: "2026-03-02T09:20:00Z".parse().unwrap(),
    }
}

fn replace_and_add() -> Example {
    let file = String::from_utf8(read("xds/iti41-replace-and-add.signature.xml")).unwrap();
    let ids: Vec<String> =
        file.split("urn:oid:").skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect();
    let [lot, b, c] = ids.try_into().unwrap();
    Example {
        file: "xds/iti41-replace-and-add.signature.xml",
        lot,
        documents: vec![(b, "xds/doc-b.cda.xml"), (c, "xds/doc-c.cda.xml")],
        at: "2026-03-05T15:00:00Z".parse().unwrap(),
    }
}

#[test]
fn known_answers_of_the_examples() {
    let cases = [
        (
            "xds/iti41-original.signature.xml",
            670,
            "Jx6zh3tD4DqwH0yT/Bo4beNIIsKTjOAMWKOqNYKmD6k=",
            "nBglSxLY0Z1FP65QokuKTlGdgfhDSXtMbwpGF0TKyCg=",
            "eenXzE0aSGqEFohqTjB39dw8x7tfEw3YRyqPVjS9XCs=",
        ),
        (
            "xds/iti41-replace-and-add.signature.xml",
            1045,
            "7d+lYG9wPHGHRhjUnrUomSXWnM8rNXIf/6k+Ch/fIoM=",
            "dbwm657MX9oLoIbUouvmZVWoGS1jiUTDqISMRENdb8g=",
            "tQYqwoZp3KPkDw94kui+NhCN9MjT5X1u5x09a8o1kI4=",
        ),
    ];
    for (name, length, manifest, properties, signed_info) in cases {
        let file = parse(&read(name), &Limits::default()).unwrap();
        let without = Algorithm::inclusive();
        let with = Algorithm::inclusive_with_comments();
        assert_eq!(canonical_digest_of(&file, DSIG, "Manifest", &without), (length, manifest.to_owned()), "{name}");
        assert_eq!(
            canonical_digest_of(&file, XADES, "SignedProperties", &without),
            (1384, properties.to_owned()),
            "{name}"
        );
        assert_eq!(canonical_digest_of(&file, DSIG, "SignedInfo", &with), (790, signed_info.to_owned()), "{name}");
    }
    for (name, expected) in [
        ("xds/doc-a.cda.xml", "/eZGN2efH6S3DTs6dmgrKOEh6S0YCQ2SuD24gwjj318="),
        ("xds/doc-b.cda.xml", "zV1klw+Et1BLI4TZb0HVAfZ8IzFewyHcgIMT1/Dpx1Q="),
        ("xds/doc-c.cda.xml", "js7o2p++cqwGHylbMcIdX7X7QfuAx10JTiQckBs0U6c="),
    ] {
        assert_eq!(encode_base64(&sha256(&read(name))), expected, "{name}");
    }
}

#[test]
fn the_digest_of_a_document_covers_what_surrounds_the_root_and_ignores_line_ends() {
    let plain = "<?xml version=\"1.0\"?>\n<a xmlns:u=\"urn:u\">\n<b/></a>\n";
    let around = "<?xml-stylesheet href=\"x\"?><!-- before -->\n<a xmlns:u=\"urn:u\">\n<b></b></a><!-- after -->";
    assert_eq!(sha256(plain.as_bytes()), sha256(plain.replace('\n', "\r\n").as_bytes()));
    let expected = "<?xml-stylesheet href=\"x\"?>\n<!-- before -->\n<a xmlns:u=\"urn:u\">\n<b></b></a>\n<!-- after -->";
    assert_eq!(sha256(around.as_bytes()).to_vec(), DigestAlgorithm::Sha256.digest(expected.as_bytes()));
    assert_ne!(sha256(plain.as_bytes()), sha256(around.as_bytes()));
    assert!(canonical_digest(&b"<a>"[..], Limits::default(), C14N, DigestAlgorithm::Sha256).is_err());
}

fn example_verifier<'a>(example: &Example, trust: &'a Trust) -> Verifier<'a> {
    Verifier {
        trust,
        at: example.at,
        sender: Sender::Holder("899999000013"),
        lot: example.lot.clone(),
        documents: example.documents.iter().map(|(id, path)| (id.clone(), read(path))).collect(),
        switches: Switches::default(),
        policy: Policy::strict(),
    }
}

fn example_trust() -> Trust {
    Trust { anchors: vec![Certificate::from_pem(&read("xds/pki-ca.pem")).unwrap()], ..Trust::default() }
}

#[test]
fn the_signatures_of_the_examples_are_accepted() {
    let trust = example_trust();
    for example in [original(), replace_and_add()] {
        let verification = example_verifier(&example, &trust).verify(&read(example.file));
        let verified = verification.outcome.unwrap_or_else(|refusal| panic!("{}: {refusal}", example.file));
        let ids: Vec<String> = verified.documents.into_iter().map(|document| document.unique_id).collect();
        let expected: Vec<String> = example.documents.into_iter().map(|(id, _)| id).collect();
        assert_eq!(ids, expected);
        assert_eq!(verified.signer.holder_id(), Some("899999000013"));
        assert_eq!(verification.warnings, vec![]);
    }
}
