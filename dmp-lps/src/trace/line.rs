//! One line of the local trace.

use std::fmt;

use dmp_client::Outcome;
use dmp_client::watch::{End, WatchedDocument};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Action, TraceActor};
use crate::confirmed::{Confirmed, UserAction};
use crate::context::PatientKey;

/// A document of a trace: never its content, never its title.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TracedDocument {
    /// uniqueId.
    pub unique_id: String,
    /// typeCode, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub type_code: Option<String>,
}

impl From<&WatchedDocument> for TracedDocument {
    fn from(document: &WatchedDocument) -> Self {
        Self { unique_id: document.unique_id.clone(), type_code: document.type_code.clone() }
    }
}

impl fmt::Debug for TracedDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TracedDocument")
    }
}

/// What an act came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum TraceOutcome {
    /// It has begun. Such a line is left alone only when the process died before its end: the DMP may have acted.
    Begun,
    /// It was done.
    Done,
    /// This side said no: nothing was sent.
    Denied,
    /// Nothing reached the DMP.
    NotSent,
    /// The DMP stopped before acting.
    NotProcessed,
    /// The DMP said no.
    Refused,
    /// Nobody knows.
    Unknown,
}

impl TraceOutcome {
    /// The word of the extractions.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Begun => "begun",
            Self::Done => "done",
            Self::Denied => "denied",
            Self::NotSent => "not-sent",
            Self::NotProcessed => "not-processed",
            Self::Refused => "refused",
            Self::Unknown => "unknown",
        }
    }
}

impl From<&End> for TraceOutcome {
    fn from(end: &End) -> Self {
        match end {
            End::Done => Self::Done,
            End::Failed(failure) if failure.rule.is_some() && failure.outcome == Outcome::NotSent => Self::Denied,
            End::Failed(failure) => Self::from(failure.outcome),
            End::Abandoned(outcome) => Self::from(*outcome),
        }
    }
}

impl From<Outcome> for TraceOutcome {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::NotSent => Self::NotSent,
            Outcome::NotProcessed => Self::NotProcessed,
            Outcome::Refused => Self::Refused,
            _ => Self::Unknown,
        }
    }
}

/// One line of the local trace (EXI 16). It holds what the law asks for; `Debug` shows no identity.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AccessTrace {
    /// Rank in its store, from 1, without gap.
    #[serde(skip)]
    pub seq: u64,
    /// When it was written, UTC, to the microsecond.
    #[serde(skip)]
    pub at: Timestamp,
    /// User of the software; `None` for the software itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// National identifier, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub professional: Option<String>,
    /// Struct_IdNat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub structure: Option<String>,
    /// Workstation or session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workstation: Option<String>,
    /// The patient, by the identifier of the software.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patient_local: Option<String>,
    /// The patient: the CX of the INS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ins: Option<String>,
    /// Episode of care.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub episode: Option<String>,
    /// What was done.
    pub action: Action,
    /// Of which documents.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<TracedDocument>,
    /// How many documents a search listed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listed: Option<usize>,
    /// `TD3.1`; `None` for an act of the software alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction: Option<String>,
    /// What came of it.
    pub outcome: TraceOutcome,
    /// Code of the DMP, or rule of the refusal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// How long it took, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
    /// `normal`, `bris_de_glace`, `centre_15`.
    pub access: String,
    /// Reason of a bris de glace, as the user typed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// In connexion secrète: read by restricted roles only.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub secret: bool,
    /// Identifiers of the assertions that were issued for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assertions: Vec<String>,
    /// Criteria of a search, what a call prepares, words of the software.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

impl AccessTrace {
    pub(super) fn new(actor: &TraceActor, action: Action) -> Self {
        Self {
            seq: 0,
            at: Timestamp::UNIX_EPOCH,
            user: actor.user.as_ref().map(|user| user.as_str().to_owned()),
            professional: actor.professional.as_ref().map(|key| key.as_str().to_owned()),
            structure: actor.structure.clone(),
            workstation: None,
            patient_local: None,
            ins: None,
            episode: actor.episode.as_ref().map(|episode| episode.as_str().to_owned()),
            action,
            documents: Vec::new(),
            listed: None,
            transaction: None,
            outcome: TraceOutcome::Done,
            code: None,
            duration_ms: None,
            access: actor.purpose.code().to_owned(),
            reason: None,
            secret: actor.secret,
            assertions: Vec::new(),
            detail: None,
        }
    }
}

impl fmt::Debug for AccessTrace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessTrace")
            .field("seq", &self.seq)
            .field("at", &self.at)
            .field("action", &self.action)
            .field("outcome", &self.outcome)
            .finish_non_exhaustive()
    }
}

/// An act of the software, to be traced; see [`super::Tracer::note`].
#[derive(Clone)]
#[must_use]
pub struct Note {
    pub(super) action: Action,
    pub(super) patient: Option<PatientKey>,
    pub(super) patient_local: Option<String>,
    pub(super) documents: Vec<TracedDocument>,
    pub(super) outcome: TraceOutcome,
    pub(super) code: Option<String>,
    pub(super) transaction: Option<&'static str>,
    pub(super) detail: Option<String>,
    pub(super) reason: Option<String>,
}

impl Note {
    /// It was done.
    pub fn of(action: Action) -> Self {
        Self {
            action,
            patient: None,
            patient_local: None,
            documents: Vec::new(),
            outcome: TraceOutcome::Done,
            code: None,
            transaction: None,
            detail: None,
            reason: None,
        }
    }

    /// Something was refused here, by that code or rule.
    pub fn denied(code: impl Into<String>) -> Self {
        Self { outcome: TraceOutcome::Denied, code: Some(code.into()), ..Self::of(Action::Denied) }
    }

    /// A user confirmed an act that cannot be undone: on which screen, and when. Note it before the act spends the
    /// confirmation.
    pub fn confirmation<A>(confirmed: &Confirmed<A>) -> Self {
        let UserAction { user, screen, at } = confirmed.action();
        Self::of(Action::Confirm).detail(format!("{} on {screen} at {at}", user.as_str()))
    }

    /// About a patient.
    pub fn patient(self, patient: &PatientKey) -> Self {
        Self { patient: Some(patient.clone()), ..self }
    }

    /// Identifier of the patient in the software.
    pub fn patient_local(self, id: impl Into<String>) -> Self {
        Self { patient_local: Some(id.into()), ..self }
    }

    /// About a document.
    pub fn document(mut self, unique_id: impl Into<String>, type_code: Option<&str>) -> Self {
        let type_code = type_code.map(str::to_owned);
        self.documents.push(TracedDocument { unique_id: unique_id.into(), type_code });
        self
    }

    /// With another outcome than "done".
    pub fn outcome(self, outcome: TraceOutcome) -> Self {
        Self { outcome, ..self }
    }

    /// With a code or a rule.
    pub fn code(self, code: impl Into<String>) -> Self {
        Self { code: Some(code.into()), ..self }
    }

    /// Of a transaction that no session made, `TD0.10`.
    pub fn transaction(self, td: &'static str) -> Self {
        Self { transaction: Some(td), ..self }
    }

    /// The reason of a bris de glace, as the user typed it.
    pub(crate) fn reason(self, reason: String) -> Self {
        Self { reason: Some(reason), ..self }
    }

    /// More words: a scope, a screen. No document content, no secret.
    pub fn detail(self, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..self }
    }
}

impl fmt::Debug for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Note").field("action", &self.action).field("outcome", &self.outcome).finish_non_exhaustive()
    }
}
