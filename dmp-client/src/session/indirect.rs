//! INDIRECTE: the structure feeds.

use std::fmt;
use std::sync::Arc;

use dmp_protocol::patient::Existence;
use dmp_protocol::transaction::Transaction;

use super::caller::Caller;
use super::existence::{Change, KnownState};
use super::patient::{Consent, QualifiedPatient};
use super::search::Target;
use super::shared::{Acting, Shared};
use crate::submission::{Receipt, Submission};
use crate::{DmpError, ErrorKind, failure};

/// A structure that feeds. Consulting is not offered: the DMP refuses it in INDIRECTE.
///
/// ```compile_fail
/// # use dmp_client::{IndirectRecord, Search};
/// async fn consult(record: IndirectRecord) {
///     record.find(Search::approved()).await;
/// }
/// ```
/// ```compile_fail
/// # use dmp_client::IndirectRecord;
/// async fn consult(record: IndirectRecord) {
///     record.retrieve("2.25.1").await;
/// }
/// ```
#[derive(Clone)]
pub struct IndirectSession {
    shared: Arc<Shared>,
    acting: Arc<Acting>,
}

impl fmt::Debug for IndirectSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IndirectSession").finish_non_exhaustive()
    }
}

impl IndirectSession {
    pub(crate) fn new(shared: Arc<Shared>, acting: Arc<Acting>) -> Self {
        Self { shared, acting }
    }

    /// The record of a patient. Deleting what was fed stays possible when the patient is opposed to feeding.
    ///
    /// # Errors
    /// The INS is not one of this platform.
    pub fn record(&self, patient: QualifiedPatient, consent: Consent) -> Result<IndirectRecord, DmpError> {
        let caller = Caller {
            patient: self.shared.admit(&patient)?,
            shared: Arc::clone(&self.shared),
            acting: Arc::clone(&self.acting),
        };
        Ok(IndirectRecord { caller, consent, known: Arc::new(KnownState::default()) })
    }
}

/// One patient's record, fed by one structure. Each method is one transaction, or says which ones.
#[derive(Clone)]
pub struct IndirectRecord {
    caller: Caller,
    consent: Consent,
    known: Arc<KnownState>,
}

impl fmt::Debug for IndirectRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IndirectRecord").field("consent", &self.consent).finish_non_exhaustive()
    }
}

impl IndirectRecord {
    /// TD0.2: whether the patient has a DMP, and its state.
    ///
    /// # Errors
    /// [`DmpError`]; "no DMP" and "closed" are answers, not errors.
    pub async fn existence(&self) -> Result<Existence, DmpError> {
        self.caller.existence(&self.known).await
    }

    /// TD3.1b: the current technical identifier of a document; `None` if the DMP has no such document.
    ///
    /// # Errors
    /// [`DmpError`].
    pub async fn reference_of(&self, unique_id: &str) -> Result<Option<String>, DmpError> {
        let target = Target::from(unique_id);
        target.check(Transaction::Locate)?;
        self.caller.locate(&target.unique_id).await
    }

    /// TD2.1: submits documents, signed as one lot, all or nothing.
    ///
    /// After an unknown outcome the same [`Submission`] may be sent again: it keeps its uniqueIds, and an answer
    /// `XDSDuplicateUniqueIdInRegistry` then means that it was stored ([`Self::reference_of`] confirms).
    ///
    /// # Errors
    /// [`DmpError`]: the patient is opposed to feeding, a coherence rule (X04, X05, X10…), or a refusal of the DMP.
    pub async fn submit(&self, submission: &Submission) -> Result<Receipt, DmpError> {
        if !self.consent.feeding {
            let refusal = failure::Local {
                rule: "EXI 02",
                kind: ErrorKind::Authorisation,
                found: "a patient who is opposed to feeding",
                expected: "a patient who was informed and is not opposed; nothing is sent otherwise",
            };
            return Err(refusal.error(Transaction::Submit));
        }
        self.known.require_open(Transaction::Submit)?;
        self.caller.submit(submission).await
    }

    /// TD3.3c: deletes a document of the structure and the versions it replaced (reads its technical identifier
    /// first, TD3.1b). **Irreversible**: ask for confirmation (`EX_3.3-1050`).
    ///
    /// # Errors
    /// [`DmpError`].
    pub async fn delete(&self, document: impl Into<Target>) -> Result<Change, DmpError> {
        self.caller.delete(&document.into()).await
    }
}
