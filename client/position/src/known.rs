//! What is known about where the device is, and what that is worth on record.

use std::time::Instant;

use waypost_protocol::{Fix, GeoStamp, Millis, Place};

/// How it stands with the source of positions.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum State {
    /// It says where the device is.
    Knows,
    /// It is asked, and does not say: no satellites in sight, or none yet.
    #[default]
    NoFix,
    /// Nobody may ask: the person has switched it off, or the system refuses to open it.
    NotAllowed,
    /// Nothing answers: no gpsd, no such device, no readable file. It is tried again.
    Unreachable,
}

/// Where the device was when a source last said so.
#[derive(Clone, PartialEq, Debug)]
pub struct Position {
    /// Where; on the earth, without a name. `accuracy_m` is there if the source estimates its error, rounded up.
    pub place: Place,
    /// In metres per second, from 0 on, if the source says.
    pub speed: Option<f64>,
    /// In degrees from true north, clockwise, from 0 to less than 360, if the source says.
    pub heading: Option<f64>,
    /// When it came in, by the clock of this device.
    ///
    /// Never the time that the satellites tell: everything else on record is told by the device's clock, and so is
    /// the age of this. A device whose clock is an hour slow would otherwise take each fix for one from the future,
    /// and one whose clock is fast would call each of them stale.
    pub at: Millis,
    /// The same on a clock that nobody can set back.
    pub(crate) received: Instant,
}

/// What is known at the moment.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Known {
    /// How it stands with the source.
    pub state: State,
    /// The last position, however old, unless nobody may ask any more. It stays when the source loses sight of the
    /// sky: where the device was two minutes ago is worth knowing, if it is told as such.
    pub last: Option<Position>,
}

/// A clock and a count of the same time differ by less than this, in milliseconds, unless somebody sets the clock.
const JITTER_MS: Millis = 1_000;

impl Known {
    /// Nobody may ask, so nothing is remembered.
    pub(crate) fn not_allowed() -> Self {
        Self { state: State::NotAllowed, last: None }
    }

    /// What goes on record at this moment of the device's clock: current or stale by the age of the last position,
    /// `denied` where nobody may ask, `none` where there has been no position.
    pub fn stamp(&self, now: Millis) -> GeoStamp {
        match &self.last {
            _ if self.state == State::NotAllowed => GeoStamp::without(Fix::Denied),
            None => GeoStamp::without(Fix::None),
            Some(last) => GeoStamp::of(last.place.clone(), last.at_by(now), now),
        }
    }
}

impl Position {
    /// When it was there, by a clock that says `now`.
    ///
    /// A clock that was set back since would make an old fix current for as long as it was set back. A count of
    /// milliseconds knows better, but stands still while a tablet sleeps: so the larger age counts.
    fn at_by(&self, now: Millis) -> Millis {
        let counted = Millis::try_from(self.received.elapsed().as_millis()).unwrap_or(Millis::MAX);
        let by_clock = now.saturating_sub(self.at);
        match counted.saturating_sub(by_clock) > JITTER_MS {
            true => now.saturating_sub(counted),
            false => self.at,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use waypost_protocol::STALE_FIX_MS;

    use super::*;

    fn knew(at: Millis) -> Known {
        let place = Place::at(52.52, 13.405);
        let last = Position { place, speed: None, heading: None, at, received: Instant::now() };
        Known { state: State::Knows, last: Some(last) }
    }

    #[test]
    fn a_fix_is_current_for_two_minutes_and_stale_from_then_on() {
        let known = knew(1_000);
        let fresh = known.stamp(1_000 + STALE_FIX_MS);
        assert_eq!((fresh.fix, fresh.at), (Fix::Current, Some(1_000)));
        let late = known.stamp(1_001 + STALE_FIX_MS);
        assert_eq!((late.fix, late.at), (Fix::Stale, Some(1_000)), "it still says where and when");
        assert_eq!(late.place, Some(Place::at(52.52, 13.405)));
    }

    #[test]
    fn who_loses_the_sky_or_the_source_still_tells_where_it_was() {
        for state in [State::NoFix, State::Unreachable] {
            let known = Known { state, ..knew(1_000) };
            assert_eq!(known.stamp(2_000).fix, Fix::Current);
            assert_eq!(known.stamp(900_000).fix, Fix::Stale);
        }
    }

    #[test]
    fn nothing_known_and_not_allowed_are_told_apart() {
        let never = |state| Known { state, last: None }.stamp(1_000);
        assert_eq!(never(State::NoFix), GeoStamp::without(Fix::None));
        assert_eq!(never(State::Unreachable), GeoStamp::without(Fix::None));
        assert_eq!(never(State::NotAllowed), GeoStamp::without(Fix::Denied));
        let hidden = Known { state: State::NotAllowed, ..knew(1_000) };
        assert_eq!(hidden.stamp(1_000), GeoStamp::without(Fix::Denied), "a place is not let slip");
    }

    #[test]
    fn a_clock_that_is_set_back_makes_no_old_fix_young() {
        let hour = 60 * 60 * 1000;
        let mut known = knew(2 * hour);
        let last = known.last.as_mut().unwrap();
        last.received = Instant::now().checked_sub(Duration::from_secs(600)).unwrap();
        let stamp = known.stamp(hour);
        assert_eq!(stamp.fix, Fix::Stale);
        let age = hour - stamp.at.unwrap();
        assert!((600_000..610_000).contains(&age), "ten minutes old by the new clock: {age}");
    }
}
