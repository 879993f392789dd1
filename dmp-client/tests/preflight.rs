//! Everything that would be refused, all at once, and nothing sent.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

mod support;

use cda::n1::N1Builder;
use dmp_client::submission::Cause;
use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::world::seed;
use dmp_vocabulary::identity::{GenericNumbers, NotNominative, ProfessionalId, Rpps};
use jiff::{SignedDuration, Timestamp};
use support::documents::{bytes, concept, document, letter, letter_by};
use support::*;
use xds_model::{Cx, DocumentEntry, Dtm, Xcn, Xon};

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

/// A letter whose entry a test changes: sent as opaque bytes.
async fn described(change: impl FnOnce(&mut DocumentEntry)) -> Document {
    let xml = bytes(&letter());
    let mut entry = of(xml.clone()).await.entry().clone();
    change(&mut entry);
    Document::from_opaque_bytes(xml, entry).await.unwrap()
}

#[tokio::test]
async fn what_the_schema_does_not_take_is_refused_by_its_length_and_never_shown() {
    let mock = MockDmp::builder().lenient("X13").start().await.unwrap();
    let record = record(&client(&mock), followed(), Consent::given());
    let long = |length: usize| "Z".repeat(length);
    // The longest name that fits beside the rest of an XON.
    let fits = Xon::structure(&long(256 - Xon::structure("", seed::STRUCTURE_EG).as_str().len()), seed::STRUCTURE_EG);
    let institution = |xon: Xon| move |entry: &mut DocumentEntry| entry.authors[0].institution = Some(xon);
    let rows = [
        ("institution", described(institution(Xon::structure(&long(300), seed::STRUCTURE_EG))).await),
        (
            "person",
            described(|entry| entry.authors[0].person = Some(Xcn::professional(seed::MEDECIN, &long(300), "A"))).await,
        ),
        ("patient info", described(|entry| entry.source_patient_info.as_mut().unwrap().fields.push(long(257))).await),
        ("reference", described(|entry| entry.reference_ids.push(Cx::reference(&long(250), "2.25.6", "urn:x"))).await),
        ("display", described(|entry| entry.class_code.as_mut().unwrap().display = Some(long(1025))).await),
        ("comments", described(|entry| entry.comments = Some(long(1025))).await),
    ];
    for (name, document) in rows {
        let error = record.submit(&Submission::of(document)).await.unwrap_err();
        assert_eq!((error.rule(), error.outcome()), (Some("X04"), Outcome::NotSent), "{name}");
        let found = error.explain(Language::English).found.unwrap();
        assert!(found.contains("characters, at most "), "{name}: {found}");
        let texts =
            format!("{error} {error:?} {} {}", error.explain(Language::English), error.explain(Language::French));
        assert!(!texts.contains("ZZZ"), "{name}: {texts}");
    }
    let titled = Submission::of(document(&letter()).await).title(long(1025));
    assert_eq!(record.submit(&titled).await.unwrap_err().rule(), Some("X04"));
    assert_eq!(mock.journal().exchanges().len(), 0, "nothing is sent");
    record.submit(&Submission::of(described(institution(fits)).await).title(long(1024))).await.unwrap();
}

#[tokio::test]
async fn a_long_title_is_refused_or_sent_whole() {
    let mock = MockDmp::builder().lenient("X04").start().await.unwrap();
    let title = "T".repeat(129);
    let letter = N1Builder { title: Some(title.clone()), ..letter() };
    // The builder refuses it too: the title is put in the bytes.
    let text = String::from_utf8(bytes(&N1Builder { title: Some("COURT".to_owned()), ..letter.clone() })).unwrap();
    let submission = Submission::of(of(text.replace("COURT", &title)).await);
    let strict = record(&client(&mock), followed(), Consent::given());
    let refused = rules(&strict.preflight(&submission).await.unwrap());
    assert_eq!(refused, [(Some(0), Refused, "X04")], "said once, and not as missing");
    assert_eq!(strict.submit(&submission).await.unwrap_err().rule(), Some("X04"));

    let tolerant = builder(&mock).policy(Policy::lenient("X04").unwrap()).build().unwrap();
    let tolerant = record(&tolerant, followed(), Consent::given());
    assert_eq!(rules(&tolerant.preflight(&submission).await.unwrap()), [(Some(0), Warning, "X04")]);
    let receipt = tolerant.submit(&submission).await.unwrap();
    let consulting = air(&mock).record(followed(), Consent::given()).unwrap();
    let entry = consulting.entry(&receipt.document_unique_ids[0]).await.unwrap();
    assert_eq!(entry.title, Some(title), "cut nowhere");
}

#[tokio::test]
async fn a_date_in_the_future_is_refused_here_and_by_the_server() {
    let mock = MockDmp::builder().lenient("X13").start().await.unwrap();
    let strict = record(&client(&mock), followed(), Consent::given());
    let lenient = builder(&mock).policy(Policy::lenient("X15").unwrap()).build().unwrap();
    let lenient = record(&lenient, followed(), Consent::given());
    let at = |seconds| Some(Dtm::from_timestamp(Timestamp::now() + SignedDuration::from_secs(seconds)));
    type Set = fn(&mut DocumentEntry, Option<Dtm>);
    let attributes: [(&str, Set); 3] = [
        ("creationTime", |entry, date| entry.creation_time = date),
        ("serviceStartTime", |entry, date| (entry.service_start_time, entry.service_stop_time) = (date, None)),
        ("serviceStopTime", |entry, date| entry.service_stop_time = date),
    ];
    for (name, set) in attributes {
        let late = Submission::of(described(|entry| set(entry, at(180))).await);
        let before = mock.journal().exchanges().len();
        let error = strict.submit(&late).await.unwrap_err();
        assert_eq!((error.rule(), error.outcome()), (Some("X15"), Outcome::NotSent), "{name}");
        assert_eq!(error.explain(Language::English).found.unwrap(), format!("a {name} in the future"));
        assert_eq!(mock.journal().exchanges().len(), before, "nothing is sent");
        let error = lenient.submit(&late).await.unwrap_err();
        assert_eq!(error.code().map(Code::as_str), Some("XDSRegistryMetadataError"), "{name}");
        assert_eq!(mock.journal().exchanges().last().unwrap().refusal.as_ref().unwrap().rule, "X15");
        strict.submit(&Submission::of(described(|entry| set(entry, at(30))).await)).await.unwrap();
    }
    let reversed = described(|entry| entry.service_stop_time = Some("2020".into())).await;
    assert_eq!(strict.submit(&Submission::of(reversed)).await.unwrap_err().rule(), Some("X15"));
}

#[tokio::test]
async fn a_new_version_that_is_sent_as_new_is_a_warning_that_says_what_to_do() {
    let mock = MockDmp::start().await.unwrap();
    let record = record(&client(&mock), followed(), Consent::given());
    let second = N1Builder { replaces: letter().unique_id, version: Some(2), ..letter() };
    let submission = Submission::of(document(&second).await);
    let findings = record.preflight(&submission).await.unwrap();
    assert_eq!(rules(&findings), [(Some(0), Warning, "X14")]);
    for (language, word) in [(Language::English, "Document::replacing"), (Language::French, "Document::replacing")] {
        assert!(findings[0].remedy(language).unwrap().contains(word));
    }
    record.submit(&submission).await.unwrap();
}
