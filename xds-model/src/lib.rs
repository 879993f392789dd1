//! IHE XDS.b metadata and messages, both directions. No I/O, no DMP.
//!
//! The metadata ([`DocumentEntry`], [`SubmissionSet`], [`Association`]) and the transactions that carry them:
//! [`iti41`] (provide and register), [`iti18`] (stored query), [`iti43`] (retrieve), [`iti57`] (update).
//! One set of types serves both ends: what a client encodes a server decodes, and the reverse.
//!
//! Writers are strict: fixed order, every mandatory attribute, schema-valid. Readers are lenient: they accept what real
//! producers send and keep what they do not know, so that an entry read can be sent back unchanged.
//! Neither side judges: cardinalities, value sets and coherence (rules X01-X24) belong to the callers.
//!
//! `Debug` of every type leaves out names, identifiers of patients, titles and document bytes. `Serialize` does not:
//! it is for a user who asked to see the metadata.
//!
//! ```
//! use xds_model::Cx;
//! let patient = Cx::ins("280057599900151", "1.2.250.1.213.1.4.10");
//! assert_eq!(patient.as_str(), "280057599900151^^^&1.2.250.1.213.1.4.10&ISO^NH");
//! ```

mod association;
mod author;
mod coded_value;
mod cx;
mod document_content;
mod document_entry;
mod dtm;
mod ebrim;
mod error;
pub mod hl7;
pub mod iti18;
pub mod iti41;
pub mod iti43;
pub mod iti57;
pub mod namespace;
mod registry_response;
pub mod scheme;
mod slot;
mod source_patient_info;
mod status;
mod submission_set;
mod too_long;
mod xcn;
mod xon;

pub use association::{Association, AssociationKind};
pub use author::{Author, AuthorSpecialty};
pub use coded_value::CodedValue;
pub use cx::Cx;
pub use document_content::DocumentContent;
pub use document_entry::DocumentEntry;
pub use dtm::Dtm;
pub use ebrim::{Form, RegistryObjectList};
pub use error::ReadError;
pub use registry_response::{RegistryError, RegistryResponse, ResponseStatus, Severity};
pub use slot::{Classification, ExternalIdentifier, Extras, Slot};
pub use source_patient_info::SourcePatientInfo;
pub use status::AvailabilityStatus;
pub use submission_set::SubmissionSet;
pub use too_long::TooLong;
pub use xcn::{ActorKind, Xcn};
pub use xon::Xon;
