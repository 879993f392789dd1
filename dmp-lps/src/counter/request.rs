//! What is counted.

use std::collections::BTreeSet;

use dmp_client::{DocumentEntry, KnownDocuments};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};
use xds_model::Author;

use crate::context::{AccessContext, PatientKey};

/// Since when documents are new. Days and times are those of Paris; a day begins at midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SinceEvent {
    /// The last visit of the patient.
    LastVisit(Date),
    /// The last time that this user took note of what is new in this DMP (`EX_3.1-1012`).
    LastDmpConsultation,
    /// The admission.
    Admission(Date),
    /// Any time that the user gives.
    Custom(DateTime),
}

impl SinceEvent {
    /// The instant, UTC; `None` for the last consultation, which a store knows. An hour that exists twice is the first
    /// one: nothing is missed.
    pub(super) fn instant(self) -> Option<Timestamp> {
        let local = match self {
            Self::LastVisit(day) | Self::Admission(day) => day.to_datetime(jiff::civil::Time::midnight()),
            Self::Custom(time) => time,
            Self::LastDmpConsultation => return None,
        };
        let zoned = dmp_protocol::paris().to_ambiguous_zoned(local).earlier();
        // A time that no calendar of Paris holds is before everything.
        Some(zoned.map_or(Timestamp::MIN, |zoned| zoned.timestamp()))
    }
}

/// Why a record is opened, as far as the count goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum EncounterKind {
    /// Consultation externe.
    ExternalConsultation,
    /// Urgences.
    Emergency,
    /// Hospitalisation.
    Inpatient,
    /// Anything else.
    Other,
}

/// What the user wants counted (SC.DMP/UX.17); the default is everything. Applied to what was found: a change asks
/// nothing of the DMP.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CountCriteria {
    /// typeCodes; any when empty.
    pub types: BTreeSet<String>,
    /// A part of the name of the author or of their institution, in any case; any when absent.
    pub author: Option<String>,
}

impl CountCriteria {
    pub(super) fn keeps(&self, entry: &DocumentEntry) -> bool {
        let kind = entry.type_code.as_ref().map(|code| code.code.as_str()).unwrap_or_default();
        let author = self.author.as_deref().map(str::to_lowercase);
        (self.types.is_empty() || self.types.contains(kind))
            && author.is_none_or(|part| entry.authors.iter().any(|author| names(author, &part)))
    }
}

/// Whether the names of an author hold a text in lower case.
fn names(author: &Author, part: &str) -> bool {
    let institution = author.institution.as_ref().map(|institution| institution.name().to_lowercase());
    let person = author.person.as_ref().map(|person| format!("{} {}", person.given(), person.family()).to_lowercase());
    institution.into_iter().chain(person).any(|name| name.contains(part))
}

/// One count: whose, for whom, since when, of what.
#[derive(Debug, Clone)]
pub struct CountRequest<'a> {
    pub(crate) ctx: &'a AccessContext,
    pub(crate) patient: &'a PatientKey,
    pub(crate) since: SinceEvent,
    pub(crate) criteria: CountCriteria,
    pub(crate) known: KnownDocuments,
}

impl<'a> CountRequest<'a> {
    /// Every new document of a patient, for the user of a context.
    #[must_use]
    pub fn new(ctx: &'a AccessContext, patient: &'a PatientKey, since: SinceEvent) -> Self {
        Self { ctx, patient, since, criteria: CountCriteria::default(), known: KnownDocuments::none() }
    }

    /// Only those that match.
    #[must_use]
    pub fn matching(self, criteria: CountCriteria) -> Self {
        Self { criteria, ..self }
    }

    /// The documents that the software holds already: they are not new, a change of their metadata is told apart.
    #[must_use]
    pub fn known(self, known: KnownDocuments) -> Self {
        Self { known, ..self }
    }
}
