//! `dmp cda extract`: the files inside a document, under names of our own.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use cda::{Body, CdaLimits, Content, Document, EmbeddedMedia, FileKind, MediaRole, MediaSink};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{open, refused};
use crate::exit::{Failure, REFUSED};
use crate::output::Report;

pub(super) fn run(file: &Path, folder: &Path) -> Result<Report, Failure> {
    let source = open(file)?;
    let mut taken = Taken::beside(folder).map_err(|error| refused(folder, error))?;
    let read = cda::read_with_media(source, &CdaLimits::default(), &mut taken);
    let document = read.map_err(|error| match taken.failed.take() {
        Some(failed) => refused(folder, failed),
        None => refused(file, error),
    })?;
    let roles = roles(&document);
    let mut placed = Placed::new(folder);
    let (mut lines, mut files, mut broken) = (Vec::new(), Vec::new(), false);
    for (index, media) in taken.media.iter().enumerate() {
        let role = roles.get(index).copied().unwrap_or(media.role);
        if let Content::InvalidBase64(fault) = media.content {
            lines.push(format!("{} at line {}: not written, broken base64: {fault}", name_of(role), media.line));
            files.push(described(role, media, None));
            broken = true;
            continue;
        }
        let path = placed.place(&taken.part(index), role, media.kind).map_err(|error| refused(folder, error))?;
        lines.push(format!("wrote {} ({}){}", path.display(), name_of(role), doubt(media)));
        files.push(described(role, media, Some(&path)));
    }
    placed.keep = true;
    if lines.is_empty() {
        lines.push("no embedded file".to_owned());
    }
    let report = Report::of(lines, &json!({ "files": files }));
    Ok(if broken { report.ending_with(REFUSED) } else { report })
}

/// What a file is in its document, in words that make a file name.
pub(super) fn name_of(role: MediaRole) -> &'static str {
    match role {
        MediaRole::Body => "body",
        MediaRole::PdfCopy => "pdf-copy",
        MediaRole::AddedDocument => "added-document",
        _ => "illustration",
    }
}

/// The roles are final once the whole document was read.
fn roles(document: &Document) -> Vec<MediaRole> {
    match &document.body {
        Body::Structured(body) => body.media.iter().map(|media| media.role).collect(),
        _ => Vec::new(),
    }
}

/// What the user of the file should know.
fn doubt(media: &EmbeddedMedia) -> String {
    let declared = media.media_type.as_deref().unwrap_or_default();
    match &media.compression {
        Some(_) => ": compressed, written as it is".to_owned(),
        None if media.kind.may_be(declared) => String::new(),
        None => format!(": its bytes are {}, whatever the document declares", media.kind.media_type()),
    }
}

fn described(role: MediaRole, media: &EmbeddedMedia, path: Option<&Path>) -> Value {
    json!({
        "role": name_of(role),
        "file": path.map(|path| path.display().to_string()),
        "id": media.id,
        "media_type": media.media_type,
        "found": media.kind.media_type(),
        "compression": media.compression,
        "line": media.line,
    })
}

/// The files while the document passes, in a folder of their own that goes away at the end.
struct Taken {
    folder: PathBuf,
    open: Option<File>,
    media: Vec<EmbeddedMedia>,
    /// Why a file could not be written.
    failed: Option<io::Error>,
}

impl Taken {
    fn beside(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let folder = folder.join(format!(".extracting-{}", Uuid::new_v4()));
        fs::create_dir(&folder)?;
        Ok(Self { folder, open: None, media: Vec::new(), failed: None })
    }

    fn part(&self, index: usize) -> PathBuf {
        self.folder.join(index.to_string())
    }

    fn fail<T>(&mut self, error: io::Error) -> io::Result<T> {
        let kind = error.kind();
        self.failed = Some(error);
        Err(kind.into())
    }
}

impl MediaSink for Taken {
    fn begin(&mut self, _: &EmbeddedMedia) -> bool {
        match OpenOptions::new().write(true).create_new(true).open(self.part(self.media.len())) {
            Ok(file) => self.open = Some(file),
            // Told by the first write: this is no place for an error.
            Err(error) => self.failed = Some(error),
        }
        true
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let Some(file) = &mut self.open else { return Err(io::ErrorKind::Other.into()) };
        match file.write_all(bytes) {
            Ok(()) => Ok(()),
            Err(error) => self.fail(error),
        }
    }

    fn end(&mut self, media: &EmbeddedMedia) -> io::Result<()> {
        self.open = None;
        self.media.push(media.clone());
        Ok(())
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        // What is left is invisible and harmless; there is nobody to tell.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The files under their names; all of them, or none.
struct Placed<'a> {
    folder: &'a Path,
    paths: Vec<PathBuf>,
    counts: [u32; 4],
    keep: bool,
}

impl<'a> Placed<'a> {
    fn new(folder: &'a Path) -> Self {
        Self { folder, paths: Vec::new(), counts: [0; 4], keep: false }
    }

    /// Moves one file to its name, which must be free: taking the name and moving are two steps, so that a file that
    /// somebody else put there is never lost.
    fn place(&mut self, part: &Path, role: MediaRole, kind: FileKind) -> io::Result<PathBuf> {
        let name = self.name(role, kind);
        let path = self.folder.join(&name);
        OpenOptions::new().write(true).create_new(true).open(&path).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => io::Error::new(
                error.kind(),
                format!("{name} exists already; nothing was written: choose another folder"),
            ),
            _ => error,
        })?;
        self.paths.push(path.clone());
        fs::rename(part, &path)?;
        Ok(path)
    }

    /// `body.pdf`, `pdf-copy.pdf`, `pdf-copy-2.pdf`, `illustration.png`.
    fn name(&mut self, role: MediaRole, kind: FileKind) -> String {
        let slot = match role {
            MediaRole::Body => 0,
            MediaRole::PdfCopy => 1,
            MediaRole::AddedDocument => 2,
            _ => 3,
        };
        self.counts[slot] += 1;
        match self.counts[slot] {
            1 => format!("{}.{}", name_of(role), kind.extension()),
            number => format!("{}-{number}.{}", name_of(role), kind.extension()),
        }
    }
}

impl Drop for Placed<'_> {
    fn drop(&mut self) {
        if !self.keep {
            for path in &self.paths {
                // They are ours, taken with `create_new`.
                let _ = fs::remove_file(path);
            }
        }
    }
}
