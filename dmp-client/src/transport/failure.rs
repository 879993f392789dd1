//! What can go wrong below SOAP.

use std::error::Error;
use std::io;
use std::time::Duration;

use super::redirect::RedirectError;

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
    #[error("the identity of the server {host} is refused: {source}")]
    ServerRefused {
        /// The host called.
        host: String,
        /// What rustls found.
        source: rustls::Error,
    },
    /// The server refused our certificate or our TLS offer by an alert.
    #[error("the server refused the TLS connection: {source}")]
    RefusedByServer {
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
            Some(alert @ rustls::Error::AlertReceived(_)) => Self::RefusedByServer { source: alert },
            _ => Self::Broken { request_complete, source },
        }
    }

    pub(crate) fn from_handshake(host: &str, source: io::Error) -> Self {
        match tls_cause(&source) {
            Some(alert @ rustls::Error::AlertReceived(_)) => Self::RefusedByServer { source: alert },
            Some(refusal) => Self::ServerRefused { host: host.to_owned(), source: refusal },
            None => Self::Unreachable { host: host.to_owned(), source },
        }
    }

    /// Whether the DMP cannot have acted on the request, because it never had all of it.
    pub(crate) fn request_incomplete(&self) -> bool {
        match self {
            Self::Timeout { request_complete, .. } | Self::Broken { request_complete, .. } => !request_complete,
            Self::Destination(_) | Self::ResponseTooLarge { .. } => false,
            _ => true,
        }
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
