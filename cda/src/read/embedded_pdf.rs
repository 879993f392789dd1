//! The PDF to show first.

use std::io::Read;

use crate::{CdaError, CdaLimits, EmbeddedMedia, MediaRole, MediaSink, read_with_media};

/// The PDF that a viewer shows first: the body of an unstructured document if it is one, else the first valid PDF of
/// the PDF copy section; `None` where there is none. At most [`CdaLimits::media_bytes`] are held.
///
/// # Errors
/// As [`crate::read`].
pub fn embedded_pdf(source: impl Read, limits: &CdaLimits) -> Result<Option<Vec<u8>>, CdaError> {
    let mut first = FirstPdf::default();
    read_with_media(source, limits, &mut first)?;
    Ok(first.complete.then_some(first.bytes))
}

#[derive(Default)]
struct FirstPdf {
    bytes: Vec<u8>,
    complete: bool,
}

impl MediaSink for FirstPdf {
    fn begin(&mut self, media: &EmbeddedMedia) -> bool {
        !self.complete && matches!(media.role, MediaRole::Body | MediaRole::PdfCopy)
    }

    fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn end(&mut self, media: &EmbeddedMedia) -> std::io::Result<()> {
        self.complete = media.is_pdf();
        if !self.complete {
            self.bytes.clear();
        }
        Ok(())
    }
}
