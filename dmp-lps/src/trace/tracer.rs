//! What everything that is traced goes through.

use std::sync::Arc;

use dmp_client::watch::Watch;
use tokio::sync::broadcast;

use super::air::AirTrace;
use super::journal::{DOCUMENT, Entry, Journal, PATIENT, PROFESSIONAL, USER};
use super::key::TraceKeys;
use super::line::{AccessTrace, Note};
use super::settings::{TraceOrFail, TraceSettings};
use super::store::TraceStore;
use super::watching::TracedSession;
use super::{TraceActor, TraceError};
use crate::clock::Clock;
use crate::context::PatientKey;

/// Lines that a slow listener may lag behind by.
const LISTENERS_LAG: usize = 4_096;

/// Tells the identifier of a patient in the software.
pub type LocalIds = dyn Fn(&PatientKey) -> Option<String> + Send + Sync;

/// Writes the two traces. Cheap to clone; clones write to the same stores.
#[derive(Clone)]
pub struct Tracer {
    pub(super) inner: Arc<Inner>,
    workstation: Option<Arc<str>>,
}

pub(super) struct Inner {
    pub(super) access: Journal,
    pub(super) air: Journal,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) settings: TraceSettings,
    local_ids: Option<Box<LocalIds>>,
    listeners: broadcast::Sender<AccessTrace>,
}

impl Tracer {
    /// The local trace in `access`, the trace of AIR in `air`; see [`super::SqliteTraces`].
    #[must_use]
    pub fn new(
        access: impl TraceStore,
        air: impl TraceStore,
        keys: TraceKeys,
        clock: impl Clock,
        settings: TraceSettings,
    ) -> Self {
        Self::with_local_ids(access, air, keys, clock, settings, None)
    }

