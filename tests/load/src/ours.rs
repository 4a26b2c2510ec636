//! Waypost on one database: throughput on a full record, pace, broadcast, and all at once.

use std::path::Path;

use waypost_protocol::{PersonId, Role};

use crate::cost::Cost;
use crate::crowd::Crowd;
use crate::devices::Devices;
use crate::figure::{Figure, Figures, What};
use crate::looks::Looks;
use crate::pairs::{Pace, Pairs};
use crate::seed::{Enrolled, Seed};
use crate::settings::Settings;
use crate::station::{Database, Station};

/// Two people who talk.
type Pair = (Enrolled, Enrolled);

/// Measures all of it, below `folder`.
///
/// # Errors
/// If something does not start, or something that was accepted does not arrive.
pub async fn measure(
    folder: &Path,
    on: Database,
    settings: Settings,
) -> anyhow::Result<Vec<Figure>> {
    let mut figures = Figures::of(on.words());
    let mut station = Station::new(folder, on).await?;
    let seed = station.seed().await?;
    let people = hire_pairs(&seed, settings.pairs).await?;
    let talkers = enrol_pairs(&seed, &people).await?;
    let seed = seed.talk(talkers, settings.facts_before).await?;
    let pairs = enrol_pairs(&seed, &people).await?;
    let crowd = Crowd::hire(&seed, settings.crowd, &pairs).await?;
    let end = seed.close().await?;

    station.start().await?;
    let mut devices = Devices::new(&folder.join("devices.log"))?;
    let mut writing = Pairs::new(&mut devices, &station, &pairs, end)?;
    devices.all_level().await?;
    figures.add(What::FactsBefore, end.n as f64);
    full(&mut figures, &station, &mut devices, &mut writing, settings).await?;
    paced(&mut figures, &mut devices, &mut writing, settings).await?;
    let from = devices.furthest();
    drop(devices);

    crowd.measure(&mut figures, folder, &station, from, settings).await?;
    station.close().await?;
    Ok(figures.into_vec())
}

/// Throughput on a record of so many facts, by that on an empty one, in one go.
///
/// # Errors
/// As [`measure`].
pub async fn growth(folder: &Path, facts: u64, settings: Settings) -> anyhow::Result<Vec<Figure>> {
    let mut figures = Figures::of(Database::Sqlite.words());
    let empty = throughput(&folder.join("empty"), 0, settings).await?;
    let grown = throughput(&folder.join("grown"), facts, settings).await?;
    eprintln!("{empty:.0} a second when empty, {grown:.0} at {facts} facts");
    figures.add(What::Growth, grown / empty);
    Ok(figures.into_vec())
}

async fn throughput(folder: &Path, facts: u64, settings: Settings) -> anyhow::Result<f64> {
    let mut station = Station::new(folder, Database::Sqlite).await?;
    let seed = station.seed().await?;
    let people = hire_pairs(&seed, settings.pairs).await?;
    let talkers = enrol_pairs(&seed, &people).await?;
    let seed = seed.talk(talkers, facts).await?;
    let pairs = enrol_pairs(&seed, &people).await?;
    let end = seed.close().await?;
    station.start().await?;
    let mut devices = Devices::new(&folder.join("devices.log"))?;
    let mut writing = Pairs::new(&mut devices, &station, &pairs, end)?;
    devices.all_level().await?;
    let pace = Pace::Window(settings.window);
    let stretch = writing.write(&mut devices, pace, settings.full_for).await?;
    writing.drain(&mut devices).await?;
    drop(devices);
    station.server.stop().await;
    Ok(stretch.stored.min(stretch.confirmed))
}

async fn full(
    figures: &mut Figures,
    station: &Station,
    devices: &mut Devices,
    writing: &mut Pairs,
    settings: Settings,
) -> anyhow::Result<()> {
    let cost = Cost::begin(&station.pids());
    let mut looks = Looks::default();
    for lasts in Looks::within(settings.full_for) {
        let pace = Pace::Window(settings.window);
        let mut look = writing.write(devices, pace, lasts).await?;
        // What is stored and confirmed counts, so the lower of the two.
        looks.add(look.stored.min(look.confirmed), &mut look.took_ms);
    }
    let cores = cost.cores();
    writing.drain(devices).await?;
    looks.tell(figures, &cores);
    Ok(())
}

async fn paced(
    figures: &mut Figures,
    devices: &mut Devices,
    writing: &mut Pairs,
    settings: Settings,
) -> anyhow::Result<()> {
    let pace = Pace::EachSecond(settings.pace);
    let mut stretch = writing.write(devices, pace, settings.paced_for).await?;
    writing.drain(devices).await?;
    figures.add(What::PacedP50Ms, stretch.took_ms.at(50));
    figures.add(What::PacedP99Ms, stretch.took_ms.at(99));
    Ok(())
}

pub(crate) async fn hire_pairs(
    seed: &Seed,
    pairs: usize,
) -> anyhow::Result<Vec<(PersonId, PersonId)>> {
    let writers = seed.hire("writer", Role::Driver, pairs).await?;
    let readers = seed.hire("reader", Role::Dispatcher, pairs).await?;
    Ok(writers.into_iter().zip(readers).collect())
}

pub(crate) async fn enrol_pairs(
    seed: &Seed,
    people: &[(PersonId, PersonId)],
) -> anyhow::Result<Vec<Pair>> {
    let (writers, readers): (Vec<_>, Vec<_>) = people.iter().copied().unzip();
    let writers = seed.enrol(&writers, Role::Driver).await?;
    let readers = seed.enrol(&readers, Role::Dispatcher).await?;
    Ok(writers.into_iter().zip(readers).collect())
}
