//! What a search asks for.

use dmp_protocol::reimbursement::{self, REIMBURSEMENTS};
use jiff::Timestamp;
use xds_model::iti18::{AdhocQuery, DateRange, FindDocuments, ReturnType};
use xds_model::{AvailabilityStatus, CodedValue, Cx, Dtm};

use super::search_pause::Trigger;

/// LOINC.
const LOINC: &str = "2.16.840.1.113883.6.1";
/// typeCode of the vaccination history that the DMP keeps (LOINC).
const VACCINATION_HISTORY: &str = "11369-6";

/// Criteria of a search; all must hold. Each search is traced and may notify the patient: one search with lists inside,
/// never one search per value.
///
/// Codes are (code, code system OID) pairs; a list without any code is no criterion. Dates are UTC, 4 to 14 digits, or
/// instants; both ends are included.
///
/// ```
/// use dmp_client::Search;
/// let letters = Search::approved()
///     .type_codes([("11488-4", "2.16.840.1.113883.6.1")])
///     .since("20240302000000")
///     .author("%MODELE^ALIX%");
/// # let _ = letters;
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Search {
    query: FindDocuments,
    automatic: bool,
}

impl Search {
    /// Current versions only: the default of the DMP.
    pub fn approved() -> Self {
        Self::with_statuses([AvailabilityStatus::Approved])
    }

    /// Current and archived versions.
    pub fn approved_or_archived() -> Self {
        Self::with_statuses([AvailabilityStatus::Approved, AvailabilityStatus::Archived])
    }

    /// Any of these statuses; deleted documents are never found.
    pub fn with_statuses(statuses: impl IntoIterator<Item = AvailabilityStatus>) -> Self {
        Self {
            query: FindDocuments { statuses: statuses.into_iter().collect(), ..FindDocuments::default() },
            automatic: false,
        }
    }

    /// A search that nobody asked for, such as the one at the opening of a record. After
    /// `DMPAccessDeniedByExcededThreshold` such searches stop for the record session (`EX_3.1-2035`); those of users
    /// wait 15 minutes.
    pub fn automatic(mut self) -> Self {
        self.automatic = true;
        self
    }

    pub(crate) fn trigger(&self) -> Trigger {
        if self.automatic { Trigger::Software } else { Trigger::User }
    }

    /// Reimbursements of the assurance maladie of acts that began in this interval, of at most `hr-periode-max-mois`
    /// months (`EX_3.1-1015`).
    pub fn reimbursements(first: impl Into<Dtm>, last: impl Into<Dtm>) -> Self {
        Self::approved().type_codes([REIMBURSEMENTS]).since(first).until(last)
    }

    /// The vaccination history that the DMP keeps from the notes de vaccination.
    pub fn vaccination_history() -> Self {
        Self::approved().type_codes([(VACCINATION_HISTORY, LOINC)])
    }

    /// Documents that bear one of these identifiers (accession, order, study): FindDocumentsByReferenceId. `%` and `_`
    /// in them are wildcards; see [`Self::and_reference`] for identifiers that must come together.
    ///
    /// ```
    /// use dmp_client::Search;
    /// use xds_model::Cx;
    /// let accession = Cx::reference("ACC-1", "2.25.1", "urn:ihe:iti:xds:2013:accession");
    /// let linked = Search::by_reference([accession.as_str(), "1.2.3^^^^urn:ihe:iti:xds:2016:studyInstanceUID"]);
    /// # let _ = linked;
    /// ```
    pub fn by_reference<'a>(identifiers: impl IntoIterator<Item = &'a str>) -> Self {
        Self::approved().and_reference(identifiers)
    }

    /// Any other criteria of ITI-18 FindDocuments; the patient is always that of the record.
    pub fn criteria(query: FindDocuments) -> Self {
        Self { query, automatic: false }
    }

    /// One of these typeCodes.
    pub fn type_codes<'a>(mut self, codes: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        self.query.type_codes = coded(codes);
        self
    }

    /// One of these classCodes.
    pub fn class_codes<'a>(mut self, codes: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        self.query.class_codes = coded(codes);
        self
    }

    /// One of these formatCodes.
    pub fn format_codes<'a>(mut self, codes: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        self.query.format_codes = coded(codes);
        self
    }

    /// One of these practiceSettingCodes (cadre d'exercice).
    pub fn practice_settings<'a>(mut self, codes: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        self.query.practice_setting_codes = coded(codes);
        self
    }

    /// One of these healthcareFacilityTypeCodes (secteur d'activité).
    pub fn facility_types<'a>(mut self, codes: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        self.query.healthcare_facility_type_codes = coded(codes);
        self
    }

    /// One of these event codes; called again, one of each list.
    pub fn and_event<'a>(mut self, codes: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        and(&mut self.query.event_codes, coded(codes));
        self
    }

    /// One of these confidentiality codes; called again, one of each list.
    pub fn and_confidentiality<'a>(mut self, codes: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        and(&mut self.query.confidentiality_codes, coded(codes));
        self
    }

    /// One of these reference identifiers, besides those asked for before.
    pub fn and_reference<'a>(mut self, identifiers: impl IntoIterator<Item = &'a str>) -> Self {
        and(&mut self.query.reference_ids, identifiers.into_iter().map(str::to_owned).collect());
        self
    }

    /// An author whose XCN matches this pattern (`%MODELE^ALIX%`); called again, one of the patterns.
    pub fn author(mut self, pattern: impl Into<String>) -> Self {
        self.query.author_persons.push(pattern.into());
        self
    }

    /// Acts that began at this instant or later.
    pub fn since(mut self, first: impl Into<Dtm>) -> Self {
        self.query.service_start_time.from = Some(first.into());
        self
    }

    /// Acts that began at this instant or earlier.
    pub fn until(mut self, last: impl Into<Dtm>) -> Self {
        self.query.service_start_time.to = Some(included(last));
        self
    }

    /// Acts that ended at this instant or later.
    pub fn ended_since(mut self, first: impl Into<Dtm>) -> Self {
        self.query.service_stop_time.from = Some(first.into());
        self
    }

    /// Acts that ended at this instant or earlier.
    pub fn ended_until(mut self, last: impl Into<Dtm>) -> Self {
        self.query.service_stop_time.to = Some(included(last));
        self
    }

    /// Documents created at this instant or later.
    pub fn created_since(mut self, first: impl Into<Dtm>) -> Self {
        self.query.creation_time.from = Some(first.into());
        self
    }

    /// Documents created at this instant or earlier.
    pub fn created_until(mut self, last: impl Into<Dtm>) -> Self {
        self.query.creation_time.to = Some(included(last));
        self
    }

    /// Whether a search of reimbursements keeps to the longest period (`EX_3.1-1015`); any other search does.
    pub(crate) fn keeps_period(&self, months: u32, now: Timestamp) -> bool {
        !reimbursement::asks_for_reimbursements(&self.query)
            || reimbursement::within_period(&self.query.service_start_time, months, now)
    }

    /// Bounds that are no date, which the registry would refuse.
    pub(crate) fn has_unreadable_date(&self) -> bool {
        let ranges = [&self.query.service_start_time, &self.query.service_stop_time, &self.query.creation_time];
        let bounds = ranges.into_iter().flat_map(|DateRange { from, to }| [from, to]);
        bounds.flatten().any(|bound| bound.timestamp().is_none())
    }

    pub(crate) fn to_query(&self, patient: Cx) -> AdhocQuery {
        let mut query = FindDocuments { patient_id: Some(patient), ..self.query.clone() };
        if query.statuses.is_empty() {
            // The parameter is mandatory.
            query.statuses.push(AvailabilityStatus::Approved);
        }
        query.to_query(ReturnType::LeafClass)
    }
}

