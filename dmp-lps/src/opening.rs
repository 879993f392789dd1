//! F03: opening a record — does it exist, may it be consulted, and the authorisation when the user asks to consult
//! (`EX_0.2-1020`, `EX_0.3-1010`, `-1030`, `-1040`; SC.DMP/CONF.16, .17).
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

use std::sync::Arc;
use std::time::Duration;

use dmp_client::mode::Consults;
use dmp_client::{Authorisation, Consent, DmpError, Existence, QualifiedPatient, Record};
use dmp_protocol::patient::PatientTraits;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::clock::{Clock, day, months_later};
use crate::consent::{ConsentGate, GateRefusal, Scope, StanceLedger};
use crate::context::{AccessContext, PatientKey};
use crate::store::StoreError;

/// An authorisation lives so many months; for display only, TD0.2 is the truth (probable).
const AUTHORISATION_MONTHS: i32 = 6;

/// The opening of one record by one user.
pub struct Opening<L> {
    gate: ConsentGate<L>,
    clock: Arc<dyn Clock>,
    ctx: AccessContext,
    patient: PatientKey,
    wait: Duration,
    show_traits: bool,
}

impl<L> std::fmt::Debug for Opening<L> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opening").field("ctx", &self.ctx).finish_non_exhaustive()
    }
}

/// What the software shows beside the patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordBadge {
    /// Whether there is a DMP.
    pub existence: BadgeExistence,
    /// The authorisation of this user; `None` when there is no open DMP.
    pub authorisation: Option<Authorisation>,
    /// Whether this user is médecin traitant in the DMP.
    pub medecin_traitant: bool,
    /// Whether the DMP belongs to Mon espace santé, when the DMP says so.
    pub linked_to_mes: Option<bool>,
    /// When the DMP was asked.
    pub checked_at: Timestamp,
    /// Last day of an authorisation that was given just now, for display.
    pub expected_end: Option<Date>,
    /// The traits that the DMP holds: hidden unless the user asked to see them (`EX_0.2-1020`); only those of INSi count.
    pub traits: Option<Box<PatientTraits>>,
}

/// Whether there is a DMP.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum BadgeExistence {
    /// None.
    NoDmp,
    /// Open.
    Open,
    /// Closed.
    Closed {
        /// When, as the DMP writes it.
        on: Option<String>,
        /// Why, as the DMP says.
        reason: Option<String>,
    },
    /// A state that this version does not know.
    Unknown(String),
    /// The DMP was not asked, or did not answer in time: the local record stays usable.
    NotQueried(NotQueried),
}

/// Why nothing is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotQueried {
    /// The patient, or the role of the user.
    Gate(GateRefusal),
    /// No answer in time.
    Timeout,
}

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
    badge: std::sync::Mutex<RecordBadge>,
}

impl<A, L> std::fmt::Debug for Opened<'_, A, L> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened").finish_non_exhaustive()
    }
}

impl<L: StanceLedger> Opening<L> {
    /// The user of the context opens the local record of a patient.
    #[must_use]
    pub fn new(gate: &ConsentGate<L>, clock: impl Clock, ctx: AccessContext, patient: &QualifiedPatient) -> Self {
        let (gate, clock, patient) = (gate.clone(), Arc::new(clock), PatientKey::from(patient));
        Self { gate, clock, ctx, patient, wait: Duration::from_secs(10), show_traits: false }
    }

    /// How long the badge waits for the DMP. Default 10 s.
    #[must_use]
    pub fn wait(self, wait: Duration) -> Self {
        Self { wait, ..self }
    }

    /// Shows the traits that the DMP holds.
    #[must_use]
    pub fn show_traits(self) -> Self {
        Self { show_traits: true, ..self }
    }

