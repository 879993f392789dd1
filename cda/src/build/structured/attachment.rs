//! Files inside a structured document: the PDF copy, added documents, images.

use dmp_vocabulary::nomenclature::Concept;
use dmp_xml::Writer;

use super::identifiers::Identifiers;
use super::section_id::SectionIds;
use crate::FileKind;
use crate::build::content::{Base64Layout, write_base64};
use crate::build::faults::Faults;
use crate::build::parts::{hidden, loinc, nested, write_body_code};

/// A PDF of the whole document (section FR-Document-PDF-copie), which should be PDF/A-1.
#[derive(Clone, PartialEq, Eq)]
pub struct PdfCopy {
    /// What a reader sees above it, e.g. `Lettre de liaison au format PDF`.
    pub caption: String,
    /// The PDF.
    pub pdf: Vec<u8>,
}

/// A document joined to this one.
#[derive(Clone, PartialEq)]
pub struct AddedDocument {
    /// What a reader sees above it.
    pub caption: String,
    /// Type of the document; absent: its caption stands for it.
    pub kind: Option<Concept>,
    /// Media type of the file.
    pub media_type: String,
    /// The file.
    pub bytes: Vec<u8>,
}

/// An image in a section.
#[derive(Clone, PartialEq, Eq)]
pub struct Image {
    /// `@ID`, at which [`super::Inline::Media`] points.
    pub id: String,
    /// Media type: `image/png`, `image/jpeg`…
    pub media_type: String,
    /// The file.
    pub bytes: Vec<u8>,
}

const COPY_SECTION: &str = "1.2.250.1.213.1.1.2.243";
const ADDED_SECTION: &str = "1.2.250.1.213.1.1.2.37";
/// FR-Document-attache
const ATTACHED: &str = "1.2.250.1.213.1.1.3.18";
/// IHE simple observation, FR-Simple-Observation, FR-Type-document-attache
const ATTACHED_TYPE: [&str; 3] =
    ["1.3.6.1.4.1.19376.1.5.3.1.4.13", "1.2.250.1.213.1.1.3.48", "1.2.250.1.213.1.1.3.48.18"];
/// Image of a section: CDA observationMedia, FR-Image-illustrative
const IMAGE: [&str; 2] = ["2.16.840.1.113883.10.12.304", "1.2.250.1.213.1.1.3.103"];

/// Identifiers of the PDF copy in the narrative of its section.
const COPY_TITLE_ID: &str = "titre-copie-pdf";
const COPY_ID: &str = "copie-pdf";

impl PdfCopy {
    pub(super) fn check(&self, identifiers: &mut Identifiers, faults: &mut Faults) {
        faults.text("pdf_copy.caption", &self.caption);
        check_bytes("pdf_copy", "application/pdf", &self.pdf, faults);
        identifiers.add_narrative("pdf_copy", COPY_TITLE_ID, faults);
        identifiers.add_media("pdf_copy", COPY_ID, faults);
    }

    pub(super) fn write(&self, w: &mut Writer, ids: &SectionIds<'_>, layout: Base64Layout) {
        let kind = loinc("55108-5", "Copie du document");
        let (title_id, id) = (COPY_TITLE_ID, COPY_ID);
        nested(w, &["component", "section"], |w| {
            w.empty("templateId", &[("root", COPY_SECTION)]);
            w.empty("id", &[("root", &ids.section())]);
            write_body_code(w, "code", &[], &kind);
            w.leaf("title", &[], "Copie du document");
            w.open("text", &[]);
            write_shown(w, title_id, &self.caption, id);
            w.close();
            let file = Attachment { title_id, id, kind: Some(&kind), media_type: "application/pdf", bytes: &self.pdf };
            file.write(w, ids, layout);
        });
    }
}

impl AddedDocument {
    pub(super) fn check(&self, index: usize, identifiers: &mut Identifiers, faults: &mut Faults) {
        let at = format!("added_documents[{index}]");
        faults.text(format!("{at}.caption"), &self.caption);
        if let Some(kind) = &self.kind {
            faults.concept(&format!("{at}.kind"), kind);
        }
        check_bytes(&at, &self.media_type, &self.bytes, faults);
        let (title_id, id) = Self::ids(index);
        identifiers.add_narrative(&at, &title_id, faults);
        identifiers.add_media(&at, &id, faults);
    }

    /// Identifiers of the title and of the file.
    fn ids(index: usize) -> (String, String) {
        let number = index + 1;
        (format!("titre-document-ajoute-{number}"), format!("document-ajoute-{number}"))
    }

