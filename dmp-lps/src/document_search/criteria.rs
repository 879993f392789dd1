//! What a search asks for, as a user saves it.

use std::fmt;

use dmp_client::{AvailabilityStatus, Hidden, Search};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::VisibilityCriterion;
use super::period::Period;

const LOINC: &str = "2.16.840.1.113883.6.1";

/// A code and its code system; what no value set knows is a code like any other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchCode {
    /// SearchCode.
    pub code: String,
    /// Its system, an OID.
    pub system: String,
}

impl SearchCode {
    /// A code of that system.
    #[must_use]
    pub fn new(code: &str, system: &str) -> Self {
        Self { code: code.to_owned(), system: system.to_owned() }
    }

    /// A LOINC code.
    #[must_use]
    pub fn loinc(code: &str) -> Self {
        Self::new(code, LOINC)
    }
}

/// From whom a document is hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Professionals: the DMP gives these to the médecin traitant and to their authors only.
    Masked,
    /// The patient.
    InvisibleToPatient,
    /// The legal representatives.
    InvisibleToRepresentatives,
}

impl Visibility {
    pub(super) fn hidden(self) -> Hidden {
        match self {
            Self::Masked => Hidden::FromProfessionals,
            Self::InvisibleToPatient => Hidden::FromPatient,
            Self::InvisibleToRepresentatives => Hidden::FromRepresentatives,
        }
    }
}

/// An identifier of a study, an accession or an order (`EX_3.1-2000`).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferenceId {
    /// The whole identifier, as an entry bears it: `ACC-1^^^&2.25.1&ISO^urn:ihe:iti:xds:2013:accession`.
    Exact(String),
    /// A pattern: `%` is any run of characters, `_` any one character.
    Like(String),
}

impl ReferenceId {
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Exact(text) | Self::Like(text) => text,
        }
    }
}

/// Says which kind, not which identifier.
impl fmt::Debug for ReferenceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Exact(_) => "Exact(…)",
            Self::Like(_) => "Like(…)",
        })
    }
}

/// The criteria of a search; all must hold, and one of each list. A user may save it (serde); `Debug` shows nothing of
/// persons and titles.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
#[must_use]
pub struct DocumentSearch {
    pub(super) archived: bool,
    pub(super) deprecated: bool,
    pub(super) types: Vec<SearchCode>,
    pub(super) classes: Vec<SearchCode>,
    pub(super) formats: Vec<SearchCode>,
    pub(super) practice_settings: Vec<SearchCode>,
    pub(super) facility_types: Vec<SearchCode>,
    pub(super) events: Vec<SearchCode>,
    pub(super) acts_began: Period,
    pub(super) acts_ended: Period,
    pub(super) created: Period,
    pub(super) submitted: Period,
    pub(super) visibility: Vec<Visibility>,
    pub(super) author_person: Option<String>,
    pub(super) author_institution: Option<String>,
    pub(super) third_party_only: bool,
    pub(super) patient_documents_only: bool,
    pub(super) title: Option<String>,
    pub(super) references: Vec<ReferenceId>,
}

impl fmt::Debug for DocumentSearch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DocumentSearch").field("types", &self.types.len()).finish_non_exhaustive()
    }
}

impl DocumentSearch {
    /// Archived documents too.
    pub fn with_archived(self) -> Self {
        Self { archived: true, ..self }
    }

    /// Former versions too.
    pub fn with_deprecated(self) -> Self {
        Self { deprecated: true, ..self }
    }

    /// One of these typeCodes.
    pub fn types(self, types: impl IntoIterator<Item = SearchCode>) -> Self {
        Self { types: types.into_iter().collect(), ..self }
    }

    /// One of these classCodes.
    pub fn classes(self, classes: impl IntoIterator<Item = SearchCode>) -> Self {
        Self { classes: classes.into_iter().collect(), ..self }
    }

    /// One of these formatCodes.
    pub fn formats(self, formats: impl IntoIterator<Item = SearchCode>) -> Self {
        Self { formats: formats.into_iter().collect(), ..self }
    }

    /// One of these practiceSettingCodes (cadre d'exercice).
    pub fn practice_settings(self, codes: impl IntoIterator<Item = SearchCode>) -> Self {
        Self { practice_settings: codes.into_iter().collect(), ..self }
    }

