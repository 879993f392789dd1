//! The bytes of exchanges, kept only when asked for: they are health data.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::{Body, HttpBody as _};
use axum::response::Response;
use bytes::Bytes;
use futures_util::StreamExt as _;
use http::{HeaderMap, HeaderValue, header, request};

/// Bytes of one message that are kept; the rest is left out, and said to be.
const MESSAGE_MAX: usize = 8 << 20;
/// Bytes of all messages together; the oldest are forgotten first.
const TOTAL_MAX: usize = 256 << 20;

/// One message as it went over the wire: its head written again (HTTP/1.1, names in lower case), its body to the byte.
#[derive(Debug, Clone, Default)]
pub struct RawMessage {
    /// Head, empty line, body.
    pub bytes: Vec<u8>,
    /// Whether the end was left out, above 8 MiB.
    pub truncated: bool,
}

impl RawMessage {
    fn push(&mut self, bytes: &[u8]) {
        let kept = bytes.len().min(MESSAGE_MAX - self.bytes.len());
        self.bytes.extend_from_slice(&bytes[..kept]);
        self.truncated |= kept < bytes.len();
    }
}

/// Both messages of one exchange, while they pass.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tape {
    request: Arc<Mutex<RawMessage>>,
    response: Arc<Mutex<RawMessage>>,
}

impl Tape {
    /// Keeps a request as it is read.
    pub(crate) fn request(&self, head: &request::Parts, body: Body) -> Body {
        let line = format!("{} {} {:?}\r\n", head.method, head.uri, head.version);
        lock(&self.request).push(&[line.into_bytes(), headers(&head.headers)].concat());
        through(body, Arc::clone(&self.request))
    }

    /// Keeps a response as it is sent.
    pub(crate) fn response(&self, response: Response) -> Response {
        let (mut head, body) = response.into_parts();
        if let Some(length) = body.size_hint().exact() {
            head.headers.entry(header::CONTENT_LENGTH).or_insert(HeaderValue::from(length));
        }
        let line = format!("{:?} {}\r\n", head.version, head.status);
        lock(&self.response).push(&[line.into_bytes(), headers(&head.headers)].concat());
        Response::from_parts(head, through(body, Arc::clone(&self.response)))
    }

    fn length(&self) -> usize {
        lock(&self.request).bytes.len() + lock(&self.response).bytes.len()
    }
}

fn headers(headers: &HeaderMap) -> Vec<u8> {
    let mut text = Vec::new();
    for (name, value) in headers {
        text.extend_from_slice(name.as_str().as_bytes());
        text.extend_from_slice(b": ");
        text.extend_from_slice(value.as_bytes());
        text.extend_from_slice(b"\r\n");
    }
    text.extend_from_slice(b"\r\n");
    text
}

fn through(body: Body, message: Arc<Mutex<RawMessage>>) -> Body {
    Body::from_stream(body.into_data_stream().inspect(move |chunk: &Result<Bytes, _>| {
        if let Ok(bytes) = chunk {
            lock(&message).push(bytes);
        }
    }))
}

fn lock(message: &Mutex<RawMessage>) -> std::sync::MutexGuard<'_, RawMessage> {
    message.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The tapes kept, by number of exchange.
#[derive(Debug, Default)]
pub(super) struct Tapes(VecDeque<(u64, Tape)>);

/// Which message of an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// What the client sent.
    Request,
    /// What the mock answered.
    Response,
}

impl Tapes {
    pub(super) fn keep(&mut self, number: u64, tape: Tape) {
        self.0.push_back((number, tape));
        let mut total: usize = self.0.iter().map(|(_, tape)| tape.length()).sum();
        while total > TOTAL_MAX {
            let Some((_, oldest)) = self.0.pop_front() else { break };
            total -= oldest.length();
        }
    }

    pub(super) fn message(&self, number: u64, side: Side) -> Option<RawMessage> {
        let (_, tape) = self.0.iter().find(|(one, _)| *one == number)?;
        let message = match side {
            Side::Request => &tape.request,
            Side::Response => &tape.response,
        };
        Some(lock(message).clone())
    }
}
