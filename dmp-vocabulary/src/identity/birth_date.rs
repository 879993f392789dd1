//! Birth date: not always a calendar date (identities §2.4).

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::error::{IdentityError, IdentityKind, IdentityProblem};

/// A birth date as the civil status knows it: month and day may be absent, `00`, or beyond the calendar (lunar dates).
/// No time zone: a date of birth has none.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BirthDate {
    year: u16,
    month: Option<u8>,
    day: Option<u8>,
}

/// How the age is counted when the day or the month is unknown: the switch `partial_birth_age`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UnknownBirthday {
    /// The birthday is supposed not yet reached this year.
    #[default]
    Younger,
    /// The birthday is supposed already reached this year.
    Older,
}

impl BirthDate {
    /// HL7 form: `AAAAMMJJ`, `AAAAMM` or `AAAA`. A time after the day (`AAAAMMJJhhmm±zzzz`, seconds and offset
    /// optional) is ignored: the day is that of the place of birth.
    pub fn parse_hl7(text: &str) -> Result<Self, IdentityError> {
        let refuse = || refusal("AAAAMMJJ, AAAAMM or AAAA");
        let text = without_offset(text.trim());
        let all_digits = text.bytes().all(|byte| byte.is_ascii_digit());
        if !all_digits || !matches!(text.len(), 4 | 6 | 8 | 12 | 14) {
            return Err(refuse());
        }
        let year = text.get(..4).and_then(|year| year.parse().ok()).ok_or_else(refuse)?;
        Ok(Self { year, month: two_digits(text, 4), day: two_digits(text, 6) })
    }

    /// INSi form: `AAAA-MM-JJ`, `00` for what is unknown.
    pub fn parse_insi(text: &str) -> Result<Self, IdentityError> {
        let text = text.trim();
        let well_formed = text.len() == 10
            && text.bytes().enumerate().all(|(index, byte)| match index {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        if !well_formed {
            return Err(refusal("AAAA-MM-JJ"));
        }
        Self::parse_hl7(&text.replace('-', ""))
    }

    /// The HL7 form, with the precision it was read with.
    #[must_use]
    pub fn to_hl7(&self) -> String {
        let mut text = format!("{:04}", self.year);
        for part in [self.month, self.day].into_iter().flatten() {
            text.push_str(&format!("{part:02}"));
        }
        text
    }

    /// The INSi form, `00` for what is absent.
    #[must_use]
    pub fn to_insi(&self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month.unwrap_or(0), self.day.unwrap_or(0))
    }

    /// Year, four digits.
    #[must_use]
    pub fn year(&self) -> u16 {
        self.year
    }

    /// Month as written, 0 to 99; `None` when the text stopped at the year.
    #[must_use]
    pub fn month(&self) -> Option<u8> {
        self.month
    }

    /// Day as written, 0 to 99; `None` when the text stopped before it.
    #[must_use]
    pub fn day(&self) -> Option<u8> {
        self.day
    }

    /// The calendar date, when it is one.
    #[must_use]
    pub fn to_calendar(&self) -> Option<Date> {
        let year = i16::try_from(self.year).ok()?;
        Date::new(year, i8::try_from(self.month?).ok()?, i8::try_from(self.day?).ok()?).ok()
    }

    /// Full years on a day; `None` before the birth. A birthday of 29 February is reached on 1 March.
    #[must_use]
    pub fn age_on(&self, day: Date, unknown: UnknownBirthday) -> Option<u16> {
        let years = u16::try_from(day.year()).ok()?.checked_sub(self.year)?;
        let birthday_reached = match (self.known_month(), self.known_day()) {
            (Some(month), Some(of_month)) => Some((day.month(), day.day()) >= (month, of_month)),
            (Some(month), None) if day.month() != month => Some(day.month() > month),
            _ => None,
        };
        match (years, birthday_reached.unwrap_or(unknown == UnknownBirthday::Older)) {
            (_, true) => Some(years),
            // Born this year: not yet born if that is known, else in the first year of life.
            (0, false) => birthday_reached.is_none().then_some(0),
            (_, false) => Some(years - 1),
        }
    }

    fn known_month(&self) -> Option<i8> {
        self.month.and_then(|month| i8::try_from(month).ok()).filter(|month| (1..=12).contains(month))
    }

    fn known_day(&self) -> Option<i8> {
        self.day.and_then(|day| i8::try_from(day).ok()).filter(|day| (1..=31).contains(day))
    }
}

/// Drops `±zzzz` after a time.
fn without_offset(text: &str) -> &str {
    let is_offset = |offset: &str| offset.len() == 4 && offset.bytes().all(|byte| byte.is_ascii_digit());
    match text.split_once(['+', '-']) {
        Some((time, offset)) if matches!(time.len(), 12 | 14) && is_offset(offset) => time,
        _ => text,
    }
}

fn two_digits(text: &str, from: usize) -> Option<u8> {
    text.get(from..from + 2).and_then(|digits| digits.parse().ok())
}

fn refusal(expected: &'static str) -> IdentityError {
    IdentityProblem::Date { expected }.of(IdentityKind::BirthDate)
}

impl fmt::Debug for BirthDate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("BirthDate(…)")
    }
}

/// Serde uses the HL7 form.
impl Serialize for BirthDate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_hl7())
    }
}

impl<'de> Deserialize<'de> for BirthDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse_hl7(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}
