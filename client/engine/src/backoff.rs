//! Waiting before the next try: doubling, with full jitter.

use crate::{BACKOFF_FIRST_MS, BACKOFF_MAX_MS};

/// Numbers drawn from the randomness of one input (splitmix64).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(random: u128) -> Self {
        // The id of a new fact takes the low half; the dice start from the other one.
        Self((random >> 64) as u64 ^ 0x9e37_79b9_7f4a_7c15)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// How long to wait after so many failures in a row, in milliseconds: anything from 1 up to
    /// the doubled bound, so that a fleet does not come back in step.
    pub(crate) fn backoff(&mut self, failures: u32) -> u64 {
        let doublings = failures.saturating_sub(1).min(10);
        let bound = (BACKOFF_FIRST_MS << doublings).min(BACKOFF_MAX_MS);
        1 + self.next() % bound
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_never_waits_longer_than_a_minute_and_not_in_step_with_others() {
        let mut seen = std::collections::BTreeSet::new();
        for seed in 0..200 {
            let mut dice = Dice::new(seed << 64);
            assert!(dice.backoff(1) <= 500);
            assert!(dice.backoff(3) <= 2_000);
            let late = dice.backoff(40);
            assert!((1..=60_000).contains(&late));
            seen.insert(late);
        }
        assert!(seen.len() > 150, "the waits are spread");
    }
}
