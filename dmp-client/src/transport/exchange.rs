//! One request and the head of its answer, on one connection.

use std::io;

use dmp_protocol::soap::MessageId;
use http::{HeaderMap, HeaderName, header};
use hyper::Request;
use hyper::body::Incoming;
use jiff::Timestamp;
use tokio::time::{Instant, timeout_at};
use url::{Position, Url};

use super::body::{RequestBody, Segment};
use super::capture::{CaptureFile, ExchangeCapture};
use super::clock_drift;
use super::connection::Connection;
use super::failure::TransportError;
use super::response::{Response, ResponseBody};
use super::retry_after;
use super::{Call, Mint, Outgoing, SendError, Transport};

/// What stays the same when an exchange is tried again.
pub(super) struct Exchange<'a> {
    pub(super) transport: &'a Transport,
    pub(super) call: &'a Call,
    pub(super) url: &'a Url,
    pub(super) deadline: Instant,
}

/// An answer, and where it redirects to.
pub(super) struct Received {
    pub(super) response: Response,
    pub(super) location: Option<String>,
}

impl Exchange<'_> {
    /// Makes the request, sends it, and reads the head of its answer.
    pub(super) async fn run<E: Send + 'static>(
        &self,
        mint: &Mint<E>,
        mut connection: Connection,
    ) -> Result<Received, SendError<E>> {
        let outgoing = self.mint(mint).await?;
        let message_id = outgoing.message_id.clone();
        let mut files = self.transport.capture.as_ref().map(|capture| capture.next(self.call.transaction));
        let length = outgoing.body.iter().map(Segment::length).sum();
        match self.answer(outgoing, length, &mut files, &mut connection).await {
            Ok(answer) => Ok(self.received(answer, length, message_id, files, connection).await),
            Err(Failed::Here(source)) => Err(SendError::Transport { source, message_id: Some(message_id) }),
            Err(Failed::There(source)) => {
                let complete = connection.meter.request_complete(length);
                let source = connection.post_mortem(complete, source).await;
                Err(SendError::Transport { source, message_id: Some(message_id) })
            }
        }
    }

    /// Within the time limit.
    async fn mint<E: Send + 'static>(&self, mint: &Mint<E>) -> Result<Outgoing, SendError<E>> {
        match timeout_at(self.deadline, mint(self.url.clone())).await {
            Err(_) => Err(TransportError::Timeout { limit: self.call.limit, request_complete: false }.into()),
            Ok(outgoing) => outgoing.map_err(SendError::Mint),
        }
    }

    async fn answer(
        &self,
        outgoing: Outgoing,
        length: u64,
        files: &mut Option<ExchangeCapture>,
        connection: &mut Connection,
    ) -> Result<http::Response<Incoming>, Failed> {
        connection.meter.begin();
        let capture = match files {
            Some(files) => Some((files.open_request().await, connection.meter.clone())),
            None => None,
        };
        let (body, local_failure) = RequestBody::start(outgoing.body, capture);
        let body = body.telling(outgoing.progress);
        let mut request = Request::post(self.url[Position::BeforePath..Position::AfterQuery].to_owned())
            .header(header::HOST, self.url[Position::BeforeHost..Position::AfterPort].to_owned())
            .header(header::CONTENT_TYPE, outgoing.content_type)
            .header(header::CONTENT_LENGTH, length)
            .header(header::ACCEPT, "*/*");
        if let Some(authorization) = outgoing.authorization {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        let request = request.body(body).map_err(|_| Failed::Here(TransportError::BadAddress))?;
        match timeout_at(self.deadline, connection.sender.send_request(request)).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(source)) => Err(match local_failure.get() {
                Some(error) => Failed::Here(TransportError::Document(io::Error::new(error.kind(), error.to_string()))),
                None => Failed::There(source),
            }),
            Err(_) => {
                let request_complete = connection.meter.request_complete(length);
                Err(Failed::Here(TransportError::Timeout { limit: self.call.limit, request_complete }))
            }
        }
    }

    async fn received(
        &self,
        answer: http::Response<Incoming>,
        length: u64,
        message_id: MessageId,
        files: Option<ExchangeCapture>,
        connection: Connection,
    ) -> Received {
        let (head, incoming) = answer.into_parts();
        clock_drift::check(&head.headers);
        let capture = match &files {
            Some(files) => Some(captured_head(files, &connection).await),
            None => None,
        };
        // An early answer leaves a half-written request behind: that connection cannot be used again.
        let reusable = connection.meter.request_complete(length);
        let retry_after = text(&head.headers, header::RETRY_AFTER);
        let response = Response {
            status: head.status,
            content_type: text(&head.headers, header::CONTENT_TYPE).unwrap_or_default().to_owned(),
            retry_after: retry_after.and_then(|value| retry_after::delay(value, Timestamp::now())),
            message_id,
            body: ResponseBody {
                incoming,
                connection: reusable.then_some(connection),
                pool: self.transport.pool.clone(),
                capture,
                deadline: self.deadline,
                limit: self.call.limit,
            },
        };
        let location = text(&head.headers, header::LOCATION).map(str::to_owned);
        Received { response, location }
    }
}

/// Why there is no answer.
enum Failed {
    /// Known for sure.
    Here(TransportError),
    /// What hyper says; the connection may know better.
    There(hyper::Error),
}

async fn captured_head(files: &ExchangeCapture, connection: &Connection) -> CaptureFile {
    let mut file = files.open_response().await;
    file.write(&connection.meter.response_head()).await;
    file
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}
