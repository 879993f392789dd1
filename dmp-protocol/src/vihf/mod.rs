//! The VIHF (Vecteur d'Identification et d'Habilitation Formelles): the SAML 2.0 assertion of every request.
//!
//! [`Vihf`] is what a client means to say, checked before it is signed. [`Assertion`] is what travels: anything a
//! sender may have written, read without judgement. [`verify::verify`] stands between the two ends.

mod access;
mod assertion;
mod authentication;
mod content;
mod explanation;
mod guarantee;
mod issue;
mod reading;
mod role;
mod software;
pub mod verify;
mod writing;

pub use access::{Access, Purpose};
pub use assertion::{Assertion, AssertionAttribute, AttributeValue, CodedElement, Conditions, name};
pub use authentication::{AuthenticationClass, AuthenticationMode, WireMode};
pub use content::Vihf;
pub use explanation::AssertionLine;
pub use guarantee::Guarantee;
pub use issue::{SerializedVihf, Stamp, VihfError};
pub use reading::StructureError;
pub use role::{Profession, Role, RoleKind};
pub use software::Software;
pub(crate) use writing::instant;

/// Namespace of SAML 2.0 assertions.
pub const SAML: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
/// Namespace of WS-Security.
pub const WSSE: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
/// `Issuer/@Format`.
pub const ISSUER_FORMAT: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:X509SubjectName";
