//! Modes, policies, the shape of a report, and input that means harm.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::io::Read;

use cda::check::{CheckOptions, Clock, Mode, RulePolicy, Severity, check, check_entry, check_reader, rules};
use cda::metadata::{MappingOptions, document_entry};
use cda::{CdaLimits, Document};
use dmp_vocabulary::Realm;
use proptest::prelude::*;
use xds_model::DocumentEntry;

const V1: &str = include_str!("../../testdata/cda/n1-consultation-v1.xml");
const LETTER: &str = include_str!("../../testdata/cda/n3-lettre-liaison-pdf-copie.xml");
const AUTOPRESENTABLE: &str = include_str!("../../testdata/cda/n3-autopresentable.xml");

fn at(options: CheckOptions) -> CheckOptions {
    let mut options = options;
    options.clock = Clock::At("2026-06-01T00:00:00Z".parse().unwrap());
    options
}

fn severity(document: &str, rule: &str, options: CheckOptions) -> Option<Severity> {
    let report = check(document.as_bytes(), &at(options));
    report.findings.iter().find(|finding| finding.rule == rule).map(|finding| finding.severity)
}

#[test]
fn severity_follows_the_mode_and_the_policy() {
    let minute = V1.replacen("20260309101500+0100", "202603091015+0100", 1);
    let equal = V1.replacen("20260309100500+0100", "20260309094000+0100", 1);
    let title = V1.replacen("Compte rendu de consultation", " ", 1);
    let (produce, receive) = (CheckOptions::produce, CheckOptions::receive);
    let with = |options: CheckOptions, rule, policy| options.with_policy(rule, policy).unwrap();
    let strict = |mut options: CheckOptions| {
        options.strict = true;
        options
    };
    for (document, rule, options, expected) in [
        (&minute, "CDA-HDR-018", produce(), Some(Severity::Error)),
        (&minute, "CDA-HDR-018", receive(), Some(Severity::Warning)),
        (&minute, "CDA-HDR-018", strict(receive()), Some(Severity::Error)),
        (&equal, "CDA-TYP-019", produce(), Some(Severity::Warning)),
        (&equal, "CDA-TYP-019", receive(), None),
        (&title, "CDA-HDR-015", receive(), Some(Severity::Error)),
        (&title, "CDA-HDR-015", with(receive(), "CDA-HDR-015", RulePolicy::Warn), Some(Severity::Warning)),
        (&title, "CDA-HDR-015", with(strict(produce()), "CDA-HDR-015", RulePolicy::Warn), Some(Severity::Warning)),
        (&title, "CDA-HDR-015", with(receive(), "CDA-HDR-015", RulePolicy::Off), None),
    ] {
        assert_eq!(severity(document, rule, options), expected, "{rule}");
    }
    let unknown = CheckOptions::receive().with_policy("CDA-HDR-999", RulePolicy::Off);
    assert_eq!(unknown.unwrap_err().to_string().split(':').next(), Some("no rule CDA-HDR-999"));
}

#[test]
fn a_wrong_rpps_is_an_error_only_in_production() {
    let wrong = V1.replacen("899999000021", "899999000022", 1);
    for (options, expected) in [
        (CheckOptions::produce().in_realm(Realm::Production), Severity::Error),
        (CheckOptions::produce().in_realm(Realm::Test), Severity::Warning),
        (CheckOptions::receive().in_realm(Realm::Production), Severity::Warning),
    ] {
        assert_eq!(severity(&wrong, "CDA-AUT-007", options), Some(expected));
    }
}

#[test]
fn the_switch_of_media_types_widens_what_is_produced() {
    let body = V1.find("<text mediaType").unwrap();
    let end = V1.find("</nonXMLBody>").unwrap();
    let rtf =
        format!("{}<text mediaType=\"text/rtf\" representation=\"B64\">e1xydGYxIGF9</text>{}", &V1[..body], &V1[end..]);
    assert_eq!(severity(&rtf, "CDA-BDY-004", CheckOptions::produce()), Some(Severity::Error));
    let mut five = CheckOptions::produce();
    five.five_media_types = true;
    assert_eq!(severity(&rtf, "CDA-BDY-004", five), None);
}

