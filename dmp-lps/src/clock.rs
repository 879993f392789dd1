//! Where the time comes from, and the arithmetic of the texts: calendar months, counted in Paris.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Span, Timestamp};

/// Tells the time. Nothing in this crate asks the machine.
pub trait Clock: Send + Sync + 'static {
    /// Now, UTC.
    fn now(&self) -> Timestamp;
}

impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn now(&self) -> Timestamp {
        (**self).now()
    }
}

/// The clock of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// A clock that moves when it is told to: for tests and rehearsals. Clones share the time.
#[derive(Clone)]
pub struct ManualClock(Arc<Mutex<Timestamp>>);

impl ManualClock {
    /// A clock that stands at `now`.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(now)))
    }

    /// Sets the time.
    pub fn set(&self, now: Timestamp) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }

    /// Moves the time; stays where it is when the end of time would be passed.
    pub fn advance(&self, by: SignedDuration) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now = now.checked_add(by).unwrap_or(*now);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for ManualClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ManualClock({})", self.now())
    }
}

/// The day in Paris.
#[must_use]
pub fn day(at: Timestamp) -> Date {
    at.to_zoned(dmp_protocol::paris()).date()
}

/// The instant so many calendar months later in Paris, at the same local hour, on the last day of the month when the
/// month is shorter: 31 January + 1 month is 28 or 29 February.
#[must_use]
pub fn months_later(at: Timestamp, months: i32) -> Timestamp {
    let span = Span::new().try_months(months);
    let moved = span.and_then(|span| at.to_zoned(dmp_protocol::paris()).checked_add(span));
    moved.map_or(at, |moved| moved.timestamp())
}

/// The instant so many calendar months earlier in Paris; `None` before every calendar: an erasure asks this one, so that a
/// span that does not fit erases nothing.
#[must_use]
pub fn months_before(at: Timestamp, months: u32) -> Option<Timestamp> {
    let span = Span::new().try_months(months).ok()?;
    let moved = at.to_zoned(dmp_protocol::paris()).checked_sub(span).ok()?;
    Some(moved.timestamp())
}

/// The instant so many days later in Paris, at the same local hour.
#[must_use]
pub fn days_later(at: Timestamp, days: i32) -> Timestamp {
    let span = Span::new().try_days(days);
    let moved = span.and_then(|span| at.to_zoned(dmp_protocol::paris()).checked_add(span));
    moved.map_or(at, |moved| moved.timestamp())
}

/// The instant of a local time of Paris; of an hour that exists twice, the first one: what starts there misses nothing.
pub(crate) fn first_instant(local: DateTime) -> Timestamp {
    let zoned = dmp_protocol::paris().to_ambiguous_zoned(local).earlier();
    // A time that no calendar of Paris holds is before everything.
    zoned.map_or(Timestamp::MIN, |zoned| zoned.timestamp())
}

/// The last instant of a local time of Paris: of an hour that exists twice, the second one.
pub(crate) fn last_instant(local: DateTime) -> Timestamp {
    let zoned = dmp_protocol::paris().to_ambiguous_zoned(local).later();
    zoned.map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}

/// Midnight in Paris at which a day begins.
pub(crate) fn first_of_day(day: Date) -> Timestamp {
    first_instant(day.at(0, 0, 0, 0))
}

/// The last second of a day in Paris.
pub(crate) fn last_of_day(day: Date) -> Timestamp {
    last_instant(day.at(23, 59, 59, 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_those_of_paris() {
        let cases = [
            // 31 January 10:00 in Paris, last day of the shorter month.
            ("2026-01-31T09:00:00Z", 1, "2026-02-28T09:00:00Z"),
            ("2028-01-31T09:00:00Z", 1, "2028-02-29T09:00:00Z"),
            // Over the change to summer time the local hour stays.
            ("2026-03-15T09:00:00Z", 1, "2026-04-15T08:00:00Z"),
            ("2026-08-15T08:00:00Z", 6, "2027-02-15T09:00:00Z"),
        ];
        for (from, months, to) in cases {
            assert_eq!(months_later(from.parse().unwrap(), months), to.parse().unwrap(), "{from} + {months}");
        }
        let six_before = months_before("2027-02-15T09:00:00Z".parse().unwrap(), 6);
        assert_eq!(six_before, Some("2026-08-15T08:00:00Z".parse().unwrap()));
        for months in [12 * 20_000, i32::MAX.unsigned_abs(), u32::MAX] {
            assert_eq!(months_before("2027-02-15T09:00:00Z".parse().unwrap(), months), None, "{months}");
        }
        assert_eq!(day("2026-06-30T22:30:00Z".parse().unwrap()), "2026-07-01".parse().unwrap());
        assert_eq!(days_later("2026-03-28T12:00:00Z".parse().unwrap(), 1), "2026-03-29T11:00:00Z".parse().unwrap());
    }
}