    /// One of these healthcareFacilityTypeCodes (secteur d'activité).
    pub fn facility_types(self, codes: impl IntoIterator<Item = SearchCode>) -> Self {
        Self { facility_types: codes.into_iter().collect(), ..self }
    }

    /// One of these event codes.
    pub fn events(self, codes: impl IntoIterator<Item = SearchCode>) -> Self {
        Self { events: codes.into_iter().collect(), ..self }
    }

    /// Acts that began in a period.
    pub fn acts_began(self, period: Period) -> Self {
        Self { acts_began: period, ..self }
    }

    /// Acts that ended in a period.
    pub fn acts_ended(self, period: Period) -> Self {
        Self { acts_ended: period, ..self }
    }

    /// Documents created in a period.
    pub fn created(self, period: Period) -> Self {
        Self { created: period, ..self }
    }

    /// Documents submitted, or whose metadata changed, in a period: the submissions are read besides.
    pub fn submitted(self, period: Period) -> Self {
        Self { submitted: period, ..self }
    }

    /// Documents that are hidden from one of these.
    pub fn visibility(self, hidden_from: impl IntoIterator<Item = Visibility>) -> Self {
        Self { visibility: hidden_from.into_iter().collect(), ..self }
    }

    /// An author whose XCN matches this pattern: `%MODELE^ALIX%`.
    pub fn author_person(self, pattern: impl Into<String>) -> Self {
        Self { author_person: Some(pattern.into()), ..self }
    }

    /// An author whose institution has this text in its name, in any case, or this identifier.
    pub fn author_institution(self, text: impl Into<String>) -> Self {
        Self { author_institution: Some(text.into()), ..self }
    }

    /// Only documents that nobody of the establishment wrote.
    pub fn third_party_only(self) -> Self {
        Self { third_party_only: true, ..self }
    }

    /// Only what the patient put there (`EX_3.1-1040`).
    pub fn patient_documents_only(self) -> Self {
        Self { patient_documents_only: true, ..self }
    }

    /// A title that holds this text, in any case.
    pub fn title_contains(self, text: impl Into<String>) -> Self {
        Self { title: Some(text.into()), ..self }
    }

    /// Documents that bear one of these identifiers: FindDocumentsByReferenceId.
    pub fn references(self, identifiers: impl IntoIterator<Item = ReferenceId>) -> Self {
        Self { references: identifiers.into_iter().collect(), ..self }
    }

    /// The criteria that the DMP applies: lists in one query, dates in UTC (rules 1 and 2).
    pub(super) fn to_query(&self, now: Timestamp, visibility: VisibilityCriterion) -> Search {
        let hidden: Vec<_> = self.visibility.iter().map(|one| one.hidden().coded_value()).collect();
        let hidden: &[_] = if visibility == VisibilityCriterion::InQuery { &hidden } else { &[] };
        let mut query = Search::with_statuses(self.statuses())
            .type_codes(pairs(&self.types))
            .class_codes(pairs(&self.classes))
            .format_codes(pairs(&self.formats))
            .practice_settings(pairs(&self.practice_settings))
            .facility_types(pairs(&self.facility_types))
            .and_event(pairs(&self.events))
            .and_confidentiality(hidden.iter().map(|code| (code.code.as_str(), code.system.as_str())))
            .and_reference(self.references.iter().map(ReferenceId::text));
        if let Some(pattern) = &self.author_person {
            query = query.author(pattern);
        }
        query = self.acts_began.apply(query, now, Search::since, Search::until);
        query = self.acts_ended.apply(query, now, Search::ended_since, Search::ended_until);
        self.created.apply(query, now, Search::created_since, Search::created_until)
    }

    fn statuses(&self) -> Vec<AvailabilityStatus> {
        let others = [(self.archived, AvailabilityStatus::Archived), (self.deprecated, AvailabilityStatus::Deprecated)];
        let others = others.into_iter().filter(|(asked, _)| *asked).map(|(_, status)| status);
        [AvailabilityStatus::Approved].into_iter().chain(others).collect()
    }
}

fn pairs(codes: &[SearchCode]) -> impl Iterator<Item = (&str, &str)> {
    codes.iter().map(|code| (code.code.as_str(), code.system.as_str()))
}
