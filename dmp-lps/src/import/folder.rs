//! The files of imported documents, readable by their owner only.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use super::local::LocalDocumentId;
use crate::private_folder::private_folder;

/// Extensions of the files of the folder; `part` is a download that was cut.
const EXTENSIONS: [&str; 3] = [DOCUMENT, PDF, "part"];
const DOCUMENT: &str = "document";
const PDF: &str = "pdf";

/// The files of one document: a structured one (N3) comes with the PDF of its PDF copy section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentGroup {
    /// The bytes of the DMP.
    pub document: PathBuf,
    /// The PDF of a structured document.
    pub pdf_copy: Option<PathBuf>,
}

impl DocumentGroup {
    /// What a viewer opens first.
    #[must_use]
    pub fn shown_first(&self) -> &Path {
        self.pdf_copy.as_deref().unwrap_or(&self.document)
    }
}

/// A folder of imported documents. It holds health data: it belongs on an encrypted volume (EXI 12).
#[derive(Debug, Clone)]
pub struct ImportFolder {
    folder: PathBuf,
}

impl ImportFolder {
    /// Takes a folder, made if it is not there.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn open(folder: impl Into<PathBuf>) -> io::Result<Self> {
        let folder = folder.into();
        private_folder(&folder)?;
        Ok(Self { folder })
    }

    /// Places for the files of a new document.
    pub(super) fn places(&self, id: &LocalDocumentId) -> Places {
        let place = |extension: &str| self.folder.join(format!("{}.{extension}", id.as_str()));
        Places { document: place(DOCUMENT), pdf_copy: place(PDF), kept: false }
    }

    /// The files of a document, and their names, are on the disk when it returns.
    pub(super) async fn settle(&self, group: &DocumentGroup) -> io::Result<()> {
        let (folder, group) = (self.folder.clone(), group.clone());
        blocking(move || {
            for path in [Some(&group.document), group.pdf_copy.as_ref(), Some(&folder)].into_iter().flatten() {
                std::fs::File::open(path)?.sync_all()?;
            }
            Ok(())
        })
        .await
    }

    /// Removes the files that no kept document names: what a crash left behind. Other files are left alone.
    pub(super) async fn sweep(&self, kept: Vec<DocumentGroup>) -> io::Result<usize> {
        let folder = self.folder.clone();
        blocking(move || {
            let paths = kept.iter().flat_map(|group| [Some(&group.document), group.pdf_copy.as_ref()]).flatten();
            let kept: HashSet<&OsStr> = paths.filter_map(|path| path.file_name()).collect();
            let mut removed = 0;
            for file in std::fs::read_dir(folder)? {
                let path = file?.path();
                let ours = path.extension().is_some_and(|extension| EXTENSIONS.iter().any(|own| extension == *own));
                if ours && path.file_name().is_some_and(|name| !kept.contains(name)) {
                    std::fs::remove_file(&path)?;
                    removed += 1;
                }
            }
            Ok(removed)
        })
        .await
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(io::Error::other(error)))
}

/// Files that are being written: removed unless they are kept.
#[derive(Debug)]
pub(super) struct Places {
    pub(super) document: PathBuf,
    pub(super) pdf_copy: PathBuf,
    kept: bool,
}

impl Places {
    /// The files stay, whatever comes: a store names them, or is about to.
    pub(super) fn keep(mut self, with_pdf: bool) -> DocumentGroup {
        self.kept = true;
        let pdf_copy = with_pdf.then(|| self.pdf_copy.clone());
        DocumentGroup { document: self.document.clone(), pdf_copy }
    }
}

impl Drop for Places {
    fn drop(&mut self) {
        if !self.kept {
            remove(&self.document, Some(&self.pdf_copy));
        }
    }
}

/// Removes files that no store names; those that are not there are gone already.
pub(super) fn remove(document: &Path, pdf_copy: Option<&PathBuf>) {
    for path in [Some(document), pdf_copy.map(PathBuf::as_path)].into_iter().flatten() {
        // What cannot be removed is swept at the next start.
        let _ = std::fs::remove_file(path);
    }
}
