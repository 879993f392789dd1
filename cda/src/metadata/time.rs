//! Dates of the entry: UTC by computation, never by cutting.

use jiff::tz::TimeZone;
use xds_model::Dtm;

use super::error::{MappingError, MappingProblem};
use super::options::{MappingOptions, ShortTime};
use crate::{Header, Precision, TimeText, Timestamp, TimestampError};

pub(super) fn creation(header: &Header, options: &MappingOptions) -> Result<Dtm, MappingError> {
    let missing = || MappingError::missing("creationTime", "effectiveTime/@value", "CDA-HDR-017");
    let time = header.effective_time.as_ref().ok_or_else(missing)?;
    to_dtm(time, options).map_err(|error| refused("creationTime", "effectiveTime/@value".to_owned(), error))
}

pub(super) fn service_start(header: &Header, options: &MappingOptions) -> Result<Dtm, MappingError> {
    const ATTRIBUTE: &str = "serviceStartTime";
    let missing = || MappingError::missing(ATTRIBUTE, "documentationOf[1]/serviceEvent", "CDA-EVT-001");
    let (index, event) = header.main_event().ok_or_else(missing)?;
    let xpath = format!("documentationOf[{}]/serviceEvent/effectiveTime/low/@value", index + 1);
    match &event.start {
        Some(start) => to_dtm(start, options).map_err(|error| refused(ATTRIBUTE, xpath, error)),
        None => Err(MappingError::missing(ATTRIBUTE, xpath, "CDA-EVT-002")),
    }
}

pub(super) fn service_stop(header: &Header, options: &MappingOptions) -> Result<Option<Dtm>, MappingError> {
    let Some((index, event)) = header.main_event() else { return Ok(None) };
    let Some(stop) = &event.stop else { return Ok(None) };
    let xpath = format!("documentationOf[{}]/serviceEvent/effectiveTime/high/@value", index + 1);
    to_dtm(stop, options).map(Some).map_err(|error| refused("serviceStopTime", xpath, error))
}

fn refused(attribute: &'static str, xpath: String, error: TimestampError) -> MappingError {
    MappingError::new(attribute, xpath, error.rule(), MappingProblem::Time(error))
}

/// A date without hour stays as it is: it has no UTC form.
fn to_dtm(time: &TimeText, options: &MappingOptions) -> Result<Dtm, TimestampError> {
    let timestamp = time.parse()?;
    let digits = match timestamp.precision() {
        Precision::Year => 4,
        Precision::Month => 6,
        Precision::Day => 8,
        Precision::Hour if options.short_time == ShortTime::Keep => 10,
        Precision::Minute if options.short_time == ShortTime::Keep => 12,
        Precision::Hour | Precision::Minute | Precision::Second => 14,
    };
    let whole = if digits <= 8 { local(timestamp) } else { timestamp.instant(options.zone_without_offset.as_ref()) }?;
    let text = Dtm::from_timestamp(whole).as_str().chars().take(digits).collect::<String>();
    Ok(Dtm::from_raw(text))
}

fn local(timestamp: Timestamp) -> Result<jiff::Timestamp, TimestampError> {
    let midnight = TimeZone::UTC.to_timestamp(timestamp.date().to_datetime(jiff::civil::Time::midnight()));
    midnight.map_err(|_| TimestampError::NotACalendarDate)
}
