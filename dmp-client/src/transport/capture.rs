//! Raw exchanges on disk, as certification asks for them: one file per request, one per response.
//!
//! Captures hold health data, assertions and the homologation number: they are off unless asked for, and readable
//! by their owner only.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use bytes::Bytes;
use tokio::fs::{File, OpenOptions};
use tokio::io::AsyncWriteExt;

/// Writes every exchange to a folder as `NNN-TDx-request.http` and `NNN-TDx-response.http`.
///
/// Heads are as serialised on the wire, bodies byte for byte with all their MIME parts (a chunked body is written
/// without its chunk marks). Bodies go to disk as they pass, whatever their size. Each attempt and each redirection
/// is an exchange of its own. If the disk fails the call goes on, and a warning is logged.
#[derive(Debug, Clone)]
pub struct Capture {
    directory: Arc<PathBuf>,
    last: Arc<AtomicU32>,
}

impl Capture {
    /// Captures into `directory`, made if it is missing (reads and creates files: not for an async context).
    /// Numbers go on after the highest one already there.
    ///
    /// # Errors
    /// The folder cannot be made or read.
    pub fn directory(directory: impl AsRef<Path>) -> io::Result<Self> {
        let directory = directory.as_ref();
        std::fs::create_dir_all(directory)?;
        let mut last = 0;
        for entry in std::fs::read_dir(directory)? {
            last = last.max(number_of(&entry?.file_name().to_string_lossy()).unwrap_or(0));
        }
        Ok(Self { directory: Arc::new(directory.to_owned()), last: Arc::new(AtomicU32::new(last)) })
    }

    /// Names the files of the next exchange; `transaction` is its id, such as `TD3.1`.
    pub(crate) fn next(&self, transaction: &str) -> ExchangeCapture {
        let number = self.last.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        let path = |side: &str| self.directory.join(format!("{number:03}-{transaction}-{side}.http"));
        ExchangeCapture { request: path("request"), response: path("response") }
    }
}

/// `7` for `007-TD0.2-request.http`.
fn number_of(file_name: &str) -> Option<u32> {
    let (number, rest) = file_name.split_once('-')?;
    rest.ends_with(".http").then(|| number.parse().ok())?
}

/// The two files of one exchange, not yet open.
#[derive(Debug)]
pub(crate) struct ExchangeCapture {
    request: PathBuf,
    response: PathBuf,
}

impl ExchangeCapture {
    pub(crate) async fn open_request(&self) -> CaptureFile {
        CaptureFile::create(&self.request).await
    }

    pub(crate) async fn open_response(&self) -> CaptureFile {
        CaptureFile::create(&self.response).await
    }
}

/// One file being written; after a first failure it stays silent.
#[derive(Debug)]
pub(crate) struct CaptureFile(Option<File>);

impl CaptureFile {
    async fn create(path: &Path) -> Self {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        options.mode(0o600);
        match options.open(path).await {
            Ok(file) => Self(Some(file)),
            Err(error) => {
                tracing::warn!(path = %path.display(), %error, "this message is not captured");
                Self(None)
            }
        }
    }

    pub(crate) async fn write(&mut self, bytes: &Bytes) {
        let Some(file) = &mut self.0 else { return };
        // Flushed at once: when the answer is read, the file of the request is complete.
        let written = match file.write_all(bytes).await {
            Ok(()) => file.flush().await,
            Err(error) => Err(error),
        };
        if let Err(error) = written {
            tracing::warn!(%error, "the capture of this message is incomplete");
            self.0 = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn numbers_continue_and_files_are_private() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("012-TD3.1-request.http"), b"old").unwrap();
        std::fs::write(folder.path().join("900-notes.txt"), b"other").unwrap();
        let capture = Capture::directory(folder.path()).unwrap();
        let exchange = capture.next("TD0.2");
        let mut file = exchange.open_request().await;
        file.write(&Bytes::from_static(b"POST")).await;
        let path = folder.path().join("013-TD0.2-request.http");
        assert_eq!(std::fs::read(&path).unwrap(), b"POST");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[tokio::test]
    async fn nothing_is_ever_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let capture = Capture::directory(folder.path()).unwrap();
        let exchange = capture.next("TD0.2");
        std::fs::write(folder.path().join("001-TD0.2-request.http"), b"mine").unwrap();
        let mut file = exchange.open_request().await;
        file.write(&Bytes::from_static(b"other")).await;
        assert_eq!(std::fs::read(folder.path().join("001-TD0.2-request.http")).unwrap(), b"mine");
    }
}
