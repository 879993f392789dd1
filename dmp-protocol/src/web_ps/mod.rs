//! Web-PS: the DMP in a browser, opened in context from the software (TD0.9 by card or Pro Santé Connect, TD0.10 in
//! AIR): addresses, forms, and the SAML response that carries a VIHF. Both ends share them.
//!
//! Nothing here is sent or displayed: a client makes an address or a form, a server reads it.

mod address;
mod form;
mod page;
mod refusal;
mod saml_response;

pub use address::{AIR_PATH, AskedPage, AskedPatient, DIRECT_PATH, page_url};
pub use form::{Form, FormError, read_form, write_urlencoded};
pub use page::{Page, PatientUse};
pub use refusal::{ACCESS_FORBIDDEN, REFUSAL_META, refusal_code};
pub use saml_response::{SAML_FIELD, SAMLP, SamlResponseError, read_saml_response, write_saml_response};
