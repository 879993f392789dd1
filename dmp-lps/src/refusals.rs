//! What a component refuses before any transaction is traced as what a guard refuses (F14).

use dmp_client::{DmpError, Outcome};

use crate::context::{AccessContext, PatientKey};
use crate::trace::{Note, Tracer};

/// Where refusals are written; nowhere at first.
#[derive(Clone, Default)]
pub(crate) struct Refusals(Option<Tracer>);

impl Refusals {
    pub(crate) fn to(tracer: Tracer) -> Self {
        Self(Some(tracer))
    }

    /// Gives the result back, after a refusal made here was written down.
    pub(crate) async fn note<T>(
        &self,
        ctx: &AccessContext,
        patient: Option<&PatientKey>,
        result: Result<T, DmpError>,
    ) -> Result<T, DmpError> {
        if let (Some(tracer), Err(refusal)) = (&self.0, &result)
            && refusal.outcome() == Outcome::NotSent
        {
            let note = Note::denied(refusal.rule().unwrap_or_default());
            let note = patient.into_iter().fold(note, Note::patient);
            // It is refused either way; the tracer says by itself that it cannot write.
            let _ = tracer.note(ctx, note).await;
        }
        result
    }
}
