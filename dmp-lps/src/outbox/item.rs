//! One document in the queue.

use std::fmt;

use dmp_client::{DmpError, ErrorKind, Hidden};
use dmp_protocol::vihf::Purpose;
use jiff::Timestamp;
use uuid::Uuid;

use super::{Reason, State};
use crate::consent::Asker;
use crate::context::{
    AccessContext, CareRole, CareTeamId, Episode, EpisodeId, InternalUserId, PatientKey, ProfessionalKey,
};

/// Identifies a document in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FeedId(pub(super) Uuid);

impl From<&FeedItem> for Asker {
    fn from(item: &FeedItem) -> Self {
        // Feeding does not depend on when the episode began.
        let episode = Episode { id: item.episode.clone(), started_at: None };
        Self {
            role: item.role,
            purpose: Purpose::Normal,
            episode,
            team: item.team.clone(),
            professional: item.professional.clone(),
        }
    }
}

impl FeedId {
    pub(super) fn new() -> Self {
        Self(Uuid::new_v4())
    }

    /// From its text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Uuid::try_parse(text).ok().map(Self)
    }
}

impl fmt::Display for FeedId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A document to be queued.
#[derive(Debug, Clone)]
pub struct NewFeed {
    pub(super) context: AccessContext,
    pub(super) patient: PatientKey,
    pub(super) hidden: Vec<Hidden>,
    pub(super) replaces: Option<String>,
    pub(super) validated: bool,
}

impl NewFeed {
    /// A document about a patient, made in this care. Not validated yet: it waits as a draft.
    #[must_use]
    pub fn of(context: AccessContext, patient: PatientKey) -> Self {
        Self { context, patient, hidden: Vec::new(), replaces: None, validated: false }
    }

    /// It is medically validated: the delay begins.
    #[must_use]
    pub fn validated(mut self) -> Self {
        self.validated = true;
        self
    }

    /// Hides it from somebody in the DMP (EXI 07).
    #[must_use]
    pub fn hidden(mut self, from: Hidden) -> Self {
        self.hidden.push(from);
        self
    }

    /// It replaces the document of this uniqueId in the DMP; its current entry is read just before (TD3.1b).
    #[must_use]
    pub fn replacing(mut self, unique_id: impl Into<String>) -> Self {
        self.replaces = Some(unique_id.into());
        self
    }
}

/// A document in the queue. `Debug` shows no identity.
#[derive(Clone, PartialEq, Eq)]
pub struct FeedItem {
    /// Its identifier here.
    pub id: FeedId,
    /// Whose it is.
    pub patient: PatientKey,
    /// Its care.
    pub episode: EpisodeId,
    /// The team that answers for it.
    pub team: CareTeamId,
    /// What its user is to the team.
    pub role: CareRole,
    /// The professional behind it, if a directory knows one.
    pub professional: Option<ProfessionalKey>,
    /// Who queued it.
    pub user: InternalUserId,
    /// uniqueId in the DMP: the id of the document, the same in every try.
    pub unique_id: String,
    /// SHA-1 of its bytes, in hexadecimal.
    pub hash: String,
    /// typeCode.
    pub type_code: String,
    /// From whom it is hidden.
    pub hidden: Vec<Hidden>,
    /// uniqueId of the document that it replaces.
    pub replaces: Option<String>,
    /// Where it stands.
    pub state: State,
    /// Medically validated.
    pub validated: bool,
    /// It is sent alone: the lot it was in was refused, and nobody knows because of which document.
    pub alone: bool,
    /// Not before: end of the delay, or of the back-off.
    pub not_before: Timestamp,
    /// Requests that were written for it.
    pub attempts: u32,
    /// uniqueId of the submission that brought it.
    pub lot: Option<String>,
    /// When it was queued.
    pub queued_at: Timestamp,
    /// When the DMP had it.
    pub sent_at: Option<Timestamp>,
    /// When it failed for good, the last time it did.
    pub failed_at: Option<Timestamp>,
    /// What speaks against it, when it is excluded.
    pub reasons: Vec<Reason>,
    /// The last error.
    pub error: Option<LastError>,
}

impl fmt::Debug for FeedItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FeedItem")
            .field("id", &self.id)
            .field("state", &self.state)
            .field("not_before", &self.not_before)
            .field("attempts", &self.attempts)
            .field("reasons", &self.reasons)
            .field("error", &self.error)
            .finish_non_exhaustive()
    }
}

/// The last error of a document, as it is kept: no sentence of the server, which may be about the patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastError {
    /// Name of the kind, such as `Validation`.
    pub kind: String,
    /// Code of the DMP, or rule of a local refusal: `dmp explain CODE` tells more.
    pub code: Option<String>,
    /// One line, without health data.
    pub line: String,
}

impl From<&DmpError> for LastError {
    fn from(error: &DmpError) -> Self {
        let code = error.code().map(ToString::to_string).or_else(|| error.rule().map(str::to_owned));
        Self { kind: ErrorKind::as_str(error.kind()).to_owned(), code, line: error.to_string() }
    }
}

/// What a list of documents shows beside each (EXI 05: a visible mark).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Badge {
    /// Not in the queue.
    NeverSent,
    /// Will be sent.
    Planned,
    /// Held back, or not validated.
    Held,
    /// In the DMP.
    Sent,
    /// Refused; a user decides.
    Failed,
    /// Must not be fed.
    Excluded,
    /// Withdrawn by a user.
    Cancelled,
}

impl From<State> for Badge {
    fn from(state: State) -> Self {
        match state {
            State::Draft | State::Held => Self::Held,
            State::Scheduled | State::Sending | State::Ambiguous => Self::Planned,
            State::Sent => Self::Sent,
            State::Failed => Self::Failed,
            State::Excluded => Self::Excluded,
            State::Cancelled => Self::Cancelled,
        }
    }
}
