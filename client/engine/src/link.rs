//! The link scheduler: which way to try, when to try again, and what is up.
//!
//! MQTT comes first. After [`MQTT_FAILURES_MAX`] failed tries HTTPS is tried, and while HTTPS is
//! in use MQTT is probed now and then. It decides nothing about frames.

use waypost_protocol::Millis;

use crate::backoff::Dice;
use crate::{
    Effect, LINK_GOOD_AFTER_MS, LinkPath, MQTT_FAILURES_MAX, MQTT_PROBE_MS, Now, STORE_RETRY_MS,
};

/// How the device is connected, for the screen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LinkState {
    /// A person switched it off.
    Off,
    /// The next try is at this time by the device's clock.
    Waiting {
        /// When.
        retry_at: Millis,
    },
    /// Trying.
    Connecting,
    /// Frames go.
    Up {
        /// Which way.
        path: LinkPath,
        /// Older events are still being fetched.
        catching_up: bool,
    },
    /// The server no longer knows this enrolment.
    Revoked,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Off,
    Waiting { until: u64 },
    Connecting(LinkPath),
    Up { path: LinkPath, since: u64 },
    Revoked,
}

pub(crate) struct Link {
    state: State,
    failures: u32,
    mqtt_failures: u32,
    /// While HTTPS is up: when MQTT is tried beside it. `None` while such a try runs.
    probe_at: Option<u64>,
}

impl Link {
    /// Not yet tried; the first timer starts it.
    pub(crate) fn new() -> Self {
        Self { state: State::Waiting { until: 0 }, failures: 0, mqtt_failures: 0, probe_at: None }
    }

    pub(crate) fn path(&self) -> Option<LinkPath> {
        match self.state {
            State::Up { path, .. } => Some(path),
            State::Off | State::Waiting { .. } | State::Connecting(_) | State::Revoked => None,
        }
    }

    pub(crate) fn show(&self, now: Now, catching_up: bool) -> LinkState {
        match self.state {
            State::Off => LinkState::Off,
            State::Waiting { until } => {
                let wait = i64::try_from(until.saturating_sub(now.tick)).unwrap_or(0);
                LinkState::Waiting { retry_at: now.at.saturating_add(wait) }
            }
            State::Connecting(_) => LinkState::Connecting,
            State::Up { path, .. } => LinkState::Up { path, catching_up },
            State::Revoked => LinkState::Revoked,
        }
    }

    /// Starts the try or the probe that is due.
    pub(crate) fn timer(&mut self, tick: u64) -> Option<Effect> {
        match self.state {
            State::Waiting { until } if until <= tick => {
                let mqtt = self.mqtt_failures < MQTT_FAILURES_MAX;
                let path = if mqtt { LinkPath::Mqtt } else { LinkPath::Https };
                self.state = State::Connecting(path);
                Some(Effect::Connect(path))
            }
            State::Up { path: LinkPath::Https, .. }
                if self.probe_at.is_some_and(|at| at <= tick) =>
            {
                self.probe_at = None;
                Some(Effect::Connect(LinkPath::Mqtt))
            }
            _ => None,
        }
    }

    pub(crate) fn next_tick(&self) -> Option<u64> {
        match self.state {
            State::Waiting { until } => Some(until),
            State::Up { path: LinkPath::Https, .. } => self.probe_at,
            State::Up { path: LinkPath::Mqtt, .. }
            | State::Off
            | State::Connecting(_)
            | State::Revoked => None,
        }
    }

    /// A link came up. `Err` says what to do where it is not wanted any more.
    pub(crate) fn up(&mut self, path: LinkPath, tick: u64) -> Result<Option<Effect>, Effect> {
        let replaced = match (self.state, path) {
            (State::Connecting(tried), _) if tried == path => None,
            (State::Up { path: LinkPath::Https, .. }, LinkPath::Mqtt) => {
                Some(Effect::Disconnect(LinkPath::Https))
            }
            _ => return Err(Effect::Disconnect(path)),
        };
        if path == LinkPath::Mqtt {
            self.mqtt_failures = 0;
        }
        self.probe_at = (path == LinkPath::Https).then_some(tick + MQTT_PROBE_MS);
        self.state = State::Up { path, since: tick };
        Ok(replaced)
    }

    /// A try failed or a link was lost.
    pub(crate) fn down(&mut self, path: LinkPath, tick: u64, dice: &mut Dice) {
        match self.state {
            State::Connecting(tried) if tried == path => self.failed(path, tick, dice),
            State::Up { path: used, since } if used == path => {
                if tick.saturating_sub(since) >= LINK_GOOD_AFTER_MS {
                    self.failures = 0;
                }
                self.failed(path, tick, dice);
            }
            State::Up { path: LinkPath::Https, .. } => {
                self.probe_at = Some(tick + MQTT_PROBE_MS);
            }
            _ => {}
        }
    }

    fn failed(&mut self, path: LinkPath, tick: u64, dice: &mut Dice) {
        self.failures += 1;
        self.mqtt_failures = match path {
            LinkPath::Mqtt => self.mqtt_failures + 1,
            // MQTT gets one try now; if it fails, HTTPS comes next.
            LinkPath::Https => MQTT_FAILURES_MAX - 1,
        };
        self.state = State::Waiting { until: tick + dice.backoff(self.failures) };
    }

    /// The store failed: no frame can be kept for the moment.
    pub(crate) fn rest(&mut self, tick: u64, dice: &mut Dice) {
        self.state = State::Waiting { until: tick + STORE_RETRY_MS + dice.backoff(1) };
    }

    /// The server does not know this enrolment.
    pub(crate) fn revoke(&mut self) -> Vec<Effect> {
        let effects = self.disconnect();
        self.state = State::Revoked;
        effects
    }

    /// A person switched the link on or off.
    pub(crate) fn switch(&mut self, online: bool) -> Vec<Effect> {
        match (online, self.state) {
            (true, State::Off | State::Revoked | State::Waiting { .. }) => {
                *self = Self::new();
                Vec::new()
            }
            (true, State::Connecting(_) | State::Up { .. }) | (false, State::Off) => Vec::new(),
            (false, _) => {
                let effects = self.disconnect();
                self.state = State::Off;
                effects
            }
        }
    }

    fn disconnect(&self) -> Vec<Effect> {
        match self.state {
            State::Connecting(path) => vec![Effect::Disconnect(path)],
            State::Up { path: LinkPath::Https, .. } => {
                vec![Effect::Disconnect(LinkPath::Https), Effect::Disconnect(LinkPath::Mqtt)]
            }
            State::Up { path: LinkPath::Mqtt, .. } => vec![Effect::Disconnect(LinkPath::Mqtt)],
            State::Off | State::Waiting { .. } | State::Revoked => Vec::new(),
        }
    }
}