    /// The section, if there is something to put in it.
    pub(super) fn write_all(documents: &[Self], w: &mut Writer, ids: &SectionIds<'_>, layout: Base64Layout) {
        if documents.is_empty() {
            return;
        }
        nested(w, &["component", "section"], |w| {
            w.empty("templateId", &[("root", ADDED_SECTION)]);
            w.empty("id", &[("root", &ids.section())]);
            write_body_code(w, "code", &[], &loinc("55107-7", "Documents ajoutés"));
            w.leaf("title", &[], "Documents ajoutés");
            w.open("text", &[]);
            for (index, document) in documents.iter().enumerate() {
                let (title_id, id) = Self::ids(index);
                write_shown(w, &title_id, &document.caption, &id);
            }
            w.close();
            for (index, document) in documents.iter().enumerate() {
                let (title_id, id) = Self::ids(index);
                let file = Attachment {
                    title_id: &title_id,
                    id: &id,
                    kind: document.kind.as_ref(),
                    media_type: &document.media_type,
                    bytes: &document.bytes,
                };
                file.write(w, &ids.inside(index), layout);
            }
        });
    }
}

impl Image {
    pub(super) fn check(&self, field: &str, identifiers: &mut Identifiers, faults: &mut Faults) {
        check_bytes(field, &self.media_type, &self.bytes, faults);
        identifiers.add_media(field, &self.id, faults);
    }

    pub(super) fn write(&self, w: &mut Writer, layout: Base64Layout) {
        w.open("entry", &[]);
        write_media(w, &self.id, &IMAGE, (&self.media_type, &self.bytes), layout);
        w.close();
    }
}

/// A file as an entry FR-Document-attache.
struct Attachment<'a> {
    title_id: &'a str,
    id: &'a str,
    kind: Option<&'a Concept>,
    media_type: &'a str,
    bytes: &'a [u8],
}

impl Attachment<'_> {
    fn write(&self, w: &mut Writer, ids: &SectionIds<'_>, layout: Base64Layout) {
        w.open("entry", &[]);
        w.open("organizer", &[("classCode", "CLUSTER"), ("moodCode", "EVN")]);
        w.empty("templateId", &[("root", ATTACHED)]);
        w.empty("id", &[("root", &ids.of("organizer"))]);
        write_body_code(w, "code", &[], &loinc("55107-7", "Document attaché"));
        w.empty("statusCode", &[("code", "completed")]);
        nested(w, &["component"], |w| self.write_type(w, ids));
        nested(w, &["component"], |w| write_media(w, self.id, &[], (self.media_type, self.bytes), layout));
        w.close();
        w.close();
    }

    /// FR-Type-document-attache
    fn write_type(&self, w: &mut Writer, ids: &SectionIds<'_>) {
        let reference = format!("#{}", self.title_id);
        let point = |w: &mut Writer| w.empty("reference", &[("value", &reference)]);
        w.open("observation", &[("classCode", "OBS"), ("moodCode", "EVN")]);
        ATTACHED_TYPE.iter().for_each(|template| w.empty("templateId", &[("root", template)]));
        w.empty("id", &[("root", &ids.of("observation"))]);
        write_body_code(w, "code", &[], &loinc("69764-9", "Type de document"));
        nested(w, &["text"], point);
        w.empty("statusCode", &[("code", "completed")]);
        w.empty("effectiveTime", &[("nullFlavor", "NA")]);
        match self.kind {
            Some(kind) => write_body_code(w, "value", &[("xsi:type", "CD")], kind),
            None => {
                w.open("value", &[("xsi:type", "CD")]);
                nested(w, &["originalText"], point);
                w.close();
            }
        }
        w.close();
    }
}

/// Title and file in the narrative.
fn write_shown(w: &mut Writer, title_id: &str, title: &str, id: &str) {
    nested(w, &["paragraph"], |w| w.leaf("content", &[("ID", title_id)], title));
    nested(w, &["paragraph"], |w| w.empty("renderMultiMedia", &[("referencedObject", id)]));
}

fn write_media(w: &mut Writer, id: &str, templates: &[&str], (media_type, bytes): (&str, &[u8]), layout: Base64Layout) {
    w.open("observationMedia", &[("classCode", "OBS"), ("moodCode", "EVN"), ("ID", id)]);
    templates.iter().for_each(|template| w.empty("templateId", &[("root", template)]));
    w.open("value", &[("mediaType", media_type), ("representation", "B64")]);
    write_base64(w, bytes, layout);
    w.close();
    w.close();
}

/// Not empty, and of the kind that the media type says where that can be told.
fn check_bytes(field: &str, media_type: &str, bytes: &[u8], faults: &mut Faults) {
    faults.text(format!("{field}.media_type"), media_type);
    faults.check(field, !bytes.is_empty(), "CDA-SEC-006", "an empty file");
    let alike = FileKind::sniff(bytes).may_be(media_type);
    faults.check(field, alike, "CDA-SEC-013", "the bytes are not of the media type given");
}

hidden!(PdfCopy, AddedDocument, Image);
