//! Dates and instants of encounters and participations, which need not go to the second.

use dmp_xml::Writer;
use jiff::Zoned;
use jiff::civil::Date;

use super::faults::Faults;
use super::parts::{UNKNOWN, check_instant, hidden, second};

/// A point in time, as precisely as it is known.
#[derive(Clone, PartialEq, Eq)]
pub enum Moment {
    /// `AAAAMMJJ`
    Day(Date),
    /// `AAAAMMJJhhmm±zzzz`
    Minute(Zoned),
    /// `AAAAMMJJhhmmss±zzzz`
    Second(Zoned),
}

impl Moment {
    /// The text of HL7 v3.
    #[must_use]
    pub fn to_hl7(&self) -> String {
        match self {
            Self::Day(date) => date.strftime("%Y%m%d").to_string(),
            Self::Minute(instant) => instant.strftime("%Y%m%d%H%M%z").to_string(),
            Self::Second(instant) => second(instant),
        }
    }

    pub(super) fn check(&self, field: &str, faults: &mut Faults) {
        match self {
            Self::Day(date) => {
                faults.check(field, (1..=9999).contains(&date.year()), "CDA-TYP-001", "a year of four digits");
            }
            Self::Minute(instant) | Self::Second(instant) => check_instant(field, instant, faults),
        }
    }

    pub(super) fn write(&self, w: &mut Writer, element: &str) {
        w.empty(element, &[("value", &self.to_hl7())]);
    }

    /// Whether it is surely before another: instants are compared as such, dates by the calendar of the producer.
    fn is_before(&self, other: &Self) -> bool {
        match (self.instant(), other.instant()) {
            (Some(a), Some(b)) => a < b,
            _ => self.date() < other.date(),
        }
    }

    fn instant(&self) -> Option<&Zoned> {
        match self {
            Self::Day(_) => None,
            Self::Minute(instant) | Self::Second(instant) => Some(instant),
        }
    }

    fn date(&self) -> Date {
        match self {
            Self::Day(date) => *date,
            Self::Minute(instant) | Self::Second(instant) => instant.date(),
        }
    }
}

impl From<Zoned> for Moment {
    /// To the second.
    fn from(instant: Zoned) -> Self {
        Self::Second(instant)
    }
}

impl From<Date> for Moment {
    fn from(date: Date) -> Self {
        Self::Day(date)
    }
}

/// `IVL_TS`: from, to, both or neither. An end equal to its start is not written.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Interval {
    /// `low`
    pub start: Option<Moment>,
    /// `high`
    pub stop: Option<Moment>,
}

impl Interval {
    /// From a moment on.
    #[must_use]
    pub fn from(start: impl Into<Moment>) -> Self {
        Self { start: Some(start.into()), stop: None }
    }

    /// The same with an end.
    #[must_use]
    pub fn to(self, stop: impl Into<Moment>) -> Self {
        Self { stop: Some(stop.into()), ..self }
    }

    /// Only an end: a date of prescription.
    #[must_use]
    pub fn until(stop: impl Into<Moment>) -> Self {
        Self { start: None, stop: Some(stop.into()) }
    }

    /// Faults name `prefix` + `start` or `stop`.
    pub(crate) fn check(&self, prefix: &str, faults: &mut Faults) {
        for (name, moment) in [("start", &self.start), ("stop", &self.stop)] {
            if let Some(moment) = moment {
                moment.check(&format!("{prefix}{name}"), faults);
            }
        }
        let reversed = matches!((&self.start, &self.stop), (Some(start), Some(stop)) if stop.is_before(start));
        faults.check(format!("{prefix}stop"), !reversed, "CDA-TYP-020", "an end before its start");
    }

    /// The element, null when nothing is known.
    pub(super) fn write(&self, w: &mut Writer, element: &str) {
        if self.start.is_none() && self.stop.is_none() {
            return w.empty(element, UNKNOWN);
        }
        w.open(element, &[]);
        if let Some(start) = &self.start {
            start.write(w, "low");
        }
        let start = self.start.as_ref().map(Moment::to_hl7);
        if let Some(stop) = self.stop.as_ref().filter(|stop| Some(stop.to_hl7()) != start) {
            stop.write(w, "high");
        }
        w.close();
    }
}

hidden!(Moment, Interval);
