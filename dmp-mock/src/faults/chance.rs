//! Chance that a seed makes the same again.

/// A sequence of draws (SplitMix64): good enough to decide which requests fail, the same for the same seed everywhere.
#[derive(Debug)]
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn new(seed: u64) -> Self {
        Chance(seed)
    }

    /// One draw: true with that probability.
    pub(super) fn happens(&mut self, probability: f64) -> bool {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        // 53 bits: every value of the fraction is exact.
        let fraction = (mixed >> 11) as f64 / (1_u64 << 53) as f64;
        fraction < probability
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_decides_and_the_bounds_are_certain() {
        let draws = |seed, probability| {
            let mut chance = Chance::new(seed);
            (0..1000).map(|_| chance.happens(probability)).collect::<Vec<_>>()
        };
        assert_eq!(draws(7, 0.3), draws(7, 0.3));
        assert_ne!(draws(7, 0.3), draws(8, 0.3));
        assert!(draws(1, 1.0).iter().all(|hit| *hit) && draws(1, 0.0).iter().all(|hit| !hit));
        let hits = draws(7, 0.3).iter().filter(|hit| **hit).count();
        assert!((250..350).contains(&hits), "{hits}");
    }
}
