//! F03: opening a record — does it exist, may it be consulted, and the authorisation when the user asks to consult
//! (`EX_0.2-1020`, `EX_0.3-1010`, `-1030`, `-1040`; SC.DMP/CONF.16, .17).
//!
//! Of the access modes only the normal one opens so: in bris de glace and centre 15 there is no TD0.3.
//!
//! ```no_run
//! # async fn program(session: dmp_client::AirSession, gate: dmp_lps::consent::ConsentGate<dmp_lps::Database>,
//! #     ctx: dmp_lps::AccessContext, patient: dmp_client::QualifiedPatient) -> Result<(), dmp_client::DmpError> {
//! use dmp_lps::opening::{Entry, Opening};
//!
//! // When the local record opens: one TD0.2, a badge, nothing more.
//! let opening = Opening::new(&gate, dmp_lps::SystemClock, ctx, &patient);
//! let Some(opened) = opening.open(|consent| session.record(patient.clone(), consent)).await? else { return Ok(()) };
//! println!("{:?}", opened.badge());
//! // When the user opens the view of the DMP.
//! if let Entry::Entered { .. } = opened.enter().await? {
//!     opened.record().find(dmp_client::Search::approved()).await?;
//! }
//! # Ok(())
//! # }
//! ```

mod badge;
mod events;
mod opened;
mod pending;

use std::sync::Arc;
use std::time::Duration;

pub use badge::{BadgeExistence, NotQueried, RecordBadge};
use dmp_client::mode::Consults;
use dmp_client::{Consent, DmpError, QualifiedPatient, Record};
use dmp_vocabulary::identity::traits::StrictTraits;
pub use events::OpeningEvent;
pub use opened::{Entry, Opened};
pub use pending::{GivenBack, give_back_pending};

use self::badge::TraitsPolicy;
use crate::clock::Clock;
use crate::consent::unusable as store_failed;
use crate::consent::{ConsentGate, GateRefusal, Scope, StanceLedger};
use crate::context::{AccessContext, PatientKey};
use crate::store::StoreError;
use crate::trace::{Notes, Tracer};
use xds_model::Dtm;

/// How long a badge waits for the DMP unless another time is set (project default).
pub const BADGE_WAIT: Duration = Duration::from_secs(10);

/// What counts as the explicit wish to consult (K04, `EX_0.3-1030`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AuthoriseOn {
    /// The user opens the view of the DMP.
    #[default]
    DmpView,
    /// The user opens the local record: TD0.3 follows TD0.2 by itself.
    RecordOpening,
}

/// The opening of one record by one user.
pub struct Opening<L> {
    gate: ConsentGate<L>,
    clock: Arc<dyn Clock>,
    ctx: AccessContext,
    patient: PatientKey,
    wait: Duration,
    traits: TraitsPolicy,
    authorise_on: AuthoriseOn,
    notes: Notes,
}

impl<L> std::fmt::Debug for Opening<L> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opening").field("ctx", &self.ctx).finish_non_exhaustive()
    }
}

impl<L: StanceLedger> Opening<L> {
    /// The user of the context opens the local record of a patient.
    #[must_use]
    pub fn new(gate: &ConsentGate<L>, clock: impl Clock, ctx: AccessContext, patient: &QualifiedPatient) -> Self {
        Self {
            gate: gate.clone(),
            clock: Arc::new(clock),
            ctx,
            patient: PatientKey::from(patient),
            wait: BADGE_WAIT,
            traits: TraitsPolicy::default(),
            authorise_on: AuthoriseOn::default(),
            notes: Notes::default(),
        }
    }

    /// How long the badge waits for the DMP. Default [`BADGE_WAIT`].
    #[must_use]
    pub fn wait(self, wait: Duration) -> Self {
        Self { wait, ..self }
    }

    /// Shows the traits that the DMP holds.
    #[must_use]
    pub fn show_traits(mut self) -> Self {
        self.traits.shown = true;
        self
    }

