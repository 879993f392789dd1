//! HTTPS under mutual TLS: one POST out, one answer in.
//!
//! Knows nothing of SOAP but the id of a message: a mint makes the request afresh for every attempt, because each needs its own
//! MessageID and, in AIR, its own assertion.

mod body;
mod capture;
mod clock_drift;
mod connection;
mod exchange;
mod failure;
pub(crate) mod fetch;
mod last_words;
mod pool;
mod redirect;
mod response;
mod retry_after;
mod revocation;
mod tap;
mod timeouts;
mod tls;
mod tls_refusal;
mod trust;

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use dmp_protocol::soap::MessageId;
use http::HeaderValue;
use rustls::client::ClientConfig;
use tokio::time::Instant;
use url::Url;

pub(crate) use body::{Progress, Segment};
pub use capture::Capture;
pub(crate) use clock_drift::drift;
pub(crate) use connection::ClientStream;
pub use failure::TransportError;
pub use redirect::RedirectError;
pub(crate) use redirect::{AllowedHosts, next_hop};
pub(crate) use response::Response;
pub use revocation::Revocation;
pub(crate) use revocation::RevocationCheck;
pub use timeouts::Timeouts;
pub use tls::TlsVersions;
pub(crate) use tls::{ServerTrust, client_config, public_config};
pub use trust::{Fingerprint, TrustAnchorError, TrustAnchors};

use connection::{Authority, Opening};
use exchange::{Exchange, Received};
use pool::Pool;

/// Everything a client shares between its calls.
#[derive(Clone)]
pub(crate) struct Transport {
    pub(crate) tls: Arc<ClientConfig>,
    /// Whether a handshake may wait for a card.
    pub(crate) handshake_blocks: bool,
    pub(crate) revocation: Arc<RevocationCheck>,
    pub(crate) timeouts: Timeouts,
    pub(crate) allowed: AllowedHosts,
    pub(crate) capture: Option<Capture>,
    pub(crate) pool: Pool,
}

/// What the transport needs to know of a transaction.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// Id for captures and logs, `TD0.2`.
    pub(crate) transaction: &'static str,
    pub(crate) url: Url,
    /// May be sent again although the DMP may have received it (`transactions.md` §9.1).
    pub(crate) repeatable: bool,
    /// Of all attempts together.
    pub(crate) deadline: Instant,
    /// The same as a duration, to be told.
    pub(crate) limit: Duration,
}

/// A request ready to go.
pub(crate) struct Outgoing {
    pub(crate) content_type: String,
    /// Marked as sensitive: `Debug` does not show it.
    pub(crate) authorization: Option<HeaderValue>,
    pub(crate) body: Vec<Segment>,
    pub(crate) message_id: MessageId,
    /// Who wants to know how far it is.
    pub(crate) progress: Option<Progress>,
}

/// Makes the request for one attempt on one URL. Nothing is written before it is ready; dropped, it makes none.
pub(crate) type Mint<E> = Arc<dyn Fn(Url) -> Minting<E> + Send + Sync>;

/// A request in the making.
pub(crate) type Minting<E> = Pin<Box<dyn Future<Output = Result<Outgoing, E>> + Send>>;

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum SendError<E> {
    /// The request could not be made.
    Mint(E),
    /// It could not be delivered, or its answer not received.
    Transport {
        source: TransportError,
        /// Of the last attempt, if there was one.
        message_id: Option<MessageId>,
    },
}

impl<E> From<TransportError> for SendError<E> {
    fn from(source: TransportError) -> Self {
        Self::Transport { source, message_id: None }
    }
}

impl Transport {
    /// Sends, follows redirections, and returns the head of the final answer.
    ///
    /// Dropping the future before it is ready closes the connection: the DMP may or may not have acted.
    pub(crate) async fn send<E: Send + 'static>(&self, call: &Call, mint: &Mint<E>) -> Result<Response, SendError<E>> {
        let deadline = call.deadline;
        let mut url = call.url.clone();
        for hops in 0.. {
            let Received { response, location } = self.attempt(call, &url, mint, deadline).await?;
            if !response.status.is_redirection() {
                return Ok(response);
            }
            url = redirect::next_hop(response.status, location.as_deref(), &url, hops, &self.allowed).map_err(
                |source| SendError::Transport { source: source.into(), message_id: Some(response.message_id) },
            )?;
            tracing::info!(transaction = call.transaction, host = url.host_str(), "redirected");
        }
        Err(TransportError::from(RedirectError::TooMany).into())
    }

    /// One request on one URL; a dead reused connection is replaced once where that cannot do harm.
    async fn attempt<E: Send + 'static>(
        &self,
        call: &Call,
        url: &Url,
        mint: &Mint<E>,
        deadline: Instant,
    ) -> Result<Received, SendError<E>> {
        let authority = Authority::of(url)?;
        let exchange = Exchange { transport: self, call, url, deadline };
        if let Some(connection) = self.pool.take(&authority) {
            match exchange.run(mint, connection).await {
                Err(SendError::Transport { source: TransportError::Broken { request_complete, .. }, .. })
                    if !request_complete || call.repeatable =>
                {
                    tracing::debug!(transaction = call.transaction, "idle connection was cut, sending again");
                }
                outcome => return outcome,
            }
        }
        let connection = tokio::time::timeout_at(deadline, self.opening(&authority).connection())
            .await
            .map_err(|_| TransportError::ConnectTimeout { host: authority.host().to_owned(), limit: call.limit })??;
        exchange.run(mint, connection).await
    }
}

impl Transport {
    /// The same limits and capture with another client certificate: no connection is shared.
    pub(crate) fn with_tls(&self, tls: Arc<ClientConfig>, handshake_blocks: bool) -> Self {
        Self { tls, handshake_blocks, pool: Pool::default(), ..self.clone() }
    }

    /// The same connections, with redirections followed around another base.
    pub(crate) fn towards(&self, base: &Url) -> Self {
        Self { allowed: self.allowed.around(base), ..self.clone() }
    }

    /// A connection of its own, without HTTP yet: what it negotiated can be looked at.
    pub(crate) async fn open(&self, url: &Url) -> Result<ClientStream, TransportError> {
        self.opening(&Authority::of(url)?).stream().await
    }

    fn opening<'a>(&'a self, authority: &'a Authority) -> Opening<'a> {
        let Self { tls, revocation, timeouts, handshake_blocks, .. } = self;
        Opening { authority, tls, revocation, limit: timeouts.connect, blocks: *handshake_blocks }
    }
}

/// A limit too long to be a date in the future is no limit worth having: thirty years stand in.
pub(crate) fn deadline_after(limit: Duration) -> Instant {
    const THIRTY_YEARS: Duration = Duration::from_secs(30 * 365 * 24 * 3600);
    let now = Instant::now();
    now.checked_add(limit).unwrap_or_else(|| now + THIRTY_YEARS)
}
