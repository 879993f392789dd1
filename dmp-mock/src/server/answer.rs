//! What goes back: a SOAP message, plain or multipart, its documents streamed from where they are.

use std::collections::BTreeMap;
use std::io;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use dmp_protocol::mtom::{self, Boundary, ContentId, PartHead, Segment};
use dmp_protocol::soap;
use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};
use http::{HeaderValue, StatusCode, header};
use tokio::io::AsyncReadExt as _;

use crate::state::StateError;
use crate::world::{Content, Place};

/// Rule that refused the request, for tests; never read by a client.
const RULE_HEADER: &str = "x-dmp-mock-rule";
/// Number of the exchange in the journal.
const EXCHANGE_HEADER: &str = "x-dmp-mock-exchange";
/// Documents left out, by rule: `VIS-01=7`.
const FILTERED_HEADER: &str = "x-dmp-mock-filtered";
/// Bytes of a file sent at a time.
const CHUNK: usize = 64 << 10;

/// The answer to one request.
pub(crate) struct Answer {
    /// Number of the exchange in the journal; 0 until it has one.
    pub(crate) exchange: u64,
    pub(crate) status: StatusCode,
    /// The envelope, serialised.
    pub(crate) envelope: String,
    /// Multipart with these parts, under this action; `None` is a plain answer.
    pub(crate) multipart: Option<(&'static str, Vec<AnswerPart>)>,
    /// Rule that refused.
    pub(crate) rule: Option<String>,
    /// Documents left out of the answer, by rule.
    pub(crate) filtered: BTreeMap<String, usize>,
}

/// One document of an answer.
#[derive(Clone)]
pub(crate) struct AnswerPart {
    pub(crate) content_id: ContentId,
    pub(crate) media_type: String,
    pub(crate) content: Content,
}

impl Answer {
    /// A processed request, refused or not: 200 and a plain envelope.
    pub(crate) fn processed(envelope: String) -> Self {
        Answer { exchange: 0, status: StatusCode::OK, envelope, multipart: None, rule: None, filtered: BTreeMap::new() }
    }

    /// What was done could not be kept: 500, and nothing said.
    pub(crate) fn withheld(error: &StateError) -> Self {
        tracing::error!(%error, "an answer was withheld");
        Answer::fault(String::new())
    }

    /// A fault: 500.
    pub(crate) fn fault(envelope: String) -> Self {
        Answer { status: StatusCode::INTERNAL_SERVER_ERROR, ..Answer::processed(envelope) }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let Answer { exchange, status, envelope, multipart, rule, filtered } = self;
        let framed = match multipart {
            Some((action, parts)) => multipart_body(action, envelope, parts),
            None => {
                let length = envelope.len() as u64;
                Ok((soap::response_content_type().to_owned(), length, Body::from(envelope)))
            }
        };
        let (content_type, length, body) = match framed {
            Ok(framed) => framed,
            Err(error) => {
                tracing::error!(%error, "an answer could not be framed");
                return StatusCode::INTERNAL_SERVER_ERROR.into_response();
            }
        };
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        let mut insert = |name: &'static str, value: String| {
            if let Ok(value) = HeaderValue::try_from(value) {
                headers.insert(name, value);
            }
        };
        insert(header::CONTENT_TYPE.as_str(), content_type);
        insert(header::CONTENT_LENGTH.as_str(), length.to_string());
        if exchange > 0 {
            insert(EXCHANGE_HEADER, exchange.to_string());
        }
        if let Some(rule) = rule {
            insert(RULE_HEADER, rule);
        }
        if !filtered.is_empty() {
            let counts: Vec<String> = filtered.iter().map(|(rule, count)| format!("{rule}={count}")).collect();
            insert(FILTERED_HEADER, counts.join(","));
        }
        response
    }
}

fn multipart_body(
    action: &str,
    envelope: String,
    parts: Vec<AnswerPart>,
) -> Result<(String, u64, Body), mtom::FramingError> {
    let heads: Vec<PartHead> = parts
        .iter()
        .map(|part| PartHead {
            content_id: part.content_id.clone(),
            media_type: part.media_type.clone(),
            length: part.content.length(),
        })
        .collect();
    let message = mtom::response(Boundary::random(), action, Bytes::from(envelope), &heads)?;
    let pieces: Vec<BoxStream<'static, io::Result<Bytes>>> = message
        .segments
        .into_iter()
        .filter_map(|segment| match segment {
            Segment::Bytes(bytes) => Some(one(bytes)),
            // The framing only names parts that it was given.
            Segment::Part(index) => parts.get(index).map(|part| content_stream(&part.content)),
        })
        .collect();
    let body = Body::from_stream(stream::iter(pieces).flatten());
    Ok((message.content_type, message.content_length, body))
}

fn one(bytes: Bytes) -> BoxStream<'static, io::Result<Bytes>> {
    stream::iter([Ok(bytes)]).boxed()
}

/// The bytes of a document, 64 KiB at a time; the clone keeps the file alive.
fn content_stream(content: &Content) -> BoxStream<'static, io::Result<Bytes>> {
    match &content.place {
        Place::Memory(bytes) => one(bytes.clone()),
        Place::File(path) => {
            let path = std::sync::Arc::clone(path);
            stream::try_unfold(None, move |file: Option<tokio::fs::File>| {
                let path = std::sync::Arc::clone(&path);
                async move {
                    let mut file = match file {
                        Some(file) => file,
                        None => tokio::fs::File::open(&**path).await?,
                    };
                    let mut chunk = bytes::BytesMut::with_capacity(CHUNK);
                    if file.read_buf(&mut chunk).await? == 0 {
                        return Ok(None);
                    }
                    Ok(Some((chunk.freeze(), Some(file))))
                }
            })
            .boxed()
        }
    }
}
