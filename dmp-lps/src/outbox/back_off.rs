//! When a document is tried again.

use jiff::{SignedDuration, Timestamp};

use super::OutboxSettings;

/// The instant of the next try after `attempts` of them; `advised` is what the DMP asked for. `chance`, 0 to 1, spreads
/// the tries of many documents: from half of the delay to the whole.
pub(super) fn next_try(
    settings: &OutboxSettings,
    attempts: u32,
    advised: Option<SignedDuration>,
    now: Timestamp,
    chance: f64,
) -> Timestamp {
    let doublings = attempts.saturating_sub(1).min(30);
    let delay = settings.first_back_off.saturating_mul(1 << doublings).min(settings.longest_back_off);
    let jittered = delay.mul_f64(0.5 + chance.clamp(0.0, 1.0) / 2.0);
    now.saturating_add(jittered.max(advised.unwrap_or_default())).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_up_to_the_longest_and_spread() {
        let settings = OutboxSettings::default();
        let now: Timestamp = "2026-03-02T08:00:00Z".parse().unwrap();
        let after = |attempts, chance| next_try(&settings, attempts, None, now, chance).duration_since(now).as_secs();
        assert_eq!([after(1, 1.0), after(2, 1.0), after(5, 1.0)], [60, 120, 960]);
        assert_eq!((after(1, 0.0), after(40, 1.0)), (30, 6 * 3600));
        let advised = Some(SignedDuration::from_mins(15));
        assert_eq!(next_try(&settings, 1, advised, now, 0.5).duration_since(now), SignedDuration::from_mins(15));
    }
}
