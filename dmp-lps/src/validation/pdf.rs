//! The PDFs inside a document (M10: PDF/A-1).

use cda::{CdaLimits, EmbeddedMedia, MediaSink};

use super::Complaint;

/// Judges a PDF: a real validator of PDF/A is a tool of its own.
pub trait PdfA: Send + Sync + 'static {
    /// Its name and version, for the report.
    fn name(&self) -> &str;

    /// Whether this is PDF/A-1.
    ///
    /// # Errors
    /// Why not, without anything of the content.
    fn judge(&self, pdf: &[u8]) -> Result<(), String>;
}

/// Looks for what the PDF says of itself: `pdfaid:part` 1 in its XMP metadata. Enough to find a PDF that nobody meant to be
/// PDF/A; a PDF that lies passes.
#[derive(Debug, Clone, Copy, Default)]
pub struct XmpMarker;

impl PdfA for XmpMarker {
    fn name(&self) -> &'static str {
        "PDF/A-1 by its XMP metadata"
    }

    fn judge(&self, pdf: &[u8]) -> Result<(), String> {
        match cda::check::declares_pdf_a1(pdf) {
            true => Ok(()),
            false => Err("the XMP metadata declares no PDF/A-1 (pdfaid:part 1)".to_owned()),
        }
    }
}

/// Judges each PDF of a document; one is held at a time. A document that cannot be read has none: its validators say why.
pub(super) fn judge_all(judge: &dyn PdfA, document: &[u8], limits: &CdaLimits) -> Vec<Complaint> {
    let mut pdfs = Pdfs { judge, pdf: Vec::new(), complaints: Vec::new() };
    let _ = cda::read_with_media(document, limits, &mut pdfs);
    pdfs.complaints
}

struct Pdfs<'j> {
    judge: &'j dyn PdfA,
    pdf: Vec<u8>,
    complaints: Vec<Complaint>,
}

impl MediaSink for Pdfs<'_> {
    fn begin(&mut self, _: &EmbeddedMedia) -> bool {
        self.pdf.clear();
        true
    }

    fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.pdf.extend_from_slice(bytes);
        Ok(())
    }

    fn end(&mut self, media: &EmbeddedMedia) -> std::io::Result<()> {
        if media.is_pdf()
            && let Err(text) = self.judge.judge(&self.pdf)
        {
            let place = format!("line {}", media.line);
            self.complaints.push(Complaint { rule: "M10".to_owned(), is_error: true, place, text });
        }
        Ok(())
    }
}
