//! Where audit messages go: a file, a relay on this machine, a repository over TLS.

use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use rustls_pki_types::{InvalidDnsNameError, ServerName};
use tokio::fs::OpenOptions;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncSeekExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::syslog::octet_counted;

/// Takes audit messages, each an RFC 5424 message.
pub trait AuditSink: Send + Sync {
    /// Hands over a batch: all of it has arrived, or the whole batch is handed over again later.
    fn deliver(&self, batch: &[String]) -> impl Future<Output = Result<(), SinkError>> + Send;
}

/// Why a batch is handed over again.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SinkError {
    /// File or network.
    #[error("the audit messages were not taken ({doing}): {source}; they wait in the spool")]
    Io {
        /// What was being done.
        doing: &'static str,
        /// What the system says.
        source: io::Error,
    },
    /// The receiver did not answer in time.
    #[error("the audit repository did not confirm within {0:?}: the messages wait in the spool")]
    Timeout(Duration),
}

fn failed(doing: &'static str) -> impl FnOnce(io::Error) -> SinkError {
    move |source| SinkError::Io { doing, source }
}

/// A file to which messages are added, one a line. It holds the INS of patients: made readable by its owner only, it
/// belongs on an encrypted volume (EXI 12).
#[derive(Debug, Clone)]
pub struct FileSink {
    path: PathBuf,
}

impl FileSink {
    /// A file, made when the first message comes. Rotate it by renaming.
    pub fn new(path: impl AsRef<Path>) -> Self {
        Self { path: path.as_ref().to_owned() }
    }
}

impl AuditSink for FileSink {
    async fn deliver(&self, batch: &[String]) -> Result<(), SinkError> {
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        #[cfg(unix)]
        options.mode(0o600);
        let mut file = options.open(&self.path).await.map_err(failed("opening the file"))?;
        let mut text = String::new();
        if ends_in_a_torn_line(&mut file).await.map_err(failed("reading the end of the file"))? {
            text.push('\n');
        }
        for message in batch {
            text.push_str(message);
            text.push('\n');
        }
        file.write_all(text.as_bytes()).await.map_err(failed("writing the file"))?;
        // Only what is on the disk leaves the spool.
        file.sync_data().await.map_err(failed("writing the file to the disk"))
    }
}

/// A writer that was killed left half a line: the next message begins on a line of its own.
async fn ends_in_a_torn_line(file: &mut tokio::fs::File) -> io::Result<bool> {
    if file.metadata().await?.len() == 0 {
        return Ok(false);
    }
    file.seek(io::SeekFrom::End(-1)).await?;
    Ok(file.read_u8().await? != b'\n')
}

/// A syslog relay on this machine, which forwards to the repository: RFC 6587, octet counting, no TLS.
///
/// There is no way to send to another machine in clear: [`TlsSink`] does that.
#[derive(Debug, Clone)]
pub struct RelaySink {
    relay: SocketAddr,
    limit: Duration,
}

impl RelaySink {
    /// The relay that listens on that port of 127.0.0.1.
    #[must_use]
    pub fn on_port(port: u16) -> Self {
        Self { relay: SocketAddr::from((Ipv4Addr::LOCALHOST, port)), limit: LIMIT }
    }

    /// Longest time for one batch. Default 30 s (project default).
    #[must_use]
    pub fn with_limit(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }
}

impl AuditSink for RelaySink {
    async fn deliver(&self, batch: &[String]) -> Result<(), SinkError> {
        within(self.limit, async {
            let stream = TcpStream::connect(self.relay).await.map_err(failed("connecting to the relay"))?;
            hand_over(stream, batch).await.map_err(failed("sending to the relay"))
        })
        .await
    }
}

/// An audit record repository over TLS (RFC 5425; ITI-20).
///
/// Syslog has no acknowledgement. The end of the connection is one: a receiver answers close_notify with its own
/// (RFC 5425 §4.4) once it has read all that came before. Each batch has a connection, and leaves the spool when the
/// repository has answered so.
#[derive(Clone)]
pub struct TlsSink {
    host: String,
    port: u16,
    name: ServerName<'static>,
    tls: Arc<ClientConfig>,
    limit: Duration,
}

impl std::fmt::Debug for TlsSink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TlsSink").field("host", &self.host).field("port", &self.port).finish_non_exhaustive()
    }
}

impl TlsSink {
    /// Port of syslog over TLS (RFC 5425 §4.1).
    pub const PORT: u16 = 6514;

    /// A repository. `tls` says whom to trust and, as ATNA asks, which certificate this node shows.
    ///
    /// # Errors
    /// `host` is no name that a certificate could bear.
    pub fn new(host: impl Into<String>, port: u16, tls: Arc<ClientConfig>) -> Result<Self, InvalidDnsNameError> {
        let host = host.into();
        let name = ServerName::try_from(host.clone())?;
        Ok(Self { host, port, name, tls, limit: LIMIT })
    }

    /// Longest time for one batch. Default 30 s (project default).
    #[must_use]
    pub fn with_limit(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }
}

impl AuditSink for TlsSink {
    async fn deliver(&self, batch: &[String]) -> Result<(), SinkError> {
        within(self.limit, async {
            let address = (self.host.as_str(), self.port);
            let stream = TcpStream::connect(address).await.map_err(failed("connecting to the repository"))?;
            let connector = TlsConnector::from(Arc::clone(&self.tls));
            let stream = connector.connect(self.name.clone(), stream).await.map_err(failed("opening TLS"))?;
            hand_over(stream, batch).await.map_err(failed("sending to the repository"))
        })
        .await
    }
}

const LIMIT: Duration = Duration::from_secs(30);

async fn within(limit: Duration, work: impl Future<Output = Result<(), SinkError>>) -> Result<(), SinkError> {
    tokio::time::timeout(limit, work).await.unwrap_or(Err(SinkError::Timeout(limit)))
}

/// Writes the frames, says that no more come, and waits until the receiver has closed in answer: a connection that dies
/// before that ends in an error.
async fn hand_over<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, batch: &[String]) -> io::Result<()> {
    for message in batch {
        stream.write_all(&octet_counted(message)).await?;
    }
    stream.flush().await?;
    stream.shutdown().await?;
    // A receiver has nothing to say; what it says is left aside.
    let mut ignored = [0; 256];
    while stream.read(&mut ignored).await? > 0 {}
    Ok(())
}
