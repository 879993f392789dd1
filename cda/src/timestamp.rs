//! HL7 timestamps (`ts`): `AAAAMMJJhhmmss±zzzz` and everything shorter.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};

/// How far a timestamp goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Precision {
    /// `AAAA`
    Year,
    /// `AAAAMM`
    Month,
    /// `AAAAMMJJ`
    Day,
    /// `AAAAMMJJhh`
    Hour,
    /// `AAAAMMJJhhmm`
    Minute,
    /// `AAAAMMJJhhmmss`
    Second,
}

/// Why a timestamp cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TimestampError {
    /// `CDA-TYP-001`: not of the pattern of HL7 v3.
    #[error("not a timestamp AAAAMMJJhhmmss±zzzz")]
    Malformed,
    /// `CDA-TYP-001`: the digits name no day or no hour.
    #[error("not a calendar date")]
    NotACalendarDate,
    /// `CDA-TYP-002`: an hour without offset; it is never guessed.
    #[error("an hour without UTC offset: write AAAAMMJJhhmmss±zzzz, or name the zone in the options")]
    NoOffset,
    /// `CDA-TYP-003`: offset outside -12:00…+14:00.
    #[error("offset outside -12:00…+14:00")]
    OffsetOutOfRange,
}

impl TimestampError {
    /// The rule of the data-type checks.
    #[must_use]
    pub fn rule(self) -> &'static str {
        match self {
            Self::Malformed | Self::NotACalendarDate => "CDA-TYP-001",
            Self::NoOffset => "CDA-TYP-002",
            Self::OffsetOutOfRange => "CDA-TYP-003",
        }
    }
}

/// A `ts` as written in a document: kept as text, understood when asked. Dates of care are health data, hence the
/// silent `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct TimeText(String);

impl TimeText {
    /// Keeps the text of a `@value`, white space around it removed.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.trim().to_owned())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the text says.
    ///
    /// # Errors
    /// [`TimestampError`] when it is no timestamp or no calendar date.
    pub fn parse(&self) -> Result<Timestamp, TimestampError> {
        Timestamp::parse(&self.0)
    }
}

impl std::fmt::Debug for TimeText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TimeText({} characters)", self.0.len())
    }
}

/// A timestamp with its precision; local time of the producer plus the offset it wrote. Fractions are dropped.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Timestamp {
    local: DateTime,
    leap_second: bool,
    precision: Precision,
    offset: Option<Offset>,
}

impl std::fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Timestamp({:?}, offset: {})", self.precision, self.offset.is_some())
    }
}

impl Timestamp {
    /// Reads the digits, an optional fraction after the seconds, and an offset of 1 to 4 digits (`+1` and `+01` are
    /// hours, `+100` is 1 h 00, `+930` is 9 h 30).
    ///
    /// # Errors
    /// [`TimestampError`] but for [`TimestampError::NoOffset`].
    pub fn parse(text: &str) -> Result<Self, TimestampError> {
        let text = text.trim();
        let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (digits, rest) = text.split_at(end);
        let precision = match digits.len() {
            4 => Precision::Year,
            6 => Precision::Month,
            8 => Precision::Day,
            10 => Precision::Hour,
            12 => Precision::Minute,
            14 => Precision::Second,
            _ => return Err(TimestampError::Malformed),
        };
        let rest = skip_fraction(rest, precision)?;
        let offset = if rest.is_empty() { None } else { Some(parse_offset(rest, precision)?) };
        let (local, leap_second) = parse_local(digits)?;
        Ok(Self { local, leap_second, precision, offset })
    }

    /// How far it goes.
    #[must_use]
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// Local date of the producer; missing month and day are 1.
    #[must_use]
    pub fn date(&self) -> Date {
        self.local.date()
    }

    /// Offset written, if any.
    #[must_use]
    pub fn offset(&self) -> Option<Offset> {
        self.offset
    }

    /// The instant; `zone` is used only where no offset is written. A date alone has no instant.
    ///
    /// # Errors
    /// [`TimestampError::NoOffset`], and [`TimestampError::NotACalendarDate`] at the ends of the calendar.
    pub fn instant(&self, zone: Option<&TimeZone>) -> Result<jiff::Timestamp, TimestampError> {
        let instant = match (self.offset, zone) {
            _ if self.precision < Precision::Hour => return Err(TimestampError::NoOffset),
            (Some(offset), _) => offset.to_timestamp(self.local),
            (None, Some(zone)) => zone.to_timestamp(self.local),
            (None, None) => return Err(TimestampError::NoOffset),
        };
        let instant = instant.map_err(|_| TimestampError::NotACalendarDate)?;
        let leap = jiff::SignedDuration::from_secs(i64::from(self.leap_second));
        instant.checked_add(leap).map_err(|_| TimestampError::NotACalendarDate)
    }
}

