//! HTTPS under mutual TLS: one POST out, one answer in.
//!
//! Knows nothing of SOAP but the id of a message: a [`Mint`] makes the request afresh for every attempt, because each needs its own
//! MessageID and, in AIR, its own assertion.

mod body;
mod capture;
mod clock_drift;
mod connection;
mod failure;
mod pool;
mod redirect;
mod response;
mod tap;
mod timeouts;
mod tls;

use std::sync::Arc;
use std::time::Duration;

use dmp_protocol::soap::MessageId;
use http::header;
use hyper::Request;
use rustls::client::ClientConfig;
use tokio::time::Instant;
use url::Url;

pub(crate) use body::Segment;
pub use capture::Capture;
pub use failure::TransportError;
pub(crate) use redirect::AllowedHosts;
pub use redirect::RedirectError;
pub(crate) use response::{Response, ResponseBody};
pub use timeouts::Timeouts;
pub(crate) use tls::client_config;
pub use tls::{TrustAnchorError, TrustAnchors};

use body::RequestBody;
use connection::{Authority, Connection};
use pool::Pool;

/// Everything a client shares between its calls.
pub(crate) struct Transport {
    pub(crate) tls: Arc<ClientConfig>,
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
    pub(crate) limit: Duration,
}

/// A request ready to go.
pub(crate) struct Outgoing {
    pub(crate) content_type: String,
    pub(crate) body: Vec<Segment>,
    pub(crate) message_id: MessageId,
}

/// Makes the request for one attempt on one URL. Signing may be slow (a card): it runs off the async threads.
pub(crate) type Mint<E> = Arc<dyn Fn(&Url) -> Result<Outgoing, E> + Send + Sync>;

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
        let deadline = Instant::now() + call.limit;
        let mut url = call.url.clone();
        for hops in 0.. {
            let (response, location) = self.attempt(call, &url, mint, deadline).await?;
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
    ) -> Result<(Response, Option<String>), SendError<E>> {
        let authority = Authority::of(url)?;
        if let Some(connection) = self.pool.take(&authority) {
            match self.exchange(call, url, mint, deadline, connection).await {
                Err(SendError::Transport { source: TransportError::Broken { request_complete, .. }, .. })
                    if !request_complete || call.repeatable =>
                {
                    tracing::debug!(transaction = call.transaction, "idle connection was cut, sending again");
                }
                outcome => return outcome,
            }
        }
        let connection =
            tokio::time::timeout_at(deadline, connection::connect(&authority, &self.tls, self.timeouts.connect))
                .await
                .map_err(|_| TransportError::ConnectTimeout {
                    host: authority.host().to_owned(),
                    limit: call.limit,
                })??;
        self.exchange(call, url, mint, deadline, connection).await
    }

    async fn exchange<E: Send + 'static>(
        &self,
        call: &Call,
        url: &Url,
        mint: &Mint<E>,
        deadline: Instant,
        mut connection: Connection,
    ) -> Result<(Response, Option<String>), SendError<E>> {
        let outgoing = mint_off_thread(Arc::clone(mint), url.clone()).await?;
        let message_id = outgoing.message_id;
        let with_id = |source: TransportError| SendError::Transport { source, message_id: Some(message_id.clone()) };
        let length = outgoing.body.iter().map(Segment::length).sum();
        let meter = connection.meter.clone();
        meter.begin();
        let files = self.capture.as_ref().map(|capture| capture.next(call.transaction));
        let request_file = match &files {
            Some(files) => Some((files.open_request().await, meter.clone())),
            None => None,
        };
        let (body, local_failure) = RequestBody::start(outgoing.body, request_file);
        let request = Request::post(url[url::Position::BeforePath..url::Position::AfterQuery].to_owned())
            .header(header::HOST, host_header(url))
            .header(header::CONTENT_TYPE, outgoing.content_type)
            .header(header::CONTENT_LENGTH, length)
            .header(header::ACCEPT, "*/*")
            .body(body)
            .map_err(|_| with_id(TransportError::BadAddress))?;

        let answered = tokio::time::timeout_at(deadline, connection.sender.send_request(request)).await;
        let request_complete = meter.request_complete(length);
        let response = match answered {
            Err(_) => {
                return Err(with_id(TransportError::Timeout { limit: call.limit, request_complete }));
            }
            Ok(Err(source)) => {
                if let Some(error) = local_failure.get() {
                    let error = std::io::Error::new(error.kind(), error.to_string());
                    return Err(with_id(TransportError::Document(error)));
                }
                return Err(with_id(connection.post_mortem(request_complete, source).await));
            }
            Ok(Ok(response)) => response,
        };

        let capture = match &files {
            Some(files) => {
                let mut file = files.open_response().await;
                file.write(&meter.response_head()).await;
                Some(file)
            }
            None => None,
        };
        let (head, incoming) = response.into_parts();
        clock_drift::check(&head.headers);
        let text = |name| head.headers.get(name).and_then(|value: &http::HeaderValue| value.to_str().ok());
        let location = text(header::LOCATION).map(str::to_owned);
        // An early answer leaves a half-written request behind: that connection cannot be used again.
        let connection = meter.request_complete(length).then_some(connection);
        let response = Response {
            status: head.status,
            content_type: text(header::CONTENT_TYPE).unwrap_or_default().to_owned(),
            retry_after: text(header::RETRY_AFTER)
                .and_then(|seconds| seconds.trim().parse().ok())
                .map(Duration::from_secs),
            message_id: message_id.clone(),
            body: ResponseBody { incoming, connection, pool: self.pool.clone(), capture, deadline, limit: call.limit },
        };
        Ok((response, location))
    }
}

async fn mint_off_thread<E: Send + 'static>(mint: Mint<E>, url: Url) -> Result<Outgoing, SendError<E>> {
    match tokio::task::spawn_blocking(move || mint(&url)).await {
        Ok(minted) => minted.map_err(SendError::Mint),
        Err(join) => Err(TransportError::Document(std::io::Error::other(join)).into()),
    }
}

fn host_header(url: &Url) -> String {
    url[url::Position::BeforeHost..url::Position::AfterPort].to_owned()
}
