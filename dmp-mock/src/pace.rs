//! LIM-05 and LIM-06: how fast a software feeds, and how often a structure calls on records that are absent or closed.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// LIM-05: feedings per second of one software in one structure.
pub(crate) const FEEDINGS_PER_SECOND: usize = 5;

#[derive(Debug, Default)]
pub(crate) struct Pace {
    feedings: Mutex<HashMap<(String, String), VecDeque<Timestamp>>>,
    misuses: Mutex<HashMap<String, u64>>,
}

impl Pace {
    /// Counts a feeding; gives those of the last second, this one included.
    pub(crate) fn feeding(&self, structure: &str, software: &str, now: Timestamp) -> usize {
        let mut feedings = self.feedings.lock().unwrap_or_else(PoisonError::into_inner);
        let own = feedings.entry((structure.to_owned(), software.to_owned())).or_default();
        while own.front().is_some_and(|first| now.duration_since(*first) >= SignedDuration::from_secs(1)) {
            own.pop_front();
        }
        own.push_back(now);
        own.len()
    }

    /// Counts a call on a record that is absent or closed; gives those of the structure since the start.
    pub(crate) fn misuse(&self, structure: &str) -> u64 {
        let mut misuses = self.misuses.lock().unwrap_or_else(PoisonError::into_inner);
        let own = misuses.entry(structure.to_owned()).or_default();
        *own += 1;
        *own
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_slides_by_software_and_structure() {
        let pace = Pace::default();
        let at = |milliseconds| Timestamp::from_millisecond(milliseconds).unwrap();
        for (structure, software, milliseconds, expected) in [
            ("s", "a", 0, 1),
            ("s", "a", 500, 2),
            ("s", "b", 500, 1),
            ("t", "a", 500, 1),
            ("s", "a", 1000, 2),
            ("s", "a", 3000, 1),
        ] {
            assert_eq!(pace.feeding(structure, software, at(milliseconds)), expected, "{structure} {software}");
        }
        assert_eq!((pace.misuse("s"), pace.misuse("s"), pace.misuse("t")), (1, 2, 1));
    }
}
