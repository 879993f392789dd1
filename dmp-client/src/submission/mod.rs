//! Feeding: from files to a signed submission.

mod content_type;
mod document;
mod finding;
mod kos;
mod lot;
mod preflight;
mod replacement;
mod report;
pub mod restriction;
mod rule;
mod signature_entry;

pub use document::{Document, DocumentError, HeaderVersion, Hidden};
pub use finding::{Cause, Consequence, Finding};
pub use kos::{KosError, is_imaging_reference};
pub use lot::{Receipt, Submission};

pub(crate) use content_type::content_type;
pub(crate) use document::hexadecimal;
pub(crate) use kos::KOS;
pub(crate) use preflight::{Preflight, Submitter};
