//! Months, counted in Paris.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::clock::day;

/// A calendar month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Month {
    year: i16,
    month: i8,
}

impl Month {
    /// The month of an instant, in Paris.
    #[must_use]
    pub fn of(at: Timestamp) -> Self {
        let day = day(at);
        Self { year: day.year(), month: day.month() }
    }

    /// Its first instant, in Paris.
    fn start(self) -> Timestamp {
        let first = Date::new(self.year, self.month, 1).and_then(|day| day.to_zoned(dmp_protocol::paris()));
        first.map(|first| first.timestamp()).unwrap_or_default()
    }

    fn next(self) -> Self {
        match self.month {
            12 => Self { year: self.year + 1, month: 1 },
            month => Self { month: month + 1, ..self },
        }
    }
}

/// `YYYY-MM`.
impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

/// Months that follow each other, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    first: Month,
    last: Month,
}

impl Period {
    /// Every month of the current year and of the previous one: what SC.STAT/ES.01 asks for at least.
    #[must_use]
    pub fn of_two_years(now: Timestamp) -> Self {
        let year = Month::of(now).year;
        Self { first: Month { year: year - 1, month: 1 }, last: Month { year, month: 12 } }
    }

    /// From one month to another; `None` when the last is before the first.
    #[must_use]
    pub fn between(first: Month, last: Month) -> Option<Self> {
        (first <= last).then_some(Self { first, last })
    }

    /// The months, oldest first.
    pub fn months(self) -> impl Iterator<Item = Month> {
        std::iter::successors(Some(self.first), |month| Some(month.next())).take_while(move |month| *month <= self.last)
    }

    /// Its first instant.
    pub(super) fn start(self) -> Timestamp {
        self.first.start()
    }

    /// The first instant after it.
    pub(super) fn end(self) -> Timestamp {
        self.last.next().start()
    }

    /// Whether an instant lies in it.
    #[must_use]
    pub fn contains(self, at: Timestamp) -> bool {
        (self.first..=self.last).contains(&Month::of(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_those_of_paris() {
        // 31 December 23:30 UTC is January in Paris.
        let month = Month::of("2025-12-31T23:30:00Z".parse().unwrap());
        assert_eq!(month.to_string(), "2026-01");
        let period = Period::of_two_years("2026-03-02T08:00:00Z".parse().unwrap());
        let months: Vec<String> = period.months().map(|month| month.to_string()).collect();
        assert_eq!((months.len(), months[0].as_str(), months[23].as_str()), (24, "2025-01", "2026-12"));
        assert!(Period::between(month, Month { year: 2025, month: 1 }).is_none());
    }
}
