//! Framing of a message whose documents are streamed by the caller.

use std::collections::HashSet;

use bytes::Bytes;
use uuid::Uuid;

use super::cid::ContentId;
use super::error::FramingError;

const REQUEST_ROOT: &str = "root.message@dmp-client";
const RESPONSE_ROOT: &str = "root.message@dmp-server";

/// Boundary of one message: `uuid:<uuid>`, drawn at random so that no document can hold it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Boundary(Uuid);

impl Boundary {
    /// A new random boundary.
    #[must_use]
    pub fn random() -> Self {
        Self(Uuid::new_v4())
    }

    /// The boundary of that UUID; it must not occur in any part.
    #[must_use]
    pub fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid)
    }
}

impl std::fmt::Display for Boundary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "uuid:{}", self.0.hyphenated())
    }
}

/// What must be known of a part before its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartHead {
    /// What the envelope refers to.
    pub content_id: ContentId,
    /// `application/octet-stream` in requests, the type of the document in answers.
    pub media_type: String,
    /// Exact number of bytes that will follow.
    pub length: u64,
}

impl PartHead {
    /// A document or signature of a submission.
    #[must_use]
    pub fn octets(content_id: ContentId, length: u64) -> Self {
        Self { content_id, media_type: "application/octet-stream".to_owned(), length }
    }
}

/// A framed message: send the segments in order.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Message {
    /// `Content-Type` of the HTTP message.
    pub content_type: String,
    /// Exact `Content-Length`.
    pub content_length: u64,
    /// What to send.
    pub segments: Vec<Segment>,
}

/// A piece of a framed message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment {
    /// These bytes.
    Bytes(Bytes),
    /// The bytes of the part of that index, as many as its head announces.
    Part(usize),
}

/// Frames a request (ITI-41).
///
/// # Errors
/// [`FramingError`] when a value does not fit a MIME header, or a Content-ID is repeated.
pub fn request(boundary: Boundary, action: &str, root: Bytes, parts: &[PartHead]) -> Result<Message, FramingError> {
    let http_action = format!("; action=\"{action}\"");
    frame(boundary, action, REQUEST_ROOT, &http_action, root, parts)
}

/// Frames an answer (ITI-43: also without documents, also for a fault).
///
/// # Errors
/// As [`request`].
pub fn response(boundary: Boundary, action: &str, root: Bytes, parts: &[PartHead]) -> Result<Message, FramingError> {
    frame(boundary, action, RESPONSE_ROOT, "", root, parts)
}

fn frame(
    boundary: Boundary,
    action: &str,
    root_id: &str,
    http_action: &str,
    root: Bytes,
    parts: &[PartHead],
) -> Result<Message, FramingError> {
    check_header_value("the action", action)?;
    let mut identifiers = HashSet::from([root_id]);
    for part in parts {
        check_header_value("the media type", &part.media_type)?;
        if !identifiers.insert(part.content_id.as_str()) {
            return Err(FramingError::DuplicateContentId);
        }
    }

    let content_type = format!(
        "multipart/related; type=\"application/xop+xml\"; boundary=\"{boundary}\"; start=\"<{root_id}>\"; \
         start-info=\"application/soap+xml\"{http_action}"
    );
    let mut segments = vec![
        text(part_head(
            &format!("--{boundary}"),
            &format!("application/xop+xml; charset=UTF-8; type=\"application/soap+xml; action=\\\"{action}\\\"\""),
            root_id,
        )),
        Segment::Bytes(root),
    ];
    for (index, part) in parts.iter().enumerate() {
        let delimiter = format!("\r\n--{boundary}");
        segments.push(text(part_head(&delimiter, &part.media_type, part.content_id.as_str())));
        segments.push(Segment::Part(index));
    }
    segments.push(text(format!("\r\n--{boundary}--\r\n")));

    let content_length = total(&segments, parts).ok_or(FramingError::TooLong)?;
    Ok(Message { content_type, content_length, segments })
}

fn part_head(delimiter: &str, media_type: &str, content_id: &str) -> String {
    format!(
        "{delimiter}\r\nContent-Type: {media_type}\r\nContent-Transfer-Encoding: binary\r\n\
         Content-ID: <{content_id}>\r\n\r\n"
    )
}

fn text(text: String) -> Segment {
    Segment::Bytes(Bytes::from(text))
}

fn total(segments: &[Segment], parts: &[PartHead]) -> Option<u64> {
    segments.iter().try_fold(0_u64, |sum, segment| {
        sum.checked_add(match segment {
            Segment::Bytes(bytes) => bytes.len() as u64,
            Segment::Part(index) => parts.get(*index)?.length,
        })
    })
}

fn check_header_value(what: &'static str, value: &str) -> Result<(), FramingError> {
    let allowed = |b: u8| (b == b' ' || b.is_ascii_graphic()) && !matches!(b, b'"' | b'\\');
    if !value.is_empty() && value.bytes().all(allowed) { Ok(()) } else { Err(FramingError::HeaderValue { what }) }
}
