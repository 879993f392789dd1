//! FindDocuments and FindDocumentsByReferenceId.

use super::{AdhocQuery, DateRange, Pattern, QueryError, ReturnType, StoredQuery};
use crate::{AvailabilityStatus, CodedValue, Cx, DocumentEntry};

const PATIENT_ID: &str = "$XDSDocumentEntryPatientId";
const STATUS: &str = "$XDSDocumentEntryStatus";
const CLASS_CODE: &str = "$XDSDocumentEntryClassCode";
const TYPE_CODE: &str = "$XDSDocumentEntryTypeCode";
const PRACTICE_SETTING_CODE: &str = "$XDSDocumentEntryPracticeSettingCode";
const HEALTHCARE_FACILITY_TYPE_CODE: &str = "$XDSDocumentEntryHealthcareFacilityTypeCode";
const EVENT_CODE_LIST: &str = "$XDSDocumentEntryEventCodeList";
const CONFIDENTIALITY_CODE: &str = "$XDSDocumentEntryConfidentialityCode";
const AUTHOR_PERSON: &str = "$XDSDocumentEntryAuthorPerson";
const FORMAT_CODE: &str = "$XDSDocumentEntryFormatCode";
const CREATION_TIME: &str = "$XDSDocumentEntryCreationTime";
const SERVICE_START_TIME: &str = "$XDSDocumentEntryServiceStartTime";
const SERVICE_STOP_TIME: &str = "$XDSDocumentEntryServiceStopTime";
const REFERENCE_ID_LIST: &str = "$XDSDocumentEntryReferenceIdList";

/// A search by criteria: all of them must hold. An empty list is no criterion.
///
/// With reference identifiers it is FindDocumentsByReferenceId, without them FindDocuments.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct FindDocuments {
    /// The INS. Required by IHE, the DMP takes the INS of the VIHF when it is absent; always send it.
    pub patient_id: Option<Cx>,
    /// Statuses, at least one.
    pub statuses: Vec<AvailabilityStatus>,
    /// One of these classCodes.
    pub class_codes: Vec<CodedValue>,
    /// One of these typeCodes.
    pub type_codes: Vec<CodedValue>,
    /// One of these practiceSettingCodes.
    pub practice_setting_codes: Vec<CodedValue>,
    /// One of these healthcareFacilityTypeCodes.
    pub healthcare_facility_type_codes: Vec<CodedValue>,
    /// For each list, one of its event codes.
    pub event_codes: Vec<Vec<CodedValue>>,
    /// For each list, one of its confidentiality codes.
    pub confidentiality_codes: Vec<Vec<CodedValue>>,
    /// One of these patterns (`%MODELE^ALIX%`) on the XCN of an author.
    pub author_persons: Vec<String>,
    /// One of these formatCodes.
    pub format_codes: Vec<CodedValue>,
    /// Interval of creationTime.
    pub creation_time: DateRange,
    /// Interval of serviceStartTime.
    pub service_start_time: DateRange,
    /// Interval of serviceStopTime.
    pub service_stop_time: DateRange,
    /// For each list, one of its patterns on a reference identifier (CX).
    pub reference_ids: Vec<Vec<String>>,
}

/// Prints the number of criteria only.
impl std::fmt::Debug for FindDocuments {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("FindDocuments")
            .field("statuses", &self.statuses)
            .field("creation_time", &self.creation_time)
            .field("service_start_time", &self.service_start_time)
            .field("service_stop_time", &self.service_stop_time)
            .finish_non_exhaustive()
    }
}

impl FindDocuments {
    /// Every parameter of the two queries; a registry ignores others.
    pub const PARAMETERS: [&str; 17] = [
        PATIENT_ID,
        STATUS,
        CLASS_CODE,
        TYPE_CODE,
        PRACTICE_SETTING_CODE,
        HEALTHCARE_FACILITY_TYPE_CODE,
        EVENT_CODE_LIST,
        CONFIDENTIALITY_CODE,
        AUTHOR_PERSON,
        FORMAT_CODE,
        "$XDSDocumentEntryCreationTimeFrom",
        "$XDSDocumentEntryCreationTimeTo",
        "$XDSDocumentEntryServiceStartTimeFrom",
        "$XDSDocumentEntryServiceStartTimeTo",
        "$XDSDocumentEntryServiceStopTimeFrom",
        "$XDSDocumentEntryServiceStopTimeTo",
        REFERENCE_ID_LIST,
    ];

    /// The approved documents of a patient.
    pub fn approved(patient_id: Cx) -> Self {
        Self { patient_id: Some(patient_id), statuses: vec![AvailabilityStatus::Approved], ..Self::default() }
    }

