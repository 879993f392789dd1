//! Everything that would be refused, all at once, and nothing sent.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

mod support;

use dmp_client::submission::Cause;
use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::world::seed;
use dmp_vocabulary::identity::{GenericNumbers, NotNominative, ProfessionalId, Rpps};
use support::documents::{bytes, concept, document, letter, letter_by};
use support::*;

fn record(client: &DmpClient, patient: QualifiedPatient, consent: Consent) -> IndirectRecord {
    client.indirect(sender()).unwrap().record(patient, consent).unwrap()
}

async fn of(xml: impl Into<bytes::Bytes>) -> Document {
    Document::from_cda_bytes(xml).await.unwrap()
}

fn rules(findings: &[Finding]) -> Vec<(Option<usize>, Consequence, &'static str)> {
    findings.iter().map(|finding| (finding.document, finding.consequence, finding.rule())).collect()
}

/// A letter, changed as text.
fn changed(changes: &[(&str, &str)]) -> Vec<u8> {
    let text = String::from_utf8(bytes(&letter())).unwrap();
    let changed = changes.iter().fold(text, |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    });
    changed.into_bytes()
}

use Consequence::{Fault, Refused, Warning};

#[tokio::test]
async fn a_good_submission_has_no_finding_and_nothing_is_sent() {
    let mock = MockDmp::start().await.unwrap();
    let before = mock.journal().exchanges().len();
    let record = record(&client(&mock), followed(), Consent::given());
    let submission = Submission::of(document(&letter()).await).and(document(&letter()).await);
    assert_eq!(rules(&record.preflight(&submission).await.unwrap()), []);
    assert_eq!(mock.journal().exchanges().len(), before);
    record.submit(&submission).await.unwrap();
}

#[tokio::test]
async fn all_findings_come_at_once_the_lot_first() {
    let mock = MockDmp::start().await.unwrap();
    let record = record(&client(&mock), patient(seed::PATIENT_UNKNOWN_TO_ALL), Consent::refused());
    let mut reserved = letter();
    reserved.document_type = Some(concept("JDV_J07", "11369-6"));
    let cleared = changed(&[("2.16.840.1.113883.5.25", "1.2.3")]);
    let first = of(bytes(&reserved)).await.hidden(Hidden::FromPatient).hidden(Hidden::FromProfessionals);
    let other = letter_by(seed::STRUCTURE_OTHER);
    let submission = Submission::of(first).and(document(&other).await).and(of(cleared).await).content_type("nonsense");
    let findings = record.preflight(&submission).await.unwrap();
    let found = rules(&findings);
    for expected in [
        (None, Refused, "EXI 02"),
        (None, Refused, "X09"),
        (None, Refused, "X11"),
        (Some(0), Refused, "X05"),
        (Some(0), Refused, "X10"),
        (Some(0), Refused, "X21"),
        (Some(1), Refused, "X05"),
        (Some(2), Refused, "X05"),
    ] {
        assert!(found.contains(&expected), "{expected:?} in {found:?}");
    }
    assert_eq!(found.iter().filter(|(_, _, rule)| *rule == "X10").count(), 1, "said once");
    let mut sorted = found.clone();
    sorted.sort_by_key(|(document, consequence, _)| (*document, *consequence));
    assert_eq!(found, sorted);
    // The first refusal is the one that submit stops at, and none shows who the patient is.
    let error = record.submit(&submission).await.unwrap_err();
    assert_eq!(error.rule(), Some("EXI 02"));
    for finding in &findings {
        let shown = format!("{finding} {finding:?}");
        assert!(!shown.contains(seed::PATIENT_FOLLOWED) && !shown.contains("EXEMPLE"), "{shown}");
    }
}

#[tokio::test]
async fn a_refusal_that_stems_from_the_header_has_its_place_and_is_said_once() {
    let mock = MockDmp::start().await.unwrap();
    let record = record(&client(&mock), followed(), Consent::given());
    let xml = include_bytes!("../../testdata/cda/refused-id-with-extension.xml");
    let findings = record.preflight(&Submission::of(of(&xml[..]).await)).await.unwrap();
    let named: Vec<_> = findings.iter().filter(|finding| finding.rule() == "X04").collect();
    let [format] = named.as_slice() else { panic!("{findings:?}") };
    assert_eq!(format.xpath.as_deref(), Some("/ClinicalDocument/id/@extension"));
    assert_eq!(format.position, Some((8, 3)));
    assert!(format.found().unwrap().contains("CDA-DMP-001"), "{format}");
    assert!(format.remedy(Language::French).is_some_and(|remedy| remedy.contains("OID")));
    assert!(findings.iter().all(|finding| finding.rule() != "CDA-DMP-001"));
}

