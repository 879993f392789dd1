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

/// A TLS connection to the DMP.
pub(crate) type ClientStream = TlsStream<TcpStream>;

/// Opens a connection within `limit`; `blocks` when the handshake signs with a card: it then runs off the async threads.
pub(crate) async fn connect(
    authority: &Authority,
    tls: &Arc<ClientConfig>,
    limit: Duration,
    blocks: bool,
) -> Result<Connection, TransportError> {
    let stream = open_stream(authority, tls, limit, blocks).await?;
    let meter = Meter::default();
    let (sender, connection) = http1::Builder::new()
        .title_case_headers(true)
        .handshake(TokioIo::new(Tap::new(stream, meter.clone())))
        .await
        .map_err(|source| TransportError::broken(false, source))?;
    // Ends with the connection.
    let task = tokio::spawn(connection);
    Ok(Connection { authority: authority.clone(), sender, meter, task })
}

/// TCP and TLS, as [`connect`].
pub(crate) async fn open_stream(
    authority: &Authority,
    tls: &Arc<ClientConfig>,
    limit: Duration,
    blocks: bool,
) -> Result<ClientStream, TransportError> {
    let opened = async {
        if !blocks {
            return handshake(authority, tls).await;
        }
        let (authority, tls, runtime) = (authority.clone(), Arc::clone(tls), Handle::current());
        let host = authority.host.clone();
        let opening = tokio::task::spawn_blocking(move || runtime.block_on(handshake(&authority, &tls)));
        let lost = |error| TransportError::Unreachable { host, source: io::Error::other(error) };
        opening.await.map_err(lost)?
    };
    tokio::time::timeout(limit, opened)
        .await
        .map_err(|_| TransportError::ConnectTimeout { host: authority.host.clone(), limit })?
}

async fn handshake(authority: &Authority, tls: &Arc<ClientConfig>) -> Result<ClientStream, TransportError> {
    let unreachable = |source: io::Error| TransportError::Unreachable { host: authority.host.clone(), source };
    let name = ServerName::try_from(authority.host.clone()).map_err(|_| TransportError::BadAddress)?;
    let tcp = TcpStream::connect((authority.host.as_str(), authority.port)).await.map_err(unreachable)?;
    tcp.set_nodelay(true).map_err(unreachable)?;
    TlsConnector::from(Arc::clone(tls))
        .connect(name, tcp)
        .await
        .map_err(|source| TransportError::from_handshake(&authority.host, source))
}
