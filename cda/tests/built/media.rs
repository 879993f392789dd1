//! Embedded files: found at any depth, described, extracted one by one, in bounded memory.

use cda::build::{Image, Inline, Narrative, Section, StructuredBody, WriteOptions};
use cda::{
    Body, CdaErrorKind, CdaLimits, Content, EmbeddedMedia, FileKind, MediaRole, MediaSink, StructuredBody as Read,
    embedded_pdf, read, read_with_media,
};

use crate::letters::{letter, model, reason};
use crate::reports::pdf;

#[derive(Default)]
struct Files(Vec<(EmbeddedMedia, Vec<u8>)>, Vec<u8>);

impl MediaSink for Files {
    fn begin(&mut self, media: &EmbeddedMedia) -> bool {
        self.1.clear();
        media.role != MediaRole::AddedDocument
    }

    fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.1.extend_from_slice(bytes);
        Ok(())
    }

    fn end(&mut self, media: &EmbeddedMedia) -> std::io::Result<()> {
        self.0.push((media.clone(), std::mem::take(&mut self.1)));
        Ok(())
    }
}

fn structure(bytes: &[u8]) -> Read {
    match read(bytes, &CdaLimits::default()).unwrap().body {
        Body::Structured(body) => body,
        other => panic!("{other:?}"),
    }
}

fn golden(name: &str) -> Vec<u8> {
    crate::all().into_iter().find(|(found, _)| *found == name).unwrap().1
}

#[test]
fn sections_and_files_of_a_letter_are_listed() {
    let body = structure(&golden("n3-added-documents.xml"));
    let titles: Vec<_> = body.sections.iter().map(|section| section.title.as_deref().unwrap()).collect();
    let expected = [
        "Motif d'hospitalisation",
        "Traitements en cours",
        "Allergies",
        "Autres informations",
        "Documents ajoutés",
        "Copie du document",
    ];
    assert_eq!(titles, expected);
    let codes: Vec<_> = body.sections.iter().map(|s| s.code.as_ref().unwrap().code.as_deref().unwrap()).collect();
    assert_eq!(codes, ["42349-1", "42346-7", "48765-2", "55112-7", "55107-7", "55108-5"]);
    assert_eq!(body.sections[2].template_ids.len(), 3);
    let files: Vec<_> = body.media.iter().map(|m| (m.role, m.section, m.id.as_deref().unwrap(), m.kind)).collect();
    assert_eq!(
        files,
        [
            (MediaRole::AddedDocument, Some(4), "document-ajoute-1", FileKind::Pdf),
            (MediaRole::PdfCopy, Some(5), "copie-pdf", FileKind::Pdf),
        ]
    );
    assert!(body.media.iter().all(EmbeddedMedia::is_pdf));
    assert_eq!(structure(&golden("n3-autopresentable.xml")).sections.len(), 4);
}

#[test]
fn files_are_extracted_one_by_one() {
    let mut files = Files::default();
    let bytes = golden("n3-added-documents.xml");
    let document = read_with_media(bytes.as_slice(), &CdaLimits::default(), &mut files).unwrap();
    assert_eq!(document, read(bytes.as_slice(), &CdaLimits::default()).unwrap(), "a sink changes nothing");
    assert_eq!(files.0.len(), 1, "the added document was not wanted");
    assert_eq!((files.0[0].0.role, &files.0[0].1), (MediaRole::PdfCopy, &pdf()));

    let mut files = Files::default();
    read_with_media(golden("n1-consultation-pdf.xml").as_slice(), &CdaLimits::default(), &mut files).unwrap();
    let (media, bytes) = &files.0[0];
    assert_eq!((media.role, media.section, media.kind, bytes), (MediaRole::Body, None, FileKind::Pdf, &pdf()));
}

#[test]
fn the_pdf_to_show_first() {
    let shown = |name| embedded_pdf(golden(name).as_slice(), &CdaLimits::default()).unwrap();
    assert_eq!(shown("n1-consultation-pdf.xml"), Some(pdf()));
    assert_eq!(shown("n3-liaison-letter-pdf-copy.xml"), Some(pdf()));
    assert_eq!(shown("n1-consultation-text.xml"), None);
    assert_eq!(shown("n3-liaison-letter.xml"), None);
}

/// An N3 whose sections are this XML.
fn structured(sections: &str) -> String {
    format!(
        "<ClinicalDocument xmlns='urn:hl7-org:v3'><title>t</title><component><structuredBody>{sections}\
         </structuredBody></component></ClinicalDocument>"
    )
}

fn section(inside: &str) -> String {
    format!("<component><section>{inside}</section></component>")
}

const COPY: &str = "<templateId root='1.2.250.1.213.1.1.2.243'/>";
const PDF: &str = "JVBERi0xLjQ=";

fn media(attributes: &str, text: &str) -> String {
    format!(
        "<entry><organizer><component><observationMedia ID='m'><value {attributes}>{text}</value>\
             </observationMedia></component></organizer></entry>"
    )
}

