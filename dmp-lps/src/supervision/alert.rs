//! What a criterion raised, and what became of it.

use jiff::Timestamp;

use super::{Response, RuleId};
use crate::context::{InternalUserId, ProfessionalKey};

/// An alert, by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AlertId(pub i64);

impl std::fmt::Display for AlertId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Where an alert stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AlertState {
    /// Nobody has looked at it.
    New,
    /// It is being looked at.
    Investigated,
    /// The use was right.
    Justified,
    /// It was not: it is in the review, and perhaps a breach (EXI 27).
    Incident,
}

impl AlertState {
    const ALL: [(Self, &'static str); 4] = [
        (Self::New, "new"),
        (Self::Investigated, "investigated"),
        (Self::Justified, "justified"),
        (Self::Incident, "incident"),
    ];

    pub(super) fn as_kept(self) -> &'static str {
        Self::ALL.iter().find(|(state, _)| *state == self).map_or("", |(_, kept)| kept)
    }

    pub(super) fn from_kept(kept: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == kept).map(|(state, _)| *state)
    }
}

/// A use to look at. It names no patient: its evidence are the numbers of traces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// Its number.
    pub id: AlertId,
    /// The criterion.
    pub rule: RuleId,
    /// Who.
    pub actor: InternalUserId,
    /// What follows, as the rule said when it was raised.
    pub response: Response,
    /// From the oldest trace that speaks for it.
    pub from: Timestamp,
    /// When it was raised.
    pub raised_at: Timestamp,
    /// Until then what meets the criterion again is added to this alert.
    pub until: Timestamp,
    /// Numbers of the traces that speak for it.
    pub evidence: Vec<u64>,
    /// Where it stands.
    pub state: AlertState,
    /// Who moved it last, and when.
    pub moved: Option<(InternalUserId, Timestamp)>,
}

/// An actor who consults no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Whom it stops: this user…
    pub actor: InternalUserId,
    /// …and this professional under any other user.
    pub professional: Option<ProfessionalKey>,
    /// The alert that set it.
    pub alert: AlertId,
    /// Since when.
    pub since: Timestamp,
    /// Who lifted it, and when.
    pub lifted: Option<(InternalUserId, Timestamp)>,
}

/// What is told to those who listen.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SupervisionEvent {
    /// An alert was raised, whose rule says to tell.
    Raised(Alert),
    /// An actor was blocked.
    Blocked(Block),
    /// A block was lifted.
    Lifted(Block),
}
