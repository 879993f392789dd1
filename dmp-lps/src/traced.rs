//! The local acts of a component: noted where it was given a tracer (F14), and nowhere else.

use dmp_client::DmpError;

use crate::trace::{Note, TraceActor, Tracer};

/// A tracer that may be there.
#[derive(Clone, Debug, Default)]
pub(crate) struct Traced(Option<Tracer>);

impl Traced {
    pub(crate) fn by(tracer: Tracer) -> Self {
        Self(Some(tracer))
    }

    /// Notes an act that waits for its trace.
    ///
    /// # Errors
    /// [`DmpError`] `F14`: the trace cannot be written, and the settings say that nothing is done then.
    pub(crate) async fn note(&self, actor: impl Into<TraceActor>, note: Note) -> Result<(), DmpError> {
        match &self.0 {
            Some(tracer) => tracer.note(actor, note).await.map_err(crate::trace::TraceError::into_refusal),
            None => Ok(()),
        }
    }

    /// Notes an act that nothing may hold back, such as an erasure.
    pub(crate) async fn note_done(&self, actor: impl Into<TraceActor>, note: Note) {
        if let Err(error) = self.note(actor, note).await {
            tracing::error!(%error, "an act was done and could not be traced");
        }
    }
}
