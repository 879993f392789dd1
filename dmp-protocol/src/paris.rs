//! The time zone of the DMP.

use jiff::tz::TimeZone;

/// Central European time as it is since 1996; spelled out because a bare machine has no time zone database.
const RULE: &str = "CET-1CEST,M3.5.0,M10.5.0/3";

/// Europe/Paris, without a time zone database; for instants before 1996 the hour of summer time may differ.
pub fn paris() -> TimeZone {
    // The rule is constant and a test reads it: UTC is never answered.
    TimeZone::posix(RULE).unwrap_or(TimeZone::UTC)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::paris;

    #[test]
    fn summer_time_starts_and_ends_with_the_law() -> Result<(), jiff::Error> {
        for (instant, local) in [
            ("2026-03-29T00:59:59Z", "2026-03-29T01:59:59+01:00"),
            ("2026-03-29T01:00:00Z", "2026-03-29T03:00:00+02:00"),
            ("2026-10-25T00:59:59Z", "2026-10-25T02:59:59+02:00"),
            ("2026-10-25T01:00:00Z", "2026-10-25T02:00:00+01:00"),
        ] {
            let instant: Timestamp = instant.parse()?;
            assert_eq!(instant.to_zoned(paris()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(), local);
        }
        Ok(())
    }
}
