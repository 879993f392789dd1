//! Who may correct what, decided before anything is sent.

use dmp_client::mode::Authentication;
use dmp_client::watch::Act;
use dmp_client::{Document, Existence, HeaderVersion, Record};

use super::cause::OppositionCorrection;
use super::error::CorrectionError;
use super::flow::Corrections;
use super::publication::{Publication, PublicationState};
use super::store::CorrectionStore;
use crate::consent::{GateRefusal, Scope, StanceLedger};
use crate::context::{AccessContext, PatientKey};
use crate::outbox::FeedStore;

impl<F: FeedStore, C: CorrectionStore, L: StanceLedger> Corrections<F, C, L> {
    /// What is known of a document; the DMP is asked after one whose outcome was lost (TD3.1b), and what never arrived is
    /// forgotten.
    pub(super) async fn ascertained<A: Authentication>(
        &self,
        record: &Record<A>,
        act: Act,
        known: Option<Publication>,
    ) -> Result<Option<Publication>, CorrectionError> {
        let Some(pending) = known.clone().filter(|known| known.state == PublicationState::Pending) else {
            return Ok(known);
        };
        let (patient, unique_id) = (pending.patient.clone(), pending.unique_id.clone());
        match record.toward(act).reference_of(&unique_id).await?.entry_uuid {
            Some(_) => self.accepted(pending).await?,
            None => self.ledger.store.forget(unique_id.clone()).await?,
        }
        Ok(self.ledger.known(&patient, &unique_id).await?)
    }

    /// Rule 7: after an opposition, what this author fed may still be replaced, if the establishment wants so.
    pub(super) async fn may_replace(
        &self,
        ctx: &AccessContext,
        patient: &PatientKey,
        known: Option<&Publication>,
    ) -> Result<(), CorrectionError> {
        let decision = self.gate.check(Scope::Feeding, ctx, patient).await?;
        if decision.refusal() != Some(GateRefusal::Opposed) {
            decision.consent()?;
            return Ok(());
        }
        if self.settings.opposition_correction == OppositionCorrection::DeleteOnly {
            return Err(CorrectionError::DeleteOnly);
        }
        require_own(ctx, known.ok_or(CorrectionError::NotFed)?, 7)
    }
}

/// Rules 7 and 8: the very professional who fed the document.
pub(super) fn require_own(ctx: &AccessContext, known: &Publication, rule: u8) -> Result<(), CorrectionError> {
    let own = known.professional.is_some() && known.professional == ctx.professional_key();
    if own { Ok(()) } else { Err(CorrectionError::NotAuthor { rule }) }
}

/// Rule 4: the author, or the author's structure. What is not known here the DMP decides; it does so for the médecin
/// traitant and the documents of the patient, too.
pub(super) fn require_author(ctx: &AccessContext, known: Option<&Publication>) -> Result<(), CorrectionError> {
    let Some((known, structure)) = known.and_then(|known| Some((known, known.structure.as_deref()?))) else {
        return Ok(());
    };
    match structure == ctx.structure.as_str() {
        true => Ok(()),
        false => require_own(ctx, known, 4),
    }
}

/// Rule 3: neither what was replaced nor what was taken out.
pub(super) fn require_current(known: &Publication) -> Result<(), CorrectionError> {
    match known.state {
        PublicationState::Pending | PublicationState::Sent => Ok(()),
        PublicationState::Replaced => Err(CorrectionError::Obsolete { by: known.replaced_by.clone() }),
        PublicationState::Removed => Err(CorrectionError::Removed),
    }
}

/// Rules 1 and 10: the same set, the number after the one that the DMP has, another id. That the header names the replaced
/// version is checked with every submission (X14).
pub(super) fn require_successor(
    document: &Document,
    replaced: &str,
    known: Option<&Publication>,
) -> Result<(), CorrectionError> {
    let header = document.version();
    if document.entry().unique_id == replaced {
        return Err(refused(1, "the uniqueId of the replaced version", "a new one: SC.CDA, one id for each version"));
    }
    if *header == HeaderVersion::default() {
        return Ok(()); // An imaging reference has no such header.
    }
    let set = known.and_then(|known| known.set_id.as_ref());
    if set.is_some() && header.set_id.as_ref() != set {
        return Err(refused(1, "another setId than that of the replaced version", "the same setId in all versions"));
    }
    let next = known.and_then(|known| known.version?.checked_add(1));
    let number = header.number.unwrap_or(1);
    match next {
        Some(next) if number != next => Err(refused(
            1,
            &format!("versionNumber {number}"),
            &format!("{next}: one more than the version of the DMP"),
        )),
        None if number < 2 => Err(refused(1, &format!("versionNumber {number}"), "2 at least, in a replacement")),
        _ => Ok(()),
    }
}

/// Rule 5: for the right patient the document is a new one.
pub(super) fn require_unrelated(
    document: &Document,
    wrong: &str,
    known: Option<&Publication>,
) -> Result<(), CorrectionError> {
    let header = document.version();
    let set = known.and_then(|known| known.set_id.as_ref());
    if document.entry().unique_id == wrong {
        return Err(refused(5, "the uniqueId of the document of the wrong patient", "a new id"));
    }
    if set.is_some() && header.set_id.as_ref() == set {
        return Err(refused(5, "the setId of the document of the wrong patient", "a new setId"));
    }
    match header.replaces {
        Some(_) => Err(refused(5, "a document that replaces another", "no relatedDocument of type RPLC")),
        None => Ok(()),
    }
}

fn refused(rule: u8, found: &str, expected: &str) -> CorrectionError {
    CorrectionError::Header { rule, found: found.to_owned(), expected: expected.to_owned() }
}

/// TD0.2, before each act.
pub(super) async fn require_open<A: Authentication>(record: &Record<A>, act: Act) -> Result<(), CorrectionError> {
    match record.toward(act).existence().await? {
        Existence::Absent | Existence::Closed(..) => Err(CorrectionError::NoOpenDmp),
        _ => Ok(()),
    }
}
