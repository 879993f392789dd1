//! Reads the body of a request: the envelope into memory, the documents to where they will stay.

use std::io;

use axum::body::Body;
use bytes::Bytes;
use dmp_protocol::mtom::{Event, Limits, MtomError, Parser, is_multipart};
use futures_util::TryStreamExt as _;

use crate::world::{Content, ContentWriter};

/// Largest envelope without attachments.
const ENVELOPE_LIMIT: usize = 16 << 20;

/// A request read to its last byte.
pub(crate) struct Received {
    /// The envelope.
    pub(crate) envelope: Vec<u8>,
    /// The other parts, in order of arrival.
    pub(crate) attachments: Vec<Attachment>,
}

/// A part that is not the envelope.
pub(crate) struct Attachment {
    /// Without angle brackets; `None` can be referred to by nothing.
    pub(crate) content_id: Option<String>,
    pub(crate) content: Content,
}

/// Why a body could not be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    /// The connection broke, or the peer sent less than announced.
    #[error("the body could not be read: {0}")]
    Body(axum::Error),
    /// A temporary file could not be written.
    #[error("a document could not be kept: {0}")]
    Keep(#[from] io::Error),
    /// More than [`ENVELOPE_LIMIT`].
    #[error("the envelope is larger than {ENVELOPE_LIMIT} bytes")]
    TooLarge,
    /// The multipart framing is broken.
    #[error(transparent)]
    Multipart(#[from] MtomError),
}

impl Received {
    /// Reads `body`, whose `Content-Type` is given.
    pub(crate) async fn read(body: Body, content_type: &str) -> Result<Self, ReadError> {
        if is_multipart(content_type) { read_multipart(body, content_type).await } else { read_plain(body).await }
    }

    /// The part that a `cid:` reference names.
    pub(crate) fn attachment(&self, content_id: &str) -> Option<&Attachment> {
        self.attachments.iter().find(|attachment| attachment.content_id.as_deref() == Some(content_id))
    }
}

async fn read_plain(body: Body) -> Result<Received, ReadError> {
    let mut stream = body.into_data_stream();
    let mut envelope = Vec::new();
    while let Some(chunk) = stream.try_next().await.map_err(ReadError::Body)? {
        if envelope.len() + chunk.len() > ENVELOPE_LIMIT {
            return Err(ReadError::TooLarge);
        }
        envelope.extend_from_slice(&chunk);
    }
    Ok(Received { envelope, attachments: Vec::new() })
}

async fn read_multipart(body: Body, content_type: &str) -> Result<Received, ReadError> {
    let mut parser = Parser::new(content_type, Limits::default())?;
    let mut parts = Parts::default();
    let mut stream = body.into_data_stream();
    while let Some(chunk) = stream.try_next().await.map_err(ReadError::Body)? {
        for event in parser.push(chunk)? {
            parts.take(event).await?;
        }
    }
    for event in parser.finish()? {
        parts.take(event).await?;
    }
    Ok(Received { envelope: parts.envelope, attachments: parts.attachments })
}

/// The parts read so far.
#[derive(Default)]
struct Parts {
    envelope: Vec<u8>,
    attachments: Vec<Attachment>,
    current: Option<(Option<String>, ContentWriter)>,
}

impl Parts {
    async fn take(&mut self, event: Event) -> Result<(), ReadError> {
        match event {
            Event::PartStart(part) if part.is_root => self.current = None,
            Event::PartStart(part) => self.current = Some((part.content_id, ContentWriter::new())),
            Event::Data(bytes) => self.data(&bytes).await?,
            Event::PartEnd { .. } => {
                if let Some((content_id, writer)) = self.current.take() {
                    self.attachments.push(Attachment { content_id, content: writer.finish().await? });
                }
            }
        }
        Ok(())
    }

    async fn data(&mut self, bytes: &Bytes) -> Result<(), ReadError> {
        match &mut self.current {
            Some((_, writer)) => writer.write(bytes).await?,
            // The parser bounds the root part.
            None => self.envelope.extend_from_slice(bytes),
        }
        Ok(())
    }
}
