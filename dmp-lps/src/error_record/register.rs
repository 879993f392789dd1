//! The register of errors: lines are opened, completed and exported, never removed.

use std::future::Future;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::record::{BreachAssessment, DoneAction, ErrorAction, ErrorRecord, ErrorRecordId, NewError, Told};
use crate::clock::Clock;
use crate::context::{InternalUserId, PatientKey};
use crate::store::StoreError;

/// Keeps the register. Every method is one transaction; what it returned has survived a crash.
pub trait ErrorStore: Send + Sync + 'static {
    /// Opens a line, unless one of this document and wrong patient is there: says which one it is.
    fn open(&self, record: ErrorRecord) -> impl Future<Output = Result<ErrorRecordId, StoreError>> + Send;

    /// A line.
    fn record(&self, id: ErrorRecordId) -> impl Future<Output = Result<Option<ErrorRecord>, StoreError>> + Send;

    /// Every line, first found first.
    fn records(&self) -> impl Future<Output = Result<Vec<ErrorRecord>, StoreError>> + Send;

    /// Writes a line back if its revision is still the one that was read; counts the write. Says whether it did.
    fn put_record(&self, record: ErrorRecord) -> impl Future<Output = Result<bool, StoreError>> + Send;
}

/// The register of errors of an establishment. Cheap to clone.
pub struct ErrorRegister<S> {
    store: Arc<S>,
    clock: Arc<dyn Clock>,
}

impl<S> Clone for ErrorRegister<S> {
    fn clone(&self) -> Self {
        Self { store: Arc::clone(&self.store), clock: Arc::clone(&self.clock) }
    }
}

impl<S> std::fmt::Debug for ErrorRegister<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ErrorRegister").finish_non_exhaustive()
    }
}

/// Why a line was not written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegisterError {
    /// No line of this identifier.
    #[error("F12 rule 6: no line {0} in the register of errors")]
    Unknown(ErrorRecordId),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A line on which nobody has decided yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reminder {
    /// The line.
    pub record: ErrorRecord,
    /// Until when the CNIL is told if there is a risk, UTC.
    pub due_at: Timestamp,
    /// That time is past: the notification says why (GDPR art. 33).
    pub late: bool,
}

impl<S: ErrorStore> ErrorRegister<S> {
    /// A register over a store.
    #[must_use]
    pub fn new(store: S, clock: impl Clock) -> Self {
        Self { store: Arc::new(store), clock: Arc::new(clock) }
    }

    /// An error was found; a line that is there already for this document goes on.
    ///
    /// # Errors
    /// [`RegisterError`].
    pub async fn open(&self, error: NewError) -> Result<ErrorRecordId, RegisterError> {
        Ok(self.store.open(ErrorRecord::of(error)).await?)
    }

    /// Something was done about it. The same act is written once.
    ///
    /// # Errors
    /// [`RegisterError`].
    pub async fn did(
        &self,
        id: ErrorRecordId,
        action: ErrorAction,
        by: &InternalUserId,
    ) -> Result<ErrorRecord, RegisterError> {
        let done = DoneAction { action, at: self.clock.now(), by: by.as_str().to_owned() };
        self.change(id, |record| {
            if !record.did(action) {
                record.actions.push(done.clone());
            }
        })
        .await
    }

    /// Somebody was told.
    ///
    /// # Errors
    /// [`RegisterError`].
    pub async fn told(
        &self,
        id: ErrorRecordId,
        who: impl Into<String>,
        by: &InternalUserId,
    ) -> Result<ErrorRecord, RegisterError> {
        let told = Told { who: who.into(), at: self.clock.now(), by: by.as_str().to_owned() };
        self.change(id, |record| record.told.push(told.clone())).await
    }

    /// The responsable de traitement decided; the last decision counts.
    ///
    /// # Errors
    /// [`RegisterError`].
    pub async fn assess(
        &self,
        id: ErrorRecordId,
        assessment: BreachAssessment,
        by: &InternalUserId,
    ) -> Result<ErrorRecord, RegisterError> {
        let decided = (assessment, self.clock.now(), by.as_str().to_owned());
        self.change(id, |record| record.assessment = Some(decided.clone())).await
    }

    /// The line has a number in the register of breaches of the establishment.
    ///
    /// # Errors
    /// [`RegisterError`].
    pub async fn numbered(&self, id: ErrorRecordId, number: &str) -> Result<ErrorRecord, RegisterError> {
        self.change(id, |record| record.register_number = Some(number.to_owned())).await
    }

    /// A line.
    ///
    /// # Errors
    /// [`RegisterError`].
    pub async fn get(&self, id: ErrorRecordId) -> Result<ErrorRecord, RegisterError> {
        self.store.record(id).await?.ok_or(RegisterError::Unknown(id))
    }

    /// Lines without a decision whose 72 hours end within that time, or have ended; first due first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn reminders(&self, within: SignedDuration) -> Result<Vec<Reminder>, StoreError> {
        let now = self.clock.now();
        let undecided = self.store.records().await?.into_iter().filter(|record| record.assessment.is_none());
        let reminders = undecided.map(|record| {
            let due_at = record.due_at();
            Reminder { record, due_at, late: due_at < now }
        });
        Ok(reminders.filter(|reminder| reminder.due_at.duration_since(now) <= within).collect())
    }

    /// The lines found in an interval, both ends included, as JSON for the register of the establishment. It names the
    /// patients: it belongs where that register is kept.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn export(&self, from: Timestamp, to: Timestamp) -> Result<String, StoreError> {
        let records = self.store.records().await?;
        let lines = records.iter().filter(|record| (from..=to).contains(&record.detected_at)).map(|record| {
            let assessment = record.assessment.as_ref();
            json!({
                "id": record.id.to_string(),
                "document": record.document,
                "wrong_patient": record.wrong_patient.as_str(),
                "right_patient": record.right_patient.as_ref().map(PatientKey::as_str),
                "detected_at": record.detected_at,
                "by": record.by.as_str(),
                "actions": record.actions,
                "who_was_told": record.told,
                "notify_until": record.due_at(),
                "breach_assessment": assessment.map(|(assessment, ..)| assessment),
                "assessed_at": assessment.map(|(_, at, _)| at),
                "assessed_by": assessment.map(|(.., by)| by),
                "register_no": record.register_number,
            })
        });
        Ok(format!("{:#}", serde_json::Value::Array(lines.collect())))
    }

    async fn change(&self, id: ErrorRecordId, change: impl Fn(&mut ErrorRecord)) -> Result<ErrorRecord, RegisterError> {
        loop {
            let mut record = self.get(id).await?;
            change(&mut record);
            // Somebody else was faster: look again.
            if self.store.put_record(record.clone()).await? {
                return Ok(record);
            }
        }
    }
}
