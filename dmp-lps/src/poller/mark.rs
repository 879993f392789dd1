//! What is kept of a list.

use jiff::Timestamp;

use crate::context::{PatientKey, ProfessionalKey};

/// What must be later than the last question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Criterion {
    /// `LASTAUTORIZATION`: the authorisation.
    Authorisations,
    /// `LASTDOC`: the last document.
    Documents,
}

/// Whose authorisations are listed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ListOwner {
    /// A professional.
    Professional(ProfessionalKey),
    /// A structure, by Struct_IdNat.
    Structure(String),
}

/// A patient of the software has a DMP on which somebody here is authorised. `Debug` does not show the patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DmpMark {
    /// The patient.
    pub patient: PatientKey,
    /// Who is authorised.
    pub owner: ListOwner,
    /// Whether the professional is the médecin traitant there.
    pub medecin_traitant: bool,
    /// When a document was added last, UTC; `None`: never, or not said.
    pub last_document_at: Option<Timestamp>,
    /// When the DMP listed the record last, UTC.
    pub listed_at: Timestamp,
}
