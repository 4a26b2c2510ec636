//! Many devices say what their people are at, and consoles see it: how late, and at what cost.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use tokio::time::Instant;
use waypost_engine::Wish;
use waypost_protocol::{Activity, PersonId, Role};

use crate::cost::Cost;
use crate::devices::{Devices, Durable};
use crate::figure::{Figure, Figures, Times, What};
use crate::settings::Settings;
use crate::station::{Database, Station};

/// Dispatchers who watch all of them.
const CONSOLES: usize = 20;
/// How many connect at a time, so that handshakes are no crowd of their own.
const AT_ONCE: usize = 500;
/// Each driver is at something else once within this time.
const ALL_WITHIN: Duration = Duration::from_secs(10);
/// Longest wait for the last console to see the last of it.
const SEEN_WITHIN: Duration = Duration::from_secs(30);

/// Connects so many drivers, and dispatchers who see who is here; then each driver takes the wheel, one
/// after the other.
///
/// # Errors
/// If a device does not connect, or a console does not see all of it.
pub async fn measure(folder: &Path, settings: Settings) -> anyhow::Result<Vec<Figure>> {
    let mut figures = Figures::of(Database::Sqlite.words());
    let mut station = Station::new(folder, Database::Sqlite).await?;
    let seed = station.seed().await?;
    let watching = seed.hire("console", Role::Dispatcher, CONSOLES).await?;
    let consoles = seed.enrol(&watching, Role::Dispatcher).await?;
    let people = seed.hire("driver", Role::Driver, settings.idle).await?;
    let drivers = seed.enrol(&people, Role::Driver).await?;
    let end = seed.close().await?;
    station.start().await?;

    let mut devices = Devices::new(&folder.join("devices.log"))?;
    for some in consoles.chunks(AT_ONCE).chain(drivers.chunks(AT_ONCE)) {
        for who in some {
            devices.add(station.account(who)?, who.person, end);
        }
        devices.all_level().await?;
    }
    let cost = Cost::begin(&station.pids());
    let mut took = Times::default();
    let began = Instant::now();
    let mut took_wheel: HashMap<PersonId, Instant> = HashMap::new();
    let (mut next, all) = (0, people.len() * CONSOLES);
    while took.count() < all {
        let late = began.elapsed() > ALL_WITHIN + SEEN_WITHIN;
        anyhow::ensure!(!late, "{} of {all} were seen", took.count());
        let due = began.elapsed().div_duration_f64(ALL_WITHIN) * people.len() as f64;
        while next < people.len().min(due as usize + 1) {
            took_wheel.insert(people[next], Instant::now());
            devices.wish(CONSOLES + next, Wish::Do(Activity::Driving));
            next += 1;
        }
        devices.round(|durable| seen(&durable, &took_wheel, &mut took)).await?;
    }
    let cores = cost.cores();
    figures.add(What::PresenceDevices, people.len() as f64);
    figures.add(What::PresenceP50Ms, took.at(50));
    figures.add(What::PresenceP99Ms, took.at(99));
    figures.add(What::PresenceCores, cores.server);
    drop(devices);
    station.close().await?;
    Ok(figures.into_vec())
}

fn seen(durable: &Durable<'_>, took_wheel: &HashMap<PersonId, Instant>, took: &mut Times) {
    let Durable::Noticed(presence) = durable else { return };
    for of in presence.people.iter().filter(|of| of.activity == Activity::Driving) {
        if let Some(at) = took_wheel.get(&of.person) {
            took.add(at.elapsed().as_secs_f64() * 1000.0);
        }
    }
}
