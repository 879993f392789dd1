//! Our clock against that of the DMP (`EX_GEN-1460`): an AIR assertion lives 30 seconds.

use http::{HeaderMap, header};
use jiff::{SignedDuration, Timestamp};

/// Beyond this the caller is warned.
const TOLERATED: SignedDuration = SignedDuration::from_secs(10);

/// Logs a warning when the `Date` of an answer is more than ten seconds away from our clock.
pub(super) fn check(headers: &HeaderMap) {
    let date = headers.get(header::DATE).and_then(|date| date.to_str().ok());
    let Some(drift) = date.and_then(|date| drift(date, Timestamp::now())) else {
        return;
    };
    if drift.abs() > TOLERATED {
        tracing::warn!(
            seconds = drift.as_secs(),
            "the local clock is away from the DMP's: assertions may be refused as expired or not yet valid; synchronise it"
        );
    }
}

/// How far `now` is ahead of an HTTP date; `None` when the date cannot be read.
pub(crate) fn drift(date: &str, now: Timestamp) -> Option<SignedDuration> {
    let theirs = jiff::fmt::rfc2822::parse(date).ok()?.timestamp();
    Some(now.duration_since(theirs))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drift_is_signed_and_junk_is_ignored() {
        let now: Timestamp = "2026-03-02T08:17:30Z".parse().unwrap();
        assert_eq!(drift("Mon, 02 Mar 2026 08:17:10 GMT", now), Some(SignedDuration::from_secs(20)));
        assert_eq!(drift("Mon, 02 Mar 2026 08:18:00 GMT", now), Some(SignedDuration::from_secs(-30)));
        assert_eq!(drift("yesterday", now), None);
    }
}
