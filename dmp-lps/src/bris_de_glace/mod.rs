//! F21: bris de glace, for a patient who cannot express a will and is at risk (`EX_0.2-1040`, `-1050`, M03).
//!
//! There is no setting that opens records so, and no default: each one is asked for, with a reason that the user typed.
//! In it there is no TD0.3, TD0.5, TD1.6, TD3.3a or TD3.3b: the record that a guard gives does not have them, and
//! [`AccessRules`](crate::guard::AccessRules) refuses them again.
//!
//! ```no_run
//! # async fn program(session: dmp_client::AirSession, ctx: dmp_lps::AccessContext, login: dmp_lps::UserSession,
//! #     patient: dmp_client::QualifiedPatient, action: dmp_lps::UserAction) -> Result<(), dmp_client::DmpError> {
//! use dmp_client::{Consent, Search};
//! use dmp_lps::bris_de_glace::{BrisDeGlace, BrisDeGlaceSettings};
//! use dmp_lps::{Confirmed, SystemClock};
//!
//! let emergencies = BrisDeGlace::new(SystemClock, BrisDeGlaceSettings::default());
//! // What the patient said of feeding still holds.
//! let consent = Consent::expressed(false, true);
//! let reason = "Patient inconscient, antécédents inconnus";
//! let guard = emergencies.open(&ctx, &login, &session, &patient, consent, reason, Confirmed::by(action)).await?;
//! let banner = guard.banner();
//! guard.record()?.find(Search::approved()).await?;
//! // Another patient is shown: over.
//! # let other = patient.clone();
//! emergencies.patient_shown(&login, &other);
//! assert!(!banner.is_active());
//! # Ok(())
//! # }
//! ```
//! ```compile_fail,E0599
//! async fn authorise(guard: dmp_lps::bris_de_glace::BrisDeGlaceGuard<dmp_client::mode::Air>) {
//!     guard.record().unwrap().authorise().await;
//! }
//! ```

mod guard;
mod life;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use dmp_client::mode::Consults;
use dmp_client::{Consent, DmpError, ErrorKind, QualifiedPatient, Session};
use dmp_protocol::error::LocalRefusal;
use dmp_protocol::vihf::Purpose;
use jiff::{SignedDuration, Timestamp};

pub use guard::{Banner, BrisDeGlaceGuard};
pub use life::EndCause;
use life::Life;

use crate::clock::Clock;
use crate::confirmed::{Confirmed, spent};
use crate::context::{AccessContext, CareRole, PatientKey};
use crate::software::SoftwareKind;
use crate::trace::{Action, Note, Notes, Tracer};
use crate::user_session::UserSession;

/// The act that a user confirms: the patient cannot express a will and is at risk.
#[derive(Debug, Clone, Copy)]
pub enum EmergencyAccess {}

/// Settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BrisDeGlaceSettings {
    /// When it ends at the latest. Default 1 h (project default).
    pub max_duration: SignedDuration,
    /// A regulation software has no bris de glace.
    pub software: SoftwareKind,
}

impl Default for BrisDeGlaceSettings {
    fn default() -> Self {
        Self { max_duration: SignedDuration::from_hours(1), software: SoftwareKind::Care }
    }
}

/// The accesses in bris de glace of a software. Cheap to clone; clones know the same ones.
#[derive(Clone)]
pub struct BrisDeGlace {
    clock: Arc<dyn Clock>,
    settings: BrisDeGlaceSettings,
    open: Arc<Mutex<Vec<Weak<Life>>>>,
    notes: Notes,
}

