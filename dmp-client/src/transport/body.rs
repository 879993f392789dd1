//! The body of a request: bytes and files in order, with an exact length, never held in memory as a whole.

use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use hyper::body::{Body, Frame, SizeHint};
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio::sync::mpsc;

use super::capture::CaptureFile;
use super::tap::Meter;

const CHUNK: usize = 64 * 1024;
/// Chunks read ahead of the socket.
const READ_AHEAD: usize = 2;

/// A piece of a request body.
#[derive(Debug, Clone)]
pub(crate) enum Segment {
    /// Bytes already in memory; cut on the way, never copied.
    Bytes(Bytes),
    /// A file that is exactly `length` bytes long.
    File { path: PathBuf, length: u64 },
}

impl Segment {
    pub(crate) fn length(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::File { length, .. } => *length,
        }
    }
}

/// What went wrong on our own side while the body was being sent (a document that changed or vanished).
pub(crate) type LocalFailure = Arc<OnceLock<io::Error>>;

/// The body that hyper polls; a task of its own reads the files.
pub(crate) struct RequestBody {
    chunks: mpsc::Receiver<io::Result<Bytes>>,
    length: u64,
    remaining: u64,
    progress: Option<Progress>,
}

/// Told how many bytes of a body hyper has taken.
pub(crate) type Progress = Arc<dyn Fn(u64) + Send + Sync>;

impl RequestBody {
    /// Starts to read `segments`. `capture` receives the head as `meter` saw it, then every byte of the body.
    pub(crate) fn start(segments: Vec<Segment>, capture: Option<(CaptureFile, Meter)>) -> (Self, LocalFailure) {
        let length = segments.iter().map(Segment::length).sum();
        let (sender, chunks) = mpsc::channel(READ_AHEAD);
        let failure = LocalFailure::default();
        tokio::spawn(Pump { sender, capture: None, failure: Arc::clone(&failure) }.run(segments, capture));
        (Self { chunks, length, remaining: length, progress: None }, failure)
    }

    /// The same, telling how far it is.
    pub(crate) fn telling(self, progress: Option<Progress>) -> Self {
        Self { progress, ..self }
    }
}

/// Feeds one [`RequestBody`]; ends by itself when the body is dropped.
struct Pump {
    sender: mpsc::Sender<io::Result<Bytes>>,
    capture: Option<CaptureFile>,
    failure: LocalFailure,
}

impl Pump {
    async fn run(mut self, segments: Vec<Segment>, capture: Option<(CaptureFile, Meter)>) {
        if let Some((mut file, meter)) = capture {
            // The head must come first in the file; hyper writes it as soon as it finds no body ready.
            tokio::select! {
                head = meter.request_head() => file.write(&head).await,
                () = self.sender.closed() => return,
            }
            self.capture = Some(file);
        }
        for segment in segments {
            let sent = match segment {
                Segment::Bytes(bytes) => self.bytes(bytes).await,
                Segment::File { path, length } => match self.file(path, length).await {
                    Ok(sent) => sent,
                    Err(error) => return self.fail(error).await,
                },
            };
            if !sent {
                break;
            }
        }
    }

    /// `false` once nobody listens any more.
    async fn bytes(&mut self, mut bytes: Bytes) -> bool {
        while !bytes.is_empty() {
            let chunk = bytes.split_to(bytes.len().min(CHUNK));
            if !self.send(chunk).await {
                return false;
            }
        }
        true
    }

    async fn file(&mut self, path: PathBuf, length: u64) -> io::Result<bool> {
        let mut file = tokio::fs::File::open(path).await?;
        if file.seek(io::SeekFrom::End(0)).await? != length {
            return Err(io::Error::other("the document changed between its digest and its sending"));
        }
        file.rewind().await?;
        let mut left = length;
        while left > 0 {
            let mut chunk = BytesMut::with_capacity(CHUNK.min(usize::try_from(left).unwrap_or(CHUNK)));
            let read = (&mut file).take(left).read_buf(&mut chunk).await?;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            left = left.saturating_sub(read as u64);
            if !self.send(chunk.freeze()).await {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn send(&mut self, chunk: Bytes) -> bool {
        if let Some(capture) = &mut self.capture {
            capture.write(&chunk).await;
        }
        self.sender.send(Ok(chunk)).await.is_ok()
    }

    async fn fail(self, error: io::Error) {
        let kind = error.kind();
        // Set once: a body has one pump.
        let _ = self.failure.set(error);
        let _ = self.sender.send(Err(kind.into())).await;
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let this = self.get_mut();
        this.chunks.poll_recv(cx).map(|chunk| {
            chunk.map(|chunk| {
                let chunk = chunk?;
                this.remaining = this.remaining.saturating_sub(chunk.len() as u64);
                if let Some(tell) = &this.progress {
                    tell(this.length - this.remaining);
                }
                Ok(Frame::data(chunk))
            })
        })
    }

    fn is_end_stream(&self) -> bool {
        self.remaining == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.remaining)
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    #[tokio::test]
    async fn segments_come_in_order_with_an_exact_length() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("document");
        let content = vec![7_u8; 3 * CHUNK + 5];
        std::fs::write(&path, &content).unwrap();
        let segments = vec![
            Segment::Bytes(Bytes::from_static(b"before")),
            Segment::File { path, length: content.len() as u64 },
            Segment::Bytes(Bytes::from_static(b"after")),
        ];
        let (body, failure) = RequestBody::start(segments, None);
        assert_eq!(body.size_hint().exact(), Some(content.len() as u64 + 11));
        let bytes = body.collect().await.unwrap().to_bytes();
        assert_eq!(&bytes[..6], b"before");
        assert_eq!(&bytes[6..6 + content.len()], &content[..]);
        assert_eq!(&bytes[6 + content.len()..], b"after");
        assert!(failure.get().is_none());
    }

    #[tokio::test]
    async fn a_document_that_changed_is_not_sent() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("document");
        std::fs::write(&path, b"four").unwrap();
        for length in [3, 5] {
            let (body, failure) = RequestBody::start(vec![Segment::File { path: path.clone(), length }], None);
            assert!(body.collect().await.is_err());
            assert!(failure.get().is_some());
        }
    }
}
