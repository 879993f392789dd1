//! One plain GET of a public file: a revocation list, the parameter file. Carries nothing of a patient.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Request, StatusCode, header};
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::client::ClientConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use url::{Position, Url};

use super::connection::{Authority, tcp, tls_handshake};
use super::failure::TransportError;

/// An answer read to its end.
pub(crate) struct Fetched {
    pub(crate) status: StatusCode,
    pub(crate) location: Option<String>,
    pub(crate) body: Bytes,
}

/// Asks for `url` within `limit`; an answer of more than `most` bytes is refused. HTTPS needs `tls`.
pub(crate) async fn get(
    url: &Url,
    tls: Option<&Arc<ClientConfig>>,
    limit: Duration,
    most: u64,
) -> Result<Fetched, TransportError> {
    let asked = async {
        let authority = Authority::of(url)?;
        let stream = tcp(&authority).await?;
        match (url.scheme(), tls) {
            ("https", Some(tls)) => exchange(tls_handshake(&authority, tls, stream).await?, url, most).await,
            ("http", None) => exchange(stream, url, most).await,
            _ => Err(TransportError::BadAddress),
        }
    };
    let late = |_| TransportError::Timeout { limit, request_complete: true };
    tokio::time::timeout(limit, asked).await.map_err(late)?
}

async fn exchange<S>(stream: S, url: &Url, most: u64) -> Result<Fetched, TransportError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let broken = |source| TransportError::broken(true, source);
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(broken)?;
    // Ends with the sender.
    tokio::spawn(connection);
    let request = Request::get(&url[Position::BeforePath..Position::AfterQuery])
        .header(header::HOST, &url[Position::BeforeHost..Position::AfterPort])
        .header(header::ACCEPT, "*/*")
        .body(Empty::<Bytes>::new())
        .map_err(|_| TransportError::BadAddress)?;
    let answer = sender.send_request(request).await.map_err(broken)?;
    let (status, location) = (answer.status(), location(answer.headers()));
    let mut incoming = answer.into_body();
    let mut body = BytesMut::new();
    while let Some(frame) = incoming.frame().await {
        let Ok(data) = frame.map_err(broken)?.into_data() else { continue };
        if body.len() as u64 + data.len() as u64 > most {
            return Err(TransportError::ResponseTooLarge { limit: most });
        }
        body.extend_from_slice(&data);
    }
    Ok(Fetched { status, location, body: body.freeze() })
}

fn location(headers: &HeaderMap) -> Option<String> {
    headers.get(header::LOCATION)?.to_str().ok().map(str::to_owned)
}
