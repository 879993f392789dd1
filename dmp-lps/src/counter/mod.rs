//! F04: how many documents third parties added since an event, invisible ones included (SC.DMP/UX.15, .17, `EX_3.1-1010`
//! to `-1013`).
//!
//! The count is the one automatic group of searches of an opened record (`EX_3.1-2030`): see
//! [`crate::searches::RecordSearches`]. It is told from the answers of that group, and so is the list behind it; another
//! criterion asks nothing more of the DMP.
//!
//! ```no_run
//! # async fn program(opened: dmp_lps::opening::Opened<'_, dmp_client::mode::Air, dmp_lps::Database>, base: dmp_lps::Database,
//! #     ctx: dmp_lps::AccessContext, patient: dmp_lps::PatientKey) -> Result<(), dmp_client::DmpError> {
//! use dmp_lps::counter::{CountRequest, CountResult, CounterSettings, EncounterKind, NewDocumentCounter, SinceEvent};
//! use dmp_lps::searches::RecordSearches;
//!
//! let counter = NewDocumentCounter::new(base, dmp_lps::SystemClock, CounterSettings::default());
//! let searches = RecordSearches::of(opened.record().clone());
//! let request = CountRequest::new(&ctx, &patient, SinceEvent::LastDmpConsultation);
//! let result = counter.at_opening(&searches, &request, EncounterKind::Emergency, &opened.badge()).await?;
//! if let CountResult::Counted(count) = result {
//!     println!("{} nouveaux documents, dont {} non visibles par le patient", count.total, count.invisible_patient);
//!     // The user has looked at them.
//!     counter.acknowledge(&searches, &request, &count).await?;
//! }
//! # Ok(())
//! # }
//! ```

mod last_seen;
mod request;
mod result;

use std::collections::BTreeSet;
use std::sync::Arc;

use dmp_client::mode::{AccessMode, Consults};
use dmp_client::{DmpError, ErrorKind, SubmissionReading};
use dmp_protocol::error::LocalRefusal;
use dmp_protocol::transaction::Transaction;
use dmp_vocabulary::identity::StructureId;
use jiff::Timestamp;

pub(crate) use last_seen::TABLES;
pub use last_seen::{LastSeenStore, Reader};
pub use request::{CountCriteria, CountRequest, EncounterKind, SinceEvent};
pub(crate) use result::Submitted;
pub use result::{Count, CountResult, NotAsked};

use crate::clock::{Clock, months_later};
use crate::confirmed::UserAction;
use crate::opening::RecordBadge;
use crate::searches::RecordSearches;
use crate::store::StoreError;

/// What the establishment chooses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CounterSettings {
    /// How the documents of submissions are read; both ways count the same.
    pub reading: SubmissionReading,
    /// Encounters at whose opening the count runs by itself. Default: external consultation and emergency.
    pub encounters: BTreeSet<EncounterKind>,
    /// All the identifiers of the establishment as authors bear them (FINESS of EJ and EG, SIRET…), besides the
    /// structure of the user: their documents are not those of third parties.
    pub own_structures: Vec<StructureId>,
    /// For a user who never consulted this DMP: how many calendar months back "since the last consultation" begins
    /// (project default: 24).
    pub first_months: i32,
}

impl Default for CounterSettings {
    fn default() -> Self {
        Self {
            reading: SubmissionReading::default(),
            encounters: BTreeSet::from([EncounterKind::ExternalConsultation, EncounterKind::Emergency]),
            own_structures: Vec::new(),
            first_months: 24,
        }
    }
}

/// Counts the new documents of records.
pub struct NewDocumentCounter<S> {
    store: Arc<S>,
    clock: Arc<dyn Clock>,
    settings: CounterSettings,
}

impl<S> std::fmt::Debug for NewDocumentCounter<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewDocumentCounter").field("reading", &self.settings.reading).finish_non_exhaustive()
    }
}

impl<S: LastSeenStore> NewDocumentCounter<S> {
    /// A counter that remembers in a store when each user last consulted each DMP.
    #[must_use]
    pub fn new(store: S, clock: impl Clock, settings: CounterSettings) -> Self {
        Self { store: Arc::new(store), clock: Arc::new(clock), settings }
    }

