//! Kills a connection without a farewell, as a network does: no TLS closure, no more byte.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll, Waker};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// When to kill a connection.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sever(Arc<AtomicU8>);

const NEVER: u8 = 0;
const AFTER_ANSWER: u8 = 1;
const NOW: u8 = 2;

impl Sever {
    /// Nothing more is written or read.
    pub(crate) fn now(&self) {
        self.0.store(NOW, Ordering::Release);
    }

    /// Nothing more is read once everything that was written is sent.
    pub(crate) fn after_answer(&self) {
        self.0.store(AFTER_ANSWER, Ordering::Release);
    }

    fn state(&self) -> u8 {
        self.0.load(Ordering::Acquire)
    }
}

/// A stream that fails when its [`Sever`] says so.
pub(crate) struct Severable<S> {
    stream: S,
    sever: Sever,
    /// Whether something was written that is not flushed.
    is_pending: bool,
    /// Who waits for the peer's next request.
    reader: Option<Waker>,
}

impl<S> Severable<S> {
    pub(crate) fn new(stream: S, sever: Sever) -> Self {
        Severable { stream, sever, is_pending: false, reader: None }
    }
}

fn dead<T>() -> Poll<io::Result<T>> {
    Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()))
}

impl<S: AsyncRead + Unpin> AsyncRead for Severable<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.sever.state() {
            NOW => dead(),
            AFTER_ANSWER if !self.is_pending => dead(),
            _ => {
                self.reader = Some(context.waker().clone());
                Pin::new(&mut self.stream).poll_read(context, buffer)
            }
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Severable<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.sever.state() == NOW {
            return dead();
        }
        self.is_pending = true;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.sever.state() == NOW {
            return dead();
        }
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        self.is_pending &= !matches!(flushed, Poll::Ready(Ok(())));
        if self.sever.state() == AFTER_ANSWER
            && !self.is_pending
            && let Some(reader) = self.reader.take()
        {
            reader.wake();
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.sever.state() == NEVER { Pin::new(&mut self.stream).poll_shutdown(context) } else { dead() }
    }
}
