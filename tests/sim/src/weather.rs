//! What a run is like: each has its own weather, so that some troubles come often in some runs
//! and others not at all. A fault often needs many of one kind and none of another.

use waypost_protocol::OUTBOX_ENTRIES_MAX;

use crate::dice::Dice;

/// What may happen in a step.
#[derive(Clone, Copy)]
pub(crate) enum Happening {
    Tap,
    Due,
    AnyParcel,
    Frame,
    Link,
    Power,
    Server,
    Clock,
    Disk,
    Group,
    Backup,
    Restore,
    Heartbeat,
    Time,
    Loss,
    Hostile,
    Newer,
    Expiry,
    Escalation,
}

/// How often each thing happens in ordinary weather.
const USUAL: [(Happening, u64); 19] = [
    (Happening::Tap, 400),
    (Happening::Due, 390),
    (Happening::AnyParcel, 120),
    (Happening::Frame, 100),
    (Happening::Link, 40),
    (Happening::Power, 25),
    (Happening::Server, 20),
    (Happening::Clock, 10),
    (Happening::Disk, 15),
    (Happening::Group, 15),
    (Happening::Backup, 5),
    (Happening::Restore, 3),
    (Happening::Heartbeat, 8),
    (Happening::Time, 7),
    (Happening::Loss, 4),
    (Happening::Hostile, 30),
    (Happening::Newer, 5),
    (Happening::Expiry, 8),
    (Happening::Escalation, 25),
];

/// How many facts wait in an outbox, in runs in which outboxes get full.
const ROOM_LITTLE: u64 = 12;

pub(crate) struct Weather {
    weights: Vec<(Happening, u64)>,
    room: usize,
    hostile: bool,
}

impl Weather {
    /// The weather of a run. A witness hears only what the real store could be asked.
    pub(crate) fn new(dice: &mut Dice, with_witness: bool) -> Self {
        let hostile = dice.chance(30);
        let weights = USUAL.map(|(what, weight)| {
            let strength = match what {
                Happening::Tap | Happening::Due => 1 + dice.below(2),
                Happening::Hostile => u64::from(hostile),
                Happening::Newer if with_witness => 0,
                _ => [0, 1, 1, 4][dice.index(4)],
            };
            (what, weight * strength)
        });
        let little = dice.chance(20);
        let room = if little { 1 + dice.below(ROOM_LITTLE) as usize } else { OUTBOX_ENTRIES_MAX };
        Self { weights: weights.into(), room, hostile }
    }

    /// How many facts may wait in the outbox of a device.
    pub(crate) fn room(&self) -> usize {
        self.room
    }

    /// Whether somebody has a device that keeps no rule.
    pub(crate) fn has_a_hostile_device(&self) -> bool {
        self.hostile
    }

    pub(crate) fn next(&self, dice: &mut Dice) -> Happening {
        let all = self.weights.iter().map(|(_, weight)| weight).sum();
        let mut rolled = dice.below(all);
        for (what, weight) in &self.weights {
            if rolled < *weight {
                return *what;
            }
            rolled -= weight;
        }
        Happening::Due
    }
}
