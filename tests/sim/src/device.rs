//! A device: the real engine, a store in memory, a clock that may be wrong, and its links.

use std::collections::BTreeMap;

use waypost_engine::reference::ReferenceStore;
use waypost_engine::{Engine, LinkPath, Now};
use waypost_protocol::{EnrolmentId, Millis, PersonId, Role};

/// One enrolment of a person on a device.
pub(crate) struct Device {
    pub(crate) name: String,
    pub(crate) person: PersonId,
    pub(crate) role: Role,
    pub(crate) enrolment: EnrolmentId,
    pub(crate) engine: Engine,
    pub(crate) store: ReferenceStore,
    pub(crate) links: BTreeMap<LinkPath, Link>,
    pub(crate) reach: Reach,
    /// How wrong the clock is, in milliseconds.
    pub(crate) clock_off_by: Millis,
    /// How much too fast it goes, in parts per million.
    pub(crate) clock_drift_ppm: Millis,
    /// How many facts may wait in its outbox.
    room: usize,
    /// It does what it likes: there is no engine on it.
    pub(crate) hostile: bool,
    pub(crate) timer: Option<u64>,
    pub(crate) disk_full: bool,
    /// The power fails after so many more effects.
    pub(crate) power_for: Option<u64>,
    /// It is off until this tick.
    pub(crate) off_until: Option<u64>,
}

/// A connection, or a try.
#[derive(Clone, Copy)]
pub(crate) struct Link {
    pub(crate) connection: u64,
    pub(crate) up: bool,
}

/// What the network lets through.
#[derive(Clone, Copy)]
pub(crate) struct Reach {
    pub(crate) mqtt: bool,
    pub(crate) https: bool,
    pub(crate) to_server: bool,
    pub(crate) to_device: bool,
}

impl Reach {
    pub(crate) const ALL: Self = Self { mqtt: true, https: true, to_server: true, to_device: true };

    pub(crate) fn has(self, path: LinkPath) -> bool {
        match path {
            LinkPath::Mqtt => self.mqtt,
            LinkPath::Https => self.https,
        }
    }
}

impl Device {
    pub(crate) fn new(
        name: String,
        person: PersonId,
        role: Role,
        enrolment: EnrolmentId,
        room: usize,
        random: u128,
    ) -> Self {
        let store = ReferenceStore::default();
        Self {
            name,
            person,
            role,
            enrolment,
            engine: Engine::load(store.saved(), person, random).with_room_for(room),
            store,
            links: BTreeMap::new(),
            reach: Reach::ALL,
            clock_off_by: 0,
            clock_drift_ppm: 0,
            room,
            hostile: false,
            timer: None,
            disk_full: false,
            power_for: None,
            off_until: None,
        }
    }

    /// The moment as this device sees it; `at` is the true time.
    pub(crate) fn now(&self, at: Millis, tick: u64) -> Now {
        let drifted = tick as Millis * self.clock_drift_ppm / 1_000_000;
        Now { at: at + self.clock_off_by + drifted, tick, offset_minutes: 60 }
    }

    /// A new engine from the store; all that was only in memory is gone. Gives back the links
    /// that are thereby left.
    pub(crate) fn load(&mut self, random: u128) -> BTreeMap<LinkPath, Link> {
        self.engine =
            Engine::load(self.store.saved(), self.person, random).with_room_for(self.room);
        self.timer = None;
        std::mem::take(&mut self.links)
    }

    /// When something happens on it by itself.
    pub(crate) fn next_due(&self) -> Option<u64> {
        if self.hostile { None } else { self.off_until.or(self.timer) }
    }

    /// Whether the power fails before the next effect.
    pub(crate) fn power_fails(&mut self) -> bool {
        match &mut self.power_for {
            Some(0) => {
                self.power_for = None;
                true
            }
            Some(left) => {
                *left -= 1;
                false
            }
            None => false,
        }
    }

    /// Whether this connection is the one in use on its path.
    pub(crate) fn holds(&self, path: LinkPath, connection: u64) -> bool {
        self.links.get(&path).is_some_and(|link| link.connection == connection)
    }
}
