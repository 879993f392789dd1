//! Accepts TCP, finishes the TLS handshake aside, and hands connections to axum with the peer's certificate.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use rustls_pki_types::CertificateDer;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::idle::{Activity, IdleCut};
use super::sever::{Sever, Severable};
use super::tls::TlsSetting;
use crate::dmp::Dmp;
use crate::faults::Effect;

/// A peer that does not finish its handshake in this time is dropped.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// Connections whose handshake is finished and that axum has not taken yet.
const BACKLOG: usize = 64;

/// Who is at the other end of a connection.
#[derive(Debug, Clone)]
pub(crate) struct Peer {
    pub(crate) address: SocketAddr,
    /// Leaf first, as presented; never empty on a connection of the service port.
    pub(crate) certificates: Arc<[CertificateDer<'static>]>,
    /// Whether one of its requests is being served.
    pub(crate) activity: Activity,
    /// Kills the connection.
    pub(crate) sever: Sever,
    /// In Pro Santé Connect mode, whose token the request bears.
    pub(crate) token_subject: Option<Arc<str>>,
}

/// A connection whose handshake is finished.
type Connection = IdleCut<Severable<TlsStream<TcpStream>>>;

/// The service port.
pub(crate) struct TlsListener {
    accepted: mpsc::Receiver<(Connection, Peer)>,
    local: Peer,
    accepting: JoinHandle<()>,
}

impl TlsListener {
    /// Starts to accept on `tcp`; a connection on which nothing passes for `idle` is cut.
    pub(crate) fn new(tcp: TcpListener, tls: Arc<TlsSetting>, idle: Duration, dmp: Arc<Dmp>) -> io::Result<Self> {
        let local = Peer {
            address: tcp.local_addr()?,
            certificates: Arc::new([]),
            activity: Activity::default(),
            sever: Sever::default(),
            token_subject: None,
        };
        let (sender, accepted) = mpsc::channel(BACKLOG);
        let accepting = tokio::spawn(accept_forever(tcp, tls, idle, dmp, sender));
        Ok(TlsListener { accepted, local, accepting })
    }
}

impl Drop for TlsListener {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Listener for TlsListener {
    type Io = Connection;
    type Addr = Peer;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.accepted.recv().await {
            Some(connection) => connection,
            // The accepting task only ends with this listener.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        Ok(self.local.clone())
    }
}

impl Connected<IncomingStream<'_, TlsListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, TlsListener>) -> Self {
        stream.remote_addr().clone()
    }
}

async fn accept_forever(
    tcp: TcpListener,
    tls: Arc<TlsSetting>,
    idle: Duration,
    dmp: Arc<Dmp>,
    accepted: mpsc::Sender<(Connection, Peer)>,
) {
    loop {
        match tcp.accept().await {
            Ok((stream, address)) => {
                if let Some(Effect::Handshake { alert }) = dmp.faults.hit_handshake() {
                    tokio::spawn(refuse_handshake(stream, alert));
                    continue;
                }
                let acceptor = TlsAcceptor::from(tls.current());
                tokio::spawn(handshake(stream, address, acceptor, idle, accepted.clone()));
            }
            Err(error) => {
                // Usually out of file descriptors: wait for some to come back.
                tracing::warn!(%error, "accept failed");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

async fn handshake(
    stream: TcpStream,
    address: SocketAddr,
    acceptor: TlsAcceptor,
    idle: Duration,
    accepted: mpsc::Sender<(Connection, Peer)>,
) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, %address, "TCP_NODELAY not set");
    }
    match tokio::time::timeout(HANDSHAKE_TIMEOUT, acceptor.accept(stream)).await {
        Ok(Ok(stream)) => {
            let certificates = stream.get_ref().1.peer_certificates().unwrap_or_default();
            let certificates = certificates.iter().map(|certificate| certificate.clone().into_owned()).collect();
            let activity = Activity::default();
            let sever = Sever::default();
            let stream = IdleCut::new(Severable::new(stream, sever.clone()), activity.clone(), idle);
            let peer = Peer { address, certificates, activity, sever, token_subject: None };
            // The listener is gone: the mock is stopping.
            let _ = accepted.send((stream, peer)).await;
        }
        Ok(Err(error)) => tracing::info!(%error, %address, rule = "V01", "handshake refused"),
        Err(_) => tracing::info!(%address, "handshake not finished in time"),
    }
}

/// A fault: reads the greeting of the client, then sends an alert, or nothing, and closes.
async fn refuse_handshake(mut stream: TcpStream, alert: Option<u8>) {
    let mut greeting = [0; 4096];
    if !matches!(stream.read(&mut greeting).await, Ok(1..)) {
        return;
    }
    if let Some(alert) = alert {
        // A record of type alert, TLS 1.2, 2 bytes: fatal, and its number. The peer may be gone.
        let _ = stream.write_all(&[21, 3, 3, 0, 2, 2, alert]).await;
        let _ = stream.shutdown().await;
    }
}
