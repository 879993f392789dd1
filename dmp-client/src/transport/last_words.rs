//! A socket, under TLS, that lets the server have the last word.
//!
//! A server that refuses a connection sends an alert and closes: what we were writing then fails before the alert is
//! read, and the reason would be lost. And the same alert means another thing before the server has begun its handshake.

use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Content type of a TLS record that carries a handshake message (RFC 5246 §6.2.1).
const HANDSHAKE_RECORD: u8 = 22;

/// What is known of a handshake while it goes on.
#[derive(Debug, Default)]
pub(super) struct Progress {
    answered: AtomicBool,
    over: AtomicBool,
}

impl Progress {
    /// Whether the server began its handshake.
    pub(super) fn is_answered(&self) -> bool {
        self.answered.load(Ordering::Relaxed)
    }

    /// The handshake is over.
    pub(super) fn finish(&self) {
        self.over.store(true, Ordering::Relaxed);
    }
}

/// A socket that remembers whether the first record received was of a handshake, and that waits for what the server
/// still has to say once it no longer listens.
pub(crate) struct LastWords<S> {
    inner: S,
    heard: bool,
    progress: Arc<Progress>,
    deaf: bool,
}

impl<S> LastWords<S> {
    /// The socket, and what it will have seen.
    pub(super) fn watch(inner: S) -> (Self, Arc<Progress>) {
        let progress = Arc::new(Progress::default());
        (Self { inner, heard: false, progress: Arc::clone(&progress), deaf: false }, progress)
    }

    /// The server no longer listens. In a handshake nothing is read before all is written: it is written to nobody.
    /// Afterwards writing is never ready again: the reading side is, with the alert, the end or an error of its own.
    fn nobody_listens(&self, length: usize) -> Poll<io::Result<usize>> {
        match self.progress.over.load(Ordering::Relaxed) {
            false => Poll::Ready(Ok(length)),
            true => Poll::Pending,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for LastWords<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        let result = Pin::new(&mut this.inner).poll_read(cx, buffer);
        if !this.heard
            && let Some(first) = buffer.filled().get(before)
        {
            this.heard = true;
            this.progress.answered.store(*first == HANDSHAKE_RECORD, Ordering::Relaxed);
        }
        result
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for LastWords<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.deaf {
            return this.nobody_listens(bytes.len());
        }
        match Pin::new(&mut this.inner).poll_write(cx, bytes) {
            Poll::Ready(Err(error)) if matches!(error.kind(), ErrorKind::BrokenPipe | ErrorKind::ConnectionReset) => {
                this.deaf = true;
                this.nobody_listens(bytes.len())
            }
            result => result,
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[tokio::test]
    async fn what_the_server_said_is_read_although_it_no_longer_listens() {
        for over in [false, true] {
            let (ours, mut theirs) = tokio::io::duplex(64);
            let (mut socket, progress) = LastWords::watch(ours);
            if over {
                progress.finish();
            }
            theirs.write_all(&[21, 3, 3]).await.unwrap();
            drop(theirs);
            let (mut reading, mut writing) = tokio::io::split(&mut socket);
            let mut said = Vec::new();
            let written = async {
                writing.write_all(&[0; 1024]).await.unwrap();
                assert!(!over, "nothing is written once the handshake is over");
                std::future::pending::<()>().await;
            };
            tokio::select! {
                biased;
                () = written => unreachable!("it waits"),
                read = reading.read_to_end(&mut said) => assert_eq!(read.unwrap(), 3),
            }
            assert_eq!((said.as_slice(), progress.is_answered()), (&[21, 3, 3][..], false));
        }
    }

    #[tokio::test]
    async fn a_handshake_record_is_an_answer() {
        let (ours, mut theirs) = tokio::io::duplex(64);
        let (mut socket, progress) = LastWords::watch(ours);
        theirs.write_all(&[HANDSHAKE_RECORD, 21]).await.unwrap();
        socket.read_u8().await.unwrap();
        socket.read_u8().await.unwrap();
        assert!(progress.is_answered());
    }
}
