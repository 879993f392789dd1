//! TD1.3b (administrative data) and TD1.4 (closing): a change of a record that is not linked to Mon espace santé
//! (`PRPA_IN201314UV02`, `PRPA_IN201314UV02_Response`).

mod author;
mod change;
mod request;
mod request_read;
mod response;

pub use author::RegistrationAuthor;
pub use change::{AdministrativeUpdate, RegistrationChange, RegistrationReason};
pub use request::{MessageHead, RegistrationRequest};
pub use response::{RegistrationAnswer, RegistrationResponse};

const REQUEST: &str = "PRPA_IN201314UV02";
