//! Metadata searches of each person in each structure, counted for LIM-01.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// Searches of the last hour, by NameID and structure.
#[derive(Debug, Default)]
pub(crate) struct Searches {
    calls: Mutex<HashMap<(String, String), VecDeque<Timestamp>>>,
}

impl Searches {
    /// Searches of that person in that structure during the minute and the hour before `now`; then counts this one.
    pub(crate) fn count(&self, name_id: &str, structure: &str, now: Timestamp) -> (u32, u32) {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let own = calls.entry((name_id.to_owned(), structure.to_owned())).or_default();
        while own.front().is_some_and(|first| now.duration_since(*first) >= SignedDuration::from_hours(1)) {
            own.pop_front();
        }
        let minute = own.iter().filter(|at| now.duration_since(**at) < SignedDuration::from_mins(1)).count();
        let counted = (saturating(minute), saturating(own.len()));
        own.push_back(now);
        counted
    }
}

fn saturating(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_and_an_hour_slide_by_person_and_structure() {
        let searches = Searches::default();
        let at = |seconds| Timestamp::from_second(seconds).unwrap();
        assert_eq!(searches.count("a", "s", at(0)), (0, 0));
        assert_eq!(searches.count("a", "s", at(30)), (1, 1));
        assert_eq!(searches.count("b", "s", at(30)), (0, 0));
        assert_eq!(searches.count("a", "t", at(30)), (0, 0));
        assert_eq!(searches.count("a", "s", at(60)), (1, 2));
        assert_eq!(searches.count("a", "s", at(3600)), (0, 2));
        assert_eq!(searches.count("a", "s", at(3601 + 60)), (0, 1));
    }
}
