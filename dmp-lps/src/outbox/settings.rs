//! What the establishment decides of its queue.

use std::time::Duration;

use dmp_protocol::rules::Policy;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::WarningTables;

/// How the queue sends. The defaults are those of the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxSettings {
    /// Between validation and sending, for documents that no [rule](super::FeedRule) is about; zero is allowed. Default
    /// 15 minutes.
    pub delay: SignedDuration,
    /// Which of those documents share a lot. Default: those of one episode.
    pub grouping: Grouping,
    /// Tries of a document before it waits for a user. Default 10.
    pub tries: u32,
    /// First delay after a failure that passes by itself; doubled each time. Default 1 minute.
    pub first_back_off: SignedDuration,
    /// Longest delay. Default 6 hours.
    pub longest_back_off: SignedDuration,
    /// Shortest time between two lots of one structure, whoever sends them. Default 250 ms: the DMP wants fewer than five
    /// lots a second from one structure and software (probable).
    pub pace: Duration,
    /// How long a worker may keep a lot before another believes it dead. Must be longer than the client's limits.
    /// Default 10 minutes.
    pub lease: SignedDuration,
    /// What a document is checked by when it is queued: the policy of the client that will send it. Default: strict.
    pub policy: Policy,
    /// Parameter `cumul-invisible_patient-masque_ps` of the DMP. Default: no.
    pub cumulation: bool,
    /// Whether faults of the document that the DMP itself takes exclude it (`CDA_INVALID`). Default: they do not.
    pub faults: Faults,
    /// Whether replacements are sent for a patient who opposed since (K09, `opposition_correction`); deletions always are.
    /// Default: no.
    pub replace_after_opposition: bool,
    /// The tables behind the warnings.
    pub warnings: WarningTables,
}

/// What becomes of a document with faults that whoever receives it may refuse (F28).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Faults {
    /// It is not sent.
    Enforce,
    /// It is sent all the same.
    Warn,
}

/// Which documents share a lot: one submission, one signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Grouping {
    /// Each alone.
    None,
    /// Those of one episode, planned by the same rule, that are validated when the first of them is due; at most 20.
    Episode,
}

/// Documents in one lot.
pub(super) const LARGEST_LOT: i64 = 20;

impl Default for OutboxSettings {
    fn default() -> Self {
        Self {
            delay: SignedDuration::from_mins(15),
            grouping: Grouping::Episode,
            tries: 10,
            first_back_off: SignedDuration::from_mins(1),
            longest_back_off: SignedDuration::from_hours(6),
            pace: Duration::from_millis(250),
            lease: SignedDuration::from_mins(10),
            policy: Policy::default(),
            cumulation: false,
            faults: Faults::Warn,
            replace_after_opposition: false,
            warnings: WarningTables::default(),
        }
    }
}