fn skip_fraction(rest: &str, precision: Precision) -> Result<&str, TimestampError> {
    let Some(fraction) = rest.strip_prefix('.') else { return Ok(rest) };
    let end = fraction.find(|c: char| !c.is_ascii_digit()).unwrap_or(fraction.len());
    if end == 0 || precision != Precision::Second { Err(TimestampError::Malformed) } else { Ok(&fraction[end..]) }
}

fn parse_offset(text: &str, precision: Precision) -> Result<Offset, TimestampError> {
    let (sign, digits) = match text.split_at_checked(1) {
        Some(("+", digits)) => (1, digits),
        Some(("-", digits)) => (-1, digits),
        _ => return Err(TimestampError::Malformed),
    };
    let valid = (1..=4).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    let number = digits.parse::<i32>().ok().filter(|_| valid && precision >= Precision::Hour);
    let number = number.ok_or(TimestampError::Malformed)?;
    let (hours, minutes) = if digits.len() <= 2 { (number, 0) } else { (number / 100, number % 100) };
    let total = sign * (hours * 60 + minutes);
    if minutes > 59 || !(-12 * 60..=14 * 60).contains(&total) {
        return Err(TimestampError::OffsetOutOfRange);
    }
    Offset::from_seconds(total * 60).map_err(|_| TimestampError::OffsetOutOfRange)
}

/// The digits as a local time, and whether they name a leap second (then one second must be added).
fn parse_local(digits: &str) -> Result<(DateTime, bool), TimestampError> {
    let part = |from: usize, to: usize, absent: i8| match digits.get(from..to) {
        Some(two) => two.parse::<i8>().map_err(|_| TimestampError::Malformed),
        None => Ok(absent),
    };
    let year = digits[..4].parse::<i16>().map_err(|_| TimestampError::Malformed)?;
    let second = part(12, 14, 0)?;
    let leap_second = second == 60;
    let date = Date::new(year, part(4, 6, 1)?, part(6, 8, 1)?);
    let time = Time::new(part(8, 10, 0)?, part(10, 12, 0)?, if leap_second { 59 } else { second }, 0);
    match (date, time) {
        (Ok(date), Ok(time)) => Ok((date.to_datetime(time), leap_second)),
        _ => Err(TimestampError::NotACalendarDate),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(text: &str) -> Result<String, TimestampError> {
        Timestamp::parse(text)?.instant(None).map(|t| t.strftime("%Y%m%d%H%M%S").to_string())
    }

    #[test]
    fn offsets_move_the_date_and_are_read_in_all_their_lengths() {
        for (text, expected) in [
            ("20260309101500+0100", "20260309091500"),
            ("20260701101500+0100", "20260701091500"),
            ("20260102230000-0400", "20260103030000"),
            ("20260103060000+1100", "20260102190000"),
            ("20260103060000+0530", "20260103003000"),
            ("20260103060000-0000", "20260103060000"),
            ("20260103060000+1", "20260103050000"),
            ("20260103060000+01", "20260103050000"),
            ("20260103060000+100", "20260103050000"),
            ("20260103060000+930", "20260102203000"),
            ("20260103060000.123456+0100", "20260103050000"),
            ("202601030600+0100", "20260103050000"),
            ("2026010306+0100", "20260103050000"),
            ("20240229120000+0000", "20240229120000"),
            ("20161231235960+0000", "20170101000000"),
        ] {
            assert_eq!(utc(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn refusals_name_their_rule() {
        for (text, error) in [
            ("20260103060000", TimestampError::NoOffset),
            ("20260103", TimestampError::NoOffset),
            ("20230229120000+0000", TimestampError::NotACalendarDate),
            ("20261301120000+0000", TimestampError::NotACalendarDate),
            ("20260101250000+0000", TimestampError::NotACalendarDate),
            ("20260101120000+1500", TimestampError::OffsetOutOfRange),
            ("20260101120000+0175", TimestampError::OffsetOutOfRange),
            ("20260101120000+", TimestampError::Malformed),
            ("20260101120000+00100", TimestampError::Malformed),
            ("20260101120000Z", TimestampError::Malformed),
            ("202601011200.5+0100", TimestampError::Malformed),
            ("20260101120000.+0100", TimestampError::Malformed),
            ("20260101+0100", TimestampError::Malformed),
            ("2026é101", TimestampError::Malformed),
            ("", TimestampError::Malformed),
            ("999999999999999999", TimestampError::Malformed),
        ] {
            assert_eq!(utc(text), Err(error), "{text}");
        }
    }

    #[test]
    fn a_named_zone_replaces_a_missing_offset_only() {
        let zone = TimeZone::fixed(Offset::constant(2));
        let instant = |text| Timestamp::parse(text).and_then(|t| t.instant(Some(&zone))).map(|t| t.to_string());
        assert_eq!(instant("20260701120000").as_deref(), Ok("2026-07-01T10:00:00Z"));
        assert_eq!(instant("20260701120000+0000").as_deref(), Ok("2026-07-01T12:00:00Z"));
        assert_eq!(instant("20260701"), Err(TimestampError::NoOffset));
    }
}
