//! F19: one window of the Web-PS at a time, on one patient, once the patient agreed (TD0.9, TD0.10; `REC_0.9-1010`).
//!
//! ```no_run
//! # async fn program(record: dmp_client::DirectRecord, gate: dmp_lps::consent::ConsentGate<dmp_lps::Database>,
//! #     ctx: dmp_lps::AccessContext, patient: dmp_client::QualifiedPatient) -> Result<(), dmp_client::DmpError> {
//! use dmp_client::web_ps::Page;
//! use dmp_lps::web_ps_slot::{SecondPatient, WINDOW_NAME, WebPsSlot};
//!
//! let slot = WebPsSlot::new(gate, SecondPatient::Refused);
//! let window = slot.open(&ctx, &patient, &record, Page::DossierPatient).await?;
//! // The software opens `window.access()` in the browser window called WINDOW_NAME, and tells when the user closes it.
//! slot.closed();
//! # Ok(())
//! # }
//! ```

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use dmp_client::mode::{AccessMode, Authentication, OpensWebPs};
use dmp_client::web_ps::Page;
use dmp_client::{DmpError, ErrorKind, QualifiedPatient, Record, Session, WebAccess};
use dmp_protocol::error::LocalRefusal;

use crate::consent::{ConsentGate, Scope, StanceLedger, unusable};
use crate::context::{AccessContext, PatientKey};
use crate::trace::{Notes, Tracer};

/// The name under which the software opens the window: the browser then has one.
pub const WINDOW_NAME: &str = "dmp-web-ps";

/// What happens to the window when a page about another patient is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SecondPatient {
    /// The software closes it, then opens the other one.
    Closes,
    /// The other one is refused until the user has closed it.
    Refused,
}

/// The one window of a user session. Cheap to clone; clones are the same window.
pub struct WebPsSlot<L> {
    gate: ConsentGate<L>,
    second: SecondPatient,
    shown: Arc<Mutex<Option<PatientKey>>>,
    turn: Arc<tokio::sync::Mutex<()>>,
    notes: Notes,
}

impl<L> Clone for WebPsSlot<L> {
    fn clone(&self) -> Self {
        let (gate, shown, notes) = (self.gate.clone(), Arc::clone(&self.shown), self.notes.clone());
        Self { gate, second: self.second, shown, turn: Arc::clone(&self.turn), notes }
    }
}

impl<L> fmt::Debug for WebPsSlot<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebPsSlot").field("second", &self.second).finish_non_exhaustive()
    }
}

/// What to open in the window.
#[derive(Debug, Clone)]
#[must_use]
pub struct WebPsWindow {
    access: WebAccess,
    closes_previous: bool,
}

impl WebPsWindow {
    /// The address or the form. In AIR its token lives 30 s and serves once.
    #[must_use]
    pub fn access(&self) -> &WebAccess {
        &self.access
    }

    /// Whether the window shows another patient, and is to be closed first.
    #[must_use]
    pub fn closes_previous(&self) -> bool {
        self.closes_previous
    }
}

impl<L: StanceLedger> WebPsSlot<L> {
    /// The window of a user session, closed.
    #[must_use]
    pub fn new(gate: ConsentGate<L>, second: SecondPatient) -> Self {
        Self { gate, second, shown: Arc::default(), turn: Arc::default(), notes: Notes::default() }
    }

    /// Traces what is refused (F14); each page that opens, and the token of AIR, are traced by the trace that the session
    /// wears. Without it a refusal leaves no trace.
    #[must_use]
    pub fn traced(self, tracer: Tracer) -> Self {
        Self { notes: Notes::by(tracer), ..self }
    }

    /// A page about a patient, who agreed to consultation (F01).
    ///
    /// # Errors
    /// The refusal of F01; `WEB_PS_WINDOW` while the window shows another patient, unless it is closed then; another
    /// record; and as [`Record::web_ps`].
    pub async fn open<A: OpensWebPs + Authentication, X: AccessMode>(
        &self,
        ctx: &AccessContext,
        patient: &QualifiedPatient,
        record: &Record<A, X>,
        page: Page,
    ) -> Result<WebPsWindow, DmpError> {
        let key = PatientKey::from(patient);
        // Two clicks at once are one after the other: the second sees what the first opened.
        let _turn = self.turn.lock().await;
        let checked = self.check(ctx, patient, record).await;
        let closes_previous = self.notes.refused(ctx, Some(&key), checked).await?;
        let access = record.web_ps(page).await?;
        *self.shown() = Some(key);
        Ok(WebPsWindow { access, closes_previous })
    }

    /// Whether the window shows another patient; or why the page does not open.
    async fn check<A: OpensWebPs + Authentication, X: AccessMode>(
        &self,
        ctx: &AccessContext,
        patient: &QualifiedPatient,
        record: &Record<A, X>,
    ) -> Result<bool, DmpError> {
        if !record.is_of(patient) {
            return Err(refused("the record of another patient than the one of the window"));
        }
        let key = PatientKey::from(patient);
        let asking = AccessContext { purpose: record.access().purpose(), ..ctx.clone() };
        let decision = self.gate.check(Scope::Consultation, &asking, &key).await.map_err(unusable)?;
        if let Some(refusal) = decision.refusal() {
            return Err(refusal.error(Scope::Consultation));
        }
        match self.shown().as_ref() {
            Some(shown) if *shown != key && self.second == SecondPatient::Refused => {
                Err(refused("a window that shows another patient"))
            }
            shown => Ok(shown.is_some_and(|shown| *shown != key)),
        }
    }

    /// A page about nobody: the dashboard, the settings. It takes the place of what the window shows.
    ///
    /// # Errors
    /// As [`Session::web_ps`]: a page that needs a patient.
    pub async fn open_without_patient<A: OpensWebPs>(
        &self,
        session: &Session<A>,
        page: Page,
    ) -> Result<WebPsWindow, DmpError> {
        let _turn = self.turn.lock().await;
        let access = session.web_ps(page).await?;
        *self.shown() = None;
        Ok(WebPsWindow { access, closes_previous: false })
    }

    /// The user closed the window, or logged out.
    pub fn closed(&self) {
        *self.shown() = None;
    }

    fn shown(&self) -> std::sync::MutexGuard<'_, Option<PatientKey>> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn refused(found: &'static str) -> DmpError {
    let refusal = LocalRefusal::new("WEB_PS_WINDOW")
        .kind(ErrorKind::Authorisation)
        .meaning(
            "one window of the Web-PS at a time, on one patient (REC_0.9-1010)",
            "une seule fenêtre du Web-PS à la fois, sur un seul patient (REC_0.9-1010)",
        )
        .found(found)
        .remedy("close the window, then open the other patient", "fermer la fenêtre, puis ouvrir l'autre patient");
    DmpError::local(refusal)
}
