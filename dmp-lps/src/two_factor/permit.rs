//! The right to one request.

use std::fmt;

use jiff::{SignedDuration, Timestamp};

use super::{AirCall, AirRefusal};

/// A permit lives as long as the assertion that it is for (`EX_AIR-040`).
const PERMIT_LIVES: SignedDuration = SignedDuration::from_secs(30);

/// One request of AIR may be made. Neither `Clone` nor `Copy`: the request takes it.
#[must_use]
pub struct AirPermit {
    call: AirCall,
    given_at: Timestamp,
}

impl AirPermit {
    pub(super) fn new(call: AirCall, given_at: Timestamp) -> Self {
        Self { call, given_at }
    }

    /// The request it is for.
    #[must_use]
    pub fn call(&self) -> AirCall {
        self.call
    }

    /// Uses the permit up.
    ///
    /// # Errors
    /// [`AirRefusal::PermitTooOld`]: it was given more than 30 s ago.
    pub fn spend(self, now: Timestamp) -> Result<(), AirRefusal> {
        match now.duration_since(self.given_at) <= PERMIT_LIVES {
            true => Ok(()),
            false => Err(AirRefusal::PermitTooOld),
        }
    }
}

impl fmt::Debug for AirPermit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AirPermit").field("call", &self.call).field("given_at", &self.given_at).finish()
    }
}