    /// The count that nobody asked for, when a record opens: once for an opened record, only for the encounters of the
    /// settings, only where the badge says that the user is authorised. Where it is [`NotAsked`], nothing was spent: call
    /// again when the user enters the view of the DMP.
    ///
    /// # Errors
    /// [`DmpError`]: `SEARCH_POLICY` when another automatic search was made or documents were fed, `F04` when the store
    /// fails. Over-solicitation is no error: [`CountResult::Unavailable`].
    pub async fn at_opening<A: Consults, X: AccessMode>(
        &self,
        searches: &RecordSearches<A, X>,
        request: &CountRequest<'_>,
        encounter: EncounterKind,
        badge: &RecordBadge,
    ) -> Result<CountResult, DmpError> {
        if !self.settings.encounters.contains(&encounter) {
            return Ok(CountResult::NotAsked(NotAsked::Encounter));
        }
        if !badge.is_authorised() {
            return Ok(CountResult::NotAsked(NotAsked::NotAuthorised));
        }
        if let Some(known) = self.known(searches, request) {
            return Ok(known);
        }
        let since = self.since(request).await.map_err(store_failed)?;
        searches.claim_opening()?;
        self.run(searches, request, since).await
    }

    /// The count that the user clicked for, whatever the encounter. What is known already is told again without a call.
    ///
    /// # Errors
    /// [`DmpError`]: `SEARCH_POLICY` for an act that was served already, `F04` when the store fails.
    pub async fn asked<A: Consults, X: AccessMode>(
        &self,
        searches: &RecordSearches<A, X>,
        request: &CountRequest<'_>,
        act: &UserAction,
    ) -> Result<CountResult, DmpError> {
        if let Some(known) = self.known(searches, request) {
            return Ok(known);
        }
        let since = self.since(request).await.map_err(store_failed)?;
        searches.claim_act(act)?;
        self.run(searches, request, since).await
    }

    /// The user has taken note: what is new is now counted from the time of the request, and this count is 0. A partial
    /// count leaves the instant where it was: what is missing from it is not forgotten.
    ///
    /// # Errors
    /// [`DmpError`]: `F04`, the store failed; nothing changed then.
    pub async fn acknowledge<A: Consults, X: AccessMode>(
        &self,
        searches: &RecordSearches<A, X>,
        request: &CountRequest<'_>,
        count: &Count,
    ) -> Result<(), DmpError> {
        if !count.partial {
            let reader = Reader::of(request.ctx);
            let stored = self.store.consulted(request.patient.clone(), reader, count.asked_at).await;
            stored.map_err(store_failed)?;
        }
        searches.keep_submitted(Submitted::Acknowledged { event: request.since, asked_at: count.asked_at });
        Ok(())
    }

    async fn since(&self, request: &CountRequest<'_>) -> Result<Timestamp, StoreError> {
        if let Some(instant) = request.since.instant() {
            return Ok(instant);
        }
        let last = self.store.last_consultation(request.patient.clone(), Reader::of(request.ctx)).await?;
        Ok(last.unwrap_or_else(|| months_later(self.clock.now(), -self.settings.first_months)))
    }

    fn known<A: Consults, X: AccessMode>(
        &self,
        searches: &RecordSearches<A, X>,
        request: &CountRequest<'_>,
    ) -> Option<CountResult> {
        searches.submitted()?.count(request, &self.settings.own_structures)
    }

    async fn run<A: Consults, X: AccessMode>(
        &self,
        searches: &RecordSearches<A, X>,
        request: &CountRequest<'_>,
        since: Timestamp,
    ) -> Result<CountResult, DmpError> {
        let asked_at = self.clock.now();
        let submitted = match searches.record().documents_since(since, self.settings.reading).await {
            Ok(found) => Submitted::Found { event: request.since, asked_at, found: Arc::new(found) },
            // No retry in this record session; feeding is untouched (EX_3.1-2035).
            Err(error) if error.kind() == ErrorKind::Throttled => Submitted::Unavailable,
            Err(error) => return Err(error),
        };
        searches.keep_submitted(submitted.clone());
        let counted = submitted.count(request, &self.settings.own_structures);
        Ok(counted.unwrap_or(CountResult::Unavailable))
    }
}

fn store_failed(error: StoreError) -> DmpError {
    let refusal = LocalRefusal::new("F04")
        .meaning(
            "the instants of the last consultations cannot be used",
            "les dates des dernières consultations sont inutilisables",
        )
        .found(error.to_string())
        .remedy("repair the store, then ask again", "réparer le stockage, puis redemander");
    DmpError::local(refusal).with_transaction(Transaction::Search)
}
