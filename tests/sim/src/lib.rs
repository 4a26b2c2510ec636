//! The engine and the domain over a simulated network, store and clock.
//!
//! One seed is one run: a few people with their devices, a few hundred steps in which anything may
//! fail, then everything is healed and must become quiet. `reference` says what must be true at
//! every step, `quiet` what must be true at the end. Engine and domain are the real ones; what
//! lies between them is simulated. There is no wall clock, no thread and no chance but the seed.

mod cast;
mod device;
mod dice;
mod line;
mod lookups;
mod loss;
mod network;
mod quiet;
mod reference;
mod server;
mod serving;
mod steps;
mod store;
mod story;
mod summary;
mod taps;
mod weather;
mod witness;
mod world;

use std::fmt;

pub use story::Broken;
pub use summary::Summary;
pub use witness::{Asked, Witness};

use waypost_engine::{Input, Wish};

use crate::world::World;

/// How many steps a run takes before it is healed.
const STEPS: u64 = 400;

/// How many things may happen after the healing until everything is quiet.
const QUIET_AFTER_MAX: u64 = 20_000;

/// For how long, in milliseconds, a quiet world is watched.
const QUIET_FOR_MS: u64 = 120_000;

/// A run in which a rule did not hold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// The seed that replays it.
    pub seed: u64,
    /// What did not hold.
    pub broken: Broken,
    /// The last lines of what happened.
    pub lines: Vec<String>,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.lines {
            writeln!(f, "  {line}")?;
        }
        let Self { seed, broken: Broken { rule, what }, .. } = self;
        write!(f, "seed {seed}: it does not hold that {rule}: {what}")
    }
}

impl std::error::Error for Fault {}

/// Runs one seed to its quiet end.
pub fn run(seed: u64) -> Result<Summary, Fault> {
    run_before(None, seed)
}

/// As [`run`], and a witness hears what the server's store is asked. With a witness a seed is
/// another run than without.
pub fn run_before(witness: Option<Witness>, seed: u64) -> Result<Summary, Fault> {
    let mut world = World::new(seed, witness);
    match play(&mut world) {
        Ok(()) => Ok(world.sum_up()),
        Err(broken) => Err(Fault { seed, broken, lines: world.story.last_lines() }),
    }
}

fn play(world: &mut World) -> Result<(), Broken> {
    world.cast()?;
    for _ in 0..STEPS {
        world.step()?;
    }
    world.heal()?;
    for number in 0..world.devices.len() {
        world.input(number, Input::Tapped(Wish::Online(true)))?;
    }
    become_quiet(world)?;
    stay_quiet(world)
}

fn become_quiet(world: &mut World) -> Result<(), Broken> {
    for _ in 0..QUIET_AFTER_MAX {
        if world.is_quiet().is_ok() {
            return quiet::audit_holds(&world.server.store);
        }
        world.story.next_step();
        if !world.next_due()? {
            break;
        }
    }
    world.is_quiet()
}

/// In a quiet world nothing is written any more.
fn stay_quiet(world: &mut World) -> Result<(), Broken> {
    let (end, until) = (world.server.store.end(), world.tick + QUIET_FOR_MS);
    while world.tick < until && world.next_due()? {
        world.story.next_step();
    }
    world.is_quiet()?;
    if world.server.store.end() != end {
        let what = format!("the record grew from {end} to {}", world.server.store.end());
        return story::broken("a quiet world stays quiet", what);
    }
    Ok(())
}