impl fmt::Debug for BrisDeGlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BrisDeGlace").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl BrisDeGlace {
    /// None open yet.
    #[must_use]
    pub fn new(clock: impl Clock, settings: BrisDeGlaceSettings) -> Self {
        Self { clock: Arc::new(clock), settings, open: Arc::default(), notes: Notes::default() }
    }

    /// Traces each opening with its reason, and those that are refused before any request (F14); requests are traced by the
    /// trace that the session wears. Without it an opening in which nothing is read leaves no reason in the traces.
    #[must_use]
    pub fn traced(self, tracer: Tracer) -> Self {
        Self { notes: Notes::by(tracer), ..self }
    }

    /// Opens one record in bris de glace, for the reason that the user typed: TD0.2 in normal access first. One at a
    /// time in a user session: another one that was open there ends. The consent to consultation is not looked at; that
    /// to feeding is (F01 rule 7).
    ///
    /// # Errors
    /// Nothing is sent: `BRIS_DE_GLACE` for a user without professional identifier, or under the responsibility of
    /// another, a user session that is over or of somebody else, a regulation software; V45 for a reason of fewer than 10
    /// characters; F26. After TD0.2: EMG-05 when a normal access is valid, no DMP, a closed DMP.
    #[expect(clippy::too_many_arguments, reason = "each one is asked for: none has a default")]
    pub async fn open<A: Consults>(
        &self,
        ctx: &AccessContext,
        login: &UserSession,
        session: &Session<A>,
        patient: &QualifiedPatient,
        consent: Consent,
        reason: impl Into<String>,
        confirmed: Confirmed<EmergencyAccess>,
    ) -> Result<BrisDeGlaceGuard<A>, DmpError> {
        let key = PatientKey::from(patient);
        let checked = self.check(ctx, login).and_then(|()| spent(confirmed, &self.clock));
        self.notes.refused(ctx, Some(&key), checked).await?;
        let until = self.clock.now().saturating_add(self.settings.max_duration).unwrap_or(Timestamp::MAX);
        let life = Arc::new(Life::new(login.clone(), key.clone(), until, Arc::clone(&self.clock)));
        // Known before TD0.2: another patient may be shown while the DMP answers.
        self.lives().push(Arc::downgrade(&life));
        let mortal = session.clone().watched(Arc::clone(&life) as _);
        let reason = reason.into();
        let record = mortal.bris_de_glace(patient.clone(), consent, reason.clone()).await?;
        life.require()?;
        self.end_others(&life);
        let note = Note::of(Action::BrisDeGlace).patient(&key).reason(reason);
        let emergency = AccessContext { purpose: Purpose::BrisDeGlace, ..ctx.clone() };
        self.notes.note_or_refuse(&emergency, note).await?;
        Ok(BrisDeGlaceGuard::new(record, life))
    }

    /// A user session shows a patient: a bris de glace of that session on another one ends.
    pub fn patient_shown(&self, login: &UserSession, patient: &QualifiedPatient) {
        let patient = PatientKey::from(patient);
        self.end_of_session(login, |life| life.patient() != &patient);
    }

    fn check(&self, ctx: &AccessContext, login: &UserSession) -> Result<(), DmpError> {
        let found = if self.settings.software == SoftwareKind::Regulation {
            "a regulation software, whose accesses are all of centre 15"
        } else if ctx.professional.is_none() || ctx.role == CareRole::UnderResponsibility {
            "a user who is no professionnel de santé acting in their own name"
        } else if !login.is_open() || *login.user() != ctx.user {
            "a user session that is over, or of somebody else"
        } else {
            return Ok(());
        };
        let refusal = LocalRefusal::new("BRIS_DE_GLACE")
            .kind(ErrorKind::Authorisation)
            .meaning(
                "bris de glace is for a professionnel de santé before a patient who cannot express a will (M03)",
                "le bris de glace est réservé à un professionnel de santé devant un patient hors d'état d'exprimer sa \
                 volonté (M03)",
            )
            .found(found)
            .remedy("use normal access", "utiliser l'accès normal");
        Err(DmpError::local(refusal))
    }

    /// One at a time in a user session.
    fn end_others(&self, one: &Arc<Life>) {
        self.end_of_session(one.login(), |life| !std::ptr::eq(life, Arc::as_ptr(one)));
    }

    fn end_of_session(&self, login: &UserSession, ends: impl Fn(&Life) -> bool) {
        self.lives().retain(|life| {
            let Some(life) = life.upgrade() else { return false };
            let over = life.login() == login && ends(&life);
            if over {
                life.end(EndCause::PatientChanged);
            }
            !over
        });
    }

    fn lives(&self) -> std::sync::MutexGuard<'_, Vec<Weak<Life>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