fn coded<'a>(codes: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<CodedValue> {
    codes.into_iter().map(|(code, system)| CodedValue::without_display(code, system)).collect()
}

/// An empty list is no criterion.
fn and<T>(lists: &mut Vec<Vec<T>>, list: Vec<T>) {
    if !list.is_empty() {
        lists.push(list);
    }
}

/// The exclusive end of the wire, for an end that is included.
fn included(last: impl Into<Dtm>) -> Dtm {
    let last = last.into();
    last.next_second().unwrap_or(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(search: &Search) -> FindDocuments {
        FindDocuments::from_query(&search.to_query(Cx::from("1^^^&2&ISO^NH"))).unwrap()
    }

    #[test]
    fn a_search_always_names_patient_and_status() {
        let find = read(&Search::criteria(FindDocuments::default()));
        assert_eq!(find.statuses, [AvailabilityStatus::Approved]);
        assert!(find.patient_id.is_some());
    }

    #[test]
    fn the_end_of_an_interval_is_included() {
        let find = read(&Search::approved().since("2024").until("20240302235959"));
        assert_eq!(find.service_start_time.from, Some(Dtm::from("20240101000000")));
        assert_eq!(find.service_start_time.to, Some(Dtm::from("20240303000000")));
    }

    #[test]
    fn every_criterion_reaches_the_wire() {
        let code = [("c", "1.2")];
        let search = Search::approved_or_archived()
            .type_codes(code)
            .class_codes(code)
            .format_codes(code)
            .practice_settings(code)
            .facility_types(code)
            .and_event(code)
            .and_event([("d", "1.2")])
            .and_event([])
            .and_confidentiality(code)
            .author("%L'HOPITAL%")
            .author("%B%")
            .ended_since("2024")
            .ended_until("20241231")
            .created_since("2024")
            .created_until("20241231")
            .and_reference(["a^%", "b"])
            .and_reference(["c"]);
        let find = read(&search);
        let single = [CodedValue::without_display("c", "1.2")];
        for codes in [
            &find.type_codes,
            &find.class_codes,
            &find.format_codes,
            &find.practice_setting_codes,
            &find.healthcare_facility_type_codes,
        ] {
            assert_eq!(codes.as_slice(), single);
        }
        assert_eq!((find.event_codes.len(), find.confidentiality_codes.len()), (2, 1));
        assert_eq!(find.author_persons, ["%L'HOPITAL%", "%B%"]);
        assert_eq!(find.reference_ids, [vec!["a^%".to_owned(), "b".to_owned()], vec!["c".to_owned()]]);
        assert_eq!(find.service_stop_time, DateRange::between("20240101000000", "20241231"));
        assert_eq!(find.creation_time, DateRange::between("20240101000000", "20241231"));
        assert!(!search.has_unreadable_date());
        assert!(Search::approved().created_until("yesterday").has_unreadable_date());
    }
}
