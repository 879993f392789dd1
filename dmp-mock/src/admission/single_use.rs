//! The memory of assertions already used in AIR (V54).

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// Which assertions were seen, and until when that must be remembered.
#[derive(Debug, Default)]
pub(crate) struct SingleUse {
    seen: Mutex<HashMap<Use, Timestamp>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Use {
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
        let uses = [Use::Identifier(issuer.to_owned(), id.to_owned()), Use::Digest(digest)];
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        // A token is refused by its age long before it is forgotten.
        seen.retain(|_, until| *until >= now);
        let first = uses.iter().all(|one| !seen.contains_key(one));
        let until = now.saturating_add(keep).unwrap_or(Timestamp::MAX);
        for one in uses {
            seen.entry(one).or_insert(until);
        }
        first
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
