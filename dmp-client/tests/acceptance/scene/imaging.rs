//! An order, its imaging report and the reference of its images.

use cda::build::{DocumentHeader, EventCode, EventTranslation, Identifier, Order, TranslationAbout};
use dmp_client::{Document, QualifiedPatient};
use dmp_vocabulary::Oid;

use super::writing::{at, code, header, oid, order, text};

pub(crate) const ACCESSION: &str = "ACC-2026-0042";
pub(crate) const STUDY: &str = "2.999.35.13.20260302.1";

/// The order of an examination.
pub(crate) fn request(about: &QualifiedPatient) -> DocumentHeader {
    let mut request = header(about, "55115-0");
    request.event.ids = vec![Identifier::local(oid("2.999.35.11"), "DEM-42")];
    request.event.code = Some(code("55115-0", "Demande d'acte d'imagerie", super::writing::LOINC).into());
    request.orders = vec![order("DEM-42")];
    request
}

/// Its report: a scanner of the thorax.
pub(crate) fn report(about: &QualifiedPatient) -> DocumentHeader {
    let mut report = header(about, "18748-4");
    let accession_number = Some(Identifier::local(oid("2.999.35.12"), ACCESSION));
    report.orders = vec![Order { accession_number, ..order("DEM-42") }];
    report.event.ids = vec![Identifier::complete(oid(STUDY))];
    let translation = |concept, about| EventTranslation { concept, about: Some(about) };
    let modality = code("CT", "Computed Tomography", "1.2.840.10008.2.16.4");
    let region = code("67734004", "Thorax", "2.16.840.1.113883.6.96");
    report.event.code = Some(EventCode {
        concept: code("24978-9", "CT Thoracic spine", super::writing::LOINC),
        translations: vec![
            translation(modality, TranslationAbout::Modality),
            translation(region, TranslationAbout::Region),
        ],
    });
    report.created = at("2026-03-02T11:00:00+01:00");
    report
}

/// A Key Object Selection file of that SOP instance, as small as can be.
pub(crate) fn kos_bytes(instance: &Oid) -> Vec<u8> {
    let mut file = vec![0; 128];
    file.extend(b"DICM");
    for (element, uid) in [(2_u8, "1.2.840.10008.5.1.4.1.1.88.59"), (3, instance.as_str()), (16, "1.2.840.10008.1.2.1")]
    {
        let mut value = uid.as_bytes().to_vec();
        value.resize(value.len().next_multiple_of(2), 0);
        file.extend([2, 0, element, 0]);
        file.extend(b"UI");
        file.extend(u16::try_from(value.len()).unwrap().to_le_bytes());
        file.extend(value);
    }
    file
}

/// The reference of the images that the report describes.
pub(crate) async fn kos(instance: &Oid, report: &DocumentHeader) -> Document {
    Document::from_kos_bytes(kos_bytes(instance), &text(report).await).await.unwrap()
}
