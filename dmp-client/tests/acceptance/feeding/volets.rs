//! Structured documents: one for each volet, with a PDF copy, around a stylesheet.

use cda::build::{DocumentHeader, PdfCopy, StructuredBody};
use cda::{CdaLimits, FileKind, MediaRole};
use dmp_client::mode::{AccessMode, Feeds};
use dmp_client::*;
use dmp_mock::MockDmp;

use crate::scene::vaccination::{Vaccination, Vaccinator, note, note_header};
use crate::scene::writing::*;
use crate::scene::{imaging, *};

/// Volet, latest version, type, title when the volet fixes it, format.
const VOLETS: [(&str, &str, &str, Option<&str>, &str); 11] = [
    ("1.2.250.1.213.1.1.1.29", "2022.01", "11490-0", None, "urn:asip:ci-sis:ldl-ses:2017"),
    ("1.2.250.1.213.1.1.1.21", "2022.01", "18761-7", None, "urn:asip:ci-sis:ldl-ees:2017"),
    ("1.2.250.1.213.1.1.1.13", "2022.01", "60591-5", Some("Synthèse Médicale"), "urn:asip:ci-sis:vsm:2012"),
    (
        "1.2.250.1.213.1.1.1.55",
        "2024.01",
        "11502-2",
        Some("Compte rendu d'examens biologiques"),
        "urn:ihe:lab:xd-lab:2008",
    ),
    (
        "1.2.250.1.213.1.1.1.5.1",
        "2025.01",
        "CERT_DECL",
        Some("Premier certificat de santé (à établir obligatoirement dans les 8 jours suivant la naissance)"),
        "urn:asip:ci-sis:cse-cs8:2017",
    ),
    ("1.2.250.1.213.1.1.1.40", "2022.01", "77436-4", None, "urn:asip:ci-sis:cr-anest:2020"),
    ("1.2.250.1.213.1.1.1.41", "2022.01", "34749-2", None, "urn:asip:ci-sis:cr-cpa:2020"),
    ("1.2.250.1.213.1.1.1.39", "2024.01", "57833-6", None, "urn:ihe:pharm:pre:2010"),
    ("1.2.250.1.213.1.1.1.45", "2024.01", "18748-4", None, "urn:ihe:rad:CDA:ImagingReportStructuredHeadings:2013"),
    ("1.2.250.1.213.1.1.1.47", "2024.01", "55115-0", None, "urn:ans:ci-sis:img-da:2022"),
    ("1.2.250.1.213.1.1.1.46", "2023.01", "87273-9", Some("Note de vaccination"), "urn:asip:ci-sis:vac-note:2021"),
];

/// Header and bytes of a document of that volet.
fn volet(model: &str, version: &str, kind: &str, title: Option<&str>) -> (DocumentHeader, Vec<u8>) {
    let patient = p_open();
    let told = Vaccination::on("20260302", Vaccinator::Identified(Box::new(alix())));
    let mut header = match kind {
        "18748-4" => imaging::report(&patient),
        "55115-0" => imaging::request(&patient),
        "87273-9" => note_header(&patient, &told),
        _ => header(&patient, kind),
    };
    if matches!(kind, "11502-2") {
        header.orders = vec![order("BIO-7")];
    }
    if let Some(title) = title {
        header.title = title.to_owned();
    }
    let bytes = match kind {
        "87273-9" => note(&header, &told),
        _ => structured(&header, &body(model, version)),
    };
    (header, bytes)
}

