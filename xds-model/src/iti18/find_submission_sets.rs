//! FindSubmissionSets.

use super::{AdhocQuery, DateRange, Pattern, QueryError, ReturnType, StoredQuery};
use crate::{AvailabilityStatus, CodedValue, Cx, SubmissionSet};

const PATIENT_ID: &str = "$XDSSubmissionSetPatientId";
const STATUS: &str = "$XDSSubmissionSetStatus";
const SOURCE_ID: &str = "$XDSSubmissionSetSourceId";
const SUBMISSION_TIME: &str = "$XDSSubmissionSetSubmissionTime";
const AUTHOR_PERSON: &str = "$XDSSubmissionSetAuthorPerson";
const CONTENT_TYPE: &str = "$XDSSubmissionSetContentType";

/// Submission sets by criteria: all of them must hold. An empty list is no criterion.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct FindSubmissionSets {
    /// The INS. Required.
    pub patient_id: Cx,
    /// Statuses, at least one.
    pub statuses: Vec<AvailabilityStatus>,
    /// One of these sourceIds.
    pub source_ids: Vec<String>,
    /// Interval of submissionTime.
    pub submission_time: DateRange,
    /// A pattern (`%MODELE^ALIX%`) on the XCN of the author.
    pub author_person: Option<String>,
    /// One of these contentTypeCodes.
    pub content_types: Vec<CodedValue>,
}

/// Prints no person.
impl std::fmt::Debug for FindSubmissionSets {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("FindSubmissionSets")
            .field("statuses", &self.statuses)
            .field("submission_time", &self.submission_time)
            .finish_non_exhaustive()
    }
}

impl FindSubmissionSets {
    /// Every parameter of the query; a registry ignores others.
    pub const PARAMETERS: [&str; 7] = [
        PATIENT_ID,
        STATUS,
        SOURCE_ID,
        "$XDSSubmissionSetSubmissionTimeFrom",
        "$XDSSubmissionSetSubmissionTimeTo",
        AUTHOR_PERSON,
        CONTENT_TYPE,
    ];

    /// The approved submission sets of a patient, submitted in that interval.
    pub fn submitted(patient_id: Cx, submission_time: DateRange) -> Self {
        Self { patient_id, statuses: vec![AvailabilityStatus::Approved], submission_time, ..Self::default() }
    }

    /// The query on the wire.
    pub fn to_query(&self, return_type: ReturnType) -> AdhocQuery {
        let mut query = AdhocQuery::new(StoredQuery::FindSubmissionSets, return_type);
        query.add_text(PATIENT_ID, self.patient_id.as_str());
        query.add_list(STATUS, self.statuses.iter().map(AvailabilityStatus::as_urn));
        query.add_list(SOURCE_ID, self.source_ids.iter().map(String::as_str));
        query.add_dates(SUBMISSION_TIME, &self.submission_time);
        if let Some(pattern) = &self.author_person {
            query.add_text(AUTHOR_PERSON, pattern);
        }
        query.add_codes(CONTENT_TYPE, &self.content_types);
        query
    }

    /// Reads the parameters; unknown ones are ignored.
    ///
    /// # Errors
    /// [`QueryError`] for the first parameter that the registry refuses.
    pub fn from_query(query: &AdhocQuery) -> Result<Self, QueryError> {
        let patient_id = query.text(PATIENT_ID)?.filter(|patient| !patient.is_empty());
        let patient_id = patient_id.ok_or_else(|| QueryError::missing(PATIENT_ID))?;
        let statuses = query.required_list(STATUS)?;
        Ok(Self {
            patient_id: Cx::from(patient_id),
            statuses: statuses.iter().map(|urn| AvailabilityStatus::from_urn(urn)).collect(),
            source_ids: query.list(SOURCE_ID)?,
            submission_time: query.dates(SUBMISSION_TIME)?,
            author_person: query.text(AUTHOR_PERSON)?,
            content_types: query.codes(CONTENT_TYPE)?,
        })
    }

    /// Whether a submission set meets every criterion but the patient, who is the caller's (his INS may have changed).
    ///
    /// `to_inclusive`: see [`DateRange::contains`].
    pub fn matches(&self, set: &SubmissionSet, to_inclusive: bool) -> bool {
        let author = self.author_person.as_deref().map(Pattern::new);
        let persons = || set.authors.iter().filter_map(|author| author.person.as_ref());
        set.status.as_ref().is_some_and(|status| self.statuses.contains(status))
            && (self.source_ids.is_empty() || self.source_ids.contains(&set.source_id))
            && self.submission_time.contains(set.submission_time.as_ref(), to_inclusive)
            && author.is_none_or(|pattern| persons().any(|person| pattern.matches(person.as_str())))
            && (self.content_types.is_empty()
                || set.content_type_code.as_ref().is_some_and(|code| {
                    let mut wanted = self.content_types.iter();
                    wanted.any(|wanted| wanted.same_code(code))
                }))
    }
}
