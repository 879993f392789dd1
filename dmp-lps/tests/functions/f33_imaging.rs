//! F33: an examination is one lot of linked documents, found again by its identifiers; references of images are read as what
//! comes.

use crate::support::documents::random_oid;
use crate::support::written::{at, code, header};
use crate::support::{consulting, count, qualified};
use cda::build::{
    DocumentHeader, EventCode, EventTranslation, Identifier, Order, TranslationAbout, UnstructuredContent, WriteOptions,
};
use dmp_client::{Consent, DocumentEntry, Hidden};
use dmp_lps::imaging::*;
use dmp_mock::MockDmp;
use dmp_protocol::switches::Switches;
use dmp_vocabulary::Oid;

const LOINC: &str = "2.16.840.1.113883.6.1";
const STUDY: &str = "2.999.35.13.20260302.1";

fn oid(text: &str) -> Oid {
    Oid::parse(text).unwrap()
}

fn request(number: &str) -> DocumentHeader {
    let mut request = header("55115-0", "Demande d'acte d'imagerie");
    request.event.ids = vec![Identifier::local(oid("2.999.35.11"), number)];
    request.event.code = Some(code("55115-0", "Demande d'acte d'imagerie", LOINC).into());
    request.orders = vec![Order { id: Identifier::local(oid("2.999.35.11"), number), accession_number: None }];
    request
}

/// A scanner of the thorax, that answers an order.
fn report(number: &str) -> DocumentHeader {
    let mut report = header("18748-4", "Compte rendu d'imagerie");
    report.orders = vec![Order {
        id: Identifier::local(oid("2.999.35.11"), number),
        accession_number: Some(Identifier::local(oid("2.999.35.12"), format!("ACC-{number}"))),
    }];
    report.event.ids = vec![Identifier::complete(oid(&format!("{STUDY}.{}", number.len())))];
    let translation = |concept, about| EventTranslation { concept, about: Some(about) };
    report.event.code = Some(EventCode {
        concept: code("24978-9", "CT Thoracic spine", LOINC),
        translations: vec![
            translation(code("CT", "Computed Tomography", "1.2.840.10008.2.16.4"), TranslationAbout::Modality),
            translation(code("67734004", "Thorax", "2.16.840.1.113883.6.96"), TranslationAbout::Region),
        ],
    });
    report
}

fn bytes(header: &DocumentHeader) -> Vec<u8> {
    header.write_unstructured(UnstructuredContent::text("Rien à signaler."), &WriteOptions::default()).unwrap()
}

/// A Key Object Selection, as small as can be.
fn kos() -> Vec<u8> {
    let instance = random_oid().to_string();
    let mut file = [vec![0; 128], b"DICM".to_vec()].concat();
    for (element, uid) in [(2_u8, "1.2.840.10008.5.1.4.1.1.88.59"), (3, instance.as_str()), (16, "1.2.840.10008.1.2.1")]
    {
        let mut value = uid.as_bytes().to_vec();
        value.resize(value.len().next_multiple_of(2), 0);
        file.extend([2, 0, element, 0, b'U', b'I']);
        file.extend(u16::try_from(value.len()).unwrap().to_le_bytes());
        file.extend(value);
    }
    file
}

async fn examination(number: &str) -> Examination {
    let examination = Examination::of(bytes(&report(number)), kos()).await.unwrap();
    examination.with_order(bytes(&request(number))).await.unwrap()
}

/// What a consulting professional finds of an examination, by its identifiers.
async fn found(mock: &MockDmp, links: &ImagingLinks) -> Vec<DocumentEntry> {
    let record = consulting(mock).record(qualified(), Consent::given()).unwrap();
    links.only_linked(record.find(links.search().unwrap()).await.unwrap().into_entries())
}

#[tokio::test]
async fn f33_an_examination_is_one_lot_found_by_its_identifiers() {
    let mock = MockDmp::start().await.unwrap();
    let feeding = crate::support::feeding(&mock).record(qualified(), Consent::given()).unwrap();
    let (one, other) = (examination("DEM-42").await, examination("DEM-4242").await);
    let links = ImagingLinks::of(one.report().entry());
    let kinds = (links.orders().count(), links.accessions().count(), links.studies().count());
    assert_eq!(kinds, (1, 1, 1));
    assert_eq!(one.kos().entry().reference_ids, one.report().entry().reference_ids, "the reference is linked alike");
    for examination in [one, other] {
        let lot = examination.lot();
        assert!(feeding.preflight(&lot).await.unwrap().is_empty());
        feeding.submit(&lot).await.unwrap();
    }
    assert_eq!(count(&mock, "TD2.1"), 2, "one lot each");
    let mut types: Vec<String> =
        found(&mock, &links).await.into_iter().map(|entry| entry.type_code.unwrap().code).collect();
    types.sort();
    assert_eq!(types, ["18748-4", "55115-0", "IMG-KOS"], "of this examination, and no other");
    assert!(ImagingLinks::default().search().is_none());
}

