//! A record whose state is known: entering it, and giving the authorisation back.

use std::sync::{Mutex, MutexGuard, PoisonError};

use dmp_client::mode::Consults;
use dmp_client::{Authorisation, DmpError, Record};

use super::badge::{BadgeExistence, NotQueried, RecordBadge};
use super::{Opening, store_failed};
use crate::clock::{day, months_later};
use crate::consent::{Scope, StanceLedger};

/// An authorisation lives so many months; for display only, TD0.2 is the truth (probable).
const AUTHORISATION_MONTHS: i32 = 6;

/// What came of asking to consult.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Entry {
    /// The user may consult.
    Entered {
        /// TD0.3 was sent for it.
        authorised_now: bool,
    },
    /// Nothing more was sent: blocked by the patient, no DMP, closed, unknown. The badge says which.
    Stopped,
}

/// An opened record.
pub struct Opened<'a, A, L> {
    opening: &'a Opening<L>,
    record: Record<A>,
    badge: Mutex<RecordBadge>,
}

impl<A, L> std::fmt::Debug for Opened<'_, A, L> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened").finish_non_exhaustive()
    }
}

impl<'a, A: Consults, L: StanceLedger> Opened<'a, A, L> {
    pub(super) fn new(opening: &'a Opening<L>, record: Record<A>, badge: RecordBadge) -> Self {
        Self { opening, record, badge: Mutex::new(badge) }
    }

    /// The badge as it stands.
    #[must_use]
    pub fn badge(&self) -> RecordBadge {
        self.shown().clone()
    }

    /// The record, to consult once [`Self::enter`] said so.
    #[must_use]
    pub fn record(&self) -> &Record<A> {
        &self.record
    }

    /// The explicit wish to consult: the user opens the view of the DMP. TD0.2 is asked again although a badge is there
    /// (0.2-040), and TD0.3 AJOUT follows when there is no valid authorisation. A DMP that answers "already there" has
    /// said yes. The gate is asked first: the patient may have opposed since the record was opened, and an authorisation
    /// that waits to be given back is not to be taken anew (F01 rule 9).
    ///
    /// # Errors
    /// [`DmpError`]: the refusal of the gate, with nothing sent and a badge that says so, among others.
    pub async fn enter(&self) -> Result<Entry, DmpError> {
        let Opening { gate, ctx, patient, .. } = self.opening;
        let decision = gate.check(Scope::Consultation, ctx, patient).await.map_err(store_failed)?;
        if let Some(refusal) = decision.refusal() {
            *self.shown() = self.opening.not_queried(NotQueried::Gate(refusal));
            return Err(refusal.error(Scope::Consultation));
        }
        let badge = self.opening.ask(&self.record).await?;
        self.enter_with(badge).await
    }

    /// F03 rule 3, with what TD0.2 has just said.
    pub(super) async fn enter_with(&self, mut badge: RecordBadge) -> Result<Entry, DmpError> {
        let Opening { gate, ctx, patient, clock, .. } = self.opening;
        let entry = match (&badge.existence, &badge.authorisation) {
            (BadgeExistence::Open, Some(Authorisation::Valide)) => {
                // Whoever obtained it, elsewhere or before this register: an opposition has to undo it too.
                gate.authorised(ctx, patient).await.map_err(store_failed)?;
                Entry::Entered { authorised_now: false }
            }
            (BadgeExistence::Open, Some(Authorisation::NonExiste | Authorisation::Expire)) => {
                self.record.authorise().await?;
                gate.authorised(ctx, patient).await.map_err(store_failed)?;
                badge.authorisation = Some(Authorisation::Valide);
                badge.expected_end = Some(day(months_later(clock.now(), AUTHORISATION_MONTHS)));
                Entry::Entered { authorised_now: true }
            }
            (BadgeExistence::Unknown(_), _) | (_, Some(Authorisation::Other(_))) => {
                tracing::warn!("TD0.2 answered a state that this version does not know: no authorisation is asked for");
                Entry::Stopped
            }
            _ => Entry::Stopped,
        };
        *self.shown() = badge;
        Ok(entry)
    }

    /// The patient changed their mind: TD0.3 SUPPRESSION, at once.
    ///
    /// # Errors
    /// [`DmpError`].
    pub async fn withdraw(&self) -> Result<(), DmpError> {
        self.record.remove_authorisation().await?;
        let Opening { gate, ctx, patient, .. } = self.opening;
        if let Some(professional) = ctx.professional_key() {
            gate.withdrawn(&professional, patient).await.map_err(store_failed)?;
        }
        let mut badge = self.shown();
        (badge.authorisation, badge.expected_end) = (Some(Authorisation::NonExiste), None);
        Ok(())
    }

    fn shown(&self) -> MutexGuard<'_, RecordBadge> {
        self.badge.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
