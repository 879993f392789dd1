//! `Retry-After`: how long a front-end asks to wait, in seconds or until a date.

use std::time::Duration;

use jiff::Timestamp;

/// Nobody waits longer for a front-end that is mistaken.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// The delay from `now`; none when the value is neither a number nor a date.
pub(super) fn delay(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    let asked = match value.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let until = jiff::fmt::rfc2822::parse(value).ok()?.timestamp();
            // A date in the past: now.
            Duration::try_from(until.duration_since(now)).unwrap_or_default()
        }
    };
    Some(asked.min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_dates_are_read_and_bounded() {
        let now: Timestamp = "2026-03-02T08:00:00Z".parse().unwrap();
        for (value, expected) in [
            (" 120 ", Some(120)),
            ("0", Some(0)),
            ("99999999999", Some(24 * 3600)),
            ("Mon, 02 Mar 2026 08:00:30 GMT", Some(30)),
            ("Mon, 02 Mar 2026 07:00:00 GMT", Some(0)),
            ("-1", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(delay(value, now).map(|delay| delay.as_secs()), expected, "{value}");
        }
    }
}
