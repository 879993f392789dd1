//! F28: checks of documents before they are sent, with policies and evidence; the lint of stylesheets; PDF/A.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::support::documents::{bytes, letter};
use cda::n1::N1Content;
use dmp_client::{ErrorKind, Outcome, Realm};
use dmp_lps::validation::*;
use dmp_lps::{Database, ManualClock};

/// A PDF of one page that declares PDF/A-1b.
const PDF: &[u8] = include_bytes!("../../../testdata/tour/page-blanche.pdf");

/// The day after the letter was written.
fn clock() -> ManualClock {
    ManualClock::at("2026-03-03T08:00:00Z".parse().unwrap())
}

/// A schematron of a volet, run by a tool of the software.
struct Schematron(Judged);

impl CdaValidator for Schematron {
    fn name(&self) -> &'static str {
        "schematron LDL-EES 2022.01"
    }

    fn judge(&self, _: Arc<[u8]>) -> Pin<Box<dyn Future<Output = Judged> + Send + '_>> {
        let judged = self.0.clone();
        Box::pin(async move { judged })
    }
}

fn complaint(is_error: bool) -> Complaint {
    Complaint { rule: "S-1".to_owned(), is_error, place: "/ClinicalDocument".to_owned(), text: "missing".to_owned() }
}

fn settings(document: Policy, pdf: Policy) -> ValidationSettings {
    ValidationSettings { document, pdf, realm: Some(Realm::Test) }
}

fn validation(settings: ValidationSettings) -> Validation<Database> {
    Validation::new(Database::in_memory().unwrap(), clock(), settings)
}

/// A document whose language is written in a way of its own.
fn wrong() -> Vec<u8> {
    let text = String::from_utf8(bytes(&letter())).unwrap();
    text.replacen(r#"<languageCode code="fr-FR"/>"#, r#"<languageCode code="fr_FR"/>"#, 1).into_bytes()
}

#[tokio::test]
async fn f28_an_error_stops_the_document_or_is_only_written_down() {
    for (document, policy, accepted) in [
        (bytes(&letter()), Policy::Enforce, true),
        (wrong(), Policy::Enforce, false),
        (wrong(), Policy::Warn, true),
        (b"no XML".to_vec(), Policy::Enforce, false),
    ] {
        let report = validation(settings(policy, Policy::Warn)).check(document).await.unwrap();
        assert_eq!(report.is_accepted(), accepted, "{report:?}");
        match report.require() {
            Ok(()) => assert!(accepted),
            Err(refused) => {
                assert_eq!((refused.kind(), refused.outcome()), (ErrorKind::Validation, Outcome::NotSent));
                assert!(refused.to_string().contains("EX_2.1-1071"), "{refused}");
            }
        }
    }
    let found = validation(ValidationSettings::default()).check(wrong()).await.unwrap();
    let rules: Vec<&str> = found.verdicts[0].errors().map(|one| one.rule.as_str()).collect();
    assert_eq!(rules, ["CDA-HDR-022"]);
    assert_eq!(found.verdicts[0].complaints[0].place, "/ClinicalDocument/languageCode/@code");
}

#[tokio::test]
async fn f28_other_validators_have_their_say() {
    let cases = [
        (Ok(vec![]), true),
        (Ok(vec![complaint(false)]), true),
        (Ok(vec![complaint(false), complaint(true)]), false),
        // What was not checked is not valid.
        (Err("xmllint is not installed".to_owned()), false),
    ];
    for (judged, accepted) in cases {
        for policy in [Policy::Enforce, Policy::Warn] {
            let other: Arc<dyn CdaValidator> = Arc::new(Schematron(judged.clone()));
            let base = Database::in_memory().unwrap();
            let settings = settings(policy, Policy::Warn);
            let validation = Validation::with(base, clock(), settings, vec![other], Arc::new(XmpMarker));
            let report = validation.check(bytes(&letter())).await.unwrap();
            assert_eq!(report.is_accepted(), accepted || policy == Policy::Warn, "{judged:?} {policy:?}");
            assert_eq!(report.verdicts[1].validator, "schematron LDL-EES 2022.01");
            assert_eq!(report.verdicts[1].failure, judged.clone().err());
        }
    }
}

#[tokio::test]
async fn f28_the_report_is_kept_as_evidence() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lps.sqlite");
    let open = || Validation::new(Database::open(&path).unwrap(), clock(), ValidationSettings::default());
    let (good, wrong) = (bytes(&letter()), wrong());
    let reports = [open().check(good.clone()).await.unwrap(), open().check(wrong.clone()).await.unwrap()];
    let later = open();
    assert_eq!(later.report_of(&good).await.unwrap().as_ref(), Some(&reports[0]));
    assert_eq!(later.report_of(&wrong).await.unwrap().as_ref(), Some(&reports[1]));
    assert_eq!(later.report_of(b"never checked").await.unwrap(), None);
    // Evidence about a document is not the document.
    let kept = std::fs::read(&path).unwrap();
    for secret in [&b"280057599900151"[..], b"EXEMPLE", b"Tout va bien"] {
        assert!(!kept.windows(secret.len()).any(|window| window == secret));
    }
}