#[tokio::test]
async fn f33_a_new_version_keeps_the_links() {
    let mock = MockDmp::start().await.unwrap();
    let feeding = crate::support::feeding(&mock).record(qualified(), Consent::given()).unwrap();
    let (first_report, first_order) = (report("DEM-42"), request("DEM-42"));
    let first = Examination::of(bytes(&first_report), kos()).await.unwrap();
    let first = first.with_order(bytes(&first_order)).await.unwrap().hidden(Hidden::FromProfessionals);
    let links = ImagingLinks::of(first.report().entry());
    feeding.submit(&first.lot()).await.unwrap();

    // The médecin traitant sees what is masked.
    let former = found(&mock, &links).await;
    assert_eq!(former.len(), 3);
    let next = |header: &DocumentHeader| bytes(&header.successor(random_oid(), at("2026-03-02T10:00:00Z")));
    let second = Examination::of(next(&first_report), kos()).await.unwrap();
    let second = second.with_order(next(&first_order)).await.unwrap().replacing(&former).unwrap();
    feeding.submit(&second.lot()).await.unwrap();
    let now = found(&mock, &links).await;
    assert_eq!(now.len(), 3, "replaced, not added");
    assert!(now.iter().all(|entry| !former.iter().any(|old| old.unique_id == entry.unique_id)));
    assert!(now.iter().all(|entry| !entry.has_confidentiality("MASQUE_PS")), "shown again");

    // Another examination is no new version of this one.
    let stranger = examination("DEM-4242").await.replacing(&now).unwrap_err();
    assert!(matches!(stranger, ImagingError::NotLinked { what: "former version" }), "{stranger}");
    let twice: Vec<DocumentEntry> = now.iter().chain(&now).cloned().collect();
    assert!(matches!(examination("DEM-42").await.replacing(&twice), Err(ImagingError::Ambiguous(_))));
}

#[tokio::test]
async fn f33_what_makes_no_examination_is_refused() {
    let letter = crate::support::documents::bytes(&crate::support::documents::letter());
    let refused = Examination::of(letter.clone(), kos()).await.unwrap_err();
    assert!(matches!(refused, ImagingError::Kind { what: "report", expected: "18748-4" }), "{refused}");
    let refused = Examination::of(bytes(&report("DEM-42")), b"an image".to_vec()).await.unwrap_err();
    assert!(matches!(refused, ImagingError::Document(_)), "{refused}");
    let one = Examination::of(bytes(&report("DEM-42")), kos()).await.unwrap();
    let refused = one.clone().with_order(bytes(&request("DEM-43"))).await.unwrap_err();
    assert!(matches!(refused, ImagingError::NotLinked { what: "order" }), "{refused}");
    let refused = one.with_order(letter).await.unwrap_err();
    assert!(matches!(refused, ImagingError::Kind { what: "order", .. }), "{refused}");
}

#[tokio::test]
async fn f33_a_reference_is_read_as_dicom_or_as_a_text_with_a_warning() {
    for imaging_compatible in [true, false] {
        let mut switches = Switches::default();
        switches.server.imaging_compatible = imaging_compatible;
        let mock = MockDmp::builder().switches(switches).start().await.unwrap();
        let feeding = crate::support::feeding(&mock).record(qualified(), Consent::given()).unwrap();
        let one = examination("DEM-42").await;
        let links = ImagingLinks::of(one.report().entry());
        feeding.submit(&one.lot()).await.unwrap();
        let found = found(&mock, &links).await;
        let entry = found.iter().find(|entry| entry.type_code.as_ref().unwrap().code == "IMG-KOS").unwrap();
        let record = consulting(&mock).record(qualified(), Consent::given()).unwrap();
        let mut bytes = Vec::new();
        let retrieved = record.retrieve_to(entry, &mut bytes).await.unwrap();
        let read = KosContent::read(&retrieved, bytes.clone(), ImagingSettings { imaging_compatible }).unwrap();
        match read {
            KosContent::Dicom(dicom) => assert!(imaging_compatible && dicom == bytes),
            KosContent::Text { text, unexpected } => {
                assert!(!imaging_compatible && !unexpected);
                assert!(text.contains("Avertissement") && text.contains("Thorax"), "{text}");
                // The same answer to a software that is declared compatible is worth a look.
                let declared = ImagingSettings { imaging_compatible: true };
                let again = KosContent::read(&retrieved, bytes, declared).unwrap();
                assert!(matches!(again, KosContent::Text { unexpected: true, .. }));
                let broken = KosContent::read(&retrieved, b"<html/>".to_vec(), declared);
                assert!(matches!(broken, Err(KosReadError::Cda(_))));
                continue;
            }
        }
        let cut = KosContent::read(&retrieved, vec![0; 64], ImagingSettings::default());
        assert!(matches!(cut, Err(KosReadError::NotDicom)));
    }
}
