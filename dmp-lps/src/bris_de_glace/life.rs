//! How long a bris de glace lives, whoever still holds its record.

use std::sync::Arc;
use std::time::Duration;

use dmp_client::watch::{Attempt, Step, Watch};
use dmp_client::{DmpError, ErrorKind};
use dmp_protocol::error::LocalRefusal;
use jiff::Timestamp;
use tokio::sync::watch;

use crate::clock::Clock;
use crate::context::PatientKey;
use crate::user_session::UserSession;

/// Why a bris de glace is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EndCause {
    /// The record was closed, or the guard dropped.
    Closed,
    /// The user session shows another patient, or opened another bris de glace.
    PatientChanged,
    /// The user logged out.
    SessionEnded,
    /// It lasted as long as it may.
    TooLong,
}

/// Of one bris de glace.
pub(super) struct Life {
    login: UserSession,
    patient: PatientKey,
    until: Timestamp,
    clock: Arc<dyn Clock>,
    end: watch::Sender<Option<EndCause>>,
}

impl Life {
    pub(super) fn new(login: UserSession, patient: PatientKey, until: Timestamp, clock: Arc<dyn Clock>) -> Self {
        Self { login, patient, until, clock, end: watch::Sender::new(None) }
    }

    pub(super) fn login(&self) -> &UserSession {
        &self.login
    }

    pub(super) fn patient(&self) -> &PatientKey {
        &self.patient
    }

    /// Ends it; the first cause stays.
    pub(super) fn end(&self, cause: EndCause) {
        self.end.send_if_modified(|end| {
            let first = end.is_none();
            *end = end.or(Some(cause));
            first
        });
    }

    /// Why it is over, or `None`.
    pub(super) fn over(&self) -> Option<EndCause> {
        if !self.login.is_open() {
            self.end(EndCause::SessionEnded);
        } else if self.clock.now() >= self.until {
            self.end(EndCause::TooLong);
        }
        *self.end.borrow()
    }

    /// Waits for the end.
    pub(super) async fn ended(&self) -> EndCause {
        let mut end = self.end.subscribe();
        loop {
            if let Some(cause) = self.over() {
                return cause;
            }
            let left = Duration::try_from(self.until.duration_since(self.clock.now())).unwrap_or_default();
            tokio::select! {
                () = self.login.ended() => {}
                () = tokio::time::sleep(left) => {}
                _ = end.changed() => {}
            }
        }
    }

    pub(super) fn require(&self) -> Result<(), DmpError> {
        let Some(cause) = self.over() else { return Ok(()) };
        let found = match cause {
            EndCause::Closed => "it was closed",
            EndCause::PatientChanged => "another patient is shown",
            EndCause::SessionEnded => "the user session is over",
            EndCause::TooLong => "it lasted as long as it may",
        };
        let refusal = LocalRefusal::new("BRIS_DE_GLACE_ENDED")
            .kind(ErrorKind::Authorisation)
            .meaning("the bris de glace is over (EX_0.2-1040)", "le bris de glace est terminé (EX_0.2-1040)")
            .found(found)
            .remedy(
                "use normal access; open another one only if the patient still cannot express a will",
                "utiliser l'accès normal ; n'en rouvrir un que si le patient reste hors d'état de s'exprimer",
            );
        Err(DmpError::local(refusal))
    }
}

/// A clone of the record that outlives the guard sends nothing.
impl Watch for Life {
    fn before<'a>(&'a self, _: &'a Attempt) -> Step<'a, Result<(), DmpError>> {
        Box::pin(std::future::ready(self.require()))
    }
}
