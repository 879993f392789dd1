//! One document in the queue.

use std::fmt;

use dmp_client::{DmpError, ErrorKind, Hidden};
use dmp_protocol::vihf::Purpose;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Lane, Order, Reason, State, Warning};
use crate::consent::Asker;
use crate::context::{
    CareRole, CareTeamId, Episode, EpisodeId, InternalUserId, PatientKey, ProfessionalKey, ServiceId,
};

/// Identifies a document in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FeedId(pub(super) Uuid);

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

impl TryFrom<String> for FeedId {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("not the identifier of a queued document")
    }
}

impl From<FeedId> for String {
    fn from(id: FeedId) -> Self {
        id.to_string()
    }
}

impl fmt::Display for FeedId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A document in the queue. Serialised as a store keeps it, identities included; `Debug` shows none.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedItem {
    /// Its identifier here.
    pub id: FeedId,
    /// Which queue.
    pub lane: Lane,
    /// What the DMP is asked to do.
    pub order: Order,
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
    /// Struct_IdNat of the structure that answers: `1` + FINESS géographique for an establishment.
    pub structure: String,
    /// Service that made it.
    pub service: Option<ServiceId>,
    /// uniqueId in the DMP: the id of the document, the same in every try.
    pub unique_id: String,
    /// Identifier common to the versions of the document (CDA `setId`).
    pub set_id: Option<String>,
    /// CDA `versionNumber`.
    pub version: Option<u64>,
    /// uniqueId of the version that its header says it replaces.
    pub parent: Option<String>,
    /// SHA-1 of its bytes, in hexadecimal; empty for a deletion.
    pub hash: String,
    /// SHA-256 of its body and of the metadata that a reader sees, in hexadecimal: equal for two versions that say the same.
    pub substance: String,
    /// typeCode; empty for a deletion of a document that this queue did not send.
    pub type_code: String,
    /// Its creation, as its header says.
    pub documented_at: Option<Timestamp>,
    /// Older than the episode that sends it, by days of Europe/Paris (indicator A3).
    pub historical: bool,
    /// From whom it is hidden.
    #[serde(with = "super::hidden_codes")]
    pub hidden: Vec<Hidden>,
    /// uniqueId of the document that it replaces.
    pub replaces: Option<String>,
    /// Where it stands.
    pub state: State,
    /// Medically validated.
    pub validated: bool,
    /// It is sent alone: its rule says so, or the lot it was in was refused and nobody knows because of which document.
    pub alone: bool,
    /// Name of the rule that planned it; `None`: the delay of the settings.
    pub rule: Option<String>,
    /// Not before: end of the delay, or of the back-off.
    pub not_before: Timestamp,
    /// Requests that were written for it.
    pub attempts: u32,
    /// uniqueId of the submission that brought it.
    pub lot: Option<String>,
    /// When it was queued.
    pub queued_at: Timestamp,
    /// When the DMP had it; for a deletion, had it no longer.
    pub sent_at: Option<Timestamp>,
    /// When it failed for good, the last time it did.
    pub failed_at: Option<Timestamp>,
    /// A user took it out of the DMP.
    pub removed: bool,
    /// The newer version that took its place before it was sent.
    pub superseded_by: Option<FeedId>,
    /// What speaks against it, when it is excluded.
    pub reasons: Vec<Reason>,
    /// What should be known of it; nothing is refused for it.
    pub warnings: Vec<Warning>,
    /// The last error.
    pub error: Option<LastError>,
    /// Counts the writes of the store: a copy that is behind is not written back.
    #[serde(skip)]
    pub revision: u64,
}

impl FeedItem {
    /// What documents of one lot have in common (rule 5); `None` for a document that is sent alone.
    #[must_use]
    pub fn lot_key(&self) -> Option<String> {
        let rule = self.rule.as_deref().unwrap_or_default();
        let parts = [&self.structure, self.patient.as_str(), self.episode.as_str(), self.team.as_str(), rule];
        (!self.alone && self.order == Order::Feed).then(|| parts.join("\u{1f}"))
    }

    /// Whether the DMP has it, as far as the queue knows.
    #[must_use]
    pub fn is_published(&self) -> bool {
        self.order == Order::Feed && self.state == State::Sent && !self.removed
    }

    /// Whether its request is on the way, or its outcome unknown.
    pub(super) fn is_on_the_way(&self) -> bool {
        matches!(self.state, State::Sending | State::Ambiguous)
    }
}

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

impl fmt::Debug for FeedItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FeedItem")
            .field("id", &self.id)
            .field("lane", &self.lane)
            .field("order", &self.order)
            .field("state", &self.state)
            .field("not_before", &self.not_before)
            .field("attempts", &self.attempts)
            .field("reasons", &self.reasons)
            .field("warnings", &self.warnings)
            .field("error", &self.error)
            .finish_non_exhaustive()
    }
}

/// The last error of a document, as it is kept: no sentence of the server, which may be about the patient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
