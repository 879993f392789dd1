//! What feeds: TD2.1.

use dmp_protocol::transaction::Transaction;

use super::mode::{AccessMode, Feeds, Indirect};
use super::opening::Session;
use super::record::Record;
use crate::submission::{Hidden, Receipt, Submission};
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
pub type IndirectSession = Session<Indirect>;

/// One patient's record, fed by one structure.
pub type IndirectRecord = Record<Indirect>;

impl<A: Feeds, X: AccessMode> Record<A, X> {
    /// TD2.1: submits documents, signed as one lot, all or nothing.
    ///
    /// After an unknown outcome the same [`Submission`] may be sent again: it keeps its uniqueIds, and an answer
    /// `XDSDuplicateUniqueIdInRegistry` then means that it was stored ([`Self::reference_of`] confirms). In connexion secrète each document is
    /// hidden from the legal representatives.
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
        if self.caller.connexion_secrete {
            // V46: every document of the lot carries the code.
            return self.caller.submit(&submission.clone().hidden(Hidden::FromRepresentatives)).await;
        }
        self.caller.submit(submission).await
    }
}
