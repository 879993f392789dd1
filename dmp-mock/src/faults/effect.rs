//! What a fault does.

use serde::{Deserialize, Serialize};

use super::code::CodeAnswer;
use super::rule::FaultError;

/// What happens to a request that is hit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Effect {
    /// A code of the catalogue, or any other, in the carrier asked for.
    Code(CodeAnswer),
    /// An HTTP answer without SOAP.
    Http {
        /// 200 to 599, but not a redirection.
        status: u16,
        /// Media type of the body; `text/html` when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        content_type: Option<String>,
        /// The body; a short web page when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body: Option<String>,
        /// `Retry-After`, in seconds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after: Option<u32>,
    },
    /// A redirection; never processed.
    Redirect {
        /// 301, 302, 303, 307 or 308.
        status: u16,
        /// `Location`, as is.
        location: String,
    },
    /// The connection dies without a farewell, as when a network drops it.
    Cut {
        /// When, with regard to the answer.
        at: Cut,
    },
    /// The handshake is refused; hits connections, so it takes no transaction, patient or actor.
    Handshake {
        /// Number of the TLS alert (RFC 8446 §6: 40 `handshake_failure`, 49 `access_denied`); without one the connection
        /// is cut.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        alert: Option<u8>,
    },
    /// A delay of the runtime's clock, before processing or, when processed, before the answer.
    Delay {
        /// How long.
        milliseconds: u64,
    },
    /// As a delay, until [`super::Faults::open`].
    Hold {
        /// Name of the gate.
        gate: String,
    },
    /// The body of the answer comes in small pieces.
    Drip {
        /// Bytes of a piece, 1 at least.
        bytes: usize,
        /// Pause between two pieces.
        milliseconds: u64,
    },
    /// The body ends early, in an HTTP answer that is whole: a multipart without its end.
    Truncate {
        /// Bytes kept; half of them when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        keep: Option<usize>,
    },
    /// The boundary announced is not the one used.
    WrongBoundary,
    /// The `cid:` of the answer leads to no part.
    WrongContentId,
    /// Texts of the envelope are replaced, one pair after the other, everywhere: what another server might have written.
    Rewrite {
        /// What is replaced, and by what.
        edits: Vec<(String, String)>,
    },
    /// Another `Content-Type` on the same body.
    ContentType {
        /// The header, as is.
        value: String,
    },
    /// One byte of the first document differs: its hash is no longer that of its entry.
    WrongBytes,
    /// `wsa:RelatesTo` names another request.
    WrongRelatesTo,
    /// The `Date` header is off.
    ClockSkew {
        /// Ahead of the clock of the mock, or behind it when negative.
        seconds: i64,
    },
}

/// When a connection dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cut {
    /// No byte of the answer is sent.
    BeforeAnswer,
    /// Half of its body is sent.
    InsideAnswer,
    /// The whole answer is sent; the next request on that connection finds it dead.
    AfterAnswer,
}

/// Severity of a code in a registry response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// The request is refused.
    #[default]
    Error,
    /// The request is served, with a warning.
    Warning,
    /// The request is served, with an error: `PartialSuccess`.
    Partial,
}

impl Effect {
    /// Name in JSON and TOML.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Effect::Code(_) => "code",
            Effect::Http { .. } => "http",
            Effect::Redirect { .. } => "redirect",
            Effect::Cut { .. } => "cut",
            Effect::Handshake { .. } => "handshake",
            Effect::Delay { .. } => "delay",
            Effect::Hold { .. } => "hold",
            Effect::Drip { .. } => "drip",
            Effect::Truncate { .. } => "truncate",
            Effect::WrongBoundary => "wrong_boundary",
            Effect::WrongContentId => "wrong_content_id",
            Effect::Rewrite { .. } => "rewrite",
            Effect::ContentType { .. } => "content_type",
            Effect::WrongBytes => "wrong_bytes",
            Effect::WrongRelatesTo => "wrong_relates_to",
            Effect::ClockSkew { .. } => "clock_skew",
        }
    }

    /// Whether a request that is hit is processed: `None` when the fault may choose.
    pub(super) fn processes(&self) -> Option<bool> {
        match self {
            Effect::Code(answer) => (answer.severity != Weight::Error).then_some(true),
            Effect::Http { .. } | Effect::Delay { .. } | Effect::Hold { .. } => None,
            Effect::Cut { at: Cut::BeforeAnswer } => None,
            Effect::Redirect { .. } | Effect::Handshake { .. } => Some(false),
            // What spoils an answer needs one.
            Effect::Cut { .. }
            | Effect::Drip { .. }
            | Effect::Truncate { .. }
            | Effect::WrongBoundary
            | Effect::WrongContentId
            | Effect::Rewrite { .. }
            | Effect::ContentType { .. }
            | Effect::WrongBytes
            | Effect::WrongRelatesTo
            | Effect::ClockSkew { .. } => Some(true),
        }
    }

    pub(super) fn check(&self) -> Result<(), FaultError> {
        match self {
            Effect::Code(answer) => answer.check(),
            Effect::Http { status, .. } if !(200..=599).contains(status) || (300..=399).contains(status) => {
                Err(FaultError::Status { found: *status, expected: "200 to 299 or 400 to 599" })
            }
            Effect::Redirect { status, .. } if ![301, 302, 303, 307, 308].contains(status) => {
                Err(FaultError::Status { found: *status, expected: "301, 302, 303, 307 or 308" })
            }
            Effect::Drip { bytes: 0, .. } => Err(FaultError::EmptyPieces),
            Effect::Redirect { location: value, .. } | Effect::ContentType { value }
                if http::HeaderValue::try_from(value).is_err() =>
            {
                Err(FaultError::Header)
            }
            _ => Ok(()),
        }
    }
}
