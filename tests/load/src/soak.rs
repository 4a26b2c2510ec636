//! Twenty minutes at half of what the server can bear, while devices come and go: does its memory
//! stay where it is, and do its files grow by what is stored and by nothing else?

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use waypost_engine::Wish;
use waypost_protocol::{Body, ConversationId, Role};

use crate::cost::memory_kb;
use crate::devices::Devices;
use crate::figure::{Figure, Figures, Times, What, short};
use crate::ours::{enrol_pairs, hire_pairs};
use crate::pairs::{Pace, Pairs};
use crate::seed::{Enrolled, Seed, TEXT};
use crate::settings::Settings;
use crate::station::{Database, Station};

/// For how long the server shows what it can bear.
const AT_FULL: Duration = Duration::from_secs(20);
/// How often memory and files are looked at, and devices come and go.
const LOOK: Duration = Duration::from_secs(10);

/// How things stood at one moment.
struct Look {
    memory_kb: f64,
    bytes: f64,
    facts: f64,
}

/// Measures it on SQLite.
///
/// # Errors
/// If something that was accepted does not arrive.
pub async fn measure(folder: &Path, settings: Settings) -> anyhow::Result<Vec<Figure>> {
    let mut figures = Figures::of(Database::Sqlite.words());
    let mut station = Station::new(folder, Database::Sqlite).await?;
    let seed = station.seed().await?;
    let people = hire_pairs(&seed, settings.pairs).await?;
    let pairs = enrol_pairs(&seed, &people).await?;
    let guests = enrol_guests(&seed, settings.guests).await?;
    let end = seed.close().await?;
    station.start().await?;

    let mut devices = Devices::new(&folder.join("devices.log"))?;
    let mut writing = Pairs::new(&mut devices, &station, &pairs, end)?;
    let first = devices.count();
    for guest in &guests {
        devices.add(station.account(guest)?, guest.person, end);
    }
    devices.all_level().await?;
    let window = Pace::Window(settings.window);
    let full = writing.write(&mut devices, window, AT_FULL.min(settings.soak_for)).await?;
    writing.drain(&mut devices).await?;
    let half = (full.stored.min(full.confirmed) / 2.0) as u32;

    let mut looks = Vec::new();
    for turn in 0..settings.soak_for.div_duration_f64(LOOK).ceil() as usize {
        come_and_go(&mut devices, &guests, first, turn)?;
        writing.write(&mut devices, Pace::EachSecond(half), LOOK.min(settings.soak_for)).await?;
        let memory_kb = memory_kb(&station.pids());
        let bytes = bytes_below(&folder.join("server"))?;
        let facts = devices.furthest().n as f64;
        eprintln!("{} kB, {} bytes, {} facts", short(memory_kb), short(bytes), short(facts));
        looks.push(Look { memory_kb, bytes, facts });
    }
    writing.drain(&mut devices).await?;
    drop(devices);
    tell(&mut figures, half, &looks);
    station.close().await?;
    Ok(figures.into_vec())
}

/// Drivers and dispatchers in turn: two drivers may not write to each other.
async fn enrol_guests(seed: &Seed, count: usize) -> anyhow::Result<Vec<Enrolled>> {
    let drivers = seed.hire("guest", Role::Driver, count / 2).await?;
    let hosts = seed.hire("host", Role::Dispatcher, count / 2).await?;
    let people: Vec<_> = drivers.into_iter().zip(hosts).collect();
    let pairs = enrol_pairs(seed, &people).await?;
    Ok(pairs.into_iter().flat_map(|(driver, host)| [driver, host]).collect())
}

/// Every second guest comes with a message for the next one, the others go; the next turn it is
/// the other way round.
fn come_and_go(
    devices: &mut Devices,
    guests: &[Enrolled],
    first: usize,
    turn: usize,
) -> anyhow::Result<()> {
    for (n, pair) in guests.windows(2).enumerate() {
        let comes = (n + turn).is_multiple_of(2);
        if comes {
            let conversation = ConversationId::direct(pair[0].person, pair[1].person);
            let conversation = conversation.context("two people")?;
            let body = Body::text(TEXT);
            devices.wish(first + n, Wish::Say { conversation, body });
        }
        devices.wish(first + n, Wish::Online(comes));
    }
    Ok(())
}

fn tell(figures: &mut Figures, half: u32, looks: &[Look]) {
    // In the first tenth caches and pools fill.
    let at = |percent: usize| looks.len() * percent / 100;
    let memory = |some: &[Look]| {
        let mut all = Times::default();
        some.iter().for_each(|look| all.add(look.memory_kb));
        all.at(50)
    };
    let each = |some: &[Look]| match some {
        [first, .., last] => (last.bytes - first.bytes) / (last.facts - first.facts),
        _ => f64::NAN,
    };
    let (begin, end) = (&looks[at(10)..at(50)], &looks[at(50)..]);
    figures.add(What::SoakPace, f64::from(half));
    figures.add(What::SoakMemoryKb, memory(&looks[at(85)..]));
    figures.add(What::SoakMemoryGrowth, memory(&looks[at(85)..]) / memory(&looks[at(10)..at(25)]));
    figures.add(What::SoakBytes, each(end));
    figures.add(What::SoakBytesGrowth, each(end) / each(begin));
}

fn bytes_below(folder: &Path) -> anyhow::Result<f64> {
    let mut bytes = 0.0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        // A file may go between being listed and being looked at.
        let Ok(about) = entry.metadata() else { continue };
        bytes += match about.is_dir() {
            true => bytes_below(&entry.path())?,
            false => about.len() as f64,
        };
    }
    Ok(bytes)
}
