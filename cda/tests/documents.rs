//! Every document of `testdata/cda/expected-metadata.tsv` reads, and maps or is refused by the one rule it breaks.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests")]

mod support;

use cda::metadata::{MappingOptions, document_entry};
use cda::{Body, CdaLimits, Content, Shape};
use support::{bytes, entry, hex, published, read, rules, testdata, text};
use xds_model::CodedValue;

#[test]
fn documents_read_and_map_as_the_table_says() {
    let table = std::fs::read_to_string(testdata().join("expected-metadata.tsv")).unwrap();
    let mut rows = table.lines().filter(|line| !line.starts_with('#'));
    assert_eq!(rows.next(), Some("file\tdmp\ttype_code\tclass_code\tformat_code\tunique_id\tauthors"));
    let (mut seen, mut skipped) = (0, 0);
    for row in rows {
        let columns: Vec<&str> = row.split('\t').collect();
        let &[file, dmp, type_code, class_code, format_code, unique_id, authors] = columns.as_slice() else {
            panic!("seven columns expected: {row}");
        };
        let candidates = [Some(testdata()), published()];
        let Some(path) = candidates.into_iter().flatten().map(|folder| folder.join(file)).find(|path| path.exists())
        else {
            skipped += 1;
            continue;
        };
        seen += 1;
        let source = std::fs::File::open(&path).unwrap();
        let document = cda::read(source, &CdaLimits::default()).unwrap_or_else(|error| panic!("{file}: {error}"));
        assert_eq!(document.fingerprint.size, std::fs::metadata(&path).unwrap().len(), "{file}");
        if let Body::Unstructured(body) = &document.body {
            assert!(matches!(body.content, Content::Base64 { decoded: 1.. }), "{file}: {body:?}");
        }

        let outside = document_entry(&document, &MappingOptions::ci_sis());
        let entry = outside.unwrap_or_else(|errors| panic!("{file}: {errors:?}"));
        let code = |value: Option<CodedValue>| value.map(|value| value.code).unwrap_or_default();
        assert_eq!(code(entry.type_code), type_code, "{file}");
        assert_eq!(code(entry.class_code), class_code, "{file}");
        assert_eq!(code(entry.format_code), format_code, "{file}");
        assert_eq!(entry.unique_id, unique_id, "{file}");
        assert_eq!(entry.authors.len().to_string(), authors, "{file}");
        assert!(entry.creation_time.is_some_and(|time| time.is_wire_form()), "{file}");
        assert!(entry.service_start_time.is_some_and(|time| time.is_wire_form()), "{file}");
        assert!(entry.authors.iter().all(|author| author.person.is_some()), "{file}");

        let found = document_entry(&document, &MappingOptions::default());
        let found = found.map_or_else(|errors| rules(&errors).join(","), |_| "ok".to_owned());
        assert_eq!(found, dmp, "{file}");
    }
    if skipped > 0 {
        println!("skipped: ../shared not present ({skipped} published documents)");
    }
    assert!(seen >= 12, "our own documents are always there");
}

/// File, end of the uniqueId, size, SHA-1, format, creation, start, stop, shape.
type Example = (&'static str, &'static str, u64, &'static str, &'static str, &'static str, [&'static str; 2], Shape);

const EXAMPLES: [Example; 4] = [
    (
        "n1-consultation-v1.xml",
        "157920",
        7202,
        "3699713d0df0338918e747343496a79ee041b5d2",
        "urn:ihe:iti:xds-sd:text:2008",
        "20260309091500",
        ["20260309084000", "20260309090500"],
        Shape::ClinicalDocument,
    ),
    (
        "n1-consultation-v2-rplc.xml",
        "876825",
        8645,
        "f903b07520ec64700a29aaf2f4e558f1829e5d03",
        "urn:ihe:iti:xds-sd:pdf:2008",
        "20260312073010",
        ["20260309084000", "20260309090500"],
        Shape::ClinicalDocument,
    ),
    (
        "n3-lettre-liaison-pdf-copie.xml",
        "987300",
        18781,
        "fbc31aea0a32ef0eef8c7e3f55c059b9f8c6b2a3",
        "urn:asip:ci-sis:ldl-ees:2017",
        "20260316164500",
        ["20260316160000", ""],
        Shape::ClinicalDocument,
    ),
    (
        "n3-autopresentable.xml",
        "980582",
        17989,
        "52b993eef735b242e888a084548066d41cebc133",
        "urn:asip:ci-sis:ldl-ees:2017",
        "20260316164500",
        ["20260316160000", ""],
        Shape::Autopresentable,
    ),
];