#[tokio::test]
async fn f28_pdfs_are_judged_by_the_hook() {
    /// Refuses every PDF, and remembers nothing of it.
    struct Never;

    impl PdfA for Never {
        fn name(&self) -> &'static str {
            "a real validator"
        }

        fn judge(&self, pdf: &[u8]) -> Result<(), String> {
            assert!(pdf.starts_with(b"%PDF-"));
            Err("6.1.2: header".to_owned())
        }
    }

    let plain: &[u8] = b"%PDF-1.4\n%%EOF\n";
    let with = |pdf: &[u8]| letter().build(N1Content::pdf(pdf)).unwrap();
    let cases: [(&[u8], Arc<dyn PdfA>, usize); 3] =
        [(PDF, Arc::new(XmpMarker), 0), (plain, Arc::new(XmpMarker), 1), (PDF, Arc::new(Never), 1)];
    for (pdf, judge, complaints) in cases {
        for policy in [Policy::Warn, Policy::Enforce] {
            let base = Database::in_memory().unwrap();
            let settings = settings(Policy::Enforce, policy);
            let validation = Validation::with(base, clock(), settings, Vec::new(), Arc::clone(&judge));
            let report = validation.check(with(pdf)).await.unwrap();
            let verdict = report.verdicts.last().unwrap();
            assert_eq!((verdict.validator.as_str(), verdict.complaints.len()), (judge.name(), complaints));
            assert_eq!(report.is_accepted(), complaints == 0 || policy == Policy::Warn);
            // Said once.
            assert!(report.verdicts[0].complaints.is_empty(), "{:?}", report.verdicts[0]);
        }
    }
}

#[tokio::test]
async fn f28_a_queue_excludes_what_a_validator_refuses() {
    use crate::support::queue::Scene;
    use dmp_lps::outbox::{NewFeed, Reason, State};
    for (judged, state) in [(Ok(vec![complaint(true)]), State::Excluded), (Ok(vec![]), State::Scheduled)] {
        let other: Arc<dyn CdaValidator> = Arc::new(Schematron(judged));
        let (base, settings) = (Database::in_memory().unwrap(), settings(Policy::Enforce, Policy::Warn));
        let validation = Validation::with(base, clock(), settings, vec![other], Arc::new(XmpMarker));
        let scene = Scene::new();
        let queue = scene.queue.clone().validating(validation.clone());
        let feed =
            NewFeed::of(crate::support::context("alix", "team-1", "visit-1"), crate::support::patient()).validated();
        let document = bytes(&letter());
        let id = queue.enqueue_bytes(feed, document.clone()).await.unwrap();
        let item = queue.get(id).await.unwrap();
        assert_eq!(item.state, state);
        assert_eq!(item.reasons.contains(&Reason::CdaInvalid), state == State::Excluded);
        assert!(validation.report_of(&document).await.unwrap().is_some(), "evidence");
    }
}

#[test]
fn f28_a_stylesheet_neither_acts_nor_fetches() {
    let sheet = |inside: &str| {
        format!(
            r#"<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">{inside}</xsl:stylesheet>"#
        )
    };
    let page = |html: &str| sheet(&format!(r#"<xsl:template match="/"><html>{html}</html></xsl:template>"#));
    let good = page(
        r##"<style>p { color: black; background: url(#a) }</style><a href="#b">b</a><img src="data:image/png;base64,AA"/>"##,
    );
    let verdict = StylesheetLint(Policy::Enforce).check(good.as_bytes());
    assert!(verdict.passes() && verdict.complaints.is_empty(), "{verdict:?}");
    for bad in [
        page("<script>a()</script>"),
        page(r#"<xsl:element name="script">a()</xsl:element>"#),
        page(r#"<p onclick="a()"/>"#),
        page(r#"<p><xsl:attribute name="onload">a()</xsl:attribute></p>"#),
        page(r#"<a href="https://exemple.test/">x</a>"#),
        page(r#"<a href="javascript:a()">x</a>"#),
        page(r#"<img src="logo.png"/>"#),
        page(r#"<link href="style.css"/>"#),
        page("<iframe/>"),
        page("<object/>"),
        page("<embed/>"),
        page("<style>@import 'a.css'</style>"),
        page("<style>p { background: url(https://exemple.test/a.png) }</style>"),
        page(r#"<p style="background: url('//exemple.test/a')"/>"#),
        page(r#"<xsl:value-of select="document('a.xml')"/>"#),
        sheet(r#"<xsl:import href="a.xsl"/>"#),
        sheet(r#"<xsl:include href="a.xsl"/>"#),
        "<xsl:stylesheet>".to_owned(),
        "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>".to_owned(),
    ] {
        let enforced = StylesheetLint(Policy::Enforce).check(bad.as_bytes());
        assert!(!enforced.passes() && enforced.errors().count() > 0, "{bad}");
        assert!(StylesheetLint(Policy::Warn).check(bad.as_bytes()).passes(), "{bad}");
    }
}
