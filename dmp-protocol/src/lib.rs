//! What both ends of a DMP conversation say: identities, envelopes, assertions, signatures, messages and errors.
//!
//! No I/O and no clock: a typed request becomes bytes, bytes become a typed answer or a typed refusal. Time and
//! randomness that matter are arguments.

pub use dmp_vocabulary::{identity, nomenclature};
pub use dmp_xml as xml;
pub use paris::paris;

pub mod certificate;
pub mod distinguished_name;
pub mod error;
pub mod mtom;
mod paris;
pub mod patient;
mod received_name;
pub mod reimbursement;
pub mod rights;
pub mod rules;
pub mod signature;
pub mod soap;
pub mod switches;
pub mod transaction;
pub mod vihf;
pub mod web_ps;
pub mod xades;
