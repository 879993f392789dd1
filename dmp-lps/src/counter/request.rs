//! What is counted.

use std::collections::BTreeSet;

use dmp_client::{DocumentEntry, KnownDocuments};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use crate::authors::names;
use crate::clock::{first_instant, first_of_day};
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
        match self {
            Self::LastVisit(day) | Self::Admission(day) => Some(first_of_day(day)),
            Self::Custom(time) => Some(first_instant(time)),
            Self::LastDmpConsultation => None,
        }
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
        let author = self.author.as_deref();
        (self.types.is_empty() || self.types.contains(kind))
            && author.is_none_or(|part| entry.authors.iter().any(|author| names(author, part)))
    }
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
