//! Where embedded files go while they pass.

use std::io::Write;

use crate::{CdaErrorKind, EmbeddedMedia, MediaSink};

/// Nobody, the taker of an unstructured body, or a taker of all files.
pub(super) enum Sink<'a> {
    Nobody,
    Body(&'a mut dyn Write),
    Media(&'a mut dyn MediaSink),
}

impl Sink<'_> {
    /// Whether this file is wanted; what it holds is not known yet.
    pub(super) fn begin(&mut self, media: &EmbeddedMedia) -> bool {
        match self {
            Self::Nobody => false,
            Self::Body(_) => media.section.is_none(),
            Self::Media(sink) => sink.begin(media),
        }
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), CdaErrorKind> {
        let written = match self {
            Self::Nobody => Ok(()),
            Self::Body(sink) => sink.write_all(bytes),
            Self::Media(sink) => sink.write(bytes),
        };
        written.map_err(|error| CdaErrorKind::Io(error.kind()))
    }

    pub(super) fn end(&mut self, media: &EmbeddedMedia) -> Result<(), CdaErrorKind> {
        match self {
            Self::Nobody | Self::Body(_) => Ok(()),
            Self::Media(sink) => sink.end(media).map_err(|error| CdaErrorKind::Io(error.kind())),
        }
    }

    /// Whoever asked for one body must not get half of it in silence; a taker of files is told at the end of each.
    pub(super) fn refuses_faults(&self) -> bool {
        matches!(self, Self::Body(_))
    }
}
