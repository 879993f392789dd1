//! The criteria as data: what the establishment sets, and reviews (RECO 01).

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::context::CareRole;

/// A criterion. SV01 to SV04 come from the référentiel, the others from this project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum RuleId {
    /// Number of distinct records that one actor consults.
    #[serde(rename = "SV01")]
    ManyRecords,
    /// Share of the listed documents that are downloaded: systematic retrieval.
    #[serde(rename = "SV02")]
    SystematicRetrieval,
    /// The patient is a colleague, or bears the name or has the address of the actor.
    #[serde(rename = "SV03")]
    Relation,
    /// Outside the planning of the actor; at night when no planning is known.
    #[serde(rename = "SV04")]
    UnusualHours,
    /// Uses of bris de glace.
    #[serde(rename = "SV05")]
    BrisDeGlace,
    /// Refusals again and again: opposition, blocked professional, rights.
    #[serde(rename = "SV06")]
    RepeatedRefusals,
    /// No active episode and no appointment (EXI 03).
    #[serde(rename = "SV07")]
    NoCare,
    /// One RPPS active from several places.
    #[serde(rename = "SV08")]
    SeveralPlaces,
    /// The DMP slows searches down.
    #[serde(rename = "SV09")]
    Throttled,
}

impl RuleId {
    /// Every criterion with its id.
    pub const ALL: [(Self, &'static str); 9] = [
        (Self::ManyRecords, "SV01"),
        (Self::SystematicRetrieval, "SV02"),
        (Self::Relation, "SV03"),
        (Self::UnusualHours, "SV04"),
        (Self::BrisDeGlace, "SV05"),
        (Self::RepeatedRefusals, "SV06"),
        (Self::NoCare, "SV07"),
        (Self::SeveralPlaces, "SV08"),
        (Self::Throttled, "SV09"),
    ];

    /// `SV01`…
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(rule, _)| *rule == self).map_or("", |(_, id)| id)
    }

    pub(super) fn from_kept(id: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == id).map(|(rule, _)| *rule)
    }
}

/// What an alert does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Response {
    /// It is kept for the review.
    Log,
    /// It is also an event.
    Notify,
    /// The event asks the actor for a justification.
    Justify,
    /// The actor consults no more until the block is lifted; never a default.
    Block,
}

impl Response {
    const ALL: [(Self, &'static str); 4] =
        [(Self::Log, "log"), (Self::Notify, "notify"), (Self::Justify, "justify"), (Self::Block, "block")];

    pub(super) fn as_kept(self) -> &'static str {
        Self::ALL.iter().find(|(response, _)| *response == self).map_or("", |(_, kept)| kept)
    }

    pub(super) fn from_kept(kept: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == kept).map(|(response, _)| *response)
    }
}

/// When a criterion is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Threshold {
    /// Met above this count, in the window: distinct records (SV01, SV02), uses (SV05), refusals (SV06), slow-downs
    /// (SV09), returns to a workstation that was left for another (SV08; a second structure is enough by itself). SV03,
    /// SV04 and SV07 are met by any consultation.
    pub above: u32,
    /// SV01: and above so many percent of the actor's mean. SV02: and above so many percent of the listed documents.
    /// Unused by the others.
    pub percent: u32,
}

/// A criterion as the establishment sets it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Which.
    pub id: RuleId,
    /// Whether it is looked at.
    pub enabled: bool,
    /// When it is met.
    pub threshold: Threshold,
    /// Over how long.
    pub window: SignedDuration,
    /// Whose acts; empty for everybody's.
    pub roles: Vec<CareRole>,
    /// What follows.
    pub response: Response,
}

impl Rule {
    /// The nine criteria with the thresholds of the project, each of which notifies.
    #[must_use]
    pub fn defaults() -> Vec<Self> {
        let (hour, day, week) =
            (SignedDuration::from_hours(1), SignedDuration::from_hours(24), SignedDuration::from_hours(7 * 24));
        let rows = [
            (RuleId::ManyRecords, 30, 300, day),
            (RuleId::SystematicRetrieval, 5, 80, day),
            (RuleId::Relation, 0, 0, day),
            (RuleId::UnusualHours, 0, 0, day),
            (RuleId::BrisDeGlace, 3, 0, week),
            (RuleId::RepeatedRefusals, 5, 0, hour),
            (RuleId::NoCare, 0, 0, day),
            (RuleId::SeveralPlaces, 3, 0, hour),
            (RuleId::Throttled, 0, 0, day),
        ];
        let rule = |(id, above, percent, window)| Self {
            id,
            enabled: true,
            threshold: Threshold { above, percent },
            window,
            roles: Vec::new(),
            response: Response::Notify,
        };
        rows.map(rule).into()
    }
}