#[test]
fn examples_give_the_exact_values_of_the_specification() {
    for (file, unique_id_end, size, sha1, format, creation, [start, stop], shape) in EXAMPLES {
        let document = read(bytes(file)).unwrap();
        assert_eq!((document.shape, document.signed), (shape, false), "{file}");
        let entry = document_entry(&document, &MappingOptions::default()).unwrap();
        assert!(entry.unique_id.ends_with(unique_id_end), "{file}");
        assert_eq!((entry.size, entry.hash.as_deref()), (Some(size), Some(sha1)), "{file}");
        assert_eq!(entry.mime_type, shape.mime_type());
        assert_eq!(entry.format_code.unwrap().code, format, "{file}");
        assert_eq!(entry.creation_time.unwrap().as_str(), creation, "{file}");
        assert_eq!(entry.service_start_time.unwrap().as_str(), start, "{file}");
        let found = entry.service_stop_time.map(|time| time.as_str().to_owned());
        assert_eq!(found.unwrap_or_default(), stop, "{file}");
        assert_eq!(entry.patient_id.as_str(), "284063599941750^^^&1.2.250.1.213.1.4.10&ISO^NH");
        assert_eq!(entry.source_patient_id.unwrap().as_str(), "IPP0004217^^^&2.999.35.7.1&ISO^PI");
        assert_eq!(
            entry.source_patient_info.unwrap().fields,
            [
                "PID-5|VERTHUIS^CAPUCINE^CAPUCINE ONDINE SOLENE^^^^L",
                "PID-5|ORMELAIN^ONDINE^^^^^D",
                "PID-7|19840617",
                "PID-8|F"
            ]
        );
        let author = &entry.authors[0];
        let person = "899999000021^TRESSALIS^Aubin^^^^^^&1.2.250.1.71.4.2.1&ISO^D^^^IDNPS";
        assert_eq!(author.person.as_ref().unwrap().as_str(), person);
        assert_eq!(entry.legal_authenticator.unwrap().as_str(), person);
        let institution = "Maison de santé des Trois Alouettes^^^^^&1.2.250.1.71.4.2.2&ISO^IDNST^^^10B0990016";
        assert_eq!(author.institution.as_ref().unwrap().as_str(), institution);
        assert_eq!(author.roles, ["Médecin traitant"]);
        let specialty = "G15_10/SM54^Médecin - Médecine Générale (SM)^1.2.250.1.213.1.1.4.5";
        assert_eq!(author.specialty.as_ref().unwrap().as_str(), specialty);
        let encounter = if file.starts_with("n1") { "AMB" } else { "IMP" };
        assert_eq!(document.header.encounter_code(), Some(encounter));
        assert_eq!(entry.confidentiality_codes.len(), 1);
        assert!(entry.confidentiality_codes[0].is("N", "2.16.840.1.113883.5.25"));
    }
}

#[test]
fn canonical_digests_are_those_of_a_foreign_tool() {
    // SHA-256 of `xmllint --c14n`, which writes inclusive Canonical XML 1.0 with comments.
    for (file, expected) in [
        ("n1-consultation-v1.xml", C14N[0]),
        ("n3-autopresentable.xml", C14N[1]),
        ("variant-bom-crlf.xml", C14N[2]),
        ("variant-old-habits.xml", C14N[3]),
        ("variant-prefix.xml", C14N[4]),
    ] {
        assert_eq!(hex(&read(bytes(file)).unwrap().fingerprint.c14n_sha256), expected, "{file}");
    }
}

#[test]
fn a_twin_differs_by_its_form_only() {
    let mut plain = entry(bytes("n3-lettre-liaison-pdf-copie.xml"), &MappingOptions::default()).unwrap();
    let twin = entry(bytes("n3-autopresentable.xml"), &MappingOptions::default()).unwrap();
    assert_eq!(twin.mime_type, "application/xslt+xml");
    plain.unique_id.clone_from(&twin.unique_id);
    plain.mime_type.clone_from(&twin.mime_type);
    plain.hash.clone_from(&twin.hash);
    plain.size = twin.size;
    assert!(plain == twin);
}

#[test]
fn variants_of_the_file_change_nothing_in_the_metadata() {
    let reference = entry(bytes("n1-consultation-v1.xml"), &MappingOptions::default()).unwrap();
    for file in ["variant-bom-crlf.xml", "variant-prefix.xml", "variant-signed-enveloping.xml"] {
        let mut variant = entry(bytes(file), &MappingOptions::default()).unwrap();
        variant.unique_id.clone_from(&reference.unique_id);
        variant.hash.clone_from(&reference.hash);
        variant.size = reference.size;
        assert!(variant == reference, "{file}");
    }
}

#[test]
fn shapes_are_recognised_by_their_root() {
    for (file, shape, signed) in [
        ("variant-bom-crlf.xml", Shape::ClinicalDocument, false),
        ("variant-signed-enveloping.xml", Shape::Signed, true),
        ("variant-autopresentable-signed.xml", Shape::Autopresentable, true),
        ("n3-autopresentable.xml", Shape::Autopresentable, false),
    ] {
        let document = read(bytes(file)).unwrap();
        assert_eq!((document.shape, document.signed), (shape, signed), "{file}");
    }
}

