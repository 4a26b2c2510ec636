//! What a source says becomes what is known: here nonsense ends, and here the person's switch holds.

use std::time::Instant;

use tokio::sync::watch;
use waypost_protocol::{Millis, Place};

use crate::{Known, Position, State};

/// What a source says at a time.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Heard {
    /// The device is there.
    At(Reading),
    /// It is not known where.
    NoFix,
}

/// A position as a source gives it, not yet believed.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub(crate) struct Reading {
    pub(crate) latitude: f64,
    pub(crate) longitude: f64,
    /// In metres.
    pub(crate) accuracy: Option<f64>,
    /// In metres per second.
    pub(crate) speed: Option<f64>,
    /// In degrees from true north.
    pub(crate) heading: Option<f64>,
}

/// Tells everyone who watches.
pub(crate) struct Publisher {
    known: watch::Sender<Known>,
    is_allowed: watch::Sender<bool>,
    clock: Box<dyn Fn() -> Millis + Send + Sync>,
}

impl Publisher {
    pub(crate) fn new(known: Known, clock: impl Fn() -> Millis + Send + Sync + 'static) -> Self {
        let (known, is_allowed) = (watch::Sender::new(known), watch::Sender::new(true));
        Self { known, is_allowed, clock: Box::new(clock) }
    }

    pub(crate) fn now(&self) -> Millis {
        (self.clock)()
    }

    pub(crate) fn known(&self) -> watch::Receiver<Known> {
        self.known.subscribe()
    }

    pub(crate) fn switch(&self) -> watch::Receiver<bool> {
        self.is_allowed.subscribe()
    }

    /// The person's switch. From the return of this on nothing is told that was heard while it was off.
    pub(crate) fn allow(&self, is_allowed: bool) {
        let is_new = self.is_allowed.send_if_modified(|before| {
            let is_new = *before != is_allowed;
            *before = is_allowed;
            is_new
        });
        if is_new {
            let known = if is_allowed { Known::default() } else { Known::not_allowed() };
            self.known.send_replace(known);
        }
    }

    /// A source says so; whether it was worth anything.
    pub(crate) fn hears(&self, heard: Heard) -> bool {
        match heard {
            Heard::NoFix => self.becomes(State::NoFix),
            Heard::At(reading) => {
                let Some(position) = reading.position(self.now()) else { return false };
                self.tells(|known| *known = Known { state: State::Knows, last: Some(position) });
            }
        }
        true
    }

    /// The source can be asked again, after it could not.
    pub(crate) fn reaches(&self) {
        if matches!(self.known.borrow().state, State::Unreachable | State::NotAllowed) {
            self.becomes(State::NoFix);
        }
    }

    pub(crate) fn becomes(&self, state: State) {
        self.tells(|known| match state {
            State::NotAllowed => *known = Known::not_allowed(),
            _ => known.state = state,
        });
    }

    fn tells(&self, change: impl FnOnce(&mut Known)) {
        self.known.send_if_modified(|known| {
            // Looked at while `known` is held: what comes after the switch is either lost here or replaced by it.
            let may = *self.is_allowed.borrow();
            let before = known.clone();
            if may {
                change(known);
            }
            *known != before
        });
    }
}

impl Reading {
    /// The position, if it lies on the earth. What else does not make sense is left out.
    fn position(self, at: Millis) -> Option<Position> {
        let finite = |it: &f64| it.is_finite() && *it >= 0.0;
        let mut place = Place::at(self.latitude, self.longitude);
        place.check().ok()?;
        // A cast of floats saturates: who errs by more than the earth is large has no idea anyway.
        place.accuracy_m = self.accuracy.filter(finite).map(|metres| metres.ceil() as u32);
        let heading = self.heading.filter(|it| (0.0..=360.0).contains(it)).map(|it| it % 360.0);
        let speed = self.speed.filter(finite);
        Some(Position { place, speed, heading, at, received: Instant::now() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn publisher() -> Publisher {
        Publisher::new(Known::default(), || 5_000)
    }

    fn at(latitude: f64, longitude: f64) -> Heard {
        Heard::At(Reading { latitude, longitude, ..Reading::default() })
    }

    #[test]
    fn what_lies_off_the_earth_is_not_heard() {
        let publisher = publisher();
        let nowhere =
            [(91.0, 0.0), (-90.1, 0.0), (0.0, 180.1), (f64::NAN, 0.0), (0.0, f64::INFINITY)];
        for (latitude, longitude) in nowhere {
            assert!(!publisher.hears(at(latitude, longitude)), "{latitude} {longitude}");
        }
        assert_eq!(*publisher.known().borrow(), Known::default());
        assert!(publisher.hears(at(-90.0, 180.0)), "the edges are on it");
    }

    #[test]
    fn what_makes_no_sense_beside_a_position_is_left_out() {
        let (publisher, bad) = (publisher(), Some(f64::NAN));
        let reading = Reading { latitude: 1.0, longitude: 2.0, ..Reading::default() };
        publisher.hears(Heard::At(Reading {
            accuracy: bad,
            speed: Some(-1.0),
            heading: bad,
            ..reading
        }));
        let last = publisher.known().borrow().last.clone().unwrap();
        assert_eq!((last.place.accuracy_m, last.speed, last.heading), (None, None, None));
        let (accuracy, heading) = (Some(3.2), Some(360.0));
        publisher.hears(Heard::At(Reading { accuracy, speed: Some(7.5), heading, ..reading }));
        let last = publisher.known().borrow().last.clone().unwrap();
        assert_eq!(
            (last.place.accuracy_m, last.speed, last.heading),
            (Some(4), Some(7.5), Some(0.0))
        );
        assert_eq!(last.at, 5_000, "by the device's clock");
    }

    #[test]
    fn while_it_is_switched_off_nothing_is_heard_and_nothing_is_remembered() {
        let publisher = publisher();
        publisher.hears(at(1.0, 2.0));
        publisher.allow(false);
        publisher.hears(at(3.0, 4.0));
        publisher.becomes(State::Unreachable);
        assert_eq!(*publisher.known().borrow(), Known::not_allowed());
        publisher.allow(true);
        assert_eq!(*publisher.known().borrow(), Known::default());
        publisher.hears(at(3.0, 4.0));
        publisher.allow(true);
        assert_eq!(
            publisher.known().borrow().state,
            State::Knows,
            "to allow it twice changes nothing"
        );
    }

    #[test]
    fn the_last_position_survives_everything_but_a_refusal() {
        let publisher = publisher();
        publisher.hears(at(1.0, 2.0));
        publisher.hears(Heard::NoFix);
        publisher.becomes(State::Unreachable);
        publisher.reaches();
        let known = publisher.known().borrow().clone();
        assert_eq!((known.state, known.last.is_some()), (State::NoFix, true));
        publisher.becomes(State::NotAllowed);
        assert_eq!(*publisher.known().borrow(), Known::not_allowed());
    }
}
