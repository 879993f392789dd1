//! What can go wrong below SOAP.

use std::error::Error;
use std::io;
use std::time::Duration;

use dmp_protocol::error::TlsRefusal;

use super::redirect::RedirectError;
use super::tls_refusal::classify;

/// A call that failed under SOAP. It is the source of the `DmpError` that the caller sees.
///
/// Its text names hosts and limits, never what was said.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// The URL has no usable host.
    #[error("the address of the service has no usable host name")]
    BadAddress,
    /// No TCP connection: name not found, refused, no route.
    #[error("{host} cannot be reached: {source}")]
    Unreachable {
        /// The host called.
        host: String,
        /// What the system said.
        source: io::Error,
    },
    /// TCP and TLS did not finish in time.
    #[error("{host} did not accept a connection within {limit:?}")]
    ConnectTimeout {
        /// The host called.
        host: String,
        /// The configured limit.
        limit: Duration,
    },
    /// The server is not who it must be, or no common version or suite: nothing was sent.
    #[error("the TLS connection to {host} is refused: {source}")]
    ServerRefused {
        /// The host called.
        host: String,
        /// Why.
        refusal: TlsRefusal,
        /// What rustls found.
        source: rustls::Error,
    },
    /// The server refused our certificate or our TLS offer by an alert.
    #[error("the server refused the TLS connection: {source}")]
    RefusedByServer {
        /// Why.
        refusal: TlsRefusal,
        /// The alert.
        source: rustls::Error,
    },
    /// The total time limit passed.
    #[error("no complete answer within {limit:?}")]
    Timeout {
        /// The configured limit.
        limit: Duration,
        /// Whether the DMP may have received the whole request.
        request_complete: bool,
    },
    /// The connection died, or what came is not HTTP.
    #[error("the connection broke: {source}")]
    Broken {
        /// Whether the DMP may have received the whole request.
        request_complete: bool,
        /// What hyper said.
        source: hyper::Error,
    },
    /// A document could not be read while it was being sent.
    #[error("the document to send cannot be read: {0}")]
    Document(io::Error),
    /// A document received could not be written to its destination.
    #[error("the document received cannot be written: {0}")]
    Destination(io::Error),
    /// The answer passes what we read into memory.
    #[error("the answer is larger than {limit} bytes")]
    ResponseTooLarge {
        /// The limit.
        limit: u64,
    },
    /// A redirection that is not followed.
    #[error("redirection not followed: {0}")]
    Redirect(#[from] RedirectError),
}

impl TransportError {
    pub(crate) fn broken(request_complete: bool, source: hyper::Error) -> Self {
        match tls_cause(&source) {
            // Every connection on which HTTP is spoken has had its handshake.
            Some(alert @ rustls::Error::AlertReceived(_)) => Self::refused_by_server(alert, true),
            _ => Self::Broken { request_complete, source },
        }
    }

    /// `answered`: whether the server had begun its side of the handshake.
    pub(crate) fn from_handshake(host: &str, source: io::Error, answered: bool) -> Self {
        match tls_cause(&source) {
            Some(alert @ rustls::Error::AlertReceived(_)) => Self::refused_by_server(alert, answered),
            Some(error) => Self::server_refused(host, error),
            None => Self::Unreachable { host: host.to_owned(), source },
        }
    }

    /// Refused here, with a line of log: `0.1-050` asks for the cause.
    pub(crate) fn server_refused(host: &str, source: rustls::Error) -> Self {
        let refusal = classify(&source, true);
        tracing::warn!(host, %refusal, cause = %source, "TLS connection refused: nothing was sent");
        Self::ServerRefused { host: host.to_owned(), refusal, source }
    }

    fn refused_by_server(source: rustls::Error, answered: bool) -> Self {
        let refusal = classify(&source, answered);
        tracing::warn!(%refusal, cause = %source, "the server refused the TLS connection");
        Self::RefusedByServer { refusal, source }
    }
}

/// The rustls error somewhere below `error`.
fn tls_cause(error: &(dyn Error + 'static)) -> Option<rustls::Error> {
    let mut current = Some(error);
    while let Some(error) = current {
        if let Some(tls) = error.downcast_ref::<rustls::Error>() {
            return Some(tls.clone());
        }
        // An io::Error hides the error it carries from `source()`.
        current = match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}