    /// The traits of INSi: the badge says which of them the DMP writes otherwise.
    #[must_use]
    pub fn ins_traits(mut self, ins: StrictTraits) -> Self {
        self.traits.ins = Some(Box::new(ins));
        self
    }

    /// What counts as the wish to consult. Default [`AuthoriseOn::DmpView`].
    #[must_use]
    pub fn authorise_on(self, authorise_on: AuthoriseOn) -> Self {
        Self { authorise_on, ..self }
    }

    /// Tells the traces that the DMP is closed, or open again, when TD0.2 says so: the ten years of the traces of AIR
    /// depend on it (F14). TD0.2 itself is traced by the session, a refusal by the gate.
    #[must_use]
    pub fn traced(self, tracer: Tracer) -> Self {
        Self { notes: Notes::by(tracer), ..self }
    }

    /// Asks the gate, then TD0.2; `record` opens the record under the consent that the gate gives. `None` when the gate
    /// refuses: nothing was sent, [`Self::refusal`] tells why. With [`AuthoriseOn::RecordOpening`] the user has entered
    /// already where the badge says authorised, and TD0.2 was asked once for both.
    ///
    /// # Errors
    /// [`DmpError`]: the session refuses the patient (a NIA, say), or TD0.2 failed.
    pub async fn open<A: Consults>(
        &self,
        record: impl FnOnce(Consent) -> Result<Record<A>, DmpError>,
    ) -> Result<Option<Opened<'_, A, L>>, DmpError> {
        Ok(self.open_or_refuse(record).await?.ok())
    }

    async fn open_or_refuse<A: Consults>(
        &self,
        record: impl FnOnce(Consent) -> Result<Record<A>, DmpError>,
    ) -> Result<Result<Opened<'_, A, L>, GateRefusal>, DmpError> {
        let decision = self.gate.check(Scope::Consultation, &self.ctx, &self.patient).await.map_err(store_failed)?;
        if let Some(refusal) = decision.refusal() {
            return Ok(Err(refusal));
        }
        let record = record(decision.consent()?)?;
        let badge = self.ask(&record).await?;
        let opened = Opened::new(self, record, badge.clone());
        if self.authorise_on == AuthoriseOn::RecordOpening {
            let _ = opened.enter_with(badge).await?;
        }
        Ok(Ok(opened))
    }

    /// The badge of a record that the gate keeps closed; `None` when it does not.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn refusal(&self) -> Result<Option<RecordBadge>, StoreError> {
        let decision = self.gate.check(Scope::Consultation, &self.ctx, &self.patient).await?;
        Ok(decision.refusal().map(|refusal| self.not_queried(NotQueried::Gate(refusal))))
    }

    async fn ask<A: Consults>(&self, record: &Record<A>) -> Result<RecordBadge, DmpError> {
        match tokio::time::timeout(self.wait, record.existence()).await {
            Ok(existence) => {
                let badge = RecordBadge::of(&existence?, self.clock.now(), &self.traits);
                self.tell_closure(&badge.existence).await;
                Ok(badge)
            }
            Err(_) => Ok(self.not_queried(NotQueried::Timeout)),
        }
    }

    /// The badge does not depend on the traces.
    async fn tell_closure(&self, existence: &BadgeExistence) {
        let Some(tracer) = self.notes.tracer() else { return };
        let told = match existence {
            BadgeExistence::Closed { on, .. } => {
                let on = on.as_deref().and_then(|on| Dtm::from(on).timestamp());
                tracer.dmp_closed(&self.patient, on.unwrap_or_else(|| self.clock.now())).await
            }
            BadgeExistence::Open => tracer.dmp_reopened(&self.patient).await,
            _ => Ok(()),
        };
        if let Err(error) = told {
            tracing::error!(%error, "the traces could not be told whether a DMP is closed");
        }
    }

    fn not_queried(&self, cause: NotQueried) -> RecordBadge {
        RecordBadge::new(BadgeExistence::NotQueried(cause), self.clock.now())
    }
}
