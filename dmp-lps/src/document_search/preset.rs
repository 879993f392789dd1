//! Searches that are there from the start, and those that users keep.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::criteria::{DocumentSearch, SearchCode, Visibility};
use super::period::{Moment, Period};

/// Months of *last two years* (probable).
const TWO_YEARS: u16 = 24;
/// typeCodes of the preset *vaccination*: the history that the DMP keeps, and notes de vaccination (project default).
const VACCINATION: [&str; 2] = ["11369-6", "87273-9"];

/// A search that a user keeps under a name: in the settings of the user, in any format of serde. `Debug` shows neither.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedSearch {
    /// What the user calls it.
    pub name: String,
    /// Its criteria.
    pub search: DocumentSearch,
}

impl std::fmt::Debug for SavedSearch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SavedSearch(…)")
    }
}

impl DocumentSearch {
    /// *All active*: every current document.
    pub fn all_active() -> Self {
        Self::default()
    }

    /// *Last two years*: acts that began in the 24 months before the search runs.
    pub fn last_two_years() -> Self {
        Self::default().acts_began(Period::since(Moment::MonthsAgo(TWO_YEARS)))
    }

    /// *Invisible to the patient*.
    pub fn invisible_to_the_patient() -> Self {
        Self::default().visibility([Visibility::InvisibleToPatient])
    }

    /// *Vaccination*.
    pub fn vaccination() -> Self {
        Self::default().types(VACCINATION.map(SearchCode::loinc))
    }

    /// *Since last visit*: submitted since the day of that visit.
    pub fn since_last_visit(visit: Date) -> Self {
        Self::default().submitted(Period::since(Moment::Day(visit)))
    }

    /// Reimbursements of the assurance maladie of acts that began in a period, of at most `hr-periode-max-mois` months;
    /// without end it lasts until today, without start it is refused (`EX_3.1-1015`).
    pub fn reimbursements(acts: Period) -> Self {
        let (code, system) = dmp_protocol::reimbursement::REIMBURSEMENTS;
        Self::default().types([SearchCode::new(code, system)]).acts_began(acts)
    }
}
