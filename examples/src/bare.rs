//! A request that the SDK's types cannot express, sent over a bare connection.
//!
//! `dmp-client` has no feeding in AIR, no signature with the authentication key, no assertion sent twice. To see the
//! DMP refuse them, one has to build them from `dmp-protocol` by hand.

use std::sync::Arc;

use bytes::Bytes;
use dmp_mock::MockDmp;
use dmp_mock::pki::Identity;
use dmp_protocol::certificate::Certificate;
use dmp_protocol::signature::RsaSigner;
use dmp_protocol::soap::{self, Fault, MessageId, RequestHeaders};
use dmp_protocol::transaction::Transaction;
use dmp_protocol::xml::{Limits, Writer};
use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::TokioIo;
use rustls_pki_types::ServerName;

/// Any failure of these programs, told to a person.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// What came back: the body's root element name, and the fault if it is one.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Local name of the element in the SOAP body.
    pub body: String,
    /// The fault, when the DMP refused before looking at the content.
    pub fault: Option<Fault>,
    /// Rule of the mock that refused, from its `X-Dmp-Mock-Rule` header.
    pub rule: Option<String>,
}

/// A signer from an identity of the mock's PKI, whatever its certificate is meant for.
///
/// # Errors
/// A key or certificate that cannot be read.
pub fn signer(identity: &Identity) -> Result<RsaSigner, Failure> {
    let certificate = Certificate::from_der(identity.certificate_der())?;
    let authorities = identity.authorities_der().iter().map(|der| Certificate::from_der(der));
    let chain = authorities.collect::<Result<Vec<_>, _>>()?;
    Ok(RsaSigner::from_pkcs8(identity.key_der()?.secret_der(), certificate, chain)?)
}

/// Sends one SOAP request without attachment with the assertion given, over a new TLS connection.
///
/// # Errors
/// A connection that fails, or an answer that is no SOAP.
pub async fn send(
    mock: &MockDmp,
    transaction: Transaction,
    assertion: &str,
    body: impl FnOnce(&mut Writer),
) -> Result<Answer, Failure> {
    let url = transaction.service().url(&mock.url());
    let headers = RequestHeaders { message_id: &MessageId::random(), to: &url, action: transaction.request_action() };
    let envelope = soap::write_request(&headers, assertion, body)?;
    let content_type = soap::request_content_type(transaction.request_action());
    let response = post(mock, &url, &content_type, Bytes::from(envelope)).await?;

    let (head, body) = response.into_parts();
    let envelope = soap::Envelope::parse(&body, &Limits::default())?;
    let rule = head.headers.get("x-dmp-mock-rule").and_then(|value| value.to_str().ok()).map(str::to_owned);
    Ok(Answer {
        status: head.status.as_u16(),
        body: envelope.body().name.local.clone(),
        fault: envelope.fault()?,
        rule,
    })
}

/// One HTTP POST with the structure's ORG_AUTH_CLI, as the SDK's transport does it, without its guards.
///
/// # Errors
/// A connection or an exchange that fails.
pub async fn post(
    mock: &MockDmp,
    url: &str,
    content_type: &str,
    body: Bytes,
) -> Result<http::Response<Bytes>, Failure> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(mock.pki().root.certificate_der().clone())?;
    let identity = &mock.pki().org_auth_cli;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_client_auth_cert(identity.tls_chain(), identity.key_der()?)?;

    let tcp = tokio::net::TcpStream::connect(mock.address()).await?;
    tcp.set_nodelay(true)?;
    let name = ServerName::try_from("localhost")?;
    let tls = tokio_rustls::TlsConnector::from(Arc::new(config)).connect(name, tcp).await?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(tls)).await?;
    tokio::spawn(connection);

    let uri: http::Uri = url.parse()?;
    let request = http::Request::post(uri.path())
        .header("Host", uri.authority().map_or("localhost", |authority| authority.as_str()))
        .header("Content-Type", content_type)
        .body(Full::new(body))?;
    let response = sender.send_request(request).await?;
    let (head, body) = response.into_parts();
    Ok(http::Response::from_parts(head, body.collect().await?.to_bytes()))
}
