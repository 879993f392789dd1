//! Watches the plain-text bytes of one connection, under TLS and above HTTP.
//!
//! Two questions need the bytes themselves: what did the heads look like on the wire (captures), and had the
//! request been written in full when the connection died (retry safety, `transactions.md` §4).

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Notify;

/// A head longer than this is not kept: no DMP message has one.
const HEAD_LIMIT: usize = 64 * 1024;
const HEAD_END: &[u8] = b"\r\n\r\n";

/// What went over the connection since the last [`Meter::begin`].
#[derive(Default)]
struct Progress {
    request_head: Vec<u8>,
    request_head_complete: bool,
    request_body: u64,
    response_head: Vec<u8>,
    response_head_complete: bool,
}

/// The shared side of a [`Tap`]: the transport reads it while hyper owns the connection.
#[derive(Clone, Default)]
pub(crate) struct Meter {
    progress: Arc<Mutex<Progress>>,
    head_written: Arc<Notify>,
}

impl Meter {
    /// Starts the account of a new exchange on this connection.
    pub(crate) fn begin(&self) {
        *self.lock() = Progress::default();
    }

    /// Whether the head and `content_length` bytes of body were handed to TLS.
    pub(crate) fn request_complete(&self, content_length: u64) -> bool {
        let progress = self.lock();
        progress.request_head_complete && progress.request_body >= content_length
    }

    /// Waits until the request's head has been serialised, and returns it with its closing blank line.
    pub(crate) async fn request_head(&self) -> Bytes {
        loop {
            let notified = self.head_written.notified();
            {
                let progress = self.lock();
                if progress.request_head_complete {
                    return Bytes::copy_from_slice(&progress.request_head);
                }
            }
            notified.await;
        }
    }

    /// The response's head as received; empty before it has arrived.
    pub(crate) fn response_head(&self) -> Bytes {
        Bytes::copy_from_slice(&self.lock().response_head)
    }

    /// A poisoned lock only means that a reader of these counters panicked: they are still right.
    fn lock(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn written(&self, bytes: &[u8]) {
        let mut progress = self.lock();
        if progress.request_head_complete {
            progress.request_body += bytes.len() as u64;
            return;
        }
        let body = take_head(&mut progress.request_head, bytes);
        if let Some(body) = body {
            progress.request_head_complete = true;
            progress.request_body += body as u64;
            drop(progress);
            self.head_written.notify_waiters();
        }
    }

    fn read(&self, bytes: &[u8]) {
        let mut progress = self.lock();
        if !progress.response_head_complete
            && !bytes.is_empty()
            && take_head(&mut progress.response_head, bytes).is_some()
        {
            progress.response_head_complete = true;
        }
    }
}

/// Appends `bytes` to `head` up to its blank line; returns how many bytes of `bytes` follow it once it is complete.
fn take_head(head: &mut Vec<u8>, bytes: &[u8]) -> Option<usize> {
    let before = head.len();
    head.extend_from_slice(bytes);
    let search_from = before.saturating_sub(HEAD_END.len() - 1);
    let found = head.get(search_from..).and_then(|tail| tail.windows(HEAD_END.len()).position(|w| w == HEAD_END));
    let end = match found {
        Some(position) => search_from + position + HEAD_END.len(),
        None if head.len() >= HEAD_LIMIT => HEAD_LIMIT.max(before),
        None => return None,
    };
    let rest = head.len() - end;
    head.truncate(end);
    Some(rest)
}

/// A stream that tells its [`Meter`] every byte that passes.
pub(crate) struct Tap<S> {
    inner: S,
    meter: Meter,
}

impl<S> Tap<S> {
    pub(crate) fn new(inner: S, meter: Meter) -> Self {
        Self { inner, meter }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Tap<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        let result = Pin::new(&mut this.inner).poll_read(cx, buffer);
        if let Poll::Ready(Ok(())) = result {
            this.meter.read(buffer.filled().get(before..).unwrap_or_default());
        }
        result
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Tap<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let result = Pin::new(&mut this.inner).poll_write(cx, bytes);
        if let Poll::Ready(Ok(count)) = result {
            this.meter.written(bytes.get(..count).unwrap_or_default());
        }
        result
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(cx)
    }
    // No vectored writes: each byte passes `poll_write` and is counted once.
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_cut_anywhere_is_put_together_and_the_body_counted() {
        let message = b"POST /x HTTP/1.1\r\nhost: h\r\n\r\nbody";
        for cut in 0..message.len() {
            let meter = Meter::default();
            meter.written(&message[..cut]);
            meter.written(&message[cut..]);
            assert_eq!(meter.lock().request_body, 4, "cut at {cut}");
            assert!(meter.request_complete(4));
            assert!(!meter.request_complete(5));
            assert!(meter.lock().request_head.ends_with(b"\r\n\r\n"));
        }
    }

    #[test]
    fn a_new_exchange_starts_from_nothing() {
        let meter = Meter::default();
        meter.written(b"POST / HTTP/1.1\r\n\r\nabc");
        meter.read(b"HTTP/1.1 200 OK\r\n\r\nabc");
        assert_eq!(&meter.response_head()[..], b"HTTP/1.1 200 OK\r\n\r\n");
        meter.begin();
        assert!(!meter.request_complete(0));
        assert!(meter.response_head().is_empty());
    }

    #[test]
    fn an_endless_head_is_not_kept() {
        let meter = Meter::default();
        for _ in 0..100 {
            meter.read(&[b'a'; 4096]);
        }
        assert!(meter.response_head().len() <= HEAD_LIMIT + 4096);
    }
}