#[test]
fn a_pdf_copy_is_found_at_any_depth_and_only_a_valid_one_is_shown() {
    let b64 = "mediaType='application/pdf' representation='B64'";
    let nested = section(&section(&section(&format!("{COPY}{}", media(b64, PDF)))));
    let template_behind = section(&format!("{}{COPY}", media(b64, PDF)));
    let around = section(&format!("{COPY}{}", section(&media(b64, PDF))));
    let second =
        section(&format!("{COPY}{}", media(b64, "JVBERi0x*"))) + &section(&format!("{COPY}{}", media(b64, PDF)));
    let lying = section(&format!("{COPY}{}", media("mediaType='text/plain' representation='B64'", PDF)));
    let image = section(&format!("{COPY}{}", media(b64, "R0lGODlh")));
    let compressed = section(&format!("{COPY}{}", media(&format!("{b64} compression='DF'"), PDF)));
    let null = section(&format!("{COPY}{}", media("nullFlavor='NAV'", "")));
    let plain = section(&format!("{COPY}{}", media("mediaType='application/pdf'", "%PDF-1.4")));
    let elsewhere = section(&media(b64, PDF));
    for (sections, shown, listed) in [
        (nested, true, 1),
        (around, true, 1),
        (second, true, 2),
        (lying, true, 1),
        (image, false, 1),
        (compressed, false, 1),
        (null, false, 0),
        (plain, false, 1),
        (elsewhere, false, 1),
    ] {
        let document = structured(&sections);
        let found = embedded_pdf(document.as_bytes(), &CdaLimits::default()).unwrap();
        assert_eq!(found.is_some(), shown, "{sections}");
        assert_eq!(structure(document.as_bytes()).media.len(), listed, "{sections}");
    }
    let behind = structure(structured(&template_behind).as_bytes());
    assert_eq!(behind.media[0].role, MediaRole::PdfCopy, "the role is final at the end of the document");
}

#[test]
fn broken_base64_ends_its_file_and_not_the_document() {
    let broken =
        section(&media("representation='B64'", "JVBERi0x*AAA")) + &section(&media("representation='B64'", PDF));
    let mut files = Files::default();
    read_with_media(structured(&broken).as_bytes(), &CdaLimits::default(), &mut files).unwrap();
    assert!(matches!(files.0[0].0.content, Content::InvalidBase64(_)));
    assert_eq!(files.0[1].1, b"%PDF-1.4");
    assert_eq!((files.0[1].0.line, files.0[1].0.section), (1, Some(1)));
}

#[test]
fn limits_hold_and_a_failing_sink_ends_the_reading() {
    let kind = |sections: &str, limits: CdaLimits| read(structured(sections).as_bytes(), &limits).unwrap_err().kind;
    let one = section(&media("representation='B64'", PDF));
    let twice = format!("{one}{one}");
    for limits in [
        CdaLimits { sections: 1, ..CdaLimits::default() },
        CdaLimits { media: 1, ..CdaLimits::default() },
        CdaLimits { media_bytes: 7, ..CdaLimits::default() },
    ] {
        assert!(matches!(kind(&twice, limits), CdaErrorKind::LimitPassed { .. }), "{limits:?}");
    }
    let titles = section(&format!("<title>{}</title>", "a".repeat(1000))).repeat(20);
    let limits = CdaLimits { header_bytes: 10_000, ..CdaLimits::default() };
    assert!(matches!(kind(&titles, limits), CdaErrorKind::LimitPassed { what: "bytes of section headings", .. }));

    struct Full;
    impl MediaSink for Full {
        fn begin(&mut self, _: &EmbeddedMedia) -> bool {
            true
        }
        fn write(&mut self, _: &[u8]) -> std::io::Result<()> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
    }
    let error = read_with_media(structured(&one).as_bytes(), &CdaLimits::default(), &mut Full).unwrap_err();
    assert_eq!(error.kind, CdaErrorKind::Io(std::io::ErrorKind::StorageFull));
}

#[test]
fn images_of_nested_sections_are_written_and_found() {
    let png = b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR".to_vec();
    let inner = Section {
        images: vec![Image { id: "image-1".to_owned(), media_type: "image/png".to_owned(), bytes: png.clone() }],
        ..reason(Narrative(vec![cda::build::Block::paragraph_of([Inline::Media(vec!["image-1".to_owned()])])]))
    };
    let outer = Section { sections: vec![inner], ..reason(Narrative::default()) };
    let bytes =
        letter(1).write_structured(&StructuredBody::new(model(), vec![outer]), &WriteOptions::default()).unwrap();
    let mut files = Files::default();
    read_with_media(bytes.as_slice(), &CdaLimits::default(), &mut files).unwrap();
    let (media, found) = &files.0[0];
    assert_eq!((media.role, media.section, media.kind), (MediaRole::Illustration, Some(1), FileKind::Png));
    assert_eq!((media.media_type.as_deref(), found), (Some("image/png"), &png));
    assert_eq!(structure(&bytes).sections[1].parent, Some(0));
}

#[test]
fn published_examples_hold_what_their_tree_holds() {
    let folder = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/real-documents"));
    if !folder.exists() {
        println!("skipped: ../shared not present");
        return;
    }
    let mut with_pdf_copy = 0;
    for file in std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()) {
        if file.extension().is_none_or(|extension| extension != "xml") {
            continue;
        }
        let bytes = std::fs::read(&file).unwrap();
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let Body::Structured(body) = read(bytes.as_slice(), &CdaLimits::default()).unwrap().body else { continue };
        let tree = dmp_xml::parse(&bytes, &dmp_xml::Limits::default()).unwrap();
        let named = |name| tree.descendants().filter(move |e| e.is("urn:hl7-org:v3", name));
        assert_eq!(body.sections.len(), named("section").count(), "{name}");
        let files = named("observationMedia").filter_map(|media| media.child("urn:hl7-org:v3", "value"));
        assert_eq!(body.media.len(), files.filter(|value| value.attr("nullFlavor").is_none()).count(), "{name}");
        let copies = body.media.iter().filter(|media| media.role == MediaRole::PdfCopy && media.is_pdf()).count();
        let shown = embedded_pdf(bytes.as_slice(), &CdaLimits::default()).unwrap();
        assert_eq!(shown.is_some(), copies > 0, "{name}");
        with_pdf_copy += copies;
    }
    assert!(with_pdf_copy > 5, "only {with_pdf_copy} PDF copies");
}
