//! The engine and the domain over a simulated network, store and clock.
//!
//! One seed is one run: a few people with their devices, one or more servers on one record, a few
//! hundred steps in which anything may fail, then everything is healed and must become quiet.
//! `reference` says what must be true at every step, `quiet` what must be true at the end. Engine
//! and domain are the real ones, with what is pushed to whom; what lies between them is simulated.
//! There is no wall clock, no thread and no chance but the seed.

mod broadcasts;
mod cases;
mod cast;
mod choices;
mod consignees;
mod device;
mod dice;
mod driving;
mod escalations;
mod evidence;
mod expiry;
mod hostile;
mod line;
mod lookups;
mod loss;
mod network;
mod newer;
mod places;
mod quiet;
mod readers;
mod reference;
mod reports;
mod roster;
mod server;
mod serving;
mod shorten;
mod steps;
mod store;
mod story;
mod summary;
mod taps;
mod telling;
mod templates;
mod trips;
mod weather;
mod witness;
mod world;

use std::any::Any;
use std::collections::BTreeSet;
use std::fmt;
use std::panic::{self, AssertUnwindSafe};

pub use story::Broken;
pub use summary::Summary;
pub use witness::{Asked, Witness};

use waypost_engine::{Input, Wish};

use crate::story::Story;
use crate::world::World;

/// How many steps a run takes before it is healed.
const STEPS: u64 = 500;

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
    /// How many steps were taken before everything was healed.
    pub steps: u64,
    /// What happened, in words: the last lines, and of a shortened story the first ones too.
    pub lines: Vec<String>,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.lines {
            writeln!(f, "  {line}")?;
        }
        let Self { seed, broken: Broken { rule, what }, steps, .. } = self;
        write!(f, "seed {seed}, {steps} of {STEPS} steps: it does not hold that {rule}: {what}")
    }
}

impl std::error::Error for Fault {}

/// Runs one seed to its quiet end.
pub fn run(seed: u64) -> Result<Summary, Fault> {
    play_without(seed, &BTreeSet::new(), 0)
}

/// As [`run`], and a witness hears what the server's store is asked. With a witness a seed is
/// another run than without.
pub fn run_before(witness: Witness, seed: u64) -> Result<Summary, Fault> {
    let world = World::new(seed, Story::keeping(0), Some(witness));
    outcome(seed, world, &BTreeSet::new())
}

/// Runs a seed with some steps left out, and keeps so many of its first lines.
fn play_without(seed: u64, left_out: &BTreeSet<u64>, first_max: usize) -> Result<Summary, Fault> {
    outcome(seed, World::new(seed, Story::keeping(first_max), None), left_out)
}

fn outcome(seed: u64, mut world: World, left_out: &BTreeSet<u64>) -> Result<Summary, Fault> {
    let played = panic::catch_unwind(AssertUnwindSafe(|| play(&mut world, left_out)));
    match played.unwrap_or_else(|panic| story::broken("nothing panics", words_of(&*panic))) {
        Ok(()) => Ok(world.sum_up()),
        Err(broken) => {
            let steps = STEPS - left_out.len() as u64;
            Err(Fault { seed, broken, steps, lines: world.story.lines() })
        }
    }
}

fn words_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("something does").to_owned()
}

fn play(world: &mut World, left_out: &BTreeSet<u64>) -> Result<(), Broken> {
    world.cast()?;
    for step in (1..=STEPS).filter(|step| !left_out.contains(step)) {
        world.begins_step(step);
        world.step()?;
    }
    world.begins_step(STEPS + 1);
    world.heal()?;
    for number in 0..world.devices.len() {
        world.input(number, Input::Tapped(Wish::Online(true)))?;
    }
    become_quiet(world)?;
    stay_quiet(world)
}

fn become_quiet(world: &mut World) -> Result<(), Broken> {
    for step in 0..QUIET_AFTER_MAX {
        if world.is_quiet().is_ok() {
            return quiet::audit_holds(&world.servers.store);
        }
        world.story.begins_step(STEPS + 1 + step);
        if !world.next_due()? {
            break;
        }
    }
    world.is_quiet()
}

/// In a quiet world nothing is written any more.
fn stay_quiet(world: &mut World) -> Result<(), Broken> {
    let (end, until) = (world.servers.store.end(), world.tick + QUIET_FOR_MS);
    while world.tick < until && world.next_due()? {}
    world.is_quiet()?;
    if world.servers.store.end() != end {
        let what = format!("the record grew from {end} to {}", world.servers.store.end());
        return story::broken("a quiet world stays quiet", what);
    }
    Ok(())
}
