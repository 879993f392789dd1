//! What an embedded content looks like while it passes: kind of file, PDF/A-1.

use crate::file_kind::HEAD;
use crate::read::base64_stream::Base64Stream;
use crate::{Base64Fault, FileKind};

/// Property of the XMP metadata of a PDF by which it declares PDF/A, and how far behind it the part is looked for.
const PDF_A: &[u8] = b"pdfaid:part";
const PDF_A_TAIL: usize = 32;

/// Whether a PDF declares part 1 of PDF/A in its XMP metadata (`pdfaid:part`): what it declares, not what it is.
#[must_use]
pub fn declares_pdf_a1(pdf: &[u8]) -> bool {
    let mut scan = PdfAScan::default();
    scan.take(pdf);
    scan.declared
}

/// One content, decoded in pieces and never kept.
#[derive(Default)]
pub(super) struct MediaScan {
    base64: Base64Stream,
    /// Length of what was decoded.
    decoded: u64,
    head: Vec<u8>,
    pdf_a: PdfAScan,
}

/// What a content turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Media {
    /// Bytes once decoded.
    pub(super) decoded: u64,
    pub(super) fault: Option<Base64Fault>,
    pub(super) kind: FileKind,
    /// Whether it declares part 1 of PDF/A.
    pub(super) declares_pdf_a1: bool,
}

impl MediaScan {
    /// Takes a piece of base64 and gives the number of bytes decoded so far.
    pub(super) fn push(&mut self, text: &str) -> u64 {
        let bytes = self.base64.push(text);
        self.take(&bytes);
        self.decoded
    }

    pub(super) fn finish(mut self) -> Media {
        let rest = self.base64.finish();
        self.take(&rest);
        let fault = self.base64.fault();
        Media { decoded: self.decoded, fault, kind: FileKind::sniff(&self.head), declares_pdf_a1: self.pdf_a.declared }
    }

    fn take(&mut self, bytes: &[u8]) {
        self.decoded += bytes.len() as u64;
        let missing = HEAD.saturating_sub(self.head.len()).min(bytes.len());
        self.head.extend_from_slice(&bytes[..missing]);
        self.pdf_a.take(bytes);
    }
}

impl Media {
    /// Whether the content may be of this media type; a type that is not known here may be anything.
    pub(super) fn looks_like(&self, media_type: &str) -> bool {
        let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match essence.as_str() {
            "application/pdf" => self.kind == FileKind::Pdf,
            "image/jpeg" | "image/jpg" | "image/pjpeg" => self.kind == FileKind::Jpeg,
            "image/png" => self.kind == FileKind::Png,
            "image/tiff" => self.kind == FileKind::Tiff,
            "image/gif" => self.kind == FileKind::Gif,
            "text/rtf" | "application/rtf" => self.kind == FileKind::Rtf,
            text if text.starts_with("text/") => self.kind == FileKind::Text,
            _ => true,
        }
    }
}

/// Looks for `pdfaid:part` followed by 1, as an element or an attribute of the XMP metadata, across pieces. PDF/A-1
/// forbids to compress that metadata.
#[derive(Debug, Default)]
struct PdfAScan {
    declared: bool,
    tail: Vec<u8>,
}

impl PdfAScan {
    fn take(&mut self, bytes: &[u8]) {
        if self.declared {
            return;
        }
        self.tail.extend_from_slice(bytes);
        let mut from = 0;
        while let Some(at) = memchr::memmem::find(&self.tail[from..], PDF_A) {
            let value = from + at + PDF_A.len();
            let end = (value + PDF_A_TAIL).min(self.tail.len());
            if names_part_1(&self.tail[value..end]) {
                self.declared = true;
                self.tail = Vec::new();
                return;
            }
            from = value;
        }
        let kept = self.tail.len().min(PDF_A.len() + PDF_A_TAIL);
        self.tail.drain(..self.tail.len() - kept);
    }
}

/// `>1<`, `="1"` or `='1'`, white space allowed.
fn names_part_1(after: &[u8]) -> bool {
    let mut rest = after.iter().copied().filter(|byte| !byte.is_ascii_whitespace());
    let close = match rest.next() {
        Some(b'>') => b'<',
        Some(b'=') => match rest.next() {
            Some(quote @ (b'"' | b'\'')) => quote,
            _ => return false,
        },
        _ => return false,
    };
    rest.next() == Some(b'1') && rest.next() == Some(close)
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;

    use super::*;

    fn scan(bytes: &[u8], piece: usize) -> Media {
        let text = base64::engine::general_purpose::STANDARD.encode(bytes);
        let mut scan = MediaScan::default();
        for start in (0..text.len()).step_by(piece) {
            scan.push(&text[start..text.len().min(start + piece)]);
        }
        scan.finish()
    }

    #[test]
    fn the_pieces_change_nothing() {
        for (bytes, kind) in [
            (&b"%PDF-1.4 ..."[..], FileKind::Pdf),
            ("né à Évry\r\n".as_bytes(), FileKind::Text),
            (b"", FileKind::Other),
        ] {
            for piece in [1, 3, 4, 1000] {
                let media = scan(bytes, piece);
                assert_eq!((media.kind, media.fault, media.decoded), (kind, None, bytes.len() as u64), "{kind:?}");
            }
        }
    }

    #[test]
    fn pdf_a_1_is_found_in_both_forms_and_across_pieces() {
        let mut long = vec![b' '; 5000];
        long.extend_from_slice(b"<pdfaid:part>1</pdfaid:part>");
        for (bytes, declared) in [
            (&b"<pdfaid:part>1</pdfaid:part>"[..], true),
            (b"<x pdfaid:part=\"1\" pdfaid:conformance='B'/>", true),
            (b"<x pdfaid:part = '1'/>", true),
            (b"<pdfaid:part>2</pdfaid:part> <pdfaid:part> 1 </pdfaid:part>", true),
            (&long, true),
            (b"<pdfaid:part>2</pdfaid:part>", false),
            (b"<pdfaid:part>12</pdfaid:part>", false),
            (b"pdfaid:part", false),
        ] {
            for piece in [1, 7, 64, 10_000] {
                assert_eq!(scan(bytes, piece).declares_pdf_a1, declared);
            }
        }
    }
}
