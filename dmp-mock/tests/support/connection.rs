//! One TLS connection and the HTTP exchanges on it.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use dmp_mock::MockDmp;
use dmp_mock::pki::Identity;
use dmp_protocol::mtom;
use dmp_protocol::soap::{Envelope, Fault};
use dmp_protocol::xml::Limits;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// What came back.
pub struct HttpAnswer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// A TLS configuration that trusts the mock and presents `identity`.
pub fn tls_client(
    mock: &MockDmp,
    identity: Option<&Identity>,
    versions: &[&'static SupportedProtocolVersion],
) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add(mock.pki().root.certificate_der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .unwrap()
        .with_root_certificates(roots);
    match identity {
        Some(identity) => builder.with_client_auth_cert(identity.tls_chain(), identity.key_der().unwrap()).unwrap(),
        None => builder.with_no_client_auth(),
    }
}

/// A connection that can send requests one after another.
pub struct Connection {
    sender: SendRequest<Full<Bytes>>,
    host: SocketAddr,
}

impl Connection {
    /// Opens a connection and finishes the handshake; TLS 1.3 only shows a refusal at the first exchange.
    pub async fn open(address: SocketAddr, config: ClientConfig) -> Result<Self, Box<dyn std::error::Error>> {
        let tcp = TcpStream::connect(address).await?;
        tcp.set_nodelay(true)?;
        let name = ServerName::IpAddress(address.ip().into());
        let tls = TlsConnector::from(Arc::new(config)).connect(name, tcp).await?;
        let (sender, connection) = handshake(TokioIo::new(tls)).await?;
        tokio::spawn(async move {
            let _ = connection.await;
        });
        Ok(Connection { sender, host: address })
    }

    pub async fn to(mock: &MockDmp, identity: &Identity) -> Self {
        Self::open(mock.address(), tls_client(mock, Some(identity), rustls::ALL_VERSIONS)).await.unwrap()
    }

    /// Until the other end closes.
    pub async fn closed(&mut self) {
        while self.sender.ready().await.is_ok() {
            tokio::task::yield_now().await;
        }
    }

    pub async fn request(
        &mut self,
        method: &str,
        path: &str,
        content_type: &str,
        body: impl Into<Bytes>,
    ) -> Result<HttpAnswer, hyper::Error> {
        let mut request = Request::builder().method(method).uri(path).header("host", self.host.to_string());
        if !content_type.is_empty() {
            request = request.header("content-type", content_type);
        }
        let response = self.sender.send_request(request.body(Full::new(body.into())).unwrap()).await?;
        let (head, body) = response.into_parts();
        let body = body.collect().await?.to_bytes();
        Ok(HttpAnswer { status: head.status, headers: head.headers, body })
    }

    pub async fn post(&mut self, service: &str, content_type: &str, body: impl Into<Bytes>) -> HttpAnswer {
        let path = format!("/si-dmp-server/v2/services/{service}");
        self.request("POST", &path, content_type, body).await.unwrap()
    }
}

impl HttpAnswer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Rule that refused, as the mock says it.
    pub fn rule(&self) -> Option<&str> {
        self.header("x-dmp-mock-rule")
    }

    /// The parts of a multipart answer: content id, bytes. The root first.
    pub fn parts(&self) -> Vec<(Option<String>, Vec<u8>)> {
        let content_type = self.header("content-type").unwrap();
        let mut parser = mtom::Parser::new(content_type, mtom::Limits::default()).unwrap();
        let mut events = parser.push(self.body.clone()).unwrap();
        events.extend(parser.finish().unwrap());
        let mut parts: Vec<(Option<String>, Vec<u8>)> = Vec::new();
        for event in events {
            match event {
                mtom::Event::PartStart(part) => parts.push((part.content_id, Vec::new())),
                mtom::Event::Data(bytes) => parts.last_mut().unwrap().1.extend_from_slice(&bytes),
                mtom::Event::PartEnd { .. } => {}
            }
        }
        parts
    }

    pub fn is_multipart(&self) -> bool {
        mtom::is_multipart(self.header("content-type").unwrap_or_default())
    }

    pub fn envelope(&self) -> Envelope {
        let root = if self.is_multipart() { self.parts().swap_remove(0).1 } else { self.body.to_vec() };
        Envelope::parse(&root, &Limits::default()).unwrap_or_else(|error| {
            panic!("{error}: {}", String::from_utf8_lossy(&root));
        })
    }

    pub fn fault(&self) -> Option<Fault> {
        self.envelope().fault().unwrap()
    }

    /// Code of the fault: the subcode, else the code.
    pub fn fault_code(&self) -> Option<String> {
        let fault = self.fault()?;
        Some(fault.subcodes.last().map_or(fault.code.as_str().to_owned(), |subcode| subcode.local.clone()))
    }
}
