//! The traces of a component that may be used without any.

use dmp_client::{DmpError, Outcome};

use super::{Note, TraceActor, TraceError, Tracer};
use crate::context::{AccessContext, PatientKey};
use crate::store::StoreError;

/// Where a component traces its local acts; nowhere by default.
#[derive(Debug, Clone, Default)]
pub(crate) struct Notes(Option<Tracer>);

impl Notes {
    pub(crate) fn by(tracer: Tracer) -> Self {
        Self(Some(tracer))
    }

    pub(crate) fn tracer(&self) -> Option<&Tracer> {
        self.0.as_ref()
    }

    /// As [`Tracer::note`], for a component whose errors are those of its store.
    pub(crate) async fn note(&self, actor: impl Into<TraceActor>, note: Note) -> Result<(), StoreError> {
        let Some(tracer) = &self.0 else { return Ok(()) };
        tracer.note(actor, note).await.map_err(|error| match error {
            TraceError::Store(error) => error,
            other => StoreError::Untraced(other.to_string()),
        })
    }

    /// As [`Tracer::note`], for an act that waits for its trace: the refusal of one that cannot be traced.
    pub(crate) async fn note_or_refuse(&self, actor: impl Into<TraceActor>, note: Note) -> Result<(), DmpError> {
        let Some(tracer) = &self.0 else { return Ok(()) };
        tracer.note(actor, note).await.map_err(TraceError::into_refusal)
    }

    /// Gives a result back, after a refusal that was made here, before any transaction, is traced. It is refused either
    /// way.
    pub(crate) async fn refused<T>(
        &self,
        ctx: &AccessContext,
        patient: Option<&PatientKey>,
        result: Result<T, DmpError>,
    ) -> Result<T, DmpError> {
        if let Err(refusal) = &result
            && refusal.outcome() == Outcome::NotSent
        {
            let note = Note::denied(refusal.rule().unwrap_or_default());
            self.note_done(ctx, patient.into_iter().fold(note, Note::patient)).await;
        }
        result
    }

    /// As [`Tracer::note`], for an act that nothing may hold back, such as an erasure.
    pub(crate) async fn note_done(&self, actor: impl Into<TraceActor>, note: Note) {
        if let Err(error) = self.note(actor, note).await {
            tracing::error!(%error, "an act was done and could not be traced");
        }
    }
}
