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

    /// The next exchange; `transaction` is its id, such as `TD3.1`.
    pub(crate) fn next(&self, transaction: &'static str) -> ExchangeCapture {
        ExchangeCapture { capture: self.clone(), transaction, number: self.next_number() }
    }

    fn next_number(&self) -> u32 {
        self.last.fetch_add(1, Ordering::Relaxed).saturating_add(1)
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
    capture: Capture,
    transaction: &'static str,
    number: u32,
}

impl ExchangeCapture {
    /// Opens the file of the request. A number that another program took in the same folder is passed over: nothing
    /// is overwritten, and no exchange is lost.
    pub(crate) async fn open_request(&mut self) -> CaptureFile {
        loop {
            let path = self.path("request");
            match CaptureFile::create(&path).await {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => self.number = self.capture.next_number(),
                created => return CaptureFile::or_silent(created, &path),
            }
        }
    }

    pub(crate) async fn open_response(&self) -> CaptureFile {
        let path = self.path("response");
        CaptureFile::or_silent(CaptureFile::create(&path).await, &path)
    }

    fn path(&self, side: &str) -> PathBuf {
        self.capture.directory.join(format!("{:03}-{}-{side}.http", self.number, self.transaction))
    }
}

/// One file being written; after a first failure it stays silent.
#[derive(Debug)]
pub(crate) struct CaptureFile(Option<File>);

impl CaptureFile {
    async fn create(path: &Path) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        options.mode(0o600);
        options.open(path).await
    }

    fn or_silent(created: io::Result<File>, path: &Path) -> Self {
        match created {
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
        let mut exchange = capture.next("TD0.2");
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
    async fn nothing_is_overwritten_and_nothing_is_lost() {
        let folder = tempfile::tempdir().unwrap();
        let capture = Capture::directory(folder.path()).unwrap();
        let mut exchange = capture.next("TD0.2");
        std::fs::write(folder.path().join("001-TD0.2-request.http"), b"mine").unwrap();
        let mut file = exchange.open_request().await;
        file.write(&Bytes::from_static(b"other")).await;
        let read = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
        assert_eq!(read("001-TD0.2-request.http"), b"mine");
        assert_eq!(read("002-TD0.2-request.http"), b"other");
        exchange.open_response().await.write(&Bytes::from_static(b"answer")).await;
        assert_eq!(read("002-TD0.2-response.http"), b"answer");
    }
}
