//! The `saml2p:Response` that carries a signed VIHF in TD0.10.

use dmp_xml::{Element, Limits, WriteError, Writer, XmlError, parse};

use crate::signature::{Base64Error, decode_base64};
use crate::vihf::{SerializedVihf, Stamp};

/// Namespace of SAML 2.0 messages.
pub const SAMLP: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
/// Name of the form field.
pub const SAML_FIELD: &str = "SAMLResponse";

const SUCCESS: &str = "urn:oasis:names:tc:SAML:2.0:status:Success";

/// Why a field is no SAML response. Holds no part of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SamlResponseError {
    /// Not base64.
    #[error("{SAML_FIELD} is not base64")]
    Base64(#[from] Base64Error),
    /// Not XML, or more of it than is read.
    #[error("{SAML_FIELD} is not a SAML response: {0}")]
    Xml(#[from] XmlError),
    /// Another element.
    #[error("{SAML_FIELD} holds another element than saml2p:Response")]
    Root,
}

/// Wraps an assertion, its bytes untouched so that its signature stays valid (probable shape; the server reads the
/// assertion). `id` is an NCName, fresh; the instant is that of the assertion. No `Destination`: the address may name the
/// patient.
///
/// # Errors
/// A value that XML cannot carry.
pub fn write_saml_response(assertion: &SerializedVihf, stamp: &Stamp, id: &str) -> Result<String, WriteError> {
    let issued_at = crate::vihf::instant(stamp.issued_at());
    let attributes = [("xmlns:saml2p", SAMLP), ("ID", id), ("Version", "2.0"), ("IssueInstant", issued_at.as_str())];
    let mut w = Writer::new();
    w.open("saml2p:Response", &attributes);
    w.open("saml2p:Status", &[]);
    w.empty("saml2p:StatusCode", &[("Value", SUCCESS)]);
    w.close();
    w.raw(assertion.as_str());
    w.close();
    w.finish()
}

/// Reads the value of the form field. The assertion inside is not verified: [`crate::vihf::verify::verify`] takes
/// this element as it takes an envelope.
///
/// # Errors
/// [`SamlResponseError`].
pub fn read_saml_response(field: &str) -> Result<Element, SamlResponseError> {
    let response = parse(&decode_base64(field)?, &Limits::default())?;
    if response.is(SAMLP, "Response") { Ok(response) } else { Err(SamlResponseError::Root) }
}
