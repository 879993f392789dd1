//! What a file is, told by its first bytes.

/// How many first bytes decide.
pub(crate) const HEAD: usize = 1024;

/// A kind of file that its first bytes tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum FileKind {
    /// PDF, any version.
    Pdf,
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// TIFF.
    Tiff,
    /// GIF.
    Gif,
    /// Rich Text Format.
    Rtf,
    /// UTF-8 text without control characters.
    Text,
    /// None of these, or empty.
    #[default]
    Other,
}

impl FileKind {
    /// The kind of a file by its first 1024 bytes, or all of it when it is shorter.
    #[must_use]
    pub fn sniff(head: &[u8]) -> Self {
        const SIGNATURES: [(&[u8], FileKind); 7] = [
            (b"\xFF\xD8\xFF", FileKind::Jpeg),
            (b"\x89PNG\r\n\x1A\n", FileKind::Png),
            (b"II*\0", FileKind::Tiff),
            (b"MM\0*", FileKind::Tiff),
            (b"GIF87a", FileKind::Gif),
            (b"GIF89a", FileKind::Gif),
            (b"{\\rtf", FileKind::Rtf),
        ];
        let head = &head[..head.len().min(HEAD)];
        if let Some((_, kind)) = SIGNATURES.iter().find(|(signature, _)| head.starts_with(signature)) {
            return *kind;
        }
        // ISO 32000 readers accept the header anywhere in the first 1024 bytes.
        if memchr::memmem::find(head, b"%PDF-").is_some() {
            return Self::Pdf;
        }
        if is_text(head) { Self::Text } else { Self::Other }
    }

    /// Its media type; `application/octet-stream` for [`Self::Other`].
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Tiff => "image/tiff",
            Self::Gif => "image/gif",
            Self::Rtf => "text/rtf",
            Self::Text => "text/plain",
            Self::Other => "application/octet-stream",
        }
    }

    /// Whether a file of this kind may bear a media type; a type that is not known here may be anything.
    #[must_use]
    pub fn may_be(self, media_type: &str) -> bool {
        let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match essence.as_str() {
            "application/pdf" => self == Self::Pdf,
            "image/jpeg" | "image/jpg" | "image/pjpeg" => self == Self::Jpeg,
            "image/png" => self == Self::Png,
            "image/tiff" => self == Self::Tiff,
            "image/gif" => self == Self::Gif,
            "text/rtf" | "application/rtf" => self == Self::Rtf,
            text if text.starts_with("text/") => self == Self::Text,
            _ => true,
        }
    }

    /// Usual extension of a file name, without dot.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Tiff => "tif",
            Self::Gif => "gif",
            Self::Rtf => "rtf",
            Self::Text => "txt",
            Self::Other => "bin",
        }
    }
}

/// UTF-8 without control characters; the last character may be cut.
fn is_text(head: &[u8]) -> bool {
    let control = |byte: &u8| *byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0C);
    let utf8 = std::str::from_utf8(head).map_or_else(|error| error.error_len().is_none(), |_| true);
    !head.is_empty() && utf8 && !head.iter().any(control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_bytes_tell() {
        let cut = "né à Évry".as_bytes();
        for (bytes, kind) in [
            (&b"%PDF-1.4 ..."[..], FileKind::Pdf),
            (b"\n\n%PDF-1.7", FileKind::Pdf),
            (b"\xFF\xD8\xFF\xE0", FileKind::Jpeg),
            (b"\x89PNG\r\n\x1A\n\0", FileKind::Png),
            (b"II*\0", FileKind::Tiff),
            (b"GIF89a", FileKind::Gif),
            (b"{\\rtf1 a}", FileKind::Rtf),
            (cut, FileKind::Text),
            (&cut[..2], FileKind::Text),
            (b"\xE9t\xE9", FileKind::Other),
            (b"a\0b", FileKind::Other),
            (b"", FileKind::Other),
        ] {
            assert_eq!(FileKind::sniff(bytes), kind);
        }
    }
}
