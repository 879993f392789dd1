//! F05: the search screen — criteria that the DMP applies, criteria applied to what it answers, and searches that users
//! save (SC.DMP/UX.27, `EX_3.1-1015`, `-1030` to `-1080`).
//!
//! One run is one act of the user, for the patient is told of it: lists go in one query, never one query per value. No
//! entry is left out because of its patientId (`EX_3.1-1055`), and no unknown code is refused.
//!
//! ```no_run
//! # async fn program(searches: dmp_lps::searches::RecordSearches<dmp_client::mode::Air, dmp_client::mode::Normal>,
//! #     ctx: dmp_lps::AccessContext, act: dmp_lps::UserAction) -> Result<(), dmp_client::DmpError> {
//! use dmp_lps::document_search::{SearchCode, DocumentSearch, DocumentSearcher, Moment, Period, SearchSettings};
//!
//! let letters = DocumentSearch::all_active()
//!     .types([SearchCode::loinc("11488-4"), SearchCode::loinc("34112-3")])
//!     .acts_began(Period::since(Moment::MonthsAgo(6)))
//!     .third_party_only();
//! let searcher = DocumentSearcher::new(dmp_lps::SystemClock, SearchSettings::default());
//! let outcome = searcher.run(&searches, &ctx, &letters, &act).await?;
//! for entry in &outcome.entries {
//!     println!("{}", dmp_lps::display::type_label(entry));
//! }
//! # Ok(())
//! # }
//! ```

mod criteria;
mod filter;
mod period;
mod preset;

use std::sync::Arc;

use dmp_client::mode::{AccessMode, Consults};
use dmp_client::{DmpError, DocumentEntry, ErrorKind, Found};
use dmp_vocabulary::identity::StructureId;

pub use criteria::{DocumentSearch, ReferenceId, SearchCode, Visibility};
pub use period::{Moment, Period};
pub use preset::SavedSearch;

use crate::clock::Clock;
use crate::confirmed::UserAction;
use crate::context::AccessContext;
use crate::searches::RecordSearches;

/// Where the visibility criteria are applied; both find the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum VisibilityCriterion {
    /// In the query.
    #[default]
    InQuery,
    /// On what the DMP answers.
    OnAnswer,
}

/// What the establishment chooses.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SearchSettings {
    /// Where the visibility criteria are applied.
    pub visibility: VisibilityCriterion,
    /// The identifiers of the establishment besides the structure of the user: its documents are not those of third
    /// parties.
    pub own_structures: Vec<StructureId>,
}

/// Runs searches.
#[derive(Clone)]
pub struct DocumentSearcher {
    clock: Arc<dyn Clock>,
    settings: SearchSettings,
}

impl std::fmt::Debug for DocumentSearcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DocumentSearcher").field("visibility", &self.settings.visibility).finish_non_exhaustive()
    }
}

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchOutcome {
    /// The documents, the latest act first, then by typeCode; empty when nothing matches.
    pub entries: Vec<DocumentEntry>,
    /// Whether a part of the answer is missing: the screen must say so.
    pub partial: bool,
    /// Why, and what else the DMP remarked.
    pub notes: Vec<SearchNote>,
}

/// A remark about an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SearchNote {
    /// A code that the DMP sent with its answer.
    FromDmp(String),
    /// The submissions could not be read: every date of submission is shown.
    SubmissionDatesNotApplied(ErrorKind),
}

impl DocumentSearcher {
    /// A searcher of an establishment.
    #[must_use]
    pub fn new(clock: impl Clock, settings: SearchSettings) -> Self {
        Self { clock: Arc::new(clock), settings }
    }

    /// Runs a search that the user asked for: TD3.1 FindDocuments or FindDocumentsByReferenceId, and the submissions of
    /// the interval where dates of submission are given.
    ///
    /// # Errors
    /// [`DmpError`]: `SEARCH_POLICY` for an act that was served already, `EX_3.1-1015` for reimbursements without start
    /// or over too long a period (nothing was sent).
    pub async fn run<A: Consults, X: AccessMode>(
        &self,
        searches: &RecordSearches<A, X>,
        ctx: &AccessContext,
        search: &DocumentSearch,
        act: &UserAction,
    ) -> Result<SearchOutcome, DmpError> {
        let now = self.clock.now();
        let found = searches.asked(search.to_query(now, self.settings.visibility), act).await?;
        let mut outcome = SearchOutcome {
            entries: found.to_vec(),
            partial: found.is_partial(),
            notes: found.notices().iter().cloned().map(SearchNote::FromDmp).collect(),
        };
        if let Some((first, last)) = search.submitted.instants(now).filter(|_| !found.is_empty()) {
            outcome.keep_submitted(searches.record().submitted_between(first, last).await);
        }
        outcome.entries.retain(|entry| search.keeps(entry, ctx, &self.settings.own_structures));
        outcome.entries.sort_by_cached_key(crate::display::sort_key);
        Ok(outcome)
    }
}

impl SearchOutcome {
    /// Keeps the documents of these submissions, by uniqueId: a document whose metadata changed has another entry since.
    fn keep_submitted(&mut self, submitted: Result<Found, DmpError>) {
        match submitted {
            Ok(submitted) => {
                self.partial |= submitted.is_partial();
                self.notes.extend(submitted.notices().iter().cloned().map(SearchNote::FromDmp));
                self.entries.retain(|entry| submitted.iter().any(|other| other.unique_id == entry.unique_id));
            }
            Err(error) => {
                self.partial = true;
                self.notes.push(SearchNote::SubmissionDatesNotApplied(error.kind()));
            }
        }
    }
}
