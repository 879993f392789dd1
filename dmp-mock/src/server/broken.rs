//! What a fault does to an answer that is ready: its head, its bytes, its connection.

use std::io;
use std::time::Duration;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use dmp_protocol::mtom::ContentId;
use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};
use http::{HeaderName, HeaderValue, StatusCode, header};
use jiff::{SignedDuration, Timestamp};

use super::{Answer, Sever};
use crate::faults::{Cut, Effect};
use crate::world::{Content, Place};

/// Spoils an answer before it is framed, and gives it the status that it will have.
pub(super) fn spoil(answer: &mut Answer, effect: &Effect) {
    if let Effect::Http { status, .. } | Effect::Redirect { status, .. } = effect {
        answer.status = StatusCode::from_u16(*status).unwrap_or(answer.status);
    }
    if let Effect::Rewrite { edits } = effect {
        let edited = edits.iter().fold(std::mem::take(&mut answer.envelope), |text, (from, to)| text.replace(from, to));
        answer.envelope = edited;
    }
    let Some((_, parts)) = &mut answer.multipart else { return };
    match effect {
        Effect::WrongContentId => {
            if let Ok(other) = ContentId::new("ailleurs@dmp.exemple.test") {
                parts.iter_mut().for_each(|part| part.content_id = other.clone());
            }
        }
        Effect::WrongBytes => {
            if let Some(part) = parts.first_mut() {
                match with_another_byte(&part.content) {
                    Ok(content) => part.content = content,
                    Err(error) => tracing::error!(%error, "a document could not be spoilt"),
                }
            }
        }
        _ => {}
    }
}

/// The same content but for its last byte.
fn with_another_byte(content: &Content) -> io::Result<Content> {
    let mut bytes = match &content.place {
        Place::Memory(bytes) => bytes.to_vec(),
        Place::File(path) => std::fs::read(&**path)?,
    };
    if let Some(last) = bytes.last_mut() {
        *last ^= 1;
    }
    Ok(Content::from_bytes(bytes))
}

/// An answer without SOAP, in the place of the real one.
pub(super) fn instead(effect: &Effect) -> Option<Response> {
    match effect {
        Effect::Http { status, content_type, body, retry_after } => {
            let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let page = format!("<html><head><title>{status}</title></head><body>Panne simulée</body></html>");
            let mut response = (status, body.clone().unwrap_or(page)).into_response();
            insert(&mut response, header::CONTENT_TYPE, content_type.as_deref().unwrap_or("text/html;charset=UTF-8"));
            if let Some(seconds) = retry_after {
                insert(&mut response, header::RETRY_AFTER, &seconds.to_string());
            }
            Some(response)
        }
        Effect::Redirect { status, location } => {
            let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::TEMPORARY_REDIRECT);
            let mut response = status.into_response();
            insert(&mut response, header::LOCATION, location);
            Some(response)
        }
        _ => None,
    }
}

fn insert(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::try_from(value) {
        response.headers_mut().insert(name, value);
    }
}

/// Breaks a framed answer, or the connection that carries it.
pub(super) async fn break_answer(mut response: Response, effect: &Effect, sever: &Sever, now: Timestamp) -> Response {
    match effect {
        Effect::Cut { at: Cut::BeforeAnswer } => {
            sever.now();
            response
        }
        Effect::Cut { at: Cut::InsideAnswer } => {
            let (head, body) = response.into_parts();
            let bytes = collect(body).await;
            let half = bytes.slice(..bytes.len() / 2);
            Response::from_parts(head, Body::from_stream(then_severed(half, sever.clone())))
        }
        Effect::Cut { at: Cut::AfterAnswer } => {
            let (head, body) = response.into_parts();
            let bytes = collect(body).await;
            let sever = sever.clone();
            let last = stream::once(async move {
                sever.after_answer();
                io::Result::Ok(bytes)
            });
            Response::from_parts(head, Body::from_stream(last))
        }
        Effect::Drip { bytes, milliseconds } => {
            let pause = Duration::from_millis(*milliseconds);
            let (head, body) = response.into_parts();
            Response::from_parts(head, Body::from_stream(dripping(collect(body).await, *bytes, pause)))
        }
        Effect::Truncate { keep } => {
            let (mut head, body) = response.into_parts();
            let bytes = collect(body).await;
            let kept = bytes.slice(..keep.unwrap_or(bytes.len() / 2).min(bytes.len()));
            head.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(kept.len()));
            Response::from_parts(head, Body::from(kept))
        }
        Effect::WrongBoundary => {
            let headers = response.headers_mut();
            let announced = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
            let other = announced.replace("boundary=\"", "boundary=\"autre-").replace("boundary=autre", "boundary=x");
            insert(&mut response, header::CONTENT_TYPE, &other);
            response
        }
        Effect::ContentType { value } => {
            insert(&mut response, header::CONTENT_TYPE, value);
            response
        }
        Effect::ClockSkew { seconds } => {
            let skewed = now.saturating_add(SignedDuration::from_secs(*seconds)).unwrap_or(now);
            if let Ok(date) = jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&skewed) {
                insert(&mut response, header::DATE, &date);
            }
            response
        }
        _ => response,
    }
}

/// The whole body; what cannot be read is left out.
async fn collect(body: Body) -> Bytes {
    axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default()
}

/// Some bytes that reach the peer, then the end of the connection.
fn then_severed(bytes: Bytes, sever: Sever) -> BoxStream<'static, io::Result<Bytes>> {
    let end = stream::once(async move {
        // What was written is sent while this waits.
        tokio::task::yield_now().await;
        sever.now();
        Err(io::ErrorKind::ConnectionReset.into())
    });
    stream::iter([Ok(bytes)]).chain(end).boxed()
}

fn dripping(bytes: Bytes, piece: usize, pause: Duration) -> BoxStream<'static, io::Result<Bytes>> {
    stream::unfold(bytes, move |mut rest| async move {
        if rest.is_empty() {
            return None;
        }
        tokio::time::sleep(pause).await;
        let next = rest.split_to(piece.min(rest.len()));
        Some((Ok(next), rest))
    })
    .boxed()
}
