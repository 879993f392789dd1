//! An answer on its way in.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use dmp_protocol::soap::MessageId;
use http::StatusCode;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::time::Instant;

use super::capture::CaptureFile;
use super::connection::Connection;
use super::failure::TransportError;
use super::pool::Pool;

/// An error answer is read up to here (`errors.md` §1).
const ERROR_LIMIT: u64 = 1024 * 1024;
/// An answer without document is read up to here: ten times a search of 1,000 entries.
const MESSAGE_LIMIT: u64 = 64 * 1024 * 1024;

/// The head of an answer, and its body to be read.
pub(crate) struct Response {
    pub(crate) status: StatusCode,
    pub(crate) content_type: String,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) message_id: MessageId,
    pub(crate) body: ResponseBody,
}

/// A body read chunk by chunk within the call's deadline; gives its connection back at the end.
pub(crate) struct ResponseBody {
    pub(super) incoming: Incoming,
    pub(super) connection: Option<Connection>,
    pub(super) pool: Pool,
    pub(super) capture: Option<CaptureFile>,
    pub(super) deadline: Instant,
    pub(super) limit: Duration,
}

impl ResponseBody {
    /// The next piece; `None` at the end. Not cancel-safe: a dropped call loses the answer.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Bytes>, TransportError> {
        loop {
            let frame = tokio::time::timeout_at(self.deadline, self.incoming.frame())
                .await
                .map_err(|_| TransportError::Timeout { limit: self.limit, request_complete: true })?;
            match frame {
                None => {
                    self.release().await;
                    return Ok(None);
                }
                Some(Err(source)) => return Err(TransportError::broken(true, source)),
                Some(Ok(frame)) => {
                    // Trailers say nothing to us.
                    let Ok(data) = frame.into_data() else { continue };
                    if let Some(capture) = &mut self.capture {
                        capture.write(&data).await;
                    }
                    return Ok(Some(data));
                }
            }
        }
    }

    /// Reads everything, within the limit of an error or of a message.
    pub(crate) async fn collect(&mut self, status: StatusCode) -> Result<Bytes, TransportError> {
        let limit = if status.is_success() { MESSAGE_LIMIT } else { ERROR_LIMIT };
        let mut first = None;
        let mut whole = BytesMut::new();
        let mut length = 0_u64;
        while let Some(chunk) = self.chunk().await? {
            length += chunk.len() as u64;
            if length > limit {
                return Err(TransportError::ResponseTooLarge { limit });
            }
            // One chunk is the usual case: kept without a copy.
            match first.take() {
                None if whole.is_empty() => first = Some(chunk),
                Some(kept) => {
                    whole.extend_from_slice(&kept);
                    whole.extend_from_slice(&chunk);
                }
                None => whole.extend_from_slice(&chunk),
            }
        }
        Ok(first.unwrap_or_else(|| whole.freeze()))
    }

    async fn release(&mut self) {
        if let Some(mut connection) = self.connection.take()
            && connection.sender.ready().await.is_ok()
        {
            self.pool.put(connection);
        }
    }
}