#[test]
fn old_habits_are_read() {
    let document = read(bytes("variant-old-habits.xml")).unwrap();
    let header = &document.header;
    assert_eq!((&header.set_id, header.version_number), (&None, None));
    let entry = document_entry(&document, &MappingOptions::default()).unwrap();
    assert_eq!(entry.title.as_deref(), Some("Compte rendu de consultation & suivi"));
    assert_eq!(entry.creation_time.unwrap().as_str(), "20260309091500");
    assert_eq!(entry.service_stop_time, None);
    assert_eq!(entry.source_patient_id.unwrap().as_str(), "IPP0004217^^^&2.999.35.7.1&ISO^PI");
    let fields = entry.source_patient_info.unwrap().fields;
    assert_eq!(fields[1], "PID-5|ORMELAIN^ONDINE^^^^^D", "SP is read as CL");
    let mut content = Vec::new();
    cda::read_with_body(bytes("variant-old-habits.xml").as_slice(), &CdaLimits::default(), &mut content).unwrap();
    let mut reference = Vec::new();
    cda::read_with_body(bytes("n1-consultation-v1.xml").as_slice(), &CdaLimits::default(), &mut reference).unwrap();
    assert_eq!(content, reference);
    assert!(content.starts_with(b"Compte rendu"));
}

#[test]
fn unknown_elements_are_ignored_and_the_first_of_two_counts() {
    let document = read(bytes("variant-unknown-elements.xml")).unwrap();
    assert_eq!(document.header.main_event().map(|(index, _)| index), Some(1));
    let entry = document_entry(&document, &MappingOptions::default()).unwrap();
    assert_eq!(entry.title.as_deref(), Some("Compte rendu de consultation"));
    assert_eq!(entry.service_start_time.unwrap().as_str(), "20260309084000");
    let codes: Vec<_> = entry.event_codes.iter().map(|c| (c.code.as_str(), c.system.as_str())).collect();
    assert_eq!(codes, [("Z00.0", "2.16.840.1.113883.6.3"), ("QZQP003", "1.2.250.1.213.2.5")]);
}

#[test]
fn each_kind_of_author_has_its_form() {
    let entry = entry(bytes("variant-authors-of-every-kind.xml"), &MappingOptions::default()).unwrap();
    let found: Vec<(&str, &str)> = entry
        .authors
        .iter()
        .map(|a| (a.person.as_ref().unwrap().as_str(), a.institution.as_ref().map_or("", |i| i.as_str())))
        .collect();
    assert_eq!(
        found[1..],
        [
            ("284063599941750^VERTHUIS^CAPUCINE^^^^^^&1.2.250.1.213.1.4.10&ISO^D^^^NH", ""),
            (
                "30B0990016/AUTOMATE7^Analyseur \\T\\ Cie^AX-100^^^^^^&1.2.250.1.71.4.2.1&ISO^U^^^RI",
                "^^^^^&1.2.250.1.71.4.2.2&ISO^IDNST^^^10B0990016"
            ),
            (
                "2.999.77.1.5^Carnet Exemple^.^^^^^^&2.999.77.1&ISO^U^^^RI",
                "EDITEUR EXEMPLE^^^^^&1.3.2&ISO^SIREN^^^999999998"
            ),
            (
                "578435954900010/1.2.250.1.176.1^Dossier pharmaceutique^DP^^^^^^&1.2.250.1.71.4.2.1&ISO^U^^^RI",
                "CONSEIL NATIONAL ORDRE DES PHARMACIENS^^^^^&1.2.250.1.71.4.2.2&ISO^IDNST^^^378435954900010"
            ),
        ]
    );
}

#[test]
fn a_replacement_names_its_parent() {
    let document = read(bytes("n1-consultation-v2-rplc.xml")).unwrap();
    let parent = cda::metadata::replaced_unique_id(&document.header, &MappingOptions::default());
    let first = read(bytes("n1-consultation-v1.xml")).unwrap();
    assert_eq!(parent.unwrap(), first.header.id.map(|id| id.root));
    assert_eq!(document.header.version_number, Some(2));
}

#[test]
fn debug_shows_nobody() {
    let document = read(text("variant-authors-of-every-kind.xml")).unwrap();
    let header = &document.header;
    let mut shown = format!("{document:?} {header:?} {:?} {:?}", header.patient, header.events);
    shown += &format!("{:?} {:?} {:?}", header.authors, header.legal_authenticator, header.custodian);
    shown += &format!("{:?} {:?} {:?} {:?}", header.id, header.ins(), header.effective_time, header.encounter);
    for secret in ["2840635", "VERTHUIS", "ORMELAIN", "TRESSALIS", "Alouettes", "Compte", "899999", "202603", "IPP"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}

const C14N: [&str; 5] = [
    "8f84245f46fe393d3f2752df4ba05c67f93b3f4f71b851394545dd425b928678",
    "761c90ac9213d1219fea057bbfdc2f5cea172cbeb2a12a01791a8323ad58d779",
    "8c71f08c89eb6544bf0ec5b4c48013f6946454226b31d7592d0bbe69989f9e1f",
    "60169380e031b4770cdba42c2106b899eea10ed121a85348df642d6fba3cd291",
    "ced5a4e78347cf2f6075398309001b98a8b39d13e7ec5bf290ab9b4bb4267f7d",
];
