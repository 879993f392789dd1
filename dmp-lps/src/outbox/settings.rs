//! What the establishment decides of its queue.

use std::time::Duration;

use jiff::SignedDuration;

/// How the queue sends. The defaults are those of the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxSettings {
    /// Between validation and sending; zero is allowed. Default 15 minutes.
    pub delay: SignedDuration,
    /// Which documents share a lot. Default: those of one episode.
    pub grouping: Grouping,
    /// Tries of a document before it waits for a user. Default 10.
    pub tries: u32,
    /// First delay after a failure that passes by itself; doubled each time. Default 1 minute.
    pub first_back_off: SignedDuration,
    /// Longest delay. Default 6 hours.
    pub longest_back_off: SignedDuration,
    /// Shortest time between two lots. Default 250 ms: the DMP wants fewer than five lots a second from one structure and
    /// software (probable).
    pub pace: Duration,
    /// How long a worker may keep a lot before another believes it dead. Must be longer than the client's limits.
    /// Default 10 minutes.
    pub lease: SignedDuration,
}

/// Which documents share a lot: one submission, one signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Grouping {
    /// Each alone.
    None,
    /// Those of one episode that are validated when the first of them is due; at most 20.
    Episode,
}

/// Documents in one lot.
pub(super) const LARGEST_LOT: u32 = 20;

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
        }
    }
}
