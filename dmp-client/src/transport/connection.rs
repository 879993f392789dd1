//! One connection: TCP without delay, TLS, HTTP/1.1.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use rustls::client::ClientConfig;
use rustls_pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use url::{Host, Url};

use super::body::RequestBody;
use super::failure::TransportError;
use super::last_words::LastWords;
use super::revocation::RevocationCheck;
use super::tap::{Meter, Tap};

/// Where a connection leads.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Authority {
    host: String,
    port: u16,
}

impl Authority {
    pub(crate) fn of(url: &Url) -> Result<Self, TransportError> {
        let host = match url.host() {
            Some(Host::Domain(name)) => name.to_owned(),
            Some(Host::Ipv4(address)) => address.to_string(),
            Some(Host::Ipv6(address)) => address.to_string(),
            None => return Err(TransportError::BadAddress),
        };
        let port = url.port_or_known_default().unwrap_or(443);
        Ok(Self { host, port })
    }

    pub(crate) fn host(&self) -> &str {
        &self.host
    }
}

/// An open connection, ready for one request at a time.
pub(crate) struct Connection {
    pub(crate) authority: Authority,
    pub(crate) sender: SendRequest<RequestBody>,
    pub(crate) meter: Meter,
    task: JoinHandle<Result<(), hyper::Error>>,
}

/// A connection that failed is done in no time; this bounds one that is not.
const LAST_WORDS: Duration = Duration::from_secs(1);

impl Connection {
    /// Why a request failed: in TLS 1.3 a refused client certificate is an alert that comes after the handshake, and
    /// only the task that reads the connection has seen it.
    pub(crate) async fn post_mortem(self, request_complete: bool, source: hyper::Error) -> TransportError {
        drop(self.sender);
        if let Ok(Ok(Err(last_words))) = tokio::time::timeout(LAST_WORDS, self.task).await {
            let error = TransportError::broken(request_complete, last_words);
            if matches!(error, TransportError::RefusedByServer { .. }) {
                return error;
            }
        }
        TransportError::broken(request_complete, source)
    }
}

/// How the connections of one identity are opened.
pub(crate) struct Opening<'a> {
    pub(crate) authority: &'a Authority,
    pub(crate) tls: &'a Arc<ClientConfig>,
    pub(crate) revocation: &'a RevocationCheck,
    pub(crate) limit: Duration,
    /// The handshake signs with a card: it runs off the async threads.
    pub(crate) blocks: bool,
}

impl Opening<'_> {
    /// Opens a connection.
    pub(crate) async fn connection(&self) -> Result<Connection, TransportError> {
        let stream = self.stream().await?;
        let meter = Meter::default();
        let (sender, connection) = http1::Builder::new()
            .title_case_headers(true)
            .handshake(TokioIo::new(Tap::new(stream, meter.clone())))
            .await
            .map_err(|source| TransportError::broken(false, source))?;
        // Ends with the connection.
        let task = tokio::spawn(connection);
        Ok(Connection { authority: self.authority.clone(), sender, meter, task })
    }

    /// TCP and TLS within the limit, with a server that is not revoked.
    pub(crate) async fn stream(&self) -> Result<ClientStream, TransportError> {
        let Self { authority, limit, .. } = *self;
        let opened = async {
            let stream = self.handshake().await?;
            let name = server_name(authority)?;
            let shown = stream.get_ref().1.peer_certificates().unwrap_or_default();
            let checked = self.revocation.check(&name, shown).await;
            checked.map_err(|source| TransportError::server_refused(&authority.host, source))?;
            Ok(stream)
        };
        tokio::time::timeout(limit, opened)
            .await
            .map_err(|_| TransportError::ConnectTimeout { host: authority.host.clone(), limit })?
    }

    async fn handshake(&self) -> Result<ClientStream, TransportError> {
        if !self.blocks {
            return tls_handshake(self.authority, self.tls, tcp(self.authority).await?).await;
        }
        let (authority, tls, runtime) = (self.authority.clone(), Arc::clone(self.tls), Handle::current());
        let host = authority.host.clone();
        let opening = tokio::task::spawn_blocking(move || {
            runtime.block_on(async { tls_handshake(&authority, &tls, tcp(&authority).await?).await })
        });
        let lost = |error| TransportError::Unreachable { host, source: io::Error::other(error) };
        opening.await.map_err(lost)?
    }
}

/// A TLS connection to the DMP.
pub(crate) type ClientStream = TlsStream<LastWords<TcpStream>>;

/// TCP without delay.
pub(super) async fn tcp(authority: &Authority) -> Result<TcpStream, TransportError> {
    let unreachable = |source: io::Error| TransportError::Unreachable { host: authority.host.clone(), source };
    let tcp = TcpStream::connect((authority.host.as_str(), authority.port)).await.map_err(unreachable)?;
    tcp.set_nodelay(true).map_err(unreachable)?;
    Ok(tcp)
}

pub(super) async fn tls_handshake(
    authority: &Authority,
    tls: &Arc<ClientConfig>,
    tcp: TcpStream,
) -> Result<ClientStream, TransportError> {
    let (tcp, progress) = LastWords::watch(tcp);
    let stream = TlsConnector::from(Arc::clone(tls))
        .connect(server_name(authority)?, tcp)
        .await
        .map_err(|source| TransportError::from_handshake(&authority.host, source, progress.is_answered()))?;
    progress.finish();
    Ok(stream)
}

fn server_name(authority: &Authority) -> Result<ServerName<'static>, TransportError> {
    ServerName::try_from(authority.host.clone()).map_err(|_| TransportError::BadAddress)
}
