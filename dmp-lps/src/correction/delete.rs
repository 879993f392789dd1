//! Rules 2, 3, 8, 9 and 11: a document and its versions are taken out of the DMP. TD0.2, TD3.1b, TD3.3c; no authorisation.

use dmp_client::mode::Authentication;
use dmp_client::watch::Act;
use dmp_client::{Change, DmpError, DocumentEntry, Outcome, Record, Target, is_imaging_reference};
use dmp_protocol::transaction::Transaction;

use super::cause::{CorrectionCause, LocalCopyFate};
use super::error::CorrectionError;
use super::event::CorrectionEvent;
use super::flow::Corrections;
use super::guard::{require_author, require_current, require_open, require_own};
use super::publication::Publication;
use super::store::CorrectionStore;
use crate::acts::{Deletion, spend};
use crate::confirmed::Confirmed;
use crate::consent::StanceLedger;
use crate::context::{AccessContext, PatientKey};
use crate::outbox::FeedStore;
use crate::store::StoreError;
use crate::trace::Note;

/// What the DMP says when somebody changed the document between TD3.1b and TD3.3c. Nothing was done.
const CHANGED_IN_BETWEEN: [&str; 3] =
    ["XDSMetadataUpdateError", "XDSMetadataVersionError", "UnresolvedReferenceException"];

/// A document that is no longer in the DMP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Removed {
    /// `Done`, or `AlreadyGone` when it had been taken out before.
    pub change: Change,
    /// What becomes of the local copy.
    pub local_copy: LocalCopyFate,
}

impl<F: FeedStore, C: CorrectionStore, L: StanceLedger> Corrections<F, C, L> {
    /// Takes a document and the versions it replaced out of the DMP. **Irreversible.**
    ///
    /// After an unknown outcome call it again: what is gone already is `AlreadyGone`, and the software agrees (rule 11).
    ///
    /// # Errors
    /// [`CorrectionError`]; `F26` when the confirmation is too old.
    pub async fn delete<A: Authentication>(
        &self,
        ctx: &AccessContext,
        record: &Record<A>,
        cause: CorrectionCause,
        document: impl Into<Target>,
        confirmed: Confirmed<Deletion>,
    ) -> Result<Removed, CorrectionError> {
        let target = document.into();
        let (patient, unique_id) = (PatientKey::from(record.ins()), target.unique_id().to_owned());
        let confirmation = Note::confirmation(&confirmed).patient(&patient).document(&unique_id, None);
        self.notes.note(ctx, confirmation).await?;
        let spent = spend(confirmed, &*self.clock, Transaction::Delete).map_err(CorrectionError::from);
        let removed = match spent.and_then(|()| may_delete(cause)) {
            Ok(()) => self.remove(ctx, record, cause, target).await,
            Err(error) => Err(error),
        };
        self.known_refused(ctx, &patient, &unique_id, removed).await
    }

    /// Takes an imaging reference (KOS) out of the DMP, without confirmation: nobody reads it. Propose the documents that
    /// are linked to it ([`Found::linked_to`](dmp_client::Found::linked_to)).
    ///
    /// # Errors
    /// [`CorrectionError`].
    pub async fn delete_imaging_reference<A: Authentication>(
        &self,
        ctx: &AccessContext,
        record: &Record<A>,
        cause: CorrectionCause,
        document: &DocumentEntry,
    ) -> Result<Removed, CorrectionError> {
        let removed = match may_delete(cause) {
            Ok(()) if is_imaging_reference(document) => self.remove(ctx, record, cause, document.into()).await,
            Ok(()) => Err(CorrectionError::NotImagingReference),
            Err(error) => Err(error),
        };
        self.known_refused(ctx, &PatientKey::from(record.ins()), &document.unique_id, removed).await
    }

    pub(super) async fn remove<A: Authentication>(
        &self,
        ctx: &AccessContext,
        record: &Record<A>,
        cause: CorrectionCause,
        target: Target,
    ) -> Result<Removed, CorrectionError> {
        let (patient, unique_id) = (PatientKey::from(record.ins()), target.unique_id().to_owned());
        let known = self.ledger.known(&patient, &unique_id).await?;
        let known = self.ascertained(record, Act::Delete, known).await?;
        if cause == CorrectionCause::LocalFinalDeletion {
            require_own(ctx, known.as_ref().ok_or(CorrectionError::NotFed)?, 8)?;
        }
        let local_copy = self.fate(cause);
        if let Some(known) = &known {
            match require_current(known) {
                Err(CorrectionError::Removed) => return Ok(Removed { change: Change::AlreadyGone, local_copy }),
                checked => checked?,
            }
        }
        require_author(ctx, known.as_ref())?;
        require_open(record, Act::Delete).await?;
        let change = match delete(record, &target).await {
            Ok(change) => change,
            // The DMP does not know it, and the software knows that it did.
            Err(error) if error.rule() == Some("RG_3130") && known.is_some() => Change::AlreadyGone,
            Err(error) => {
                // The search had found it. It may be gone now, and then only this line tells the next call that it was there.
                let lost = error.outcome() == Outcome::Unknown && error.transaction() == Some(Transaction::Delete);
                if lost && known.is_none() {
                    let seen = Publication::unknown(&patient, &unique_id, self.clock.now());
                    self.ledger.store.save(vec![seen]).await?;
                }
                return Err(error.into());
            }
        };
        self.align(&patient, &unique_id).await?;
        self.tell(CorrectionEvent::DocumentRemoved { patient, unique_id, cause, local_copy });
        Ok(Removed { change, local_copy })
    }

    /// What is deleted for good in the software is not kept there.
    fn fate(&self, cause: CorrectionCause) -> LocalCopyFate {
        match cause {
            CorrectionCause::LocalFinalDeletion => LocalCopyFate::Deleted,
            _ => self.settings.local_copy,
        }
    }

    /// Every known version is tagged, so that none is fed again.
    async fn align(&self, patient: &PatientKey, unique_id: &str) -> Result<(), StoreError> {
        let now = self.clock.now();
        let mut chain = self.ledger.chain(patient, unique_id).await?;
        if chain.is_empty() {
            chain.push(Publication::unknown(patient, unique_id, now));
        }
        for version in &chain {
            let (unique_id, hash) = (version.unique_id.clone(), version.hash.clone());
            self.ledger.feed.tag_removed(patient.clone(), unique_id, hash).await?;
        }
        let removed = chain.into_iter().map(|version| version.removed(now));
        self.ledger.store.save(removed.collect()).await
    }
}

fn may_delete(cause: CorrectionCause) -> Result<(), CorrectionError> {
    match cause.may_delete() {
        true => Ok(()),
        false => Err(CorrectionError::Cause { cause }),
    }
}

/// TD3.1b and TD3.3c; once more when somebody changed the document in between.
async fn delete<A: Authentication>(record: &Record<A>, target: &Target) -> Result<Change, DmpError> {
    let changed = |error: &DmpError| error.code().is_some_and(|code| CHANGED_IN_BETWEEN.contains(&code.as_str()));
    match record.delete(target.clone()).await {
        // By the uniqueId alone: the status that the entry had may be what changed.
        Err(error) if changed(&error) => Ok(record.delete(target.unique_id()).await?.change),
        other => Ok(other?.change),
    }
}
