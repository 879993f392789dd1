//! DTM: `AAAA[MM[JJ[hhmm[ss[.s]]]]][±zzzz]`.

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

/// `20260302090000+0100`: seconds, in the time of Paris.
#[must_use]
pub fn write_time(at: Timestamp) -> String {
    at.to_zoned(dmp_protocol::paris()).strftime("%Y%m%d%H%M%S%z").to_string()
}

/// Reads a DTM of a day at least; what it does not say is the start of the day, without offset the time of Paris. `None`:
/// not a DTM, or less precise than a day.
#[must_use]
pub fn read_time(text: &str) -> Option<Timestamp> {
    let (local, offset) = match text.find(['+', '-']) {
        Some(at) => {
            let (local, offset) = text.split_at(at);
            (local, Some(offset))
        }
        None => (text, None),
    };
    let whole = local.split_once('.').map_or(local, |(whole, _)| whole);
    if !whole.bytes().all(|byte| byte.is_ascii_digit()) || !matches!(whole.len(), 8 | 12 | 14) {
        return None;
    }
    let padded = format!("{whole:0<14}");
    let local = DateTime::strptime("%Y%m%d%H%M%S", &padded).ok()?;
    let zone = match offset {
        Some(offset) => TimeZone::fixed(read_offset(offset)?),
        None => dmp_protocol::paris(),
    };
    zone.to_ambiguous_timestamp(local).compatible().ok()
}

/// `±hhmm`.
fn read_offset(text: &str) -> Option<Offset> {
    let (sign, digits) = text.split_at_checked(1)?;
    if digits.len() != 4 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number = |part: &str| part.parse::<i64>().ok();
    let (hours, minutes) = (number(digits.get(..2)?)?, number(digits.get(2..)?)?);
    let span = SignedDuration::from_mins(hours * 60 + minutes);
    let seconds = i32::try_from(if sign == "-" { -span.as_secs() } else { span.as_secs() }).ok()?;
    (minutes < 60).then(|| Offset::from_seconds(seconds).ok())?
}