    /// Asks the gate, then TD0.2; `record` opens the record under the consent that the gate gives. `None` when the gate
    /// refuses: nothing was sent, [`Self::refusal`] tells why.
    ///
    /// # Errors
    /// [`DmpError`]: the session refuses the patient (a NIA, say), or TD0.2 failed.
    pub async fn open<A: Consults>(
        &self,
        record: impl FnOnce(Consent) -> Result<Record<A>, DmpError>,
    ) -> Result<Option<Opened<'_, A, L>>, DmpError> {
        let decision = self.gate.check(Scope::Consultation, &self.ctx, &self.patient).await.map_err(store_failed)?;
        let Ok(consent) = decision.consent() else { return Ok(None) };
        let record = record(consent)?;
        let badge = self.ask(&record).await?;
        Ok(Some(Opened { opening: self, record, badge: std::sync::Mutex::new(badge) }))
    }

    /// The badge of a record that the gate keeps closed; `None` when it does not.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn refusal(&self) -> Result<Option<RecordBadge>, StoreError> {
        let decision = self.gate.check(Scope::Consultation, &self.ctx, &self.patient).await?;
        Ok(decision.refusal().map(|refusal| self.badge(BadgeExistence::NotQueried(NotQueried::Gate(refusal)))))
    }

    async fn ask<A: Consults>(&self, record: &Record<A>) -> Result<RecordBadge, DmpError> {
        let Ok(existence) = tokio::time::timeout(self.wait, record.existence()).await else {
            return Ok(self.badge(BadgeExistence::NotQueried(NotQueried::Timeout)));
        };
        let existence = existence?;
        let known = match &existence {
            Existence::Absent => BadgeExistence::NoDmp,
            Existence::Active(_) => BadgeExistence::Open,
            Existence::Closed(_, closing) => BadgeExistence::Closed {
                on: closing.on.as_ref().map(|on| on.as_str().to_owned()),
                reason: closing.reason.clone(),
            },
            Existence::Unknown { status, .. } => BadgeExistence::Unknown(status.clone()),
            _ => BadgeExistence::Unknown(String::new()),
        };
        let mut badge = self.badge(known);
        if let Existence::Active(dmp) = existence {
            badge.authorisation = Some(dmp.authorisation());
            badge.medecin_traitant = dmp.medecin_traitant.unwrap_or(false);
            badge.linked_to_mes = dmp.attached_to_ens();
            badge.traits = self.show_traits.then(|| Box::new(dmp.traits.clone()));
        }
        Ok(badge)
    }

    fn badge(&self, existence: BadgeExistence) -> RecordBadge {
        RecordBadge {
            existence,
            authorisation: None,
            medecin_traitant: false,
            linked_to_mes: None,
            checked_at: self.clock.now(),
            expected_end: None,
            traits: None,
        }
    }
}

impl<A: Consults, L: StanceLedger> Opened<'_, A, L> {
    /// The badge as it stands.
    #[must_use]
    pub fn badge(&self) -> RecordBadge {
        self.badge.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// The record, to consult once [`Self::enter`] said so.
    #[must_use]
    pub fn record(&self) -> &Record<A> {
        &self.record
    }

    /// The explicit wish to consult: the user opens the view of the DMP. TD0.2 is asked again although a badge is there
    /// (0.2-040), and TD0.3 AJOUT follows when there is no valid authorisation. A DMP that answers "already there" has
    /// said yes.
    ///
    /// # Errors
    /// [`DmpError`].
    pub async fn enter(&self) -> Result<Entry, DmpError> {
        let mut badge = self.opening.ask(&self.record).await?;
        let entry = match (&badge.existence, &badge.authorisation) {
            (BadgeExistence::Open, Some(Authorisation::Valide)) => Entry::Entered { authorised_now: false },
            (BadgeExistence::Open, Some(Authorisation::NonExiste | Authorisation::Expire)) => {
                self.record.authorise().await?;
                let Opening { gate, ctx, patient, clock, .. } = self.opening;
                gate.authorised(ctx, patient).await.map_err(store_failed)?;
                badge.authorisation = Some(Authorisation::Valide);
                badge.expected_end = Some(day(months_later(clock.now(), AUTHORISATION_MONTHS)));
                Entry::Entered { authorised_now: true }
            }
            _ => Entry::Stopped,
        };
        *self.badge.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = badge;
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
        let mut badge = self.badge.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        (badge.authorisation, badge.expected_end) = (Some(Authorisation::NonExiste), None);
        Ok(())
    }
}

/// What cannot be read or written down is not presumed: nothing is sent.
fn store_failed(error: StoreError) -> DmpError {
    let refusal = dmp_protocol::error::LocalRefusal::new("F01")
        .meaning("the register of consents cannot be used", "le registre des consentements est inutilisable")
        .found(error.to_string())
        .remedy("repair the store, then ask again", "réparer le stockage, puis redemander");
    DmpError::local(refusal)
}
