//! F30: what the systems of an establishment tell each other in HL7 v2: the patient's will (ZFA of IHE PAM) and documents
//! on their way to the DMP through an integration platform (MDM, PFI), with their acknowledgements.
//!
//! Messages are bytes in and out: who carries them (MLLP, files) is the software's business.

mod admission;
pub mod er7;
pub mod mdm;
mod zfa;

pub use admission::Applied;
pub use zfa::{Answer, Zfa, ZfaError};
