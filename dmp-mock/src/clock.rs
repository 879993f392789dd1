//! The clock of the mock: the machine's, moved by a test at will.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Span, Timestamp};

/// Now, as the mock sees it: the system clock plus an offset that a test may change while the mock runs.
///
/// TLS certificates are checked against the system clock, everything else against this one.
#[derive(Debug, Default)]
pub struct Clock {
    offset_milliseconds: AtomicI64,
}

impl Clock {
    /// The current time of the mock, UTC.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let offset = SignedDuration::from_millis(self.offset_milliseconds.load(Ordering::Relaxed));
        Timestamp::now().saturating_add(offset).unwrap_or(Timestamp::MAX)
    }

    /// Sets the clock, which then goes on from there.
    pub fn set(&self, now: Timestamp) {
        let offset = now.duration_since(Timestamp::now());
        self.offset_milliseconds.store(i64::try_from(offset.as_millis()).unwrap_or(i64::MAX), Ordering::Relaxed);
    }

    /// Milliseconds ahead of the machine's clock.
    pub(crate) fn offset(&self) -> i64 {
        self.offset_milliseconds.load(Ordering::Relaxed)
    }

    pub(crate) fn set_offset(&self, milliseconds: i64) {
        self.offset_milliseconds.store(milliseconds, Ordering::Relaxed);
    }

    /// Moves the clock by a span of the calendar, in Paris: six months of authorisation are not 180 days.
    ///
    /// # Errors
    /// When the date would leave the range of dates.
    pub fn advance_calendar(&self, by: Span) -> Result<(), jiff::Error> {
        self.set(self.now().to_zoned(dmp_protocol::paris()).checked_add(by)?.timestamp());
        Ok(())
    }

    /// Moves the clock forward (or backward when negative), in addition to earlier moves.
    pub fn advance(&self, by: SignedDuration) {
        let milliseconds = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.offset_milliseconds.fetch_add(milliseconds, Ordering::Relaxed);
    }
}
