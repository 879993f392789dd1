//! What feeds: TD2.1.

use std::borrow::Cow;

use dmp_protocol::transaction::Transaction;
use jiff::Timestamp;

use super::mode::{AccessMode, Feeds, Indirect};
use super::opening::Session;
use super::record::Record;
use crate::submission::{Document, DocumentError, Finding, Hidden, Receipt, Submission};
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
    /// TD2.1, and TD2.2 with a CPE: submits documents, signed as one lot, all or nothing.
    ///
    /// After an unknown outcome, [`Self::confirm`] says whether it was stored and [`Self::resend`] sends it again only
    /// if it was not: never blindly. In connexion secrète each document is hidden from the legal representatives.
    ///
    /// # Errors
    /// [`DmpError`]: the patient is opposed to feeding, a coherence rule (X04, X05, X10…), or a refusal of the DMP.
    pub async fn submit(&self, submission: &Submission) -> Result<Receipt, DmpError> {
        self.may_feed(submission)?;
        self.caller.submit(&self.as_sent(submission)).await
    }

    /// Everything for which this submission would be refused, and what should be known before it is sent: all at once,
    /// and nothing is sent. The documents are read again and checked by the rules of [`cda::check`] (received document,
    /// profile of the DMP); the others are those of [`Self::submit`]. What only the DMP knows, such as the state of the
    /// record or the current version of a replaced document, is not looked at.
    ///
    /// # Errors
    /// [`DocumentError`] if the bytes of a document cannot be read any more.
    pub async fn preflight(&self, submission: &Submission) -> Result<Vec<Finding>, DocumentError> {
        let submission = self.as_sent(submission);
        let mut findings = Vec::new();
        findings.extend(self.may_feed(&submission).err().map(Finding::refused));
        findings
            .extend(self.caller.shared.check_credentials(self.feeding(), Timestamp::now()).err().map(Finding::refused));
        findings.extend(self.caller.examine(&submission).await?);
        Ok(findings)
    }

    /// A patient who is opposed receives no new document; what was fed before may still be corrected (`OPP-04`).
    fn may_feed(&self, submission: &Submission) -> Result<(), DmpError> {
        let corrects = self.caller.shared.switches.replace_after_opposition
            && submission.documents().iter().all(Document::corrects);
        if !self.consent.feeding && !corrects {
            let refusal = failure::Local {
                rule: "EXI 02",
                kind: ErrorKind::Authorisation,
                found: "a patient who is opposed to feeding",
                expected: "a patient who was informed and is not opposed; only what was fed before is replaced or deleted",
            };
            return Err(refusal.error(self.feeding()));
        }
        self.known.require_open(self.feeding())
    }

    fn feeding(&self) -> Transaction {
        self.caller.acting.feeding()
    }

    /// In connexion secrète every document of the lot is hidden from the legal representatives (V46).
    fn as_sent<'s>(&self, submission: &'s Submission) -> Cow<'s, Submission> {
        match self.caller.connexion_secrete {
            true => Cow::Owned(submission.clone().hidden(Hidden::FromRepresentatives)),
            false => Cow::Borrowed(submission),
        }
    }
}
