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
//! - [`VaccinationNote`] writes a note de vaccination, one vaccination each;
//! - [`DocumentHeader::successor`] and [`crate::Document::successor`] prepare the next version;
//! - [`crate::n1`] is the same for N1 documents whose fields come one by one, and names all that is missing.

//!
//! ```
//! use cda::build::*;
//! use dmp_vocabulary::identity::{BirthDate, Ins, ProfessionalId, StructureId};
//! use dmp_vocabulary::{Oid, Realm, nomenclature::Nomenclatures};
//!
//! let concept = |set, code, system| {
//!     Nomenclatures::embedded().value_set(set).and_then(|set| set.get(code, system)).cloned().ok_or("unknown code")
//! };
//! let now: jiff::Zoned = "2026-03-09T10:15:00+01:00[+01:00]".parse()?;
//! let patient = Patient {
//!     ins: Ins::parse("280057599900151", "1.2.250.1.213.1.4.10", Realm::Test)?.value,
//!     birth_family: "EXEMPLE".into(),
//!     birth_given: "CAMILLE".into(),
//!     birth_given_list: "CAMILLE ANNE".into(),
//!     used_family: None,
//!     used_given: None,
//!     sex: Sex::Female,
//!     birth_date: BirthDate::parse_hl7("19800514")?,
//!     birth_place: BirthPlace::cog("75999"),
//!     local_ids: vec![],
//!     contact: Contact::default(),
//!     deceased: None,
//!     multiple_birth_rank: None,
//!     guardians: vec![],
//! };
//! let author = Professional::new(
//!     ProfessionalId::parse("899999000013", Realm::Test)?.value,
//!     concept("JDV_J01", "G15_10/SM54", "1.2.250.1.213.1.1.4.5")?,
//!     Name::new("MODELE", "Alix"),
//!     Structure::new(StructureId::parse("10B0990008", Realm::Test)?.value, "CLINIQUE DU MODELE"),
//! );
//! let header = DocumentHeader::new(
//!     DocumentVersion::first(Oid::parse("2.25.1")?, Oid::parse("2.25.2")?),
//!     (concept("JDV_J66", "11488-4", "2.16.840.1.113883.6.1")?, "Compte rendu de consultation"),
//!     now.clone(),
//!     patient,
//!     author,
//!     MainEvent::new(now, concept("JDV_J62", "AMBULATOIRE", "1.2.250.1.213.1.1.4.9")?),
//!     Encounter::new(concept("JDV_J61", "SA07", "1.2.250.1.71.4.2.4")?),
//! );
//! let bytes = header.write_unstructured(UnstructuredContent::text("Bonjour"), &WriteOptions::default())?;
//! assert!(cda::check::check(&bytes, &cda::check::CheckOptions::produce().for_the_dmp()).is_clean());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

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
mod vaccination;
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
pub use vaccination::{CIS, VACCINATION_NOTE, Vaccination, VaccinationId, VaccinationNote, Vaccinator, Vaccine};
pub use version::{DocumentVersion, NoSuccessor, Relation};
