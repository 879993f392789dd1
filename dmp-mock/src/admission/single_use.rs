//! The memory of assertions already used in AIR (V54).

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// How often what is too old is forgotten.
const SWEEP: SignedDuration = SignedDuration::from_secs(5);

/// Which assertions were seen, and until when that must be remembered.
#[derive(Debug, Default)]
pub(crate) struct SingleUse {
    memory: Mutex<Memory>,
}

#[derive(Debug, Default)]
struct Memory {
    seen: HashMap<Used, Timestamp>,
    /// When what had to be forgotten was last forgotten.
    swept_at: Timestamp,
    /// What was seen since it was last kept, when somebody keeps it.
    unsaved: Option<Vec<(Used, Timestamp)>>,
}

/// What is remembered of an assertion.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Used {
    /// Issuer and assertion ID.
    Identifier(String, String),
    /// Digest of the canonical assertion.
    Digest([u8; 32]),
}

impl SingleUse {
    /// Records an assertion; false when it had been recorded before. Atomic: of two concurrent uses exactly one is the
    /// first. Kept for `keep`.
    pub(crate) fn record(
        &self,
        issuer: &str,
        id: &str,
        digest: [u8; 32],
        now: Timestamp,
        keep: SignedDuration,
    ) -> bool {
        let uses = [Used::Identifier(issuer.to_owned(), id.to_owned()), Used::Digest(digest)];
        let mut memory = self.memory();
        let Memory { seen, swept_at, unsaved } = &mut *memory;
        // A token is refused by its age long before it is forgotten. Not at each request: they may be many.
        if now.duration_since(*swept_at).abs() >= SWEEP {
            seen.retain(|_, until| *until >= now);
            *swept_at = now;
        }
        let first = uses.iter().all(|one| seen.get(one).is_none_or(|until| *until < now));
        let until = now.saturating_add(keep).unwrap_or(Timestamp::MAX);
        if let Some(unsaved) = unsaved {
            unsaved.extend(uses.iter().cloned().map(|one| (one, until)));
        }
        for one in uses {
            let kept = seen.entry(one).or_insert(until);
            if *kept < now {
                *kept = until;
            }
        }
        first
    }

    /// What was recorded since the last call; the first call tells everything, and starts the count.
    pub(crate) fn take_unsaved(&self) -> Vec<(Used, Timestamp)> {
        let mut memory = self.memory();
        match memory.unsaved.replace(Vec::new()) {
            Some(unsaved) => unsaved,
            None => memory.seen.iter().map(|(used, until)| (used.clone(), *until)).collect(),
        }
    }

    /// Everything that is remembered.
    pub(crate) fn all(&self) -> Vec<(Used, Timestamp)> {
        self.memory().seen.iter().map(|(used, until)| (used.clone(), *until)).collect()
    }

    /// Remembers this and nothing else.
    pub(crate) fn restore(&self, used: Vec<(Used, Timestamp)>) {
        let mut memory = self.memory();
        *memory = Memory { seen: used.into_iter().collect(), ..Memory::default() };
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEEP: SignedDuration = SignedDuration::from_secs(40);

    #[test]
    fn identifier_or_digest_seen_is_a_second_use_until_forgotten() {
        let store = SingleUse::default();
        let now = Timestamp::UNIX_EPOCH;
        assert!(store.record("CN=a", "_1", [1; 32], now, KEEP));
        assert!(!store.record("CN=a", "_1", [2; 32], now, KEEP), "same identifier");
        assert!(!store.record("CN=a", "_2", [1; 32], now, KEEP), "same digest");
        assert!(store.record("CN=b", "_1", [3; 32], now, KEEP), "another issuer");
        let later = now + SignedDuration::from_secs(41);
        assert!(store.record("CN=a", "_1", [1; 32], later, KEEP), "forgotten");
    }

    #[test]
    fn of_many_concurrent_uses_exactly_one_is_the_first() {
        let store = SingleUse::default();
        let now = Timestamp::UNIX_EPOCH;
        let firsts: usize = std::thread::scope(|scope| {
            let uses: Vec<_> =
                (0..16).map(|_| scope.spawn(|| store.record("CN=a", "_1", [1; 32], now, KEEP))).collect();
            uses.into_iter().filter_map(|one| one.join().ok()).filter(|first| *first).count()
        });
        assert_eq!(firsts, 1);
    }
}
