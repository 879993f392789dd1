//! A patient who has not been asked yet: only whether there is a DMP.

use std::fmt;

use dmp_protocol::patient::Existence;
use dmp_protocol::vihf::Access;

use super::mode::Consults;
use super::opening::Session;
use super::patient::{Consent, QualifiedPatient};
use super::record::Record;
use crate::DmpError;

/// The record of a patient whose consent to consultation is not known yet. TD0.2 needs none; nothing else is offered
/// until [`Self::with_consent`].
///
/// ```compile_fail
/// # use dmp_client::{PendingRecord, Search, mode};
/// async fn search(record: PendingRecord<mode::Air>) {
///     record.find(Search::approved()).await;
/// }
/// ```
/// ```compile_fail
/// # use dmp_client::{PendingRecord, mode};
/// async fn read(record: PendingRecord<mode::Air>) {
///     record.retrieve("2.25.1").await;
/// }
/// ```
/// ```compile_fail
/// # use dmp_client::{PendingRecord, mode};
/// async fn authorise(record: PendingRecord<mode::Air>) {
///     record.authorise().await;
/// }
/// ```
pub struct PendingRecord<A> {
    record: Record<A>,
}

impl<A: Consults> Session<A> {
    /// A patient who is not asked yet: TD0.2 tells whether there is something to ask about.
    ///
    /// # Errors
    /// The INS is not one of this platform.
    pub fn before_consent(&self, patient: QualifiedPatient) -> Result<PendingRecord<A>, DmpError> {
        Ok(PendingRecord { record: self.open(&patient, Consent::refused(), Access::Normal)? })
    }
}

impl<A: Consults> PendingRecord<A> {
    /// TD0.2, as [`Record::existence`].
    ///
    /// # Errors
    /// [`DmpError`]; "no DMP" and "closed" are answers, not errors.
    pub async fn existence(&self) -> Result<Existence, DmpError> {
        self.record.existence().await
    }

    /// The record, once the patient was asked; what TD0.2 answered is still known there.
    ///
    /// # Errors
    /// The patient does not agree to consultation (`EX_0.3-1010`).
    pub fn with_consent(self, consent: Consent) -> Result<Record<A>, DmpError> {
        let record = Record::new(self.record.caller, consent, self.record.known);
        record.require_consultation()?;
        Ok(record)
    }
}

impl<A> fmt::Debug for PendingRecord<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PendingRecord").finish_non_exhaustive()
    }
}
