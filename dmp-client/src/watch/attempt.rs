//! What is about to be done.

use std::fmt;

use dmp_protocol::transaction::Transaction;
use dmp_protocol::vihf::{Access, AuthenticationClass, AuthenticationMode};
use dmp_protocol::web_ps::Page;
use dmp_vocabulary::identity::{Ins, ProfessionalId, StructureId};
use jiff::Timestamp;
use uuid::Uuid;
use xds_model::DocumentEntry;
use xds_model::iti18::AdhocQuery;

use crate::Subject;

/// What a transaction does; finer than its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Act {
    /// TD0.2.
    Existence,
    /// TD0.3 AJOUT.
    Authorise,
    /// TD0.3 SUPPRESSION.
    RemoveAuthorisation,
    /// TD0.4.
    ListAuthorised,
    /// TD0.5.
    SearchPatients,
    /// TD0.9, TD0.10.
    WebPs(Page),
    /// TD1.3a.
    AdministrativeData,
    /// TD1.3b.
    UpdateAdministrativeData,
    /// TD1.4.
    Close,
    /// TD1.6.
    ListAuthorisations,
    /// TD2.1, TD2.2; a document that replaces another says so.
    Submit,
    /// TD3.1.
    Search,
    /// TD3.1b.
    Locate,
    /// TD3.2.
    Retrieve,
    /// TD3.3a: hides from professionals.
    Mask,
    /// TD3.3a: shows to professionals again.
    Unmask,
    /// TD3.3b, to the patient.
    RevealToPatient,
    /// TD3.3b, to the legal representatives.
    RevealToRepresentatives,
    /// TD3.3c.
    Delete,
    /// TD3.3d.
    Archive,
    /// TD3.3d: takes out of the archive.
    Unarchive,
    /// Opening of a record in bris de glace: only as [`Attempt::toward`], for the TD0.2 that comes before it in normal
    /// access.
    BrisDeGlace,
}

/// A document that a transaction is about.
#[derive(Clone, PartialEq, Eq)]
pub struct WatchedDocument {
    /// uniqueId.
    pub unique_id: String,
    /// typeCode, where it is known.
    pub type_code: Option<String>,
    /// uniqueId of the document that this one replaces.
    pub replaces: Option<String>,
}

impl WatchedDocument {
    /// Of an entry.
    #[must_use]
    pub fn of(entry: &DocumentEntry) -> Self {
        let type_code = entry.type_code.as_ref().map(|code| code.code.clone());
        Self { unique_id: entry.unique_id.clone(), type_code, replaces: None }
    }

    /// A document of which only the uniqueId is known.
    #[must_use]
    pub fn named(unique_id: impl Into<String>) -> Self {
        Self { unique_id: unique_id.into(), type_code: None, replaces: None }
    }
}

impl fmt::Debug for WatchedDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WatchedDocument").finish_non_exhaustive()
    }
}

/// One transaction of one session. It holds health data; its `Debug` shows none.
#[derive(Clone)]
#[non_exhaustive]
pub struct Attempt {
    /// Drawn for this call.
    pub id: Uuid,
    /// What is done.
    pub act: Act,
    /// The transaction; `None` for an entry into the Web-PS.
    pub transaction: Option<Transaction>,
    /// What this transaction only prepares: the TD3.1b before a deletion is `Locate`, toward `Delete`.
    pub toward: Option<Act>,
    /// How the session is authenticated.
    pub mode: AuthenticationMode,
    /// The patient; `None` in TD0.4, TD0.5, on pages about nobody, and for a patient found by traits, whose number is for
    /// the DMP alone (`EX_0.5-1020`).
    pub patient: Option<Ins>,
    /// The patient, to be compared; `None` when the call is about nobody.
    pub subject: Option<Subject>,
    /// Why the record is opened; bris de glace has its reason.
    pub access: Access,
    /// Connexion secrète of a minor.
    pub connexion_secrete: bool,
    /// Struct_IdNat.
    pub structure: StructureId,
    /// PS_IdNat, or the internal identifier of a user or a process in INDIRECTE.
    pub professional: ProfessionalId,
    /// The documents that it names.
    pub documents: Vec<WatchedDocument>,
    /// The query of TD3.1, with its criteria.
    pub query: Option<AdhocQuery>,
}

impl Attempt {
    /// `TD3.1`, `TD0.10`.
    #[must_use]
    pub fn td(&self) -> &'static str {
        match self.transaction {
            Some(transaction) => transaction.td(),
            None if self.mode.is_air() => "TD0.10",
            None => "TD0.9",
        }
    }
}

impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempt")
            .field("id", &self.id)
            .field("act", &self.act)
            .field("toward", &self.toward)
            .field("mode", &self.mode)
            .field("access", &self.access)
            .field("connexion_secrete", &self.connexion_secrete)
            .finish_non_exhaustive()
    }
}

/// One assertion, at its birth (`EX_AIR-070`). It names a person; its `Debug` does not.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Issued {
    /// `vihfId`: identifier of the assertion.
    pub assertion: String,
    /// When it was issued, UTC.
    pub at: Timestamp,
    /// `idNatStruct`: Struct_IdNat.
    pub structure: StructureId,
    /// `idNatPs`: PS_IdNat.
    pub professional: ProfessionalId,
    /// How that person logged in (`samlAuthContext`).
    pub authentication: AuthenticationClass,
    /// Serial number of the certificate that signed it; of the TLS certificate when it is not signed.
    pub certificate_serial: String,
    /// Whether it was sent before, for another request: never in AIR.
    pub reused: bool,
}

impl fmt::Debug for Issued {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issued").field("assertion", &self.assertion).field("at", &self.at).finish_non_exhaustive()
    }
}
