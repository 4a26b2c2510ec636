//! What a run is like: each has its own weather, so that some troubles come often in some runs
//! and others not at all. A fault often needs many of one kind and none of another.

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
}

/// How often each thing happens in ordinary weather.
const USUAL: [(Happening, u64); 14] = [
    (Happening::Tap, 250),
    (Happening::Due, 390),
    (Happening::AnyParcel, 120),
    (Happening::Frame, 100),
    (Happening::Link, 40),
    (Happening::Power, 25),
    (Happening::Server, 15),
    (Happening::Clock, 10),
    (Happening::Disk, 15),
    (Happening::Group, 15),
    (Happening::Backup, 5),
    (Happening::Restore, 3),
    (Happening::Heartbeat, 8),
    (Happening::Time, 7),
];

pub(crate) struct Weather {
    weights: Vec<(Happening, u64)>,
}

impl Weather {
    pub(crate) fn new(dice: &mut Dice) -> Self {
        let weights = USUAL.map(|(what, weight)| {
            let strength = match what {
                Happening::Tap | Happening::Due => 1 + dice.below(2),
                _ => [0, 1, 1, 4][dice.index(4)],
            };
            (what, weight * strength)
        });
        Self { weights: weights.into() }
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
