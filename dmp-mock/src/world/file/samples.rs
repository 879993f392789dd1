//! What documents of a world contain when no file is given: a line, a page, a picture, all of them about nothing.

use cda::FileKind;
use cda::build::{
    Block, ContentType, Inline, Narrative, Row, Section, StructuredBody, Table, Template, UnstructuredContent,
};
use dmp_vocabulary::Oid;
use dmp_vocabulary::nomenclature::Concept;

const PDF: &[u8] = include_bytes!("../../../data/samples/page.pdf");
const JPEG: &[u8] = include_bytes!("../../../data/samples/image.jpg");
const TIFF: &[u8] = include_bytes!("../../../data/samples/image.tif");
const RTF: &[u8] = include_bytes!("../../../data/samples/text.rtf");
/// A DICOM object that only says that it is a key object selection.
pub(super) const KOS: &[u8] = include_bytes!("../../../data/samples/kos.dcm");

const LOINC: &str = "2.16.840.1.113883.6.1";

/// The bytes of an unstructured body.
pub(super) fn unstructured(kind: ContentType) -> UnstructuredContent<'static> {
    match kind {
        ContentType::Pdf => UnstructuredContent::pdf(PDF),
        ContentType::Jpeg => UnstructuredContent { media_type: kind, bytes: JPEG },
        ContentType::Tiff => UnstructuredContent { media_type: kind, bytes: TIFF },
        ContentType::Rtf => UnstructuredContent { media_type: kind, bytes: RTF },
        _ => UnstructuredContent::text("Document inventé.\n"),
    }
}

/// What a file may be put around.
pub(super) fn content_type_of(bytes: &[u8]) -> Option<ContentType> {
    match FileKind::sniff(bytes) {
        FileKind::Pdf => Some(ContentType::Pdf),
        FileKind::Jpeg => Some(ContentType::Jpeg),
        FileKind::Tiff => Some(ContentType::Tiff),
        FileKind::Rtf => Some(ContentType::Rtf),
        FileKind::Text => Some(ContentType::Text),
        _ => None,
    }
}

/// A structured body with one section: a sentence and a table.
pub(super) fn structured(model: Oid, title: &str) -> StructuredBody {
    let code = Concept { code: "55112-7".to_owned(), display: "Commentaire".to_owned(), system: LOINC.to_owned() };
    let table = Table {
        header: vec![Row::headings(["Mesure", "Valeur"])],
        body: vec![Row::data([Inline::text("Mesure inventée"), Inline::text("1,0")])],
        ..Table::default()
    };
    let narrative = Narrative(vec![Block::paragraph_of([Inline::text("Document inventé.")]), Block::Table(table)]);
    StructuredBody::new(Template::new(model), vec![Section::new(Vec::new(), code, title, narrative)])
}
