//! CDA R2 documents of the French CI-SIS: reader, writer, header to XDS metadata. No I/O.
//!
//! The bytes are the document: they are hashed, measured and sent as they came, never re-serialised. The reader is
//! tolerant, as the CI-SIS asks (*refusing a document because of elements one does not know is an error*): it refuses
//! only what `CDA-DOC-001` to `006` name. The writer is strict.
//!
//! - [`read`] looks at a file once, in bounded memory, and gives a [`Document`]: its shape, header, kind of body,
//!   and the digests that XDS and XAdES need;
//! - [`metadata`] derives the XDS DocumentEntry;
//! - [`build`] writes documents, unstructured (N1) and structured (N3);
//! - [`n1`] builds an unstructured document around a PDF or a text, field by field.

pub mod build;
pub mod check;
mod data_types;
mod document;
mod error;
mod file_kind;
pub mod header;
mod limits;
pub mod metadata;
pub mod n1;
mod read;
mod structured_body;
mod timestamp;

pub use data_types::{CodedElement, InstanceIdentifier, PersonName};
pub use document::{Base64Fault, Body, Content, Document, Fingerprint, Shape, UnstructuredBody};
pub use error::{CdaError, CdaErrorKind};
pub use file_kind::FileKind;
pub use header::Header;
pub use limits::CdaLimits;
pub use read::{embedded_pdf, read, read_with_body, read_with_media};
pub use structured_body::{EmbeddedMedia, MediaRole, MediaSink, SectionOutline, StructuredBody};
pub use timestamp::{Precision, TimeText, Timestamp, TimestampError};

/// Namespace of CDA.
const HL7: &str = "urn:hl7-org:v3";
