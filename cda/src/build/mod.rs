//! Documents to write: one header for unstructured (N1) and structured (N3) documents.
//!
//! What a producer must supply is in the types: a field that is no `Option` and no list has no default. What may be
//! left out says what is written then. Identities are typed ([`Ins`](dmp_vocabulary::identity::Ins),
//! [`ProfessionalId`](dmp_vocabulary::identity::ProfessionalId),
//! [`StructureId`](dmp_vocabulary::identity::StructureId)); codes are checked against the value sets.
//!
//! Nothing here reads a clock or draws a random number: the same model gives the same bytes. Children stand in the
//! order of the schema; UTF-8 without BOM, LF, no indentation.
//!
//! - [`DocumentHeader::write_unstructured`] puts a PDF or a text under the header (N1);
//! - [`DocumentHeader::write_structured`] puts sections under it, with a PDF copy, added documents and images (N3);
//! - [`DocumentHeader::successor`] and [`crate::Document::successor`] prepare the next version;
//! - [`crate::n1`] is the same for N1 documents whose fields come one by one, and names all that is missing.

mod actor;
mod contact;
mod content;
mod encounter;
mod entity;
mod error;
mod event;
mod faults;
mod header;
mod moment;
mod participant;
mod participation;
mod parts;
mod patient;
mod signature;
mod structured;
mod stylesheet;
mod version;

pub use actor::{
    Actor, Device, DossierPharmaceutique, Name, PatientActor, Professional, ServiceNumeriqueReference, Structure,
    StructureSystem,
};
pub use contact::{
    Address, AddressComponents, AddressContent, AddressUse, Contact, Telecom, TelecomScheme, TelecomUse,
};
pub use content::{Base64Layout, ContentType, MediaTypes, UnstructuredContent};
pub use encounter::{Encounter, EncounterParticipant, EncounterParticipation, Place};
pub use error::{BuildError, InvalidField};
pub use event::{Consent, EventCode, EventTranslation, MainEvent, Order, SecondaryEvent, TranslationAbout};
pub(crate) use faults::{Allowed, DOCUMENT_TYPES, Faults, PRACTICE_SETTINGS};
pub(crate) use header::check_title;
pub use header::{Confidentiality, DocumentHeader, Wrapping, WriteOptions};
pub use moment::{Interval, Moment};
pub use participant::{Participant, ParticipationKind};
pub use participation::{Author, Custodian, DataEnterer, Informant, Recipient, RelatedPerson, RelationClass};
pub use parts::Identifier;
pub(crate) use parts::hidden;
pub use patient::{BirthPlace, Deceased, FamilyQualifier, Guardian, GuardianKind, Patient, Sex};
pub use signature::{Authenticator, LegalAuthenticator, Responsible};
pub use structured::{
    AddedDocument, Block, Cell, CellContent, Entry, EntryError, Href, HrefError, Image, Inline, Item, List, Narrative,
    Paragraph, PdfCopy, Row, Section, StructuredBody, Table, Template,
};
pub use version::{DocumentVersion, NoSuccessor, Relation};
