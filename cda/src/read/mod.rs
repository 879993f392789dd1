//! One pass over a file: well-formedness, shape, header, body and digests together.

pub(crate) mod base64_stream;
mod body;
mod content;
mod embedded_pdf;
mod fingerprint;
mod header;
mod media;
pub(crate) mod place;
mod sink;
mod small_trees;
mod structure;

use std::io::{Read, Write};

use dmp_xml::c14n::{Algorithm, Canonicalizer};
use dmp_xml::{Event, Reader, StartTag};
use sha2::{Digest, Sha256};

use self::body::BodyWatch;
pub use self::embedded_pdf::embedded_pdf;
use self::fingerprint::HashingReader;
use self::header::HeaderWatch;
use self::place::Locator;
use self::sink::Sink;
use crate::{CdaError, CdaErrorKind, CdaLimits, Document, Fingerprint, HL7, Header, MediaSink};

/// Reads a file to its end; neither the bytes nor the body are kept.
///
/// ```
/// let xml = r#"<ClinicalDocument xmlns="urn:hl7-org:v3"><id root="2.999.1"/></ClinicalDocument>"#;
/// let document = cda::read(xml.as_bytes(), &cda::CdaLimits::default())?;
/// assert_eq!(document.shape, cda::Shape::ClinicalDocument);
/// assert_eq!(document.header.id.map(|id| id.root).as_deref(), Some("2.999.1"));
/// # Ok::<(), cda::CdaError>(())
/// ```
///
/// # Errors
/// [`CdaError`] for what `CDA-DOC-001` to `006` refuse, and nothing else: an unknown element, a missing header, an
/// invalid base64 ([`crate::Content::InvalidBase64`]) are no reason to refuse a document that is read.
pub fn read(source: impl Read, limits: &CdaLimits) -> Result<Document, CdaError> {
    pass(source, limits, Sink::Nobody)
}

/// As [`read`], and writes the content of an unstructured body to `sink` while it passes: the decoded base64, or the
/// text as it is. Nothing is written for a structured body. After an error the sink may hold a part of the content.
///
/// # Errors
/// As [`read`]; also [`CdaErrorKind::InvalidBase64`], and [`CdaErrorKind::Io`] when the sink fails.
pub fn read_with_body(source: impl Read, limits: &CdaLimits, mut sink: impl Write) -> Result<Document, CdaError> {
    pass(source, limits, Sink::Body(&mut sink))
}

/// As [`read`], and gives every embedded file to `sink` while it passes: the body of an unstructured document, or the
/// PDF copy, the added documents and the images of a structured one, at any depth.
///
/// # Errors
/// As [`read`], and [`CdaErrorKind::Io`] when the sink fails. An invalid base64 is told by [`MediaSink::end`].
pub fn read_with_media(source: impl Read, limits: &CdaLimits, sink: &mut dyn MediaSink) -> Result<Document, CdaError> {
    pass(source, limits, Sink::Media(sink))
}

fn pass(source: impl Read, limits: &CdaLimits, sink: Sink<'_>) -> Result<Document, CdaError> {
    let mut bytes = HashingReader::new(source);
    let mut sha256 = Sha256::new();
    let mut canonical = Canonicalizer::new(Algorithm::inclusive_with_comments(), |piece: &[u8]| sha256.update(piece));
    let mut watch =
        Watch { place: Locator::default(), header: HeaderWatch::new(limits), body: BodyWatch::new(limits, sink) };
    let mut reader = Reader::new(&mut bytes, limits.xml);
    let (shape, signed) = loop {
        let (line, column) = reader.position();
        let event = reader.next()?;
        canonical.event(&event);
        let at = |kind| CdaError { kind, line, column };
        match event {
            Event::Start(tag) => watch.start(tag, line, column).map_err(at)?,
            Event::Text { text, .. } => watch.text(text).map_err(at)?,
            Event::End => watch.end().map_err(at)?,
            Event::Comment(_) | Event::Pi { .. } => {}
            Event::Eof => break watch.place.finish().map_err(at)?,
        }
    };
    drop(reader);
    drop(canonical);
    let (sha1, size) = bytes.finish();
    let fingerprint = Fingerprint { sha1, size, c14n_sha256: sha256.finalize().into() };
    let (header, body) = (watch.header.finish(), watch.body.finish());
    Ok(Document { shape, signed, header, body, fingerprint })
}

/// Sends each event to whom it concerns.
struct Watch<'a> {
    place: Locator,
    header: HeaderWatch,
    body: BodyWatch<'a>,
}

impl Watch<'_> {
    fn start(&mut self, tag: &StartTag, line: u64, column: u64) -> Result<(), CdaErrorKind> {
        // Depth below ClinicalDocument: 1 for its children; 0 for itself and for all that is outside.
        let depth = self.place.start(&tag.name)?;
        if self.header.is_open() || (depth == 1 && tag.name.namespace == HL7 && Header::keeps(&tag.name.local)) {
            self.header.start(tag, line, column)?;
        } else if depth > 0 {
            self.body.start(tag, depth, (line, column))?;
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), CdaErrorKind> {
        if self.header.is_open() { self.header.text(text) } else { self.body.text(text, self.place.depth()) }
    }

    fn end(&mut self) -> Result<(), CdaErrorKind> {
        let depth = self.place.depth();
        if self.header.is_open() {
            self.header.end();
        } else if depth > 0 {
            self.body.end(depth)?;
        }
        self.place.end();
        Ok(())
    }
}
