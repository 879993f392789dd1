//! Periods as users give them: days and times of Paris, or so many months back.

use dmp_client::Search;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use crate::clock::{day, first_instant, first_of_day, last_instant, last_of_day, months_later};

/// One end of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// A day of Paris, whole.
    Day(Date),
    /// A time of Paris, to the second.
    Time(DateTime),
    /// The day so many calendar months before the search runs: a saved search stays up to date.
    MonthsAgo(u16),
}

impl Moment {
    /// The earliest instant that it covers, UTC.
    fn first(self, now: Timestamp) -> Timestamp {
        match self {
            Self::Day(day) => first_of_day(day),
            Self::Time(time) => first_instant(time),
            Self::MonthsAgo(months) => first_of_day(months_ago(now, months)),
        }
    }

    /// The latest second that it covers, UTC.
    fn last(self, now: Timestamp) -> Timestamp {
        match self {
            Self::Day(day) => last_of_day(day),
            Self::Time(time) => last_instant(time),
            Self::MonthsAgo(months) => last_of_day(months_ago(now, months)),
        }
    }
}

fn months_ago(now: Timestamp, months: u16) -> Date {
    day(months_later(now, -i32::from(months)))
}

/// A period, both ends included; an end that is absent is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Period {
    /// Its beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Moment>,
    /// Its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Moment>,
}

/// How an end of a period goes into a query.
pub(super) type Bound = fn(Search, Timestamp) -> Search;

impl Period {
    /// From a moment on.
    #[must_use]
    pub fn since(from: Moment) -> Self {
        Self { from: Some(from), to: None }
    }

    /// Up to a moment, included.
    #[must_use]
    pub fn until(to: Moment) -> Self {
        Self { from: None, to: Some(to) }
    }

    /// Between two moments, included.
    #[must_use]
    pub fn between(from: Moment, to: Moment) -> Self {
        Self { from: Some(from), to: Some(to) }
    }

    pub(super) fn is_open(&self) -> bool {
        *self == Self::default()
    }

    /// Both ends, UTC; `None` when both are open.
    pub(super) fn instants(&self, now: Timestamp) -> Option<(Timestamp, Timestamp)> {
        let first = self.from.map_or(Timestamp::UNIX_EPOCH, |from| from.first(now));
        let last = self.to.map_or(now, |to| to.last(now));
        (!self.is_open()).then_some((first, last))
    }

    /// Adds its ends to a query.
    pub(super) fn apply(&self, query: Search, now: Timestamp, from: Bound, to: Bound) -> Search {
        let query = self.from.map_or(query.clone(), |moment| from(query, moment.first(now)));
        self.to.map_or(query.clone(), |moment| to(query, moment.last(now)))
    }
}
