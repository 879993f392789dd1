//! HL7 TS as the DMP uses it: digits, UTC, no offset.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// An instant as `YYYYMMDD[hh[mm[ss]]]` in UTC; the text received is kept, even when it cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WireTime(String);

impl WireTime {
    /// The wire form of an instant, to the second.
    #[must_use]
    pub fn at(instant: Timestamp) -> Self {
        Self(TimeZone::UTC.to_datetime(instant).strftime("%Y%m%d%H%M%S").to_string())
    }

    /// A text as received.
    #[must_use]
    pub fn received(text: &str) -> Self {
        Self(text.trim().to_owned())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The instant; a fraction of a second or an offset after the digits is not of the DMP's form: `None`.
    #[must_use]
    pub fn instant(&self) -> Option<Timestamp> {
        let digits = self.0.as_bytes();
        if !matches!(digits.len(), 8 | 10 | 12 | 14) || !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let pair = |at: usize| self.0.get(at..at + 2).map_or(Some(0), |s| s.parse::<i8>().ok());
        let year = self.0.get(..4)?.parse::<i16>().ok()?;
        let local = DateTime::new(year, pair(4)?, pair(6)?, pair(8)?, pair(10)?, pair(12)?, 0).ok()?;
        TimeZone::UTC.to_timestamp(local).ok()
    }
}
