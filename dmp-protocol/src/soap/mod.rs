//! SOAP 1.2 envelopes with WS-Addressing and one `wsse:Security` block (transactions.md §3 and §4).
//!
//! Writing is strict and has one form. Reading matches expanded names only, tolerates what circulates, and leaves to
//! the caller what is a matter of policy: [`Envelope::parse`] accepts any SOAP envelope with one body element,
//! [`Envelope::check_request`] then applies what a server demands of a request.

mod content_type;
mod envelope;
mod fault;
mod headers;
mod write;

pub use content_type::{MEDIA_TYPE, is_xml_media_type, media_type, request_content_type, response_content_type};
pub use envelope::{Envelope, EnvelopeError, RequestRules, SoapVersion};
pub use fault::{ADDRESSING_HEADER_MISSING, Fault, FaultCode, FaultReadError, Subcode, SubcodeNamespace};
pub use headers::{Headers, MessageId};
pub use write::{RequestHeaders, ResponseHeaders, write_fault, write_request, write_response};

/// Expanded-name namespaces of the envelope.
pub mod namespaces {
    /// SOAP 1.2 envelope.
    pub const SOAP: &str = "http://www.w3.org/2003/05/soap-envelope";
    /// SOAP 1.1 envelope: circulates in tool-made ITI-41 traffic, refused by default.
    pub const SOAP_1_1: &str = "http://schemas.xmlsoap.org/soap/envelope/";
    /// WS-Addressing 1.0.
    pub const WSA: &str = "http://www.w3.org/2005/08/addressing";
    /// WS-Security 1.0 extension.
    pub const WSSE: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
    /// SAML 2.0 assertion.
    pub const SAML2: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
}

/// `wsa:ReplyTo` of every request and `wsa:To` of every answer.
pub const ANONYMOUS: &str = "http://www.w3.org/2005/08/addressing/anonymous";

/// `wsa:Action` of an answer that carries a fault.
pub const FAULT_ACTION: &str = "http://www.w3.org/2005/08/addressing/soap/fault";
