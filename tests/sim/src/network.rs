//! What is under way between devices and the server. It keeps no promise: whatever is here may
//! be lost, doubled, late or in another order. It refuses to look into frames.

use std::collections::BTreeSet;

use waypost_engine::LinkPath;

use crate::dice::Dice;

/// The usual longest time under way, in milliseconds.
const UNDER_WAY_MS: u64 = 400;

/// Now and then something takes up to so long, in milliseconds.
const LATE_MS: u64 = 45_000;

/// On a slow line everything takes up to so long, in milliseconds.
const SLOW_MS: u64 = 25_000;

/// One thing under way.
#[derive(Clone)]
pub(crate) struct Parcel {
    pub(crate) due: u64,
    /// The number of the device that it comes from or goes to.
    pub(crate) device: usize,
    pub(crate) path: LinkPath,
    /// The connection to which it belongs.
    pub(crate) connection: u64,
    pub(crate) cargo: Cargo,
}

/// What a parcel brings.
#[derive(Clone)]
pub(crate) enum Cargo {
    /// A try to connect.
    Connect,
    /// The news that the connection is lost.
    Lost,
    /// The news for the server that the connection ended.
    Gone,
    /// A frame for the server.
    Up(Vec<u8>),
    /// A frame for the device.
    Down(Vec<u8>),
}

/// All that is under way.
#[derive(Default)]
pub(crate) struct Network {
    parcels: Vec<Parcel>,
    last_connection: u64,
    /// Devices on a slow line.
    slow: BTreeSet<usize>,
}

impl Network {
    pub(crate) fn new_connection(&mut self) -> u64 {
        self.last_connection += 1;
        self.last_connection
    }

    /// A device comes to a slow line, or leaves it; whether it is on one now.
    pub(crate) fn slow_or_not(&mut self, device: usize) -> bool {
        let slow = self.slow.insert(device);
        if !slow {
            self.slow.remove(&device);
        }
        slow
    }

    /// All lines are good again.
    pub(crate) fn heal(&mut self) {
        self.slow.clear();
    }

    /// Puts something on its way at this tick.
    pub(crate) fn send(&mut self, mut parcel: Parcel, tick: u64, dice: &mut Dice) {
        let longest = match (self.slow.contains(&parcel.device), dice.chance(3)) {
            (_, true) => LATE_MS,
            (true, false) => SLOW_MS,
            (false, false) => UNDER_WAY_MS,
        };
        parcel.due = tick + 1 + dice.below(longest);
        self.parcels.push(parcel);
    }

    pub(crate) fn next_due(&self) -> Option<u64> {
        self.parcels.iter().map(|parcel| parcel.due).min()
    }

    /// Takes out what is due first.
    pub(crate) fn take_first(&mut self) -> Option<Parcel> {
        let first = self.parcels.iter().enumerate().min_by_key(|(at, parcel)| (parcel.due, *at));
        first.map(|(at, _)| at).map(|at| self.parcels.remove(at))
    }

    /// Takes out any one, whatever came before it.
    pub(crate) fn take_any(&mut self, dice: &mut Dice) -> Option<Parcel> {
        (!self.parcels.is_empty()).then(|| self.parcels.remove(dice.index(self.parcels.len())))
    }

    /// Some frame that is under way; the news of a lost connection always arrives.
    pub(crate) fn any_frame(&mut self, dice: &mut Dice) -> Option<&mut Parcel> {
        let frames: Vec<_> = (0..self.parcels.len())
            .filter(|at| matches!(self.parcels[*at].cargo, Cargo::Up(_) | Cargo::Down(_)))
            .collect();
        dice.pick(&frames).map(|at| &mut self.parcels[at])
    }

    /// Loses some frame; which device's it was.
    pub(crate) fn lose_one(&mut self, dice: &mut Dice) -> Option<usize> {
        let frames: Vec<_> = (0..self.parcels.len())
            .filter(|at| matches!(self.parcels[*at].cargo, Cargo::Up(_) | Cargo::Down(_)))
            .collect();
        dice.pick(&frames).map(|at| self.parcels.remove(at).device)
    }
}
