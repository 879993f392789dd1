//! Rule 1: a newer version takes the place of a document. TD0.2, TD3.1b, TD2.1 with RPLC to the current entryUUID.

use dmp_client::mode::Feeds;
use dmp_client::watch::Act;
use dmp_client::{Confirmation, DmpError, Document, Outcome, Receipt, Record, Submission, Target};
use dmp_protocol::transaction::Transaction;

use super::cause::CorrectionCause;
use super::error::CorrectionError;
use super::flow::Corrections;
use super::guard::{require_author, require_current, require_open, require_successor};
use super::publication::Publication;
use super::store::CorrectionStore;
use crate::consent::StanceLedger;
use crate::context::{AccessContext, PatientKey};
use crate::outbox::FeedStore;

/// What the DMP says when somebody changed the replaced document between TD3.1b and TD2.1. Nothing was done.
const CHANGED_IN_BETWEEN: [&str; 2] = ["XDSRegistryDeprecatedDocumentError", "UnresolvedReferenceException"];

/// A replacement that the DMP accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replaced {
    /// uniqueId of the version that is current now.
    pub unique_id: String,
    /// Its versionNumber, where its header gives one: the counter of the software stands there now (rule 10).
    pub version: Option<u64>,
    /// Codes of the warnings that came with the success; none when it was an earlier try that had arrived.
    pub warnings: Vec<String>,
}

impl<F: FeedStore, C: CorrectionStore, L: StanceLedger> Corrections<F, C, L> {
    /// Replaces a document by a newer version, whose header names it, with the same `setId` and the next `versionNumber`
    /// ([`PublicationLedger::next_version`](super::PublicationLedger::next_version)). Hide the new version as the former
    /// was ([`Visibility::of_entry`](crate::visibility::Visibility::of_entry)).
    ///
    /// Given the entry of the replaced document instead of its uniqueId, what was visible before is checked too (V2).
    ///
    /// After an unknown outcome, or a future that was dropped, call it again with the same document: it is asked for
    /// before it is sent, and replaced once. With another document, the lost attempt is looked for first.
    ///
    /// # Errors
    /// [`CorrectionError`].
    pub async fn replace<A: Feeds>(
        &self,
        ctx: &AccessContext,
        record: &Record<A>,
        cause: CorrectionCause,
        replaced: impl Into<Target>,
        document: Document,
    ) -> Result<Replaced, CorrectionError> {
        let target: Target = replaced.into();
        let (patient, unique_id) = (PatientKey::from(record.ins()), target.unique_id().to_owned());
        let replaced = self.replace_known(ctx, record, cause, (&patient, target), document).await;
        self.known_refused(ctx, &patient, &unique_id, replaced).await
    }

    async fn replace_known<A: Feeds>(
        &self,
        ctx: &AccessContext,
        record: &Record<A>,
        cause: CorrectionCause,
        (patient, target): (&PatientKey, Target),
        document: Document,
    ) -> Result<Replaced, CorrectionError> {
        let replaced = target.unique_id().to_owned();
        if !cause.may_replace() {
            return Err(CorrectionError::Cause { cause });
        }
        let lost = self.settle(record, &replaced, &document).await?;
        let known = self.ledger.known(patient, &replaced).await?;
        let known = self.ascertained(record, Act::Submit, known).await?;
        if let Some(known) = &known {
            if known.replaced_by.as_ref() == Some(&document.entry().unique_id) {
                return Ok(Replaced::by(&document, Vec::new())); // An earlier try had arrived.
            }
            require_current(known)?;
        }
        require_successor(&document, &replaced, known.as_ref())?;
        require_author(ctx, known.as_ref())?;
        self.may_replace(ctx, patient, known.as_ref()).await?;
        require_open(record, Act::Submit).await?;

        let mut begun = Publication::begun(ctx, patient, &document, self.clock.now());
        (begun.replaces, begun.cause) = (Some(replaced), Some(cause));
        let submission = Submission::of(document.clone().replacing(target));
        let receipt = self.send(record, &submission, begun, lost).await?;
        Ok(Replaced::by(&document, receipt.warnings))
    }

    /// Looks for an attempt to replace a document whose outcome is not known. Says whether it is that of this document,
    /// which is then asked for when it is sent; another one is asked for here.
    async fn settle<A: Feeds>(
        &self,
        record: &Record<A>,
        replaced: &str,
        document: &Document,
    ) -> Result<bool, CorrectionError> {
        let Some(pending) = self.ledger.store.pending(replaced.to_owned()).await? else { return Ok(false) };
        if pending.unique_id == document.entry().unique_id {
            return Ok(true);
        }
        self.ascertained(record, Act::Submit, Some(pending)).await?;
        Ok(false)
    }

    /// Sends one document, written down before; it is known to be in the DMP when this returns.
    pub(super) async fn send<A: Feeds>(
        &self,
        record: &Record<A>,
        submission: &Submission,
        begun: Publication,
        again: bool,
    ) -> Result<Receipt, CorrectionError> {
        self.ledger.store.save(vec![begun.clone()]).await?;
        let sent = match again {
            true => record.resend(submission).await,
            false => record.submit(submission).await,
        };
        let sent = match sent {
            Err(error) if changed_in_between(&error) => once_more(record, submission).await,
            other => other,
        };
        match sent {
            Ok(receipt) => {
                self.accepted(begun).await?;
                Ok(receipt)
            }
            Err(error) => {
                // A question that failed says nothing of an earlier try.
                let asked = again && error.transaction() == Some(Transaction::Locate);
                if error.outcome() != Outcome::Unknown && !asked {
                    self.ledger.store.forget(begun.unique_id).await?;
                }
                Err(error.into())
            }
        }
    }
}

fn changed_in_between(error: &DmpError) -> bool {
    error.code().is_some_and(|code| CHANGED_IN_BETWEEN.contains(&code.as_str()))
}

/// TD3.1b again, unless it was an earlier try of ours that made the target obsolete.
async fn once_more<A: Feeds>(record: &Record<A>, submission: &Submission) -> Result<Receipt, DmpError> {
    match record.confirm(submission).await? {
        Confirmation::Stored(receipt) => Ok(receipt),
        Confirmation::Absent | Confirmation::Partial(_) => record.submit(submission).await,
    }
}

impl Replaced {
    fn by(document: &Document, warnings: Vec<String>) -> Self {
        Self { unique_id: document.entry().unique_id.clone(), version: document.version().number, warnings }
    }
}