#[test]
fn a_report_says_where_what_and_what_to_do() {
    let document = V1.replacen("<author>", "<author nullFlavor=\"UNK\"/><author>", 1).replacen("fr-FR", "FR", 1);
    let report = check(document.as_bytes(), &at(CheckOptions::receive()));
    let rows: Vec<(&str, &str, u64)> = report.findings.iter().map(|f| (f.rule, f.xpath.as_str(), f.line)).collect();
    assert_eq!(
        rows,
        [
            ("CDA-HDR-022", "/ClinicalDocument/languageCode/@code", 13),
            ("CDA-AUT-001", "/ClinicalDocument/author[1]", 54),
            ("CDA-HDR-028", "/ClinicalDocument/author[1]/@nullFlavor", 54),
        ]
    );
    assert_eq!(
        report.findings[0].to_string(),
        "error CDA-HDR-022 at /ClinicalDocument/languageCode/@code (line 13, column 3): language must look like fr-FR \
         (casse)\n  found: \"FR\"\n  expected: two small letters, a hyphen, two capitals, such as fr-FR\n  remedy: write \
         fr-FR"
    );
    assert!(report.to_string().ends_with("3 errors, 0 warnings"));
    let json: serde_json::Value = serde_json::from_str(&report.to_json().unwrap()).unwrap();
    assert_eq!(json["findings"][0]["rule"], "CDA-HDR-022");
    assert_eq!(json["findings"][0]["severity"], "error");
    assert_eq!(json["findings"][1]["line"], 54);
    assert_eq!(json["refused"], false);
}

#[test]
fn a_signature_around_or_beside_a_document_is_no_fault() {
    const SIGNATURE: &str = "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">";
    let (declaration, document) = V1.split_once("?>").unwrap();
    let around = format!("{declaration}?>{SIGNATURE}<ds:Object>{document}</ds:Object></ds:Signature>");
    let report = check(around.as_bytes(), &at(CheckOptions::produce().for_the_dmp()));
    assert!(report.is_clean(), "{report}");
    let beside = format!("{SIGNATURE}<ds:Object>document(</ds:Object></ds:Signature></xsl:stylesheet>");
    let beside = AUTOPRESENTABLE.replacen("</xsl:stylesheet>", &beside, 1);
    let report = check(beside.as_bytes(), &at(CheckOptions::produce().for_the_dmp()));
    assert_eq!(report.findings.iter().map(|f| f.rule).collect::<Vec<_>>(), ["CDA-DOC-011"]);
}

#[test]
fn findings_of_one_rule_are_counted_when_they_are_too_many() {
    let many = "<authenticator><time value=\"2026\"/><signatureCode code=\"S\"/></authenticator>".repeat(500);
    let document = V1.replacen("<documentationOf>", &format!("{many}<documentationOf>"), 1);
    let report = check(document.as_bytes(), &at(CheckOptions::receive()));
    assert_eq!(report.findings.iter().filter(|f| f.rule == "CDA-LAU-013").count(), 100);
    assert_eq!(report.omitted.get("CDA-LAU-013"), Some(&400));
    assert_eq!(report.counts().get("CDA-LAU-013"), Some(&500));
    assert!(report.to_string().contains("CDA-LAU-013: 400 more findings are not shown"));
}

#[test]
fn what_the_reader_refuses_is_one_finding() {
    let deep = format!("{}{}", "<a>".repeat(200), "</a>".repeat(200));
    let deep = V1.replacen("<title>", &format!("{deep}<title>"), 1);
    let many = V1.replacen("<recordTarget>", &format!("{}<recordTarget>", "<id root=\"1.2\"/>".repeat(60_000)), 1);
    let big = V1.replacen("</text>", &format!("{}</text>", "AAAA".repeat(1000)), 1);
    let mut small = CheckOptions::receive();
    small.limits.media_bytes = 1000;
    for (document, options, rule) in [
        (deep.as_bytes(), CheckOptions::receive(), "CDA-DOC-006"),
        (many.as_bytes(), CheckOptions::receive(), "CDA-DOC-006"),
        (big.as_bytes(), small, "CDA-DOC-006"),
        (b"", CheckOptions::receive(), "CDA-DOC-002"),
        (b"\xFF\xFE<\0", CheckOptions::receive(), "CDA-DOC-001"),
        (b"<html/>", CheckOptions::receive(), "CDA-DOC-004"),
        (b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>", CheckOptions::receive(), "CDA-DOC-003"),
    ] {
        let report = check(document, &options);
        assert_eq!(report.findings.iter().map(|f| f.rule).collect::<Vec<_>>(), [rule]);
        assert!(report.refused && !report.is_valid());
    }
    // It stays refused whatever the policy.
    let off = CheckOptions::receive().with_policy("CDA-DOC-004", RulePolicy::Off).unwrap();
    assert!(!check(b"<html/>", &off).is_valid());
}

#[test]
fn a_source_that_fails_is_no_finding() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::ConnectionReset.into())
        }
    }
    let error = check_reader(V1.as_bytes()[..500].chain(Failing), &CheckOptions::receive()).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
}