    /// The same, with the identifiers that patients have in the software.
    #[must_use]
    pub fn with_local_ids(
        access: impl TraceStore,
        air: impl TraceStore,
        keys: TraceKeys,
        clock: impl Clock,
        settings: TraceSettings,
        local_ids: Option<Box<LocalIds>>,
    ) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(clock);
        let (listeners, _) = broadcast::channel(LISTENERS_LAG);
        let access = Journal::new("access", Arc::new(access), keys.clone(), Arc::clone(&clock));
        let air = Journal::new("air", Arc::new(air), keys, Arc::clone(&clock));
        let inner = Inner { access, air, clock, settings, local_ids, listeners };
        Self { inner: Arc::new(inner), workstation: None }
    }

    /// The same traces, at a workstation or in a session of the software.
    #[must_use]
    pub fn at_workstation(&self, name: impl Into<Arc<str>>) -> Self {
        Self { workstation: Some(name.into()), ..self.clone() }
    }

    /// Traces every transaction of a session: `session.watched(tracer.of(&ctx))`. Add it before the guards, so that what
    /// they refuse is traced too.
    ///
    /// Each call has a line before it begins and a line when it ends; in AIR each assertion has its own. The first line, and
    /// the assertion, are on the disk before the request leaves: where [`TraceOrFail`] asks for it, a trace that cannot be
    /// written refuses the call (rule `F14`), and nothing is sent.
    #[must_use]
    pub fn of(&self, actor: impl Into<TraceActor>) -> Arc<dyn Watch> {
        Arc::new(TracedSession::new(self.clone(), actor.into()))
    }

    /// Traces an act of the software: a document viewed or kept, a stance, a refusal.
    ///
    /// # Errors
    /// [`TraceError`], only with [`TraceOrFail::Always`]; otherwise the failure is logged.
    pub async fn note(&self, actor: impl Into<TraceActor>, note: Note) -> Result<(), TraceError> {
        self.note_all(actor, [note]).await
    }

    /// Traces several acts of one actor at once: all of them are on the disk, or none.
    ///
    /// # Errors
    /// As [`Self::note`].
    pub async fn note_all(
        &self,
        actor: impl Into<TraceActor>,
        notes: impl IntoIterator<Item = Note>,
    ) -> Result<(), TraceError> {
        let actor = actor.into();
        let lines = notes.into_iter().map(|note| self.line_of(&actor, note)).collect();
        let written = self.write(lines).await;
        match self.inner.settings.trace_or_fail {
            TraceOrFail::Always => written,
            TraceOrFail::Air | TraceOrFail::Never => {
                if let Err(error) = written {
                    tracing::error!(%error, "an act was done and could not be traced");
                }
                Ok(())
            }
        }
    }

    /// Traces that somebody reads the traces: whatever [`TraceOrFail`] says, nobody reads them unseen.
    pub(super) async fn note_reading(&self, actor: &TraceActor, note: Note) -> Result<(), TraceError> {
        self.write(vec![self.line_of(actor, note)]).await
    }

    /// Every line of the local trace that is written from now on, by this process; supervision (F15) listens.
    #[must_use]
    pub fn listen(&self) -> broadcast::Receiver<AccessTrace> {
        self.inner.listeners.subscribe()
    }

    fn line_of(&self, actor: &TraceActor, note: Note) -> AccessTrace {
        let mut line = self.blank(actor, note.action, note.patient.as_ref());
        line.patient_local = note.patient_local.or(line.patient_local);
        line.documents = note.documents;
        line.outcome = note.outcome;
        line.code = note.code;
        line.transaction = note.transaction.map(str::to_owned);
        line.detail = note.detail;
        line.reason = note.reason;
        line
    }

    /// A line about nobody's document yet.
    pub(super) fn blank(&self, actor: &TraceActor, action: super::Action, patient: Option<&PatientKey>) -> AccessTrace {
        let mut line = AccessTrace::new(actor, action);
        line.workstation = self.workstation.as_deref().map(str::to_owned);
        line.ins = patient.map(|key| key.as_str().to_owned());
        line.patient_local = patient.zip(self.inner.local_ids.as_ref()).and_then(|(key, local)| local(key));
        line
    }

    async fn write(&self, lines: Vec<AccessTrace>) -> Result<(), TraceError> {
        let entries = lines.iter().map(access_entry).collect::<Result<Vec<_>, _>>()?;
        self.write_entries(lines, &entries).await
    }

    /// Writes lines, then tells the listeners.
    pub(super) async fn write_entries(&self, lines: Vec<AccessTrace>, entries: &[Entry]) -> Result<(), TraceError> {
        let written = self.inner.access.append(entries).await?;
        for (line, (seq, at)) in lines.into_iter().zip(written) {
            // Nobody may be listening.
            let _ = self.inner.listeners.send(AccessTrace { seq, at, ..line });
        }
        Ok(())
    }

    pub(super) async fn write_air(&self, lines: &[AirTrace]) -> Result<(), TraceError> {
        let entries = lines.iter().map(air_entry).collect::<Result<Vec<_>, _>>()?;
        self.inner.air.append(&entries).await.map(drop)
    }
}

impl std::fmt::Debug for Tracer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tracer").field("settings", &self.inner.settings).finish_non_exhaustive()
    }
}

pub(super) fn access_entry(line: &AccessTrace) -> Result<Entry, TraceError> {
    let people = [(USER, &line.user), (PROFESSIONAL, &line.professional), (PATIENT, &line.ins)];
    let people = people.into_iter().filter_map(|(kind, value)| Some((kind, value.clone()?)));
    let documents = line.documents.iter().map(|document| (DOCUMENT, document.unique_id.clone()));
    Ok(Entry { about: people.chain(documents).collect(), ..Entry::new(line)? })
}

fn air_entry(line: &AirTrace) -> Result<Entry, TraceError> {
    let patient = line.ins.clone().map(|ins| (PATIENT, ins));
    let about = [(PROFESSIONAL, line.id_nat_ps.clone())].into_iter().chain(patient).collect();
    Ok(Entry { about, ..Entry::new(line)? })
}
