//! What a connection that does nothing costs the server.

use std::path::Path;

use waypost_protocol::Role;

use crate::cost::memory_kb;
use crate::devices::Devices;
use crate::figure::{Figure, Figures, What};
use crate::settings::Settings;
use crate::station::{Database, Station};

/// People who share the enrolments among them: with a person each, ten thousand new devices would
/// read a hundred million facts of the directory, and that would be measured in place of a
/// connection.
const PEOPLE: usize = 100;
/// How many connect at a time, so that handshakes are no crowd of their own.
const AT_ONCE: usize = 500;

/// Connects so many enrolled devices over TLS, each of which pulls and is told that it has all,
/// and measures what each added to the memory of the server.
///
/// # Errors
/// If a device does not connect.
pub async fn measure(folder: &Path, settings: Settings) -> anyhow::Result<Vec<Figure>> {
    let mut figures = Figures::of(Database::Sqlite.words());
    let mut station = Station::new(folder, Database::Sqlite).await?;
    let seed = station.seed().await?;
    let people = seed.hire("driver", Role::Driver, PEOPLE).await?;
    let of_each: Vec<_> = people.iter().cycle().take(settings.idle).copied().collect();
    let enrolled = seed.enrol(&of_each, Role::Driver).await?;
    let end = seed.close().await?;
    station.start().await?;

    let mut devices = Devices::new(&folder.join("devices.log"))?;
    // The first connections make what all of them share.
    let (first, others) = enrolled.split_at(PEOPLE.min(enrolled.len() / 2));
    for who in first {
        devices.add(station.account(who)?, who.person, end);
    }
    devices.all_level().await?;
    let before = memory_kb(&station.pids());
    for some in others.chunks(AT_ONCE) {
        for who in some {
            devices.add(station.account(who)?, who.person, end);
        }
        devices.all_level().await?;
    }
    let each = (memory_kb(&station.pids()) - before) / others.len() as f64;
    figures.add(What::IdleKb, each);
    figures.add(What::IdleConnections, devices.count() as f64);
    drop(devices);
    station.close().await?;
    Ok(figures.into_vec())
}
