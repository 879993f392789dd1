//! Rule 5: a document was fed to the record of somebody else. Out of there first, then to the right record as a new
//! document; a line of the register of errors is opened before anything is sent.

use dmp_client::mode::{Authentication, Feeds};
use dmp_client::watch::Act;
use dmp_client::{Document, Record, Submission};
use dmp_protocol::transaction::Transaction;
use jiff::Timestamp;

use super::cause::CorrectionCause;
use super::error::CorrectionError;
use super::flow::Corrections;
use super::guard::{require_open, require_unrelated};
use super::publication::{Publication, PublicationState};
use super::store::CorrectionStore;
use crate::acts::{Deletion, spend};
use crate::confirmed::Confirmed;
use crate::consent::{Scope, StanceLedger};
use crate::context::{AccessContext, PatientKey};
use crate::error_record::{ErrorAction, ErrorRecord, ErrorRegister, ErrorStore, NewError};
use crate::outbox::FeedStore;
use crate::trace::Note;

/// What was fed to whom, and what belongs to whom.
#[derive(Debug)]
pub struct WrongPatient<'a, A, B> {
    /// The record that has the document.
    pub wrong: &'a Record<A>,
    /// The record that should.
    pub right: &'a Record<B>,
    /// uniqueId of the document.
    pub unique_id: &'a str,
    /// The document for the right patient: its patient, a new id, a new `setId`, replacing nothing.
    pub document: Document,
    /// When the error was found, UTC: the 72 hours of the CNIL run from there.
    pub detected_at: Timestamp,
}

impl<F: FeedStore, C: CorrectionStore, L: StanceLedger> Corrections<F, C, L> {
    /// Corrects a feeding to the wrong patient. The line of the register that was opened says how far it came; when an act
    /// fails, call it again with a fresh confirmation: the same line goes on, and nothing is done twice.
    ///
    /// # Errors
    /// [`CorrectionError`].
    pub async fn wrong_patient<A, B, E>(
        &self,
        ctx: &AccessContext,
        register: &ErrorRegister<E>,
        error: WrongPatient<'_, A, B>,
        confirmed: Confirmed<Deletion>,
    ) -> Result<ErrorRecord, CorrectionError>
    where
        A: Authentication,
        B: Feeds,
        E: ErrorStore,
    {
        let (from, unique_id) = (PatientKey::from(error.wrong.ins()), error.unique_id);
        let confirmation = Note::confirmation(&confirmed).patient(&from).document(unique_id, None);
        self.notes.note(ctx, confirmation).await?;
        let corrected = self.correct_patient(ctx, register, error, confirmed).await;
        self.known_refused(ctx, &from, unique_id, corrected).await
    }

    async fn correct_patient<A: Authentication, B: Feeds, E: ErrorStore>(
        &self,
        ctx: &AccessContext,
        register: &ErrorRegister<E>,
        error: WrongPatient<'_, A, B>,
        confirmed: Confirmed<Deletion>,
    ) -> Result<ErrorRecord, CorrectionError> {
        let WrongPatient { wrong, right, unique_id, document, detected_at } = error;
        let (from, to) = (PatientKey::from(wrong.ins()), PatientKey::from(right.ins()));
        if from == to {
            return Err(CorrectionError::SamePatient);
        }
        let known = self.ledger.known(&from, unique_id).await?;
        require_unrelated(&document, unique_id, known.as_ref())?;
        spend(confirmed, &*self.clock, Transaction::Delete)?;
        let opened = NewError {
            document: unique_id.to_owned(),
            wrong_patient: from,
            right_patient: Some(to.clone()),
            detected_at,
            by: ctx.user.clone(),
        };
        let id = register.open(opened).await?;

        self.remove(ctx, wrong, CorrectionCause::WrongPatient, unique_id.into()).await?;
        register.did(id, ErrorAction::Removed, &ctx.user).await?;
        self.feed_right(ctx, right, &to, document).await?;
        register.did(id, ErrorAction::FedToRightPatient, &ctx.user).await?;
        Ok(register.get(id).await?)
    }

    async fn feed_right<B: Feeds>(
        &self,
        ctx: &AccessContext,
        right: &Record<B>,
        patient: &PatientKey,
        document: Document,
    ) -> Result<(), CorrectionError> {
        let known = self.ledger.known(patient, &document.entry().unique_id).await?;
        if known.as_ref().is_some_and(|known| known.state == PublicationState::Sent) {
            return Ok(()); // An earlier try had arrived.
        }
        self.gate.check(Scope::Feeding, ctx, patient).await?.consent()?;
        require_open(right, Act::Submit).await?;
        let begun = Publication::begun(ctx, patient, &document, self.clock.now());
        self.send(right, &Submission::of(document), begun, known.is_some()).await?;
        Ok(())
    }
}
