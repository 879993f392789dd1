//! From the head of an answer to an envelope that is no fault (`errors.md` §1, decision order).
//!
//! Neither the HTTP status nor `wsa:Action` decides: the body does.

use bytes::{Bytes, BytesMut};
use dmp_protocol::mtom::{self, Event, Parser};
use dmp_protocol::soap::{self, Envelope};
use dmp_protocol::transaction::Transaction;
use dmp_protocol::xml::{Element, Limits};
use xds_model::RegistryResponse;
use xds_model::iti18::QueryResponse;

use crate::DmpError;
use crate::failure::{self, Origin};
use crate::transport::Response;

/// An answer whose envelope was read.
pub(crate) struct Answered {
    pub(crate) envelope: Envelope,
    pub(crate) origin: Origin,
}

impl Answered {
    pub(crate) fn body(&self) -> &Element {
        self.envelope.body()
    }
}

/// Reads a whole answer into memory. Attachments, which no answer but that of TD3.2 has, are ignored.
pub(crate) async fn read(transaction: Transaction, mut response: Response) -> Result<Answered, DmpError> {
    let origin = Origin::of(transaction, &response);
    let whole = response.body.collect(response.status).await;
    let bytes = whole.map_err(|error| failure::receive(&origin, error))?;
    if mtom::is_multipart(&response.content_type) {
        let root = root_of(&response.content_type, bytes).map_err(|error| failure::unreadable(&origin, error))?;
        return require_success(envelope(origin, &root)?);
    }
    let looks_like_soap = soap::is_xml_media_type(&response.content_type)
        // A front-end that says XML without SOAP in it: its status says more than "unreadable".
        && (response.status.is_success() || Envelope::parse(&bytes, &Limits::default()).is_ok());
    match looks_like_soap {
        true => require_success(envelope(origin, &bytes)?),
        false => Err(failure::not_soap(&origin, &response, &bytes)),
    }
}

/// The codes of the warnings that come with the success of a registry.
pub(crate) fn registry(answered: &Answered) -> Result<Vec<String>, DmpError> {
    let response =
        RegistryResponse::read(answered.body()).map_err(|error| failure::unreadable(&answered.origin, error))?;
    failure::registry(&answered.origin, &response)
}

/// Reads an envelope, turns a fault into an error, and checks that it answers our request.
pub(crate) fn envelope(origin: Origin, bytes: &[u8]) -> Result<Answered, DmpError> {
    let envelope = Envelope::parse(bytes, &Limits::default()).map_err(|error| failure::unreadable(&origin, error))?;
    if let Some(fault) = envelope.fault().map_err(|error| failure::unreadable(&origin, error))? {
        return Err(failure::fault(&origin, &fault));
    }
    match envelope.headers.relates_to.as_deref() {
        Some(id) if id != origin.message_id.as_str() => Err(failure::other_message(&origin)),
        _ => Ok(Answered { envelope, origin }),
    }
}

/// C6: a registry response that is a failure ends the attempt here, so that a registry that is busy is asked again.
fn require_success(answered: Answered) -> Result<Answered, DmpError> {
    let body = answered.body();
    if !body.attr("status").is_some_and(|status| status.ends_with(FAILURE)) {
        return Ok(answered);
    }
    let unreadable = |error| failure::unreadable(&answered.origin, error);
    let response = match answered.origin.transaction {
        Transaction::Search | Transaction::Locate => QueryResponse::read(body).map_err(unreadable)?.response,
        _ => RegistryResponse::read(body).map_err(unreadable)?,
    };
    failure::registry(&answered.origin, &response)?;
    Ok(answered)
}

/// End of the status of a registry response that is one.
const FAILURE: &str = ":Failure";

/// The root part of a multipart body in memory.
fn root_of(content_type: &str, body: Bytes) -> Result<Bytes, mtom::MtomError> {
    let mut parser = Parser::new(content_type, mtom::Limits::default())?;
    let mut root = BytesMut::new();
    let mut in_root = false;
    let events = parser.push(body)?;
    for event in events.into_iter().chain(parser.finish()?) {
        match event {
            Event::PartStart(part) => in_root = part.is_root,
            Event::Data(bytes) if in_root => root.extend_from_slice(&bytes),
            Event::Data(_) | Event::PartEnd { .. } => {}
        }
    }
    Ok(root.freeze())
}
