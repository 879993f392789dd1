//! Cuts a connection on which nothing passes, as the DMP does (REC_0.X-1035).

use std::future::Future as _;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

/// Whether a request of the connection is being served: the peer then waits, it does not rest.
#[derive(Debug, Clone, Default)]
pub(crate) struct Activity(Arc<AtomicBool>);

impl Activity {
    /// The connection is busy until the guard is dropped.
    pub(crate) fn serving(&self) -> Serving {
        self.0.store(true, Ordering::Relaxed);
        Serving(self.clone())
    }

    fn is_serving(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// One request being served; a connection serves one at a time.
pub(crate) struct Serving(Activity);

impl Drop for Serving {
    fn drop(&mut self) {
        self.0.0.store(false, Ordering::Relaxed);
    }
}

/// A stream that fails with `TimedOut` when it waited too long for the peer.
pub(crate) struct IdleCut<S> {
    stream: S,
    activity: Activity,
    limit: Duration,
    deadline: Pin<Box<Sleep>>,
}

impl<S> IdleCut<S> {
    pub(crate) fn new(stream: S, activity: Activity, limit: Duration) -> Self {
        IdleCut { stream, activity, limit, deadline: Box::pin(sleep(limit)) }
    }

    /// Something passed: the wait starts again. Nothing did: the wait goes on.
    fn judge<T>(&mut self, polled: Poll<io::Result<T>>, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        if polled.is_ready() {
            self.restart();
            return polled;
        }
        while self.deadline.as_mut().poll(context).is_ready() {
            if !self.activity.is_serving() {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            self.restart();
        }
        Poll::Pending
    }

    fn restart(&mut self) {
        self.deadline.as_mut().reset(Instant::now() + self.limit);
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for IdleCut<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        self.judge(polled, context)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for IdleCut<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.judge(polled, context)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        // A flush may be ready without anything having passed: it proves nothing about the peer.
        match Pin::new(&mut self.stream).poll_flush(context) {
            Poll::Pending => self.judge(Poll::Pending, context),
            ready => ready,
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
