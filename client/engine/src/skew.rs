//! How wrong the device's clock is, estimated from the answers to pulls.

use waypost_protocol::Millis;

use crate::{Now, SKEW_KEPT_MS, SKEW_STEP_MS};

/// The estimate: server time minus device time.
///
/// Of the answers on one link, the one with the shortest round trip is believed for a while: a
/// slow answer says little about the clock and much about the network.
pub(crate) struct Skew {
    estimate: Option<i64>,
    stored: Option<i64>,
    best: Option<Sample>,
}

struct Sample {
    round_trip: u64,
    taken: u64,
}

impl Skew {
    pub(crate) fn new(saved: Option<i64>) -> Self {
        Self { estimate: saved, stored: saved, best: None }
    }

    pub(crate) fn estimate(&self) -> Option<i64> {
        self.estimate
    }

    /// A link came up: the tablet may have slept or its clock may have been set since the last
    /// one, so the next answer counts whatever its round trip.
    pub(crate) fn forget_samples(&mut self) {
        self.best = None;
    }

    /// An answer to what was asked at tick `asked`. Gives the estimate if it is worth a write.
    pub(crate) fn heard(&mut self, server_time: Millis, asked: u64, now: Now) -> Option<i64> {
        let round_trip = now.tick.saturating_sub(asked);
        let keep = self.best.as_ref().is_some_and(|best| {
            best.round_trip < round_trip && now.tick.saturating_sub(best.taken) < SKEW_KEPT_MS
        });
        if keep {
            return None;
        }
        self.best = Some(Sample { round_trip, taken: now.tick });
        let half = i64::try_from(round_trip / 2).unwrap_or(0);
        let skew = server_time.saturating_add(half).saturating_sub(now.at);
        self.estimate = Some(skew);
        let moved = self.stored.is_none_or(|stored| skew.abs_diff(stored) >= SKEW_STEP_MS);
        moved.then(|| *self.stored.insert(skew))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now(at: Millis, tick: u64) -> Now {
        Now { at, tick, offset_minutes: 0 }
    }

    #[test]
    fn a_clock_two_years_ahead_is_known_after_one_answer_and_a_slow_answer_does_not_spoil_it() {
        let mut skew = Skew::new(None);
        let two_years = 63_072_000_000;
        assert_eq!(skew.heard(1_000_000, 0, now(1_000_050 + two_years, 100)), Some(-two_years));
        assert_eq!(skew.heard(1_010_000, 10_000, now(1_018_000 + two_years, 18_000)), None);
        assert_eq!(skew.estimate(), Some(-two_years));
        skew.forget_samples();
        assert_eq!(skew.heard(2_000_000, 20_000, now(2_000_000, 20_000)), Some(0));
    }
}
