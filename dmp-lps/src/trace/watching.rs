//! A session under trace.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use dmp_client::DmpError;
use dmp_client::watch::{Act, Attempt, End, Ended, Issued, Step, Watch};
use dmp_client::{Access, QualifiedPatient};
use uuid::Uuid;
use xds_model::iti18::AdhocQuery;

use super::air::{AirEvent, AirTrace};
use super::journal::Entry;
use super::line::{AccessTrace, TraceOutcome, TracedDocument};
use super::settings::TraceOrFail;
use super::tracer::{Tracer, access_entry};
use super::{Action, TraceActor, TraceError};
use crate::context::PatientKey;

/// Traces the calls of one session.
pub(super) struct TracedSession {
    tracer: Tracer,
    actor: TraceActor,
    /// Calls whose end is being written.
    ending: Arc<Mutex<HashSet<Uuid>>>,
}

impl TracedSession {
    pub(super) fn new(tracer: Tracer, actor: TraceActor) -> Self {
        Self { tracer, actor, ending: Arc::default() }
    }

    /// Refuses where a trace is required, otherwise goes on.
    fn required(&self, attempt: &Attempt, written: Result<(), TraceError>) -> Result<(), DmpError> {
        let required = match self.tracer.inner.settings.trace_or_fail {
            TraceOrFail::Always => true,
            TraceOrFail::Air => attempt.mode.is_air(),
            TraceOrFail::Never => false,
        };
        match written {
            Err(error) if required => Err(error.into_refusal()),
            Err(error) => {
                tracing::error!(%error, transaction = attempt.td(), "a call goes on without its trace");
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    /// The end is written by a task of its own: once asked for, it is written whoever is dropped.
    fn spawn_end(&self, attempt: &Attempt, ended: &Ended) -> Option<tokio::task::JoinHandle<()>> {
        let runtime = tokio::runtime::Handle::try_current();
        let Ok(runtime) = runtime else {
            tracing::error!(transaction = attempt.td(), "a call was dropped outside the runtime: its trace stays open");
            return None;
        };
        let id = attempt.id;
        self.ending().insert(id);
        let line = self.line(attempt, Some(ended));
        let events = if attempt.mode.is_air() { self.uses(attempt, ended) } else { Vec::new() };
        let (tracer, ending) = (self.tracer.clone(), Arc::clone(&self.ending));
        Some(runtime.spawn(async move {
            let outcome = write_end(&tracer, id, line, &events).await;
            if let Err(error) = outcome {
                tracing::error!(%error, "the end of a call could not be traced: its first line stays open");
            }
            lock(&ending).remove(&id);
        }))
    }

    fn ending(&self) -> MutexGuard<'_, HashSet<Uuid>> {
        lock(&self.ending)
    }

    fn line(&self, attempt: &Attempt, ended: Option<&Ended>) -> AccessTrace {
        let replaces = attempt.documents.iter().any(|document| document.replaces.is_some());
        let patient = attempt.patient.as_ref().map(|ins| PatientKey::from(&QualifiedPatient::declared(ins.clone())));
        let action = Action::of(attempt.act, replaces).unwrap_or(Action::Other);
        let mut line = self.tracer.blank(&self.actor, action, patient.as_ref());
        line.professional = line.professional.or_else(|| Some(attempt.professional.as_str().to_owned()));
        line.structure = Some(attempt.structure.as_str().to_owned());
        line.documents = attempt.documents.iter().map(TracedDocument::from).collect();
        line.transaction = Some(attempt.td().to_owned());
        line.access = attempt.access.purpose().code().to_owned();
        line.reason = match &attempt.access {
            Access::BrisDeGlace { reason } => Some(reason.clone()),
            _ => None,
        };
        line.secret = attempt.connexion_secrete;
        line.detail = detail(attempt);
        match ended {
            None => line.outcome = TraceOutcome::Begun,
            Some(ended) => self.tell_end(&mut line, attempt, ended),
        }
        line
    }

    fn tell_end(&self, line: &mut AccessTrace, attempt: &Attempt, ended: &Ended) {
        line.outcome = TraceOutcome::from(&ended.end);
        line.code = match &ended.end {
            End::Failed(failure) => {
                let code = failure.code.as_ref().map(ToString::to_string);
                code.or_else(|| failure.rule.map(str::to_owned)).or_else(|| Some(failure.kind.as_str().to_owned()))
            }
            End::Abandoned(_) => Some("abandoned".to_owned()),
            End::Done => None,
        };
        line.duration_ms = u64::try_from(ended.duration.as_millis()).ok();
        line.assertions = ended.assertions.iter().map(|one| one.assertion.clone()).collect();
        line.listed = (attempt.act == Act::Search && ended.end == End::Done).then_some(ended.documents.len());
    }

    /// What became of each assertion.
    fn uses(&self, attempt: &Attempt, ended: &Ended) -> Vec<AirTrace> {
        let outcome = TraceOutcome::from(&ended.end).as_str();
        let last = ended.assertions.len();
        let lines = ended.assertions.iter().enumerate().map(|(index, one)| AirTrace {
            vihf_id: one.assertion.clone(),
            date_time: self.tracer.inner.clock.now(),
            statut: if one.written { AirEvent::Used } else { AirEvent::Discarded },
            // The result is that of the last one: those before it were tried again.
            outcome: (index + 1 == last).then(|| outcome.to_owned()),
            saml_auth_context: None,
            certificate_serial: None,
            ..air_line(attempt)
        });
        lines.collect()
    }
}

impl Watch for TracedSession {
    fn before<'a>(&'a self, attempt: &'a Attempt) -> Step<'a, Result<(), DmpError>> {
        Box::pin(async move {
            let written = write_call(&self.tracer, attempt.id, true, self.line(attempt, None)).await;
            self.required(attempt, written)
        })
    }

    fn assertion<'a>(&'a self, attempt: &'a Attempt, issued: &'a Issued) -> Step<'a, Result<(), DmpError>> {
        Box::pin(async move {
            if !attempt.mode.is_air() {
                return Ok(());
            }
            let line = AirTrace {
                vihf_id: issued.assertion.clone(),
                date_time: issued.at,
                id_nat_struct: issued.structure.as_str().to_owned(),
                id_nat_ps: issued.professional.as_str().to_owned(),
                saml_auth_context: Some(issued.authentication.urn()),
                certificate_serial: Some(issued.certificate_serial.clone()),
                ..air_line(attempt)
            };
            self.required(attempt, self.tracer.write_air(&[line]).await)
        })
    }

