//! Messages of the service `habilitations`: TD0.3, both ways. The patient and the actor are those of the VIHF.

mod set_authorization;

pub use set_authorization::{AuthorizationAction, AuthorizationRole, SetAuthorization, SetAuthorizationResponse};

/// Namespace of every element of these messages.
pub const HABILITATIONS: &str = "urn:si-dmp-habilitations";

/// A message that lacks what makes it one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MessageError {
    /// The body is another element.
    #[error("found body {found}, expected {{{HABILITATIONS}}}{expected}")]
    Body {
        /// Local name found.
        found: String,
        /// Local name expected.
        expected: &'static str,
    },
    /// An element that the transaction cannot do without.
    #[error("{0} is missing or empty")]
    Missing(&'static str),
}