    /// The query on the wire.
    pub fn to_query(&self, return_type: ReturnType) -> AdhocQuery {
        let query = match self.reference_ids.is_empty() {
            true => StoredQuery::FindDocuments,
            false => StoredQuery::FindDocumentsByReferenceId,
        };
        let mut query = AdhocQuery::new(query, return_type);
        if let Some(patient_id) = &self.patient_id {
            query.add_text(PATIENT_ID, patient_id.as_str());
        }
        query.add_list(STATUS, self.statuses.iter().map(AvailabilityStatus::as_urn));
        query.add_codes(CLASS_CODE, &self.class_codes);
        query.add_codes(TYPE_CODE, &self.type_codes);
        query.add_codes(PRACTICE_SETTING_CODE, &self.practice_setting_codes);
        query.add_codes(HEALTHCARE_FACILITY_TYPE_CODE, &self.healthcare_facility_type_codes);
        self.event_codes.iter().for_each(|codes| query.add_codes(EVENT_CODE_LIST, codes));
        self.confidentiality_codes.iter().for_each(|codes| query.add_codes(CONFIDENTIALITY_CODE, codes));
        query.add_list(AUTHOR_PERSON, self.author_persons.iter().map(String::as_str));
        query.add_codes(FORMAT_CODE, &self.format_codes);
        query.add_dates(CREATION_TIME, &self.creation_time);
        query.add_dates(SERVICE_START_TIME, &self.service_start_time);
        query.add_dates(SERVICE_STOP_TIME, &self.service_stop_time);
        for patterns in &self.reference_ids {
            query.add_list(REFERENCE_ID_LIST, patterns.iter().map(String::as_str));
        }
        query
    }

    /// Reads the parameters of one of the two queries; unknown ones are ignored.
    ///
    /// # Errors
    /// [`QueryError`] for the first parameter that the registry refuses.
    pub fn from_query(query: &AdhocQuery) -> Result<Self, QueryError> {
        let by_reference = StoredQuery::from_id(&query.id) == Some(StoredQuery::FindDocumentsByReferenceId);
        let reference_ids = if by_reference { query.lists(REFERENCE_ID_LIST)? } else { Vec::new() };
        if by_reference && reference_ids.is_empty() {
            return Err(QueryError::missing(REFERENCE_ID_LIST));
        }
        let statuses = query.required_list(STATUS)?;
        Ok(Self {
            patient_id: query.text(PATIENT_ID)?.map(Cx::from),
            statuses: statuses.iter().map(|urn| AvailabilityStatus::from_urn(urn)).collect(),
            class_codes: query.codes(CLASS_CODE)?,
            type_codes: query.codes(TYPE_CODE)?,
            practice_setting_codes: query.codes(PRACTICE_SETTING_CODE)?,
            healthcare_facility_type_codes: query.codes(HEALTHCARE_FACILITY_TYPE_CODE)?,
            event_codes: query.code_lists(EVENT_CODE_LIST)?,
            confidentiality_codes: query.code_lists(CONFIDENTIALITY_CODE)?,
            author_persons: query.list(AUTHOR_PERSON)?,
            format_codes: query.codes(FORMAT_CODE)?,
            creation_time: query.dates(CREATION_TIME)?,
            service_start_time: query.dates(SERVICE_START_TIME)?,
            service_stop_time: query.dates(SERVICE_STOP_TIME)?,
            reference_ids,
        })
    }

    /// Whether an entry meets every criterion but the patient, who is the caller's (his INS may have changed).
    ///
    /// `to_inclusive`: see [`DateRange::contains`].
    pub fn matches(&self, entry: &DocumentEntry, to_inclusive: bool) -> bool {
        let one_of = |wanted: &[CodedValue], code: &Option<CodedValue>| {
            wanted.is_empty() || code.as_ref().is_some_and(|code| wanted.iter().any(|other| other.same_code(code)))
        };
        let each = |wanted: &[Vec<CodedValue>], codes: &[CodedValue]| {
            wanted.iter().all(|list| list.iter().any(|wanted| codes.iter().any(|code| code.same_code(wanted))))
        };
        entry.status.as_ref().is_some_and(|status| self.statuses.contains(status))
            && one_of(&self.class_codes, &entry.class_code)
            && one_of(&self.type_codes, &entry.type_code)
            && one_of(&self.practice_setting_codes, &entry.practice_setting_code)
            && one_of(&self.healthcare_facility_type_codes, &entry.healthcare_facility_type_code)
            && one_of(&self.format_codes, &entry.format_code)
            && each(&self.event_codes, &entry.event_codes)
            && each(&self.confidentiality_codes, &entry.confidentiality_codes)
            && self.creation_time.contains(entry.creation_time.as_ref(), to_inclusive)
            && self.service_start_time.contains(entry.service_start_time.as_ref(), to_inclusive)
            && self.service_stop_time.contains(entry.service_stop_time.as_ref(), to_inclusive)
            && self.matches_authors(entry)
            && self.matches_references(entry)
    }

    fn matches_authors(&self, entry: &DocumentEntry) -> bool {
        let persons = || entry.authors.iter().filter_map(|author| author.person.as_ref());
        self.author_persons.is_empty()
            || self.author_persons.iter().map(|text| Pattern::new(text)).any(|pattern| {
                let mut persons = persons();
                persons.any(|person| pattern.matches(person.as_str()))
            })
    }

    fn matches_references(&self, entry: &DocumentEntry) -> bool {
        self.reference_ids.iter().all(|patterns| {
            let mut patterns = patterns.iter().map(|text| Pattern::new(text));
            patterns.any(|pattern| entry.reference_ids.iter().any(|id| pattern.matches(id.as_str())))
        })
    }
}