    fn after<'a>(&'a self, attempt: &'a Attempt, ended: &'a Ended) -> Step<'a, ()> {
        Box::pin(async move {
            if let Some(writing) = self.spawn_end(attempt, ended) {
                // It only ends early with the runtime.
                let _ = writing.await;
            }
        })
    }

    fn abandoned(&self, attempt: &Attempt, ended: &Ended) {
        if !self.ending().contains(&attempt.id) {
            drop(self.spawn_end(attempt, ended));
        }
    }
}

async fn write_end(tracer: &Tracer, id: Uuid, line: AccessTrace, events: &[AirTrace]) -> Result<(), TraceError> {
    if !events.is_empty() {
        tracer.write_air(events).await?;
    }
    let closed = line.action == Action::CloseRecord && line.outcome == TraceOutcome::Done;
    let patient = line.ins.clone().filter(|_| closed).map(PatientKey::stored);
    write_call(tracer, id, false, line).await?;
    match patient {
        Some(patient) => tracer.dmp_closed(&patient, tracer.inner.clock.now()).await,
        None => Ok(()),
    }
}

async fn write_call(tracer: &Tracer, id: Uuid, opens: bool, line: AccessTrace) -> Result<(), TraceError> {
    let entry = Entry { call: Some(id), opens, ..access_entry(&line)? };
    tracer.write_entries(vec![line], &[entry]).await
}

fn air_line(attempt: &Attempt) -> AirTrace {
    AirTrace {
        seq: 0,
        at: jiff::Timestamp::UNIX_EPOCH,
        vihf_id: String::new(),
        date_time: jiff::Timestamp::UNIX_EPOCH,
        id_nat_struct: attempt.structure.as_str().to_owned(),
        id_nat_ps: attempt.professional.as_str().to_owned(),
        statut: AirEvent::Generated,
        outcome: None,
        transaction_id: attempt.td().to_owned(),
        saml_auth_context: None,
        ins: attempt.patient.as_ref().map(dmp_vocabulary::identity::Ins::to_cx),
        certificate_serial: None,
        secret: attempt.connexion_secrete,
    }
}

/// The page, the criteria, and what the call prepares.
fn detail(attempt: &Attempt) -> Option<String> {
    let page = match attempt.act {
        Act::WebPs(page) => Some(format!("page {}", page.segment())),
        _ => None,
    };
    let replaced = attempt.documents.iter().filter_map(|document| document.replaces.as_deref());
    let replaced: Vec<String> = replaced.map(|unique_id| format!("replaces {unique_id}")).collect();
    let toward = attempt.toward.map(|act| match Action::of(act, false) {
        Some(action) => format!("before {action}"),
        None => "before bris-de-glace".to_owned(),
    });
    let words: Vec<String> =
        page.into_iter().chain(attempt.query.as_ref().map(criteria)).chain(replaced).chain(toward).collect();
    (!words.is_empty()).then(|| words.join(" | "))
}

/// The criteria of a query; the patient has a field of its own.
fn criteria(query: &AdhocQuery) -> String {
    let parameters = query.parameters.iter().filter(|parameter| !parameter.name.ends_with("PatientId"));
    let parameters = parameters.map(|one| format!("{}={}", one.name.trim_start_matches('$'), one.values.join(",")));
    parameters.collect::<Vec<_>>().join("&")
}

fn lock(ending: &Mutex<HashSet<Uuid>>) -> MutexGuard<'_, HashSet<Uuid>> {
    ending.lock().unwrap_or_else(PoisonError::into_inner)
}
