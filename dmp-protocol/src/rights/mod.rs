//! Messages of the services `habilitations` (TD0.3, TD1.6) and `patientsSpecific` (TD0.4), both ways.
//!
//! The actor is the one of the VIHF, and so is the patient of TD0.3 and TD1.6; TD0.4 names none.

mod list_authorizations;
mod output;
mod patient_list;
mod set_authorization;

pub use list_authorizations::{AuthorizationMode, AuthorizedActor, ListAuthorizations, ListAuthorizationsResponse};
pub use output::ServiceStatus;
pub use patient_list::{ListCriterion, ListedDmp, PatientList, PatientListResponse};
pub use set_authorization::{AuthorizationAction, AuthorizationRole, SetAuthorization, SetAuthorizationResponse};

/// Namespace of every element of the messages of `habilitations`.
pub const HABILITATIONS: &str = "urn:si-dmp-habilitations";

/// Namespace of every element of the messages of `patientsSpecific`.
pub const PATIENTS: &str = "urn:si-dmp-patients";

/// A message that lacks what makes it one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MessageError {
    /// The body is another element.
    #[error("found body {found}, expected {{{namespace}}}{expected}")]
    Body {
        /// Local name found.
        found: String,
        /// Namespace expected.
        namespace: &'static str,
        /// Local name expected.
        expected: &'static str,
    },
    /// An element that the transaction cannot do without.
    #[error("{0} is missing or empty")]
    Missing(&'static str),
}
