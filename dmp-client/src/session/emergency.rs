//! Bris de glace: one record, opened for a reason, while no normal access is possible.

use dmp_protocol::patient::{Authorisation, Existence};
use dmp_protocol::transaction::Transaction;
use dmp_protocol::vihf::Access;

use super::mode::{AccessMode, BrisDeGlace, Consults};
use super::opening::Session;
use super::patient::{Consent, QualifiedPatient};
use super::record::Record;
use crate::watch::Act;
use crate::{DmpError, ErrorKind, failure};

/// Shortest reason, in characters: less says nothing to the patient who is notified.
const REASON_MIN: usize = 10;

impl<A: Consults> Session<A> {
    /// Opens one record in bris de glace, for the reason that the user typed; asks TD0.2 first.
    ///
    /// The mode ends with the record that is returned: nothing else of this session is changed. The patient and the
    /// médecin traitant are told at once (`EMG-06`). Consent to consultation is not looked at: the patient cannot
    /// express it.
    ///
    /// # Errors
    /// No usable reason (V45, 10 to 255 characters), a DMP that is absent or closed, a normal access that is already
    /// valid (`EMG-05`), or an error of TD0.2.
    pub async fn bris_de_glace(
        &self,
        patient: QualifiedPatient,
        consent: Consent,
        reason: impl Into<String>,
    ) -> Result<Record<A, BrisDeGlace>, DmpError> {
        let reason = reason.into();
        let length = reason.trim().chars().count();
        if length < REASON_MIN || reason.chars().count() > self.shared.switches.bdg_reason_max {
            return Err(refused("V45", "no reason, or one too short or too long", "10 to 255 characters by the user"));
        }
        let emergency = Session::<A, BrisDeGlace>::new(self.shared.clone(), self.acting.clone());
        let record = emergency.open(&patient, consent, Access::BrisDeGlace { reason })?;
        // Asked in normal access: it is the normal authorisation that must be missing.
        let normal = self.open(&patient, consent, Access::Normal)?;
        match normal.toward(Act::BrisDeGlace).existence().await? {
            Existence::Active(dmp) if dmp.authorisation == Some(Authorisation::Valide) => {
                return Err(refused(
                    "EMG-05",
                    "a normal access that is valid",
                    "normal access: bris de glace only when no other access is possible",
                ));
            }
            existence => record.known.learn(&existence),
        }
        record.known.require_open(Transaction::Search)?;
        Ok(record)
    }
}

impl<A: Consults> Record<A, BrisDeGlace> {
    /// Ends the bris de glace. Dropping the record does the same; this says it in the code.
    pub fn end(self) {
        drop(self);
    }
}

impl<A, X: AccessMode> Record<A, X> {
    /// The access mode of every request of this record: what the user must see all the time (`EX_0.2-1040`).
    #[must_use]
    pub fn access(&self) -> &Access {
        &self.caller.access
    }
}

fn refused(rule: &'static str, found: &'static str, expected: &'static str) -> DmpError {
    failure::Local { rule, kind: ErrorKind::Authorisation, found, expected }.session_error()
}