/// A source of any length that costs no memory: a document with a body of that many bytes of base64.
fn long_document(quads: u64) -> impl Read {
    let (head, tail) = V1.split_once("B64\">").unwrap();
    let (_, tail) = tail.split_once("</text>").unwrap();
    let head = format!("{}B64\">", head.replace("text/plain", "application/pdf"));
    let pdf = "JVBERi0xLjQK".to_owned();
    std::io::Cursor::new(head + &pdf)
        .chain(std::io::repeat(b'A').take(quads * 4))
        .chain(std::io::Cursor::new(format!("</text>{tail}")))
}

#[test]
fn a_large_body_passes_through() {
    let report = check_reader(long_document(8 << 20), &at(CheckOptions::receive())).unwrap();
    assert_eq!(report.findings.iter().map(|f| f.rule).collect::<Vec<_>>(), ["CDA-BDY-008"], "{report}");
}

#[test]
fn many_sections_cost_no_time_beyond_their_number() {
    let sections = "<component><section ID=\"s\"><text><x/></text></section></component>".repeat(100_000);
    let document = LETTER.replacen("</structuredBody>", &format!("{sections}</structuredBody>"), 1);
    let counts = check(document.as_bytes(), &at(CheckOptions::receive())).counts();
    assert_eq!(counts.get("CDA-SEC-009"), Some(&99_999));
    assert_eq!(counts.get("CDA-SEC-010"), Some(&100_000));
}

/// Nothing is compared with everything: a header at its limit takes no longer than its size.
#[test]
fn a_header_full_of_repetitions_is_judged_in_linear_time() {
    let document = V1
        .replacen("<templateId", &format!("{}<templateId", "<templateId root=\"1.2\"/>".repeat(9_000)), 1)
        .replacen(
            "<patientRole>",
            &format!("<patientRole>{}", "<id root=\"1.2.250.1.213.1.4.10\" extension=\"1\"/>".repeat(9_000)),
            1,
        )
        .replacen(
            "<telecom",
            &format!("{}<telecom", "<telecom value=\"mailto:1@patient.mssante.fr\"/>".repeat(9_000)),
            1,
        )
        .replacen(
            "<author>",
            &format!(
                "{}<author>",
                "<author><assignedAuthor><id root=\"1.2.250.1.213.1.4.10\" extension=\"2\"/></assignedAuthor></author>"
                    .repeat(6_000)
            ),
            1,
        );
    let counts = check(document.as_bytes(), &at(CheckOptions::receive())).counts();
    for (rule, count) in [("CDA-HDR-008", 8_999), ("CDA-TYP-014", 17_998), ("CDA-AUT-016", 6_000)] {
        assert_eq!(counts.get(rule), Some(&count), "{rule}");
    }
}

#[test]
fn a_document_cut_anywhere_is_refused() {
    for end in (0..V1.len()).step_by(7).filter(|end| V1.is_char_boundary(*end)) {
        let report = check(&V1.as_bytes()[..end], &CheckOptions::receive());
        assert!(report.refused, "{end}");
    }
}

