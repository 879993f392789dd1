//! What a downloaded file says of itself, read once and streamed; the PDF copy goes to its file on the way.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use cda::header::{Header, Patient};
use cda::{Body, CdaError, CdaLimits, EmbeddedMedia, InstanceIdentifier, MediaRole, MediaSink};

use super::decision::RemoteVersion;

/// What the header of a CDA says, and whether a PDF copy was written.
pub(super) struct ReadDocument {
    pub(super) version: RemoteVersion,
    pub(super) patient: Option<Patient>,
    pub(super) has_pdf_copy: bool,
}

/// Why a file could not be read as a CDA.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReadError {
    #[error(transparent)]
    File(#[from] io::Error),
    #[error(transparent)]
    Cda(#[from] CdaError),
}

/// Reads a CDA. Blocks: not on the runtime.
pub(super) fn read(document: &Path, pdf_copy: &Path, sha1: &str) -> Result<ReadDocument, ReadError> {
    let mut pdf = PdfCopy { place: pdf_copy.to_owned(), file: None, whole: false };
    let file = File::open(document)?;
    let read = cda::read_with_media(io::BufReader::new(file), &CdaLimits::default(), &mut pdf)?;
    let has_pdf_copy = pdf.whole && matches!(read.body, Body::Structured(_));
    Ok(ReadDocument { version: version(&read.header, sha1), patient: read.header.patient, has_pdf_copy })
}

fn version(header: &Header, sha1: &str) -> RemoteVersion {
    let replaced = header.related_documents.iter().filter(|related| related.kind == "RPLC");
    RemoteVersion {
        unique_id: header.id.as_ref().map(text).unwrap_or_default(),
        set_id: header.set_id.as_ref().map(text),
        version_number: header.version_number,
        replaces: replaced.flat_map(|related| &related.parent_ids).map(text).collect(),
        sha1: sha1.to_owned(),
    }
}

/// `root`, or `root^extension`.
fn text(id: &InstanceIdentifier) -> String {
    match &id.extension {
        Some(extension) => format!("{}^{extension}", id.root),
        None => id.root.clone(),
    }
}

/// The first valid PDF of the PDF copy section, to its file.
struct PdfCopy {
    place: PathBuf,
    file: Option<BufWriter<File>>,
    whole: bool,
}

impl MediaSink for PdfCopy {
    fn begin(&mut self, media: &EmbeddedMedia) -> bool {
        if self.whole || media.role != MediaRole::PdfCopy {
            return false;
        }
        // A copy that cannot be written is no reason to lose the document.
        self.file = File::create(&self.place).ok().map(BufWriter::new);
        self.file.is_some()
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), |file| file.write_all(bytes))
    }

    fn end(&mut self, media: &EmbeddedMedia) -> io::Result<()> {
        let Some(file) = self.file.take() else { return Ok(()) };
        file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        self.whole = media.is_pdf();
        match self.whole {
            true => Ok(()),
            false => std::fs::remove_file(&self.place),
        }
    }
}
