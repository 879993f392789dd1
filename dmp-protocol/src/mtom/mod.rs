//! MTOM/XOP framing (transactions.md §5): `multipart/related` whose root is the envelope and whose other parts are the
//! documents, byte for byte.
//!
//! No I/O: [`request`] and [`response`] give the segments between which the caller streams the documents, and
//! [`Parser`] turns chunks of any size into events without ever holding an attachment.

mod cid;
mod error;
mod header;
mod parser;
mod references;
mod transfer;
mod write;

pub use cid::{ContentId, decode_cid, encode_cid};
pub use error::{FramingError, MtomError};
pub use header::{ContentType, PartHeaders};
pub use parser::{Event, Limits, Parser, Part};
pub use references::{Include, includes, write_include};
pub use transfer::TransferEncoding;
pub use write::{Boundary, Message, PartHead, Segment, request, response};

/// Namespace of `xop:Include`.
pub const XOP: &str = "http://www.w3.org/2004/08/xop/include";

/// Whether a `Content-Type` announces a multipart body.
#[must_use]
pub fn is_multipart(content_type: &str) -> bool {
    crate::soap::media_type(content_type).starts_with("multipart/")
}
