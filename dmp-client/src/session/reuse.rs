//! Assertions that are sent more than once: outside AIR the DMP takes one for an hour (V51), and a signature is dear.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use dmp_protocol::vihf::{SerializedVihf, Stamp, Vihf};
use jiff::{SignedDuration, Timestamp};

/// Assertions kept; the oldest go first.
const KEPT: usize = 64;
/// Well below the hour that the DMP allows (probable), clocks being what they are.
const LONGEST: SignedDuration = SignedDuration::from_mins(50);

/// What one client signed lately, by what it says; its software is always the same.
#[derive(Debug)]
pub(crate) struct Reuse {
    lasts: SignedDuration,
    kept: Mutex<VecDeque<Kept>>,
}

struct Kept {
    vihf: Vihf,
    stamp: Stamp,
    assertion: SerializedVihf,
}

impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Kept").field("issued_at", &self.stamp.issued_at()).finish_non_exhaustive()
    }
}

impl Reuse {
    /// Each assertion is sent during that time, at most [`LONGEST`].
    pub(crate) fn during(lasts: SignedDuration) -> Self {
        Self { lasts: lasts.clamp(SignedDuration::ZERO, LONGEST), kept: Mutex::default() }
    }

    /// The same for other keys: nothing is remembered.
    pub(crate) fn anew(&self) -> Arc<Self> {
        Arc::new(Self::during(self.lasts))
    }

    /// An assertion that says exactly this and is young enough. Never one of AIR: those serve once (V54).
    pub(crate) fn find(&self, vihf: &Vihf, now: Timestamp) -> Option<(SerializedVihf, Stamp)> {
        if vihf.mode.is_air() {
            return None;
        }
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let age = |one: &&Kept| now.duration_since(one.stamp.issued_at());
        let fits = |one: &&Kept| (SignedDuration::ZERO..self.lasts).contains(&age(one)) && one.vihf.agrees_with(vihf);
        kept.iter().rev().find(fits).map(|one| (one.assertion.clone(), one.stamp.clone()))
    }

    /// Remembers what was just signed.
    pub(crate) fn keep(&self, vihf: &Vihf, stamp: &Stamp, assertion: &SerializedVihf) {
        if vihf.mode.is_air() || self.lasts.is_zero() {
            return;
        }
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back(Kept { vihf: vihf.clone(), stamp: stamp.clone(), assertion: assertion.clone() });
    }
}
