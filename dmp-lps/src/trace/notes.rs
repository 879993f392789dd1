//! The traces of a component that may be used without any.

use super::{Note, TraceActor, TraceError, Tracer};
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

    /// As [`Tracer::note`].
    pub(crate) async fn note(&self, actor: impl Into<TraceActor>, note: Note) -> Result<(), StoreError> {
        let Some(tracer) = &self.0 else { return Ok(()) };
        tracer.note(actor, note).await.map_err(|error| match error {
            TraceError::Store(error) => error,
            other => StoreError::Untraced(other.to_string()),
        })
    }
}
