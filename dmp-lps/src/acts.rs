//! Acts on documents of the DMP that a user has to mean (`EX_3.3-1040`, `-1045`, `-1050`): each takes a [`Confirmed`].
//!
//! ```compile_fail
//! # async fn program(record: dmp_client::AirRecord, clock: dmp_lps::SystemClock) {
//! // Nobody confirmed anything.
//! dmp_lps::acts::delete(&record, "2.25.1", &clock).await;
//! # }
//! ```
//!
//! ```no_run
//! # async fn program(record: dmp_client::AirRecord, action: dmp_lps::UserAction) -> Result<(), dmp_client::DmpError> {
//! use dmp_lps::acts::{self, Deletion};
//! use dmp_lps::{Confirmed, SystemClock};
//!
//! acts::delete(&record, "2.25.1", Confirmed::<Deletion>::by(action), &SystemClock).await?;
//! # Ok(())
//! # }
//! ```

use dmp_client::mode::{AccessMode, Authentication, Consults};
use dmp_client::{DmpError, Record, Target, Updated};
use dmp_protocol::transaction::Transaction;

use crate::clock::Clock;
use crate::confirmed::{Confirmed, spent};

/// Deletion of a document and of the versions it replaced; irreversible.
#[derive(Debug, Clone, Copy)]
pub enum Deletion {}

/// Making a document visible to the patient; irreversible.
#[derive(Debug, Clone, Copy)]
pub enum RevealToPatient {}

/// Making a document visible to the legal representatives; irreversible.
#[derive(Debug, Clone, Copy)]
pub enum RevealToRepresentatives {}

/// Hiding a document from professionals, or showing it to them again.
#[derive(Debug, Clone, Copy)]
pub enum Masking {}

/// TD3.3c.
///
/// # Errors
/// [`DmpError`]: `F26` when the confirmation is too old; nothing was sent then.
pub async fn delete<A: Authentication, X: AccessMode>(
    record: &Record<A, X>,
    document: impl Into<Target>,
    confirmed: Confirmed<Deletion>,
    clock: &impl Clock,
) -> Result<Updated, DmpError> {
    spend(confirmed, clock, Transaction::Delete)?;
    record.delete(document).await
}

/// TD3.3b, to the patient.
///
/// # Errors
/// As [`delete`].
pub async fn reveal_to_patient<A: Consults>(
    record: &Record<A>,
    document: impl Into<Target>,
    confirmed: Confirmed<RevealToPatient>,
    clock: &impl Clock,
) -> Result<Updated, DmpError> {
    spend(confirmed, clock, Transaction::Reveal)?;
    record.reveal_to_patient(document).await
}

/// TD3.3b, to the legal representatives.
///
/// # Errors
/// As [`delete`].
pub async fn reveal_to_representatives<A: Consults>(
    record: &Record<A>,
    document: impl Into<Target>,
    confirmed: Confirmed<RevealToRepresentatives>,
    clock: &impl Clock,
) -> Result<Updated, DmpError> {
    spend(confirmed, clock, Transaction::Reveal)?;
    record.reveal_to_representatives(document).await
}

/// TD3.3a: hides a document from professionals.
///
/// # Errors
/// As [`delete`].
pub async fn mask<A: Consults>(
    record: &Record<A>,
    document: impl Into<Target>,
    confirmed: Confirmed<Masking>,
    clock: &impl Clock,
) -> Result<Updated, DmpError> {
    spend(confirmed, clock, Transaction::Mask)?;
    record.mask(document).await
}

/// TD3.3a: shows a hidden document to professionals again.
///
/// # Errors
/// As [`delete`].
pub async fn unmask<A: Consults>(
    record: &Record<A>,
    document: impl Into<Target>,
    confirmed: Confirmed<Masking>,
    clock: &impl Clock,
) -> Result<Updated, DmpError> {
    spend(confirmed, clock, Transaction::Mask)?;
    record.unmask(document).await
}

pub(crate) fn spend<A>(
    confirmed: Confirmed<A>,
    clock: &(impl Clock + ?Sized),
    transaction: Transaction,
) -> Result<(), DmpError> {
    spent(confirmed, clock).map(drop).map_err(|error| error.with_transaction(transaction))
}
