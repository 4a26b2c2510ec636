//! When a connection has been silent, or has left what waits for it, for too long. It only says so.

use std::pin::Pin;
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

use crate::Closing;

/// A packet that is on its way over a slow network counts as a sign of life for each of these.
const PROGRESS_BYTES: usize = 1024;

/// A timer that has nothing to wait for looks again after this.
const LOOK_AGAIN: Duration = Duration::from_secs(60);

pub(crate) struct Deadlines {
    silence_max: Duration,
    write_timeout: Duration,
    /// When something was last heard, or reading began again. `None` while nothing is read: the
    /// keep-alive rests.
    heard_at: Option<Instant>,
    /// Bytes of an unfinished packet since then.
    progress: usize,
    /// When the client last took a byte, if something waits for it.
    stuck_since: Option<Instant>,
    timer: Pin<Box<Sleep>>,
}

impl Deadlines {
    pub(crate) fn new(keep_alive: Duration, write_timeout: Duration) -> Self {
        let silence_max = keep_alive + keep_alive / 2;
        let now = Instant::now();
        Self {
            silence_max,
            write_timeout,
            heard_at: Some(now),
            progress: 0,
            stuck_since: None,
            timer: Box::pin(sleep_until(now + silence_max)),
        }
    }

    /// A whole packet came.
    pub(crate) fn heard(&mut self) {
        self.heard_at = Some(Instant::now());
        self.progress = 0;
    }

    /// Bytes came, perhaps of a packet that is not whole.
    pub(crate) fn heard_part(&mut self, bytes: usize) {
        self.progress += bytes;
        if self.progress >= PROGRESS_BYTES {
            self.heard();
        }
    }

    /// The client took some of what waits for it.
    pub(crate) fn took(&mut self) {
        self.stuck_since = None;
    }

    /// Says what is going on from here: whether the client is read, and whether something waits
    /// for it.
    pub(crate) fn set(&mut self, reads: bool, pending: bool) {
        match (reads, self.heard_at) {
            (true, None) => self.heard(),
            (false, Some(_)) => self.heard_at = None,
            _ => {}
        }
        match (pending, self.stuck_since) {
            (true, None) => self.stuck_since = Some(Instant::now()),
            (false, Some(_)) => self.stuck_since = None,
            _ => {}
        }
        // It may fire too early, which is cheaper than setting it for each packet.
        if let Some((deadline, _)) = self.next()
            && deadline < self.timer.deadline()
        {
            self.timer.as_mut().reset(deadline);
        }
    }

    /// Waits until the timer fires, and says which deadline has passed, if one has.
    pub(crate) async fn passed(&mut self) -> Option<Closing> {
        self.timer.as_mut().await;
        let now = Instant::now();
        match self.next() {
            Some((deadline, reason)) if deadline <= now => Some(reason),
            next => {
                let again = next.map_or(now + LOOK_AGAIN, |(deadline, _)| deadline);
                self.timer.as_mut().reset(again);
                None
            }
        }
    }

    fn next(&self) -> Option<(Instant, Closing)> {
        let silent = self.heard_at.map(|at| (at + self.silence_max, Closing::Silent));
        let stuck = self.stuck_since.map(|at| (at + self.write_timeout, Closing::WriteTimeout));
        silent.into_iter().chain(stuck).min_by_key(|(deadline, _)| *deadline)
    }
}
