//! A document of the DMP that the local record keeps.

use std::fmt;

use dmp_client::{DocumentEntry, DocumentState};
use jiff::Timestamp;
use jiff::civil::Date;

use super::decision::Decision;
use super::folder::DocumentGroup;
use super::identity::IdentityDoubt;
use super::local::{LocalDocument, LocalDocumentId};
use crate::context::{InternalUserId, PatientKey};
use crate::display::DMP_LABEL;

/// Where the user puts the document in the local record. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Placement {
    /// Date under which it is filed, in Paris.
    pub date: Date,
    /// Type of the local record.
    pub kind: String,
    /// Unit (service) that files it.
    pub unit: String,
}

impl fmt::Debug for Placement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Placement(…)")
    }
}

/// What the bytes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentKind {
    /// A CDA, whose header was read.
    Cda,
    /// Anything else: an imaging reference (KOS), of which only the entry is known.
    Other,
}

/// What a user must know of an imported document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ImportWarning {
    /// It names the patient by another number, which the user accepted.
    Identity(IdentityDoubt),
    /// Another document has its setId and version number.
    SameVersion,
    /// The DMP gave a text in place of an imaging reference: its hash could not be compared.
    Substitute,
    /// Not a CDA: nothing in it says whose it is.
    NoHeader,
}

/// Where a document comes from: shown without a click beside it, and changed by nobody (rule 4, SC.CDA/INT.04).
///
/// `Debug` hides the author.
#[derive(Clone, PartialEq, Eq)]
pub struct Provenance {
    pub(super) imported_at: Timestamp,
    pub(super) imported_by: InternalUserId,
    pub(super) unique_id: String,
    pub(super) set_id: Option<String>,
    pub(super) version_number: Option<u64>,
    pub(super) author: String,
    pub(super) repository: String,
    pub(super) hash: String,
}

impl Provenance {
    /// "DMP / Mon espace santé".
    #[must_use]
    pub fn origin(&self) -> &'static str {
        DMP_LABEL
    }

    /// When, UTC.
    #[must_use]
    pub fn imported_at(&self) -> Timestamp {
        self.imported_at
    }

    /// By whom.
    #[must_use]
    pub fn imported_by(&self) -> &InternalUserId {
        &self.imported_by
    }

    /// uniqueId in the DMP.
    #[must_use]
    pub fn unique_id(&self) -> &str {
        &self.unique_id
    }

    /// `setId` of the CDA: `root`, or `root^extension`.
    #[must_use]
    pub fn set_id(&self) -> Option<&str> {
        self.set_id.as_deref()
    }

    /// `versionNumber` of the CDA.
    #[must_use]
    pub fn version_number(&self) -> Option<u64> {
        self.version_number
    }

    /// Name and institution of its first author, as the entry writes them; empty when it says nothing.
    #[must_use]
    pub fn author(&self) -> &str {
        &self.author
    }

    /// repositoryUniqueId.
    #[must_use]
    pub fn repository(&self) -> &str {
        &self.repository
    }

    /// SHA-1 of the bytes kept, 40 lower-case hexadecimal digits.
    #[must_use]
    pub fn hash(&self) -> &str {
        &self.hash
    }
}

impl fmt::Debug for Provenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Provenance");
        debug.field("imported_at", &self.imported_at).field("unique_id", &self.unique_id).finish_non_exhaustive()
    }
}

/// The first author of an entry, as shown: `ALIX MODELE, CLINIQUE DU MODELE`.
pub(super) fn author_of(entry: &DocumentEntry) -> String {
    let Some(author) = entry.authors.first() else { return String::new() };
    let person = author.person.as_ref().map(|person| format!("{} {}", person.given(), person.family()));
    let institution = author.institution.as_ref().map(|institution| institution.name().into_owned());
    let parts = [person, institution].into_iter().flatten().map(|part| part.trim().to_owned());
    parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

/// A document of the DMP that the local record keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedDocument {
    /// Its identifier in the local record.
    pub id: LocalDocumentId,
    /// Whose it is.
    pub patient: PatientKey,
    /// Logical id of its entry.
    pub logical_id: Option<String>,
    /// What it was to the local record when it was imported; never one of those that import nothing.
    pub decision: Decision,
    /// The newer version that the local record has.
    pub superseded_by: Option<LocalDocumentId>,
    /// What the bytes are.
    pub kind: DocumentKind,
    /// Where the user put it.
    pub placement: Placement,
    /// Where it comes from.
    pub provenance: Provenance,
    /// Who did not see it in the DMP when it was imported: advice for whoever opens the copy (rule 5).
    pub advice: Vec<DocumentState>,
    /// What its reader must know.
    pub warnings: Vec<ImportWarning>,
    /// Its files.
    pub files: DocumentGroup,
}

impl ImportedDocument {
    /// What must alert whoever opens the copy in front of the patient (`EX_3.2-1025`).
    #[must_use]
    pub fn alerts(&self) -> Vec<DocumentState> {
        let hidden = [DocumentState::InvisibleToPatient, DocumentState::InvisibleToRepresentatives];
        hidden.into_iter().filter(|state| self.advice.contains(state)).collect()
    }

    /// The same, as documents are recognised by.
    #[must_use]
    pub fn as_local(&self) -> LocalDocument {
        LocalDocument {
            id: self.id.clone(),
            unique_id: self.provenance.unique_id.clone(),
            logical_id: self.logical_id.clone(),
            set_id: self.provenance.set_id.clone(),
            version_number: self.provenance.version_number,
            sha1: Some(self.provenance.hash.clone()),
            produced_here: false,
        }
    }
}
