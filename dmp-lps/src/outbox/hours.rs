//! When, and how fast, the historical queue goes (F11).

use std::time::Duration;

use jiff::civil::{Time, Weekday};
use jiff::{Timestamp, ToSpan};

/// How historical feeding goes. The defaults are those of the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistorySettings {
    /// When it goes. Default: from 20:00 to 07:00, and at weekends.
    pub window: FeedingWindow,
    /// Shortest time between two historical lots of one structure. Default 1 second.
    pub pace: Duration,
    /// Documents a day beyond which the operator of the DMP wants to be told before. Default 30 000 (probable).
    pub daily_volume: u64,
}

impl Default for HistorySettings {
    fn default() -> Self {
        Self { window: FeedingWindow::default(), pace: Duration::from_secs(1), daily_volume: 30_000 }
    }
}

/// The hours outside working hours, in Europe/Paris.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeedingWindow {
    /// It opens each day; equal to [`Self::until`]: it is always open.
    pub from: Time,
    /// It closes, on the next day when that is earlier than the opening.
    pub until: Time,
    /// It is open on Saturdays and Sundays.
    pub weekends: bool,
}

impl Default for FeedingWindow {
    fn default() -> Self {
        Self { from: Time::constant(20, 0, 0, 0), until: Time::constant(7, 0, 0, 0), weekends: true }
    }
}

impl FeedingWindow {
    /// Open at any time.
    #[must_use]
    pub fn always() -> Self {
        Self { from: Time::midnight(), until: Time::midnight(), weekends: true }
    }

    /// When it opens next; `None`: it is open now.
    #[must_use]
    pub fn closed_until(&self, now: Timestamp) -> Option<Timestamp> {
        let local = now.to_zoned(dmp_protocol::paris());
        let (time, day) = (local.time(), local.date());
        let weekend = |weekday| matches!(weekday, Weekday::Saturday | Weekday::Sunday);
        let open = match self.from < self.until {
            true => self.from <= time && time < self.until,
            false => self.from <= time || time < self.until,
        };
        if open || self.from == self.until || (self.weekends && weekend(day.weekday())) {
            return None;
        }
        let tomorrow = day.saturating_add(1.day());
        let opening = match time < self.from {
            true => day.to_datetime(self.from),
            false if self.weekends && weekend(tomorrow.weekday()) => tomorrow.to_datetime(Time::midnight()),
            false => tomorrow.to_datetime(self.from),
        };
        opening.to_zoned(dmp_protocol::paris()).ok().map(|opening| opening.timestamp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_opens_in_the_evening_and_at_weekends_in_paris() {
        let day =
            FeedingWindow { from: Time::constant(12, 0, 0, 0), until: Time::constant(14, 0, 0, 0), weekends: false };
        let night = FeedingWindow::default();
        let cases = [
            // Monday 2 March 2026: Paris is one hour ahead of UTC.
            (night, "2026-03-02T08:00:00Z", Some("2026-03-02T19:00:00Z")),
            (night, "2026-03-02T18:59:59Z", Some("2026-03-02T19:00:00Z")),
            (night, "2026-03-02T19:00:00Z", None),
            (night, "2026-03-03T05:59:59Z", None),
            (night, "2026-03-03T06:00:00Z", Some("2026-03-03T19:00:00Z")),
            // Saturday; in summer time Paris is two hours ahead.
            (night, "2026-03-07T10:00:00Z", None),
            (night, "2026-07-06T17:59:59Z", Some("2026-07-06T18:00:00Z")),
            (day, "2026-03-02T13:00:00Z", Some("2026-03-03T11:00:00Z")),
            (day, "2026-03-07T10:00:00Z", Some("2026-03-07T11:00:00Z")),
            (day, "2026-03-02T11:30:00Z", None),
            (FeedingWindow::always(), "2026-03-02T08:00:00Z", None),
        ];
        for (window, now, opening) in cases {
            let expected = opening.map(|text| text.parse().unwrap());
            assert_eq!(window.closed_until(now.parse().unwrap()), expected, "{now}");
        }
    }
}
