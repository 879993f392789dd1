//! The one form in which envelopes are written.

use dmp_xml::{WriteError, Writer};

use super::fault::Fault;
use super::headers::MessageId;
use super::namespaces::{SOAP, WSA, WSSE};
use super::{ANONYMOUS, FAULT_ACTION};

/// Addressing of a request.
#[derive(Debug, Clone, Copy)]
pub struct RequestHeaders<'a> {
    /// New for each attempt.
    pub message_id: &'a MessageId,
    /// Full URL of the service.
    pub to: &'a str,
    /// `wsa:Action` of the transaction.
    pub action: &'a str,
}

/// Addressing of an answer.
#[derive(Debug, Clone, Copy)]
pub struct ResponseHeaders<'a> {
    /// `wsa:Action` of the answer; [`FAULT_ACTION`] is used for faults whatever is written here.
    pub action: &'a str,
    /// New for each answer.
    pub message_id: &'a MessageId,
    /// `wsa:MessageID` of the request, as received; `None` when it could not be read.
    pub relates_to: Option<&'a str>,
}

/// Writes a request envelope. `assertion` is serialised XML that already carries its namespaces: it is inserted byte
/// for byte, because a signature covers it. `body` writes exactly one element.
///
/// # Errors
/// [`WriteError`] when a value cannot be XML, or `body` leaves an element open.
pub fn write_request(
    headers: &RequestHeaders<'_>,
    assertion: &str,
    body: impl FnOnce(&mut Writer),
) -> Result<String, WriteError> {
    write_envelope(
        |w| {
            block(w, "MessageID", headers.message_id.as_str());
            block(w, "To", headers.to);
            w.open("ReplyTo", &[("xmlns", WSA)]);
            w.leaf("Address", &[], ANONYMOUS);
            w.close();
            block(w, "Action", headers.action);
            // No mustUnderstand: the DMP refuses it on this block.
            w.open("wsse:Security", &[("xmlns:wsse", WSSE)]);
            w.raw(assertion);
            w.close();
        },
        body,
    )
}

/// Writes an answer envelope.
///
/// # Errors
/// As [`write_request`].
pub fn write_response(headers: &ResponseHeaders<'_>, body: impl FnOnce(&mut Writer)) -> Result<String, WriteError> {
    write_envelope(
        |w| {
            block(w, "Action", headers.action);
            block(w, "MessageID", headers.message_id.as_str());
            block(w, "To", ANONYMOUS);
            if let Some(id) = headers.relates_to {
                block(w, "RelatesTo", id);
            }
        },
        body,
    )
}

/// Writes an answer envelope with a fault as its body.
///
/// # Errors
/// As [`write_request`].
pub fn write_fault(headers: &ResponseHeaders<'_>, fault: &Fault) -> Result<String, WriteError> {
    write_response(&ResponseHeaders { action: FAULT_ACTION, ..*headers }, |w| fault.write(w))
}

fn write_envelope(headers: impl FnOnce(&mut Writer), body: impl FnOnce(&mut Writer)) -> Result<String, WriteError> {
    let mut w = Writer::new();
    w.declaration();
    w.open("soap:Envelope", &[("xmlns:soap", SOAP)]);
    w.open("soap:Header", &[]);
    headers(&mut w);
    w.close();
    w.open("soap:Body", &[]);
    body(&mut w);
    w.close();
    w.close();
    w.finish()
}

/// One block that declares its namespace by default, as the DMP itself does.
fn block(w: &mut Writer, name: &str, value: &str) {
    w.leaf(name, &[("xmlns", WSA)], value);
}
