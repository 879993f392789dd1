//! A TLS server that says exactly what a test wants, for what a DMP should never do.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use dmp_mock::MockDmp;
use dmp_mock::pki::Identity;
use rustls::crypto::aws_lc_rs;
use rustls::{ConfigBuilder, ServerConfig, WantsVerifier};
use rustls_pki_types::CertificateDer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// What to do with one request; `None` closes the connection.
pub(crate) type Script = dyn Fn(usize) -> Option<String> + Send + Sync;

pub(crate) struct ScriptedServer {
    pub(crate) port: u16,
    connections: Arc<AtomicUsize>,
    requests: Arc<AtomicUsize>,
}

impl ScriptedServer {
    /// Answers request number n (from 0, over all connections) with `script(n)`.
    pub(crate) async fn start(
        identity: &Identity,
        script: impl Fn(usize) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        Self::with(server_config(identity.tls_chain(), identity), script).await
    }

    /// The same with TLS of the test's own.
    pub(crate) async fn with(
        config: ServerConfig,
        script: impl Fn(usize) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = tcp.local_addr().unwrap().port();
        let (connections, requests) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let script: Arc<Script> = Arc::new(script);
        let counters = (Arc::clone(&connections), Arc::clone(&requests));
        tokio::spawn(async move {
            while let Ok((stream, _)) = tcp.accept().await {
                counters.0.fetch_add(1, Ordering::SeqCst);
                let (acceptor, script, requests) = (acceptor.clone(), Arc::clone(&script), Arc::clone(&counters.1));
                tokio::spawn(async move {
                    if let Ok(tls) = acceptor.accept(stream).await {
                        serve(tls, &script, &requests).await;
                    }
                });
            }
        });
        Self { port, connections, requests }
    }

    pub(crate) fn url(&self) -> String {
        format!("https://127.0.0.1:{}/si-dmp-server/v2/services", self.port)
    }

    /// The same under a name, which goes into SNI.
    pub(crate) fn named_url(&self) -> String {
        format!("https://localhost:{}/si-dmp-server/v2/services", self.port)
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

/// TLS 1.2 and 1.3, no client certificate asked for.
pub(crate) fn server_config(chain: Vec<CertificateDer<'static>>, identity: &Identity) -> ServerConfig {
    server_builder().with_no_client_auth().with_single_cert(chain, identity.key_der().unwrap()).unwrap()
}

pub(crate) fn server_builder() -> ConfigBuilder<ServerConfig, WantsVerifier> {
    ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
}

async fn serve(mut tls: TlsStream<TcpStream>, script: &Arc<Script>, requests: &AtomicUsize) {
    while read_request(&mut tls).await {
        match script(requests.fetch_add(1, Ordering::SeqCst)) {
            None => return,
            Some(answer) => {
                let _ = tls.write_all(answer.as_bytes()).await;
                let _ = tls.flush().await;
            }
        }
    }
}

/// Reads one request with a Content-Length; false at the end of the connection.
async fn read_request(tls: &mut TlsStream<TcpStream>) -> bool {
    let mut bytes = Vec::new();
    let mut chunk = vec![0; 16 * 1024];
    loop {
        if let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
            let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
            let length: usize = length.and_then(|length| length.trim().parse().ok()).unwrap_or(0);
            if bytes.len() >= end + 4 + length {
                return true;
            }
        }
        match tls.read(&mut chunk).await {
            Ok(0) | Err(_) => return false,
            Ok(count) => bytes.extend_from_slice(&chunk[..count]),
        }
    }
}

/// A whole HTTP answer.
pub(crate) fn http(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\n\r\n{body}", body.len())
}

/// A TD0.2 answer that says "no DMP", without RelatesTo.
pub(crate) fn no_dmp() -> String {
    let golden = include_str!("../../../testdata/golden/td0.2.response-absent.soap.xml");
    let body = without_relates_to(golden);
    http("200 OK", "Content-Type: application/soap+xml;charset=UTF-8\r\n", &body)
}

fn without_relates_to(envelope: &str) -> String {
    match (envelope.find("<RelatesTo"), envelope.find("</RelatesTo>")) {
        (Some(start), Some(end)) => format!("{}{}", &envelope[..start], &envelope[end + "</RelatesTo>".len()..]),
        _ => envelope.to_owned(),
    }
}

/// The port of nobody: bound, then let go.
pub(crate) async fn closed_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port()
}

pub(crate) fn server_identity(mock: &MockDmp) -> &Identity {
    &mock.pki().server
}
