//! Follows a source in the background: opens it again when it goes, and closes it when nobody may ask.

use std::io;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::watch;
use tokio::task::JoinHandle;
use waypost_protocol::{ContentError, GeoStamp, Millis, Place};

use crate::publisher::{Heard, Publisher, Reading};
use crate::{Known, PositionSource, State, gpsd, receiver, track};

/// One source of positions, followed in the background until this is dropped.
pub struct Positions {
    source: PositionSource,
    publisher: Arc<Publisher>,
    task: JoinHandle<()>,
}

/// Why a place could not be set by hand.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SetError {
    /// Positions come from a receiver.
    #[error("positions come from {0}, so none is set by hand")]
    NotManual(String),
    /// The person has switched positions off.
    #[error("positions are switched off")]
    NotAllowed,
    /// It is no place on the earth.
    #[error(transparent)]
    Place(#[from] ContentError),
}

/// How long what is waited for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    /// After so long without a word on positions a receiver does not know where it is; the same again without any
    /// word, and gpsd is gone.
    pub(crate) silence: Duration,
    /// Before the first try to open a source again; it doubles from try to try.
    pub(crate) first_pause: Duration,
    /// The longest pause.
    pub(crate) last_pause: Duration,
}

/// The slowest receivers tell a position every ten seconds. A receiver that is plugged in again is found within half a
/// minute.
const PACE: Pace = Pace {
    silence: Duration::from_secs(15),
    first_pause: Duration::from_millis(500),
    last_pause: Duration::from_secs(30),
};

impl Positions {
    /// Follows that source, by the clock of this machine.
    ///
    /// # Panics
    /// Outside a runtime of tokio with time and I/O.
    pub fn start(source: PositionSource) -> Self {
        Self::start_by(source, || {
            let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            Millis::try_from(since.as_millis()).unwrap_or(Millis::MAX)
        })
    }

    /// The same by another clock: whoever records with a clock of its own has the positions told by that.
    ///
    /// # Panics
    /// Outside a runtime of tokio with time and I/O.
    pub fn start_by(
        source: PositionSource,
        clock: impl Fn() -> Millis + Send + Sync + 'static,
    ) -> Self {
        Self::start_at(source, clock, PACE)
    }

    fn start_at(
        source: PositionSource,
        clock: impl Fn() -> Millis + Send + Sync + 'static,
        pace: Pace,
    ) -> Self {
        let first = match source {
            PositionSource::Off => Known::not_allowed(),
            _ => Known::default(),
        };
        let publisher = Arc::new(Publisher::new(first, clock));
        // Whoever asks at once gets it.
        if let PositionSource::Manual(Some(place)) = &source {
            publisher.hears(by_hand(place));
        }
        let (followed, told) = (source.clone(), Arc::clone(&publisher));
        let task = tokio::spawn(async move {
            while_allowed(told.switch(), || keep(|| run(&followed, &told, &pace), &told, &pace))
                .await;
        });
        Self { source, publisher, task }
    }

    /// What is followed.
    pub fn source(&self) -> &PositionSource {
        &self.source
    }

    /// What is known now.
    pub fn latest(&self) -> Known {
        self.publisher.known().borrow().clone()
    }

    /// What is known, and every change of it. Who looks seldom misses what was between.
    pub fn watch(&self) -> watch::Receiver<Known> {
        self.publisher.known()
    }

    /// What goes on record now: see [`Known::stamp`].
    pub fn stamp(&self) -> GeoStamp {
        self.latest().stamp(self.publisher.now())
    }

    /// The person's own switch. While it is off, the device is closed, nothing is known and stamps say `denied`, from
    /// the return of this on. Switched on again, the source begins anew, and so does a track.
    pub fn allow(&self, is_allowed: bool) {
        if self.source != PositionSource::Off {
            self.publisher.allow(is_allowed);
        }
    }

    /// Someone says where the device is.
    ///
    /// # Errors
    /// If the source is another one than [`PositionSource::Manual`], positions are switched off, or the place is not on
    /// the earth.
    pub fn set(&self, place: &Place) -> Result<(), SetError> {
        if !matches!(self.source, PositionSource::Manual(_)) {
            return Err(SetError::NotManual(self.source.to_string()));
        }
        place.check()?;
        if self.latest().state == State::NotAllowed {
            return Err(SetError::NotAllowed);
        }
        self.publisher.hears(by_hand(place));
        Ok(())
    }
}

impl Drop for Positions {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn by_hand(place: &Place) -> Heard {
    Heard::At(Reading {
        latitude: place.latitude.degrees(),
        longitude: place.longitude.degrees(),
        accuracy: place.accuracy_m.map(f64::from),
        ..Reading::default()
    })
}

/// Once through the source: to its end, if it has one.
async fn run(source: &PositionSource, publisher: &Publisher, pace: &Pace) -> io::Result<()> {
    match source {
        PositionSource::Off | PositionSource::Manual(None) => Ok(()),
        PositionSource::Manual(Some(place)) => {
            publisher.hears(by_hand(place));
            Ok(())
        }
        PositionSource::Gpsd { host, port } => gpsd::follow(host, *port, publisher, pace).await,
        PositionSource::Nmea { path, baud } => receiver::follow(path, *baud, publisher, pace).await,
        PositionSource::Gpx { path, speed } => track::follow(path, *speed, publisher).await,
    }
}

/// Has a source followed whenever the switch is on. To drop what follows it closes the device.
async fn while_allowed<F: Future<Output = ()>>(
    mut switch: watch::Receiver<bool>,
    follow: impl Fn() -> F,
) {
    loop {
        // One that was switched off and on at once has changed as well.
        let is_allowed = *switch.borrow_and_update();
        let followed = async {
            if is_allowed {
                follow().await;
            }
            std::future::pending::<()>().await;
        };
        tokio::select! {
            changed = switch.changed() => if changed.is_err() { return },
            () = followed => {}
        }
    }
}

/// Opens a source again and again, with growing pauses, until it ends by itself.
async fn keep<F: Future<Output = io::Result<()>>>(
    open: impl Fn() -> F,
    publisher: &Publisher,
    pace: &Pace,
) {
    let mut failures = 0;
    while let Err(error) = open().await {
        // Whether it was reached this time: then this is the first failure again.
        let was_reached = matches!(publisher.known().borrow().state, State::Knows | State::NoFix);
        failures = if was_reached { 1 } else { failures + 1 };
        let state = match error.kind() {
            io::ErrorKind::PermissionDenied => State::NotAllowed,
            _ => State::Unreachable,
        };
        publisher.becomes(state);
        let pause = pause(failures, pace);
        tracing::debug!(%error, ?pause, "the source of positions is opened again later");
        tokio::time::sleep(pause).await;
    }
}

fn pause(failures: u32, pace: &Pace) -> Duration {
    let doublings = failures.saturating_sub(1).min(16);
    pace.first_pause.saturating_mul(1 << doublings).min(pace.last_pause)
}

#[cfg(test)]
#[path = "positions_tests.rs"]
mod tests;