#[tokio::test]
async fn a_2_1_013_and_tnr_02_one_document_of_each_volet() {
    let mock = mock().await;
    let record = es(&mock, &p_open());
    for (model, version, kind, title, format) in VOLETS {
        let watch = Watch::start(&mock);
        open(&record).await;
        let (header, bytes) = volet(model, version, kind, title);
        let document = document(&bytes).await;
        let entry = document.entry().clone();
        assert_eq!(entry.title.as_deref(), Some(title.unwrap_or(&header.title)), "{kind}: the title is kept");
        assert_eq!(entry.format_code.as_ref().unwrap().code, format, "{kind}");
        let submission = Submission::of(document);
        let findings = record.preflight(&submission).await.unwrap();
        assert!(findings.is_empty(), "{kind}: {findings:?}");
        record.submit(&submission).await.unwrap();
        watch.conforms("INDIRECTE", "normal");
    }
}

fn letter() -> (DocumentHeader, StructuredBody) {
    (header(&p_open(), "11490-0"), body("1.2.250.1.213.1.1.1.29", "2022.01"))
}

/// The lint finds no script and no external resource; only the form itself is said to be abandoned.
async fn feeds_a_self_presenting_document<A: Feeds, X: AccessMode>(
    mock: &MockDmp,
    record: &Record<A, X>,
    mode: &str,
    access: &str,
) {
    let watch = Watch::start(mock);
    open(record).await;
    let (header, body) = letter();
    let bytes = self_presenting(&header, &body);
    let submission = Submission::of(document(&bytes).await);
    let findings = record.preflight(&submission).await.unwrap();
    assert!(findings.iter().all(|finding| finding.rule() == "CDA-DOC-011"), "{findings:?}");
    record.submit(&submission).await.unwrap();
    watch.conforms(mode, access);
    let stored = mock.with_world(|world| world.registry.last_version(&unique_id(&header)).unwrap().entry.clone());
    assert_eq!(stored.mime_type, "application/xslt+xml");
}

#[tokio::test]
async fn a_2_1_014_and_2_1_247_a_document_around_its_stylesheet() {
    let mock = mock().await;
    feeds_a_self_presenting_document(&mock, &cps(&mock, &p_open()), "DIRECTE", "normal").await;
    feeds_a_self_presenting_document(&mock, &es_15(&mock, &p_open()), "INDIRECTE", "centre_15").await;
}

/// The PDF inside is the one that was given.
async fn feeds_a_level_3_with_its_copy<A: Feeds, X: AccessMode>(
    mock: &MockDmp,
    record: &Record<A, X>,
    mode: &str,
    access: &str,
) {
    let watch = Watch::start(mock);
    open(record).await;
    let (header, body) = letter();
    let copy = PdfCopy { caption: "Lettre de liaison au format PDF".to_owned(), pdf: pdf() };
    let bytes = structured(&header, &StructuredBody { pdf_copy: Some(copy), ..body });
    let submission = Submission::of(document(&bytes).await);
    assert!(record.preflight(&submission).await.unwrap().is_empty());
    record.submit(&submission).await.unwrap();
    watch.conforms(mode, access);

    let content = mock.with_world(|world| world.registry.last_version(&unique_id(&header)).unwrap().content.clone());
    let read = cda::read(content.reader().unwrap(), &CdaLimits::default()).unwrap();
    let cda::Body::Structured(body) = &read.body else { panic!("a structured body") };
    let copies: Vec<_> = body.media.iter().filter(|media| media.role == MediaRole::PdfCopy).collect();
    assert_eq!(copies.len(), 1);
    assert_eq!(copies[0].kind, FileKind::Pdf);
    assert!(matches!(copies[0].content, cda::Content::Base64 { decoded } if decoded == pdf().len() as u64));
}

#[tokio::test]
async fn a_2_1_015_and_2_1_113_a_level_3_with_its_pdf_copy() {
    let mock = mock().await;
    feeds_a_level_3_with_its_copy(&mock, &cps(&mock, &p_open()), "DIRECTE", "normal").await;
    feeds_a_level_3_with_its_copy(&mock, &es(&mock, &p_open()), "INDIRECTE", "normal").await;
    feeds_a_level_3_with_its_copy(&mock, &cps_15(&mock, &p_open()), "DIRECTE", "centre_15").await;
}
