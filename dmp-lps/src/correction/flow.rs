//! What the screens of the software call; each act has its file.

use std::sync::Arc;

use dmp_client::Document;
use tokio::sync::broadcast;

use super::cause::CorrectionSettings;
use super::error::CorrectionError;
use super::event::CorrectionEvent;
use super::ledger::PublicationLedger;
use super::publication::{Publication, PublicationState};
use super::store::CorrectionStore;
use crate::clock::Clock;
use crate::consent::ConsentGate;
use crate::context::{AccessContext, PatientKey};
use crate::outbox::FeedStore;
use crate::store::StoreError;
use crate::trace::{Note, Notes, Tracer};

/// Events that a slow listener may lag behind by.
const EVENTS: usize = 256;

/// Corrects documents of the DMP. Cheap to clone.
pub struct Corrections<F, C, L> {
    pub(super) ledger: PublicationLedger<F, C>,
    pub(super) gate: ConsentGate<L>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) settings: CorrectionSettings,
    pub(super) notes: Notes,
    events: broadcast::Sender<CorrectionEvent>,
}

impl<F, C, L> Clone for Corrections<F, C, L> {
    fn clone(&self) -> Self {
        Self {
            ledger: self.ledger.clone(),
            gate: self.gate.clone(),
            clock: Arc::clone(&self.clock),
            settings: self.settings,
            notes: self.notes.clone(),
            events: self.events.clone(),
        }
    }
}

impl<F, C, L> std::fmt::Debug for Corrections<F, C, L> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Corrections").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl<F: FeedStore, C: CorrectionStore, L> Corrections<F, C, L> {
    /// Over the ledger of what was fed. `gate` tells whether the patient opposes feeding.
    #[must_use]
    pub fn new(
        ledger: PublicationLedger<F, C>,
        gate: ConsentGate<L>,
        clock: impl Clock,
        settings: CorrectionSettings,
    ) -> Self {
        let (events, _) = broadcast::channel(EVENTS);
        Self { ledger, gate, clock: Arc::new(clock), settings, notes: Notes::default(), events }
    }

    /// Traces the confirmations of users, and what is refused here (F14). The transactions are traced by the session; without
    /// this nothing else is.
    #[must_use]
    pub fn traced(self, tracer: Tracer) -> Self {
        Self { notes: Notes::by(tracer), ..self }
    }

    /// What was fed, and where it stands.
    #[must_use]
    pub fn ledger(&self) -> &PublicationLedger<F, C> {
        &self.ledger
    }

    /// Every correction from now on.
    #[must_use]
    pub fn events(&self) -> broadcast::Receiver<CorrectionEvent> {
        self.events.subscribe()
    }

    /// A document was fed at once, without the queue: it is known from now on, with its set and version.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn fed(&self, ctx: &AccessContext, patient: &PatientKey, document: &Document) -> Result<(), StoreError> {
        let begun = Publication::begun(ctx, patient, document, self.clock.now());
        self.accepted(begun).await
    }

    /// The DMP has the document; what it replaces is obsolete, and those who listen are told.
    pub(super) async fn accepted(&self, publication: Publication) -> Result<(), StoreError> {
        let now = self.clock.now();
        let mut changed = Vec::new();
        if let Some(replaced) = publication.replaces.as_deref() {
            let patient = &publication.patient;
            let former = self.ledger.known(patient, replaced).await?;
            let mut former = former.unwrap_or_else(|| Publication::unknown(patient, replaced, now));
            former.replaced_by = Some(publication.unique_id.clone());
            changed.push(former.to(PublicationState::Replaced, now));
        }
        let corrected = CorrectionEvent::corrected(&publication);
        changed.push(publication.to(PublicationState::Sent, now));
        self.ledger.store.save(changed).await?;
        corrected.into_iter().for_each(|event| self.tell(event));
        Ok(())
    }

    /// A refusal that was made here leaves a trace.
    pub(super) async fn known_refused<T>(
        &self,
        ctx: &AccessContext,
        patient: &PatientKey,
        unique_id: &str,
        result: Result<T, CorrectionError>,
    ) -> Result<T, CorrectionError> {
        if let Some(rule) = result.as_ref().err().and_then(CorrectionError::rule) {
            let note = Note::denied(rule).patient(patient).document(unique_id, None);
            self.notes.note(ctx, note).await?;
        }
        result
    }

    pub(super) fn tell(&self, event: CorrectionEvent) {
        // Nobody may be listening.
        let _ = self.events.send(event);
    }
}
