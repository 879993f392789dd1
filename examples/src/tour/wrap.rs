//! A PDF or a text becomes an N1 document, about an invented patient, written by the médecin of the tour.

use cda::n1::N1Content;

use crate::bare::Failure;
use crate::letter::letter;

pub(super) enum Content<'a> {
    Pdf(&'a [u8]),
    Text(&'a str),
}

/// The bytes of the N1 document.
pub(super) fn wrap(content: &Content<'_>) -> Result<Vec<u8>, Failure> {
    let builder = letter("Document joint à la visite guidée")?;
    Ok(builder.build(match content {
        Content::Pdf(bytes) => N1Content::pdf(bytes),
        Content::Text(text) => N1Content::text(text),
    })?)
}