#[tokio::test]
async fn faults_and_warnings_of_the_document_are_told_and_do_not_stop_it() {
    let mock = MockDmp::start().await.unwrap();
    let record = record(&client(&mock), followed(), Consent::given());
    // No official schema or schematron sees an OID of the INS arc that is none, or a signature code that is none.
    let changes = [("<signatureCode code=\"S\"/>", "<signatureCode code=\"X\"/>")];
    let submission = Submission::of(of(changed(&changes)).await);
    let findings = record.preflight(&submission).await.unwrap();
    assert!(!findings.is_empty());
    assert!(findings.iter().all(|finding| finding.consequence != Refused), "{findings:?}");
    assert!(findings.iter().any(|finding| finding.consequence == Fault), "{findings:?}");
    assert!(matches!(findings[0].cause, Cause::Check(_)));
    record.submit(&submission).await.unwrap();
}

#[tokio::test]
async fn lenient_rules_are_warnings_and_rules_that_are_off_are_silent() {
    let mock = MockDmp::start().await.unwrap();
    let changes = [("<signatureCode code=\"S\"/>", "<signatureCode code=\"X\"/>")];
    let strict = record(&client(&mock), followed(), Consent::given());
    let submission = Submission::of(of(changed(&changes)).await);
    let rule = strict.preflight(&submission).await.unwrap()[0].rule();
    let with = |policy: Policy| {
        let client = builder(&mock).policy(policy).build().unwrap();
        record(&client, followed(), Consent::given())
    };
    let lenient = with(Policy::lenient(rule).unwrap());
    assert_eq!(rules(&lenient.preflight(&submission).await.unwrap()), [(Some(0), Warning, rule)]);
    let off = with(Policy::strict().with(rule, dmp_protocol::rules::Strictness::Off).unwrap());
    assert_eq!(rules(&off.preflight(&submission).await.unwrap()), []);

    let other = Submission::of(document(&letter_by(seed::STRUCTURE_OTHER)).await);
    assert!(rules(&strict.preflight(&other).await.unwrap()).contains(&(None, Refused, "X12")));
    let lenient = with(Policy::lenient("X12").unwrap());
    assert!(rules(&lenient.preflight(&other).await.unwrap()).contains(&(None, Warning, "X12")));
}

#[tokio::test]
async fn an_entry_that_does_not_say_what_the_bytes_say_is_refused() {
    let mock = MockDmp::start().await.unwrap();
    let record = record(&client(&mock), followed(), Consent::given());
    let xml = bytes(&letter());
    let mut entry = of(xml.clone()).await.entry().clone();
    entry.title = Some("Autre titre".to_owned());
    let opaque = Document::from_opaque_bytes(xml, entry.clone()).await.unwrap();
    let findings = record.preflight(&Submission::of(opaque)).await.unwrap();
    assert_eq!(rules(&findings), [(Some(0), Refused, "CDA-XDS-009")]);
    let image = Document::from_opaque_bytes(&b"not a CDA"[..], entry).await.unwrap();
    assert_eq!(rules(&record.preflight(&Submission::of(image)).await.unwrap()), []);

    // A file that changes after it was read.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("letter.xml");
    std::fs::write(&path, bytes(&letter())).unwrap();
    let submission = Submission::of(Document::from_cda_file(&path).await.unwrap());
    std::fs::write(&path, bytes(&letter())).unwrap();
    let found = rules(&record.preflight(&submission).await.unwrap());
    assert!(found.contains(&(Some(0), Refused, "CDA-XDS-001")), "{found:?}");
    assert!(found.contains(&(Some(0), Refused, "CDA-XDS-017")), "{found:?}");
    std::fs::remove_file(&path).unwrap();
    assert!(matches!(record.preflight(&submission).await, Err(DocumentError::Io(_))));
}

#[tokio::test]
async fn a_closed_record_is_known_beforehand() {
    let mock = MockDmp::start().await.unwrap();
    let record = record(&client(&mock), patient(seed::PATIENT_CLOSED), Consent::given());
    let submission = Submission::of(document(&letter()).await);
    let before = rules(&record.preflight(&submission).await.unwrap());
    assert!(!before.contains(&(None, Refused, "EX_0.2")));
    record.existence().await.unwrap();
    let after = rules(&record.preflight(&submission).await.unwrap());
    assert!(after.contains(&(None, Refused, "EX_0.2")), "{after:?}");
}

#[tokio::test]
async fn a_number_that_names_a_function_is_no_professional() {
    let mock = MockDmp::start().await.unwrap();
    let id = |text: &str| ProfessionalId::parse(text, Realm::Test).unwrap().value;
    let generic = GenericNumbers::declared([Rpps::parse("99999000021", Realm::Test).unwrap().value]);
    assert_eq!(generic.named(&id("899999000021")), Err(NotNominative::Generic));
    let named = generic.named(&id(seed::MEDECIN)).unwrap();
    let professional =
        Professional::named(&named, "MODELE", "ALIX", roles::of_directory("10", Some("SM26")), establishment());
    let record = client(&mock).air_simplifie(professional, factor()).unwrap().record(followed(), Consent::given());
    assert!(matches!(record.unwrap().existence().await.unwrap(), Existence::Active(_)));
}
