//! Why a multipart message was refused, or cannot be written.

/// A multipart message that cannot be read. Texts never hold content of a part.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MtomError {
    /// The `Content-Type` is not a readable `multipart/*` with a boundary.
    #[error("Content-Type of the message: {0}; expected multipart/related with a boundary")]
    ContentType(&'static str),
    /// A limit is passed.
    #[error("multipart limit passed: {what}, at most {allowed} allowed")]
    LimitPassed {
        /// What was counted.
        what: &'static str,
        /// The bound.
        allowed: u64,
    },
    /// The input ended before its closing boundary.
    #[error("multipart body truncated {place}: the closing boundary was never received")]
    Truncated {
        /// How far reading had come.
        place: &'static str,
    },
    /// A header line of a part has no colon.
    #[error("a header line of part {part} has no colon")]
    Header {
        /// Number of the part, from 0.
        part: usize,
    },
    /// `Content-Transfer-Encoding` is none of `binary`, `8bit`, `7bit`, `base64`.
    #[error("part {part} has a Content-Transfer-Encoding that is not supported: use binary")]
    TransferEncoding {
        /// Number of the part, from 0.
        part: usize,
    },
    /// A part announced as base64 is not.
    #[error("part {part} is announced as base64 but is not")]
    Base64 {
        /// Number of the part, from 0.
        part: usize,
    },
    /// Two parts with the same `Content-ID`.
    #[error("part {part} repeats the Content-ID of an earlier part")]
    DuplicateContentId {
        /// Number of the second part, from 0.
        part: usize,
    },
    /// No part has the `Content-ID` that `start` names, or there is no part at all.
    #[error("the root part is missing: no part has the Content-ID of the start parameter")]
    NoRoot,
    /// A `cid:` reference that is not one, or is badly percent-encoded.
    #[error("an xop:Include carries an href that is not a cid: URL: percent-encode the Content-ID after cid:")]
    Reference,
    /// Two `xop:Include` name the same part.
    #[error("two xop:Include refer to the same part: give each document its own part")]
    DuplicateReference,
}

/// A multipart message that cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FramingError {
    /// A Content-ID with a character that would break the header.
    #[error("a Content-ID must be 1 to 200 visible ASCII characters without < > or quotes")]
    ContentId,
    /// A media type or an action with a character that would break the header.
    #[error("{what} holds a character that is not allowed in a MIME header: use visible ASCII without quotes")]
    HeaderValue {
        /// Which value.
        what: &'static str,
    },
    /// The same Content-ID twice.
    #[error("two parts have the same Content-ID")]
    DuplicateContentId,
    /// The total does not fit 64 bits.
    #[error("the total length does not fit 64 bits")]
    TooLong,
}