#[test]
fn entries_are_compared_attribute_by_attribute() {
    let document = cda::read(V1.as_bytes(), &CdaLimits::default()).unwrap();
    let mapping = MappingOptions::default();
    let good = document_entry(&document, &mapping).unwrap();
    let other = {
        let text = LETTER.replace("284063599941750", "280057599900151").replace("VERTHUIS", "AUTRE");
        document_entry(&cda::read(text.as_bytes(), &CdaLimits::default()).unwrap(), &mapping).unwrap()
    };
    type Change = fn(&mut DocumentEntry, &DocumentEntry);
    let changes: [(&str, Change); 20] = [
        ("CDA-XDS-001", |entry, other| entry.unique_id.clone_from(&other.unique_id)),
        ("CDA-XDS-002", |entry, other| entry.patient_id = other.patient_id.clone()),
        ("CDA-XDS-003", |entry, _| entry.authors.clear()),
        ("CDA-XDS-004", |entry, _| entry.authors[0].person = None),
        ("CDA-XDS-005", |entry, _| entry.authors[0].institution = None),
        ("CDA-XDS-006", |entry, other| entry.type_code.clone_from(&other.type_code)),
        ("CDA-XDS-007", |entry, other| entry.class_code.clone_from(&other.class_code)),
        ("CDA-XDS-008", |entry, other| entry.format_code.clone_from(&other.format_code)),
        ("CDA-XDS-009", |entry, other| entry.title.clone_from(&other.title)),
        ("CDA-XDS-010", |entry, other| entry.creation_time.clone_from(&other.creation_time)),
        ("CDA-XDS-011", |entry, _| entry.service_stop_time = None),
        ("CDA-XDS-012", |entry, _| entry.language_code = Some("en-GB".to_owned())),
        ("CDA-XDS-013", |entry, _| entry.confidentiality_codes[0].code = "R".to_owned()),
        ("CDA-XDS-014", |entry, _| entry.practice_setting_code = None),
        ("CDA-XDS-015", |entry, other| {
            entry.healthcare_facility_type_code.clone_from(&other.healthcare_facility_type_code);
        }),
        ("CDA-XDS-016", |entry, _| entry.legal_authenticator = None),
        ("CDA-XDS-017", |entry, other| entry.hash.clone_from(&other.hash)),
        ("CDA-XDS-018", |entry, other| entry.size = other.size),
        ("CDA-XDS-019", |entry, _| entry.mime_type = "application/pdf".to_owned()),
        ("CDA-XDS-020", |entry, other| entry.source_patient_info.clone_from(&other.source_patient_info)),
    ];
    assert!(check_entry(&document, &good, &mapping, &CheckOptions::produce()).is_clean());
    for (rule, change) in changes {
        let mut entry = good.clone();
        change(&mut entry, &other);
        let report = check_entry(&document, &entry, &mapping, &CheckOptions::produce());
        assert_eq!(report.findings.iter().map(|f| f.rule).collect::<Vec<_>>(), [rule], "{report}");
        assert!(!report.to_string().contains("280057599900151"));
    }
}

#[test]
fn an_attribute_that_the_document_does_not_give_names_its_rule() {
    let read = |text: &str| -> Document { cda::read(text.as_bytes(), &CdaLimits::default()).unwrap() };
    let mapping = MappingOptions::default();
    let entry = document_entry(&read(V1), &mapping).unwrap();
    let mut document = read(&V1.replacen("value=\"20260309101500+0100\"", "value=\"20260309101500\"", 1));
    document.fingerprint = read(V1).fingerprint;
    let report = check_entry(&document, &entry, &mapping, &CheckOptions::produce());
    assert_eq!(report.findings.len(), 1);
    assert_eq!(report.findings[0].rule, "CDA-XDS-010");
    assert!(report.findings[0].found.contains("CDA-TYP-002"), "{report}");
}

#[test]
fn every_rule_can_be_looked_up() {
    assert!(rules().iter().all(|rule| rule.id.starts_with("CDA-")));
    assert_eq!(rules().iter().filter(|rule| !rule.id.starts_with("CDA-XDS-")).count(), 208);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_bytes_are_judged(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(!check(&bytes, &CheckOptions::produce().for_the_dmp()).is_valid());
    }

    /// One byte of a document changed: no panic, and a report whatever it is.
    #[test]
    fn any_change_is_judged(at in 0..LETTER.len(), byte in any::<u8>(), length in 0..60usize) {
        let mut bytes = LETTER.as_bytes().to_vec();
        let end = (at + length).min(bytes.len());
        bytes.splice(at..end, [byte]);
        let mut options = CheckOptions::produce().for_the_dmp();
        options.mode = Mode::Produce;
        let report = check(&bytes, &options);
        prop_assert_eq!(report.refused, report.findings.iter().any(|f| f.xpath == "/"));
    }
}
