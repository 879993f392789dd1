//! What is tried again by itself, and when it is given up (errors.md §9).
//!
//! An attempt is a whole typed call: it has its own `MessageID` and, in AIR, its own assertion. What may be repeated is
//! the advice of the error that ended it: a change whose outcome is unknown is never repeated blindly.

mod attempts;
mod circuit;

use std::time::Duration;

pub(crate) use attempts::run;
pub(crate) use circuit::Circuits;

/// How a client tries again by itself. The time limit of a call bounds all its attempts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Attempts of one call, the first included. Default 4; 1 never tries again.
    pub attempts: usize,
    /// The first delay is drawn between nothing and this, which doubles each time. Default 1 s.
    pub first_delay: Duration,
    /// No delay is longer, unless the server asks for it (`Retry-After`). Default 60 s.
    pub longest_delay: Duration,
    /// Failures of the network or of the DMP in a row after which calls fail at once, for a while; feeding, consultation
    /// and the rest are counted apart. Default 5; 0 never.
    pub circuit_opens_after: u32,
    /// How long calls then fail at once. Default 30 s.
    pub circuit_rests: Duration,
    /// How long the user of a record session waits before another search after
    /// `DMPAccessDeniedByExcededThreshold` (`EX_3.1-2035`). Default 15 minutes, the least that the DMP is known to want.
    pub searches_rest: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 4,
            first_delay: Duration::from_secs(1),
            longest_delay: Duration::from_secs(60),
            circuit_opens_after: 5,
            circuit_rests: Duration::from_secs(30),
            searches_rest: Duration::from_secs(15 * 60),
        }
    }
}

impl RetryPolicy {
    /// One attempt, and no call that fails at once: every failure is the caller's.
    #[must_use]
    pub fn never() -> Self {
        Self { attempts: 1, circuit_opens_after: 0, ..Self::default() }
    }
}
