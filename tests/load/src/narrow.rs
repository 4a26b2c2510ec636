//! A day without signal, then 2G: how long the outbox needs, and how long its bytes alone would.

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use tokio::time::Instant;
use waypost_engine::{Change, Wish};
use waypost_protocol::{Body, ConversationId, Role};

use crate::devices::{Devices, Durable};
use crate::figure::{Figure, Figures, What};
use crate::line::Account;
use crate::relay::{Narrow, Relay};
use crate::seed::TEXT;
use crate::settings::Settings;
use crate::station::{Database, Station};

/// 50 kbit/s, and 600 ms there and back.
const TWO_G: Narrow = Narrow { bits_each_second: 50_000, delay: Duration::from_millis(300) };
/// Longest wait for the last answer.
const WITHIN: Duration = Duration::from_secs(300);

/// Queues the items offline and lets them go.
///
/// # Errors
/// If not all of them are accepted.
pub async fn measure(folder: &Path, settings: Settings) -> anyhow::Result<Vec<Figure>> {
    let mut figures = Figures::of("device");
    let mut station = Station::new(folder, Database::Sqlite).await?;
    let seed = station.seed().await?;
    let driver = seed.hire("dana", Role::Driver, 1).await?;
    let dispatcher = seed.hire("omar", Role::Dispatcher, 1).await?;
    let dana = seed.enrol(&driver, Role::Driver).await?.pop().context("one was enrolled")?;
    let end = seed.close().await?;
    station.start().await?;

    let direct = station.account(&dana)?;
    let relay = Relay::to(direct.port, TWO_G).await?;
    let mut devices = Devices::new(&folder.join("devices.log"))?;
    let device = devices.add(Account { port: relay.port, ..direct }, dana.person, end);
    devices.wish(device, Wish::Online(false));
    let conversation = ConversationId::direct(dana.person, dispatcher[0]).context("two people")?;
    for n in 0..settings.queued {
        let body = Body::text(format!("{TEXT} {n}"));
        devices.wish(device, Wish::Say { conversation, body });
    }
    let mut kept = 0;
    while kept < settings.queued {
        devices.round(|it| kept += usize::from(matches!(it, Durable::Kept(_)))).await?;
    }

    let (began, before) = (Instant::now(), relay.sent());
    devices.wish(device, Wish::Online(true));
    let mut first = None;
    while devices.waiting(device) > 0 {
        let waiting = devices.waiting(device);
        anyhow::ensure!(began.elapsed() < WITHIN, "{waiting} still wait");
        devices
            .round(|durable| {
                if let Durable::Change(_, Change::Accepted { .. }) = durable {
                    first.get_or_insert(began.elapsed());
                }
            })
            .await?;
    }
    eprintln!(
        "the first was accepted after {:.1} s; {} bytes came back",
        first.unwrap_or_default().as_secs_f64(),
        relay.received()
    );
    let (took, bytes) = (began.elapsed().as_secs_f64(), (relay.sent() - before) as f64);
    let alone = bytes * 8.0 / f64::from(TWO_G.bits_each_second);
    figures.add(What::NarrowTimes, took / alone);
    figures.add(What::NarrowS, took);
    figures.add(What::NarrowBytes, bytes / settings.queued as f64);
    drop(devices);
    station.close().await?;
    Ok(figures.into_vec())
}
