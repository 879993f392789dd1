//! What an embedded content looks like while it passes: kind of file, PDF/A-1.

use crate::Base64Fault;
use crate::read::base64_stream::Base64Stream;

/// How many first bytes decide of the kind: a PDF may start with some other bytes.
const HEAD: usize = 1024;

/// Property of the XMP metadata of a PDF by which it declares PDF/A, and how far behind it the part is looked for.
const PDF_A: &[u8] = b"pdfaid:part";
const PDF_A_TAIL: usize = 32;

/// A kind of file that its first bytes tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Pdf,
    Jpeg,
    Png,
    Tiff,
    Gif,
    Rtf,
    /// UTF-8 text without control characters.
    Text,
    /// None of these.
    Other,
}

/// One content, decoded in pieces and never kept.
#[derive(Default)]
pub(super) struct MediaScan {
    base64: Base64Stream,
    /// Length of what was decoded.
    decoded: u64,
    head: Vec<u8>,
    text: TextScan,
    pdf_a: PdfAScan,
}

/// What a content turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Media {
    /// Bytes once decoded.
    pub(super) decoded: u64,
    pub(super) fault: Option<Base64Fault>,
    pub(super) kind: Kind,
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
        let kind = match kind(&self.head) {
            Kind::Other if self.text.is_text() && self.decoded > 0 => Kind::Text,
            kind => kind,
        };
        let fault = self.base64.fault();
        Media { decoded: self.decoded, fault, kind, declares_pdf_a1: self.pdf_a.declared }
    }

    fn take(&mut self, bytes: &[u8]) {
        self.decoded += bytes.len() as u64;
        let missing = HEAD.saturating_sub(self.head.len()).min(bytes.len());
        self.head.extend_from_slice(&bytes[..missing]);
        self.text.take(bytes);
        self.pdf_a.take(bytes);
    }
}

impl Media {
    /// Whether the content may be of this media type; a type that is not known here may be anything.
    pub(super) fn looks_like(&self, media_type: &str) -> bool {
        let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match essence.as_str() {
            "application/pdf" => self.kind == Kind::Pdf,
            "image/jpeg" | "image/jpg" | "image/pjpeg" => self.kind == Kind::Jpeg,
            "image/png" => self.kind == Kind::Png,
            "image/tiff" => self.kind == Kind::Tiff,
            "image/gif" => self.kind == Kind::Gif,
            "text/rtf" | "application/rtf" => self.kind == Kind::Rtf,
            text if text.starts_with("text/") => self.kind == Kind::Text,
            _ => true,
        }
    }
}

impl Kind {
    /// Its media type, for findings.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Tiff => "image/tiff",
            Self::Gif => "image/gif",
            Self::Rtf => "text/rtf",
            Self::Text => "text/plain",
            Self::Other => "an unknown kind of content",
        }
    }
}

fn kind(head: &[u8]) -> Kind {
    const SIGNATURES: [(&[u8], Kind); 7] = [
        (b"\xFF\xD8\xFF", Kind::Jpeg),
        (b"\x89PNG\r\n\x1A\n", Kind::Png),
        (b"II*\0", Kind::Tiff),
        (b"MM\0*", Kind::Tiff),
        (b"GIF87a", Kind::Gif),
        (b"GIF89a", Kind::Gif),
        (b"{\\rtf", Kind::Rtf),
    ];
    let known = SIGNATURES.iter().find(|(signature, _)| head.starts_with(signature)).map(|(_, kind)| *kind);
    // ISO 32000 readers accept the header anywhere in the first 1024 bytes.
    let pdf = || head.windows(5).any(|window| window == b"%PDF-");
    known.unwrap_or_else(|| if pdf() { Kind::Pdf } else { Kind::Other })
}

/// Whether bytes are UTF-8 text, across pieces.
#[derive(Debug, Default)]
struct TextScan {
    broken: bool,
    /// Start of a character cut by the end of a piece, at most three bytes.
    pending: Vec<u8>,
}

impl TextScan {
    fn take(&mut self, bytes: &[u8]) {
        if self.broken {
            return;
        }
        let control = |byte: &u8| *byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0C);
        if bytes.iter().any(control) {
            self.broken = true;
            return;
        }
        let mut piece = std::mem::take(&mut self.pending);
        piece.extend_from_slice(bytes);
        if let Err(error) = std::str::from_utf8(&piece) {
            match error.error_len() {
                Some(_) => self.broken = true,
                None => self.pending = piece.split_off(error.valid_up_to()),
            }
        }
    }

    fn is_text(&self) -> bool {
        !self.broken && self.pending.is_empty()
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
    fn kinds_are_told_whatever_the_pieces() {
        for (bytes, kind) in [
            (&b"%PDF-1.4 ..."[..], Kind::Pdf),
            (b"\n\n%PDF-1.7", Kind::Pdf),
            (b"\xFF\xD8\xFF\xE0", Kind::Jpeg),
            (b"\x89PNG\r\n\x1A\n\0", Kind::Png),
            (b"II*\0", Kind::Tiff),
            (b"GIF89a", Kind::Gif),
            (b"{\\rtf1 a}", Kind::Rtf),
            ("né à Évry\r\n".as_bytes(), Kind::Text),
            (b"\xE9t\xE9", Kind::Other),
            (b"a\0b", Kind::Other),
            (b"", Kind::Other),
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
