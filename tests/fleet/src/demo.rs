//! The demonstration: a dispatcher and a dozen drivers at work, until Ctrl+C.

mod day;
mod table;
mod windows;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rand::SeedableRng as _;
use rand::rngs::StdRng;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinSet;
use waypost_protocol::ConversationId;

use crate::depot::Depot;
use crate::tablet::Tablet;
use table::Table;
use windows::Windows;

/// The simulated drivers.
const DRIVERS: [&str; 12] =
    ["ayo", "ben", "cleo", "dev", "emil", "fay", "gus", "hana", "ivo", "jana", "kofi", "lea"];

/// The simulated dispatcher. Dana and Omar are the two who sit at windows.
const DISPATCHER: &str = "nora";

/// How long the dispatcher looks at each conversation when nothing is new.
const LOOK: Duration = Duration::from_millis(400);

/// Runs the demonstration in this folder until Ctrl+C; the same `seed` gives the same plan.
///
/// # Errors
/// If the server, a device or a window does not start.
pub async fn run(folder: &Path, seed: u64, with_windows: bool) -> anyhow::Result<()> {
    let mut depot = Depot::start(folder, None).await?;
    let fleet = Fleet::hire(&depot, with_windows).await?;
    let windows = match with_windows {
        true => Some(Windows::open(&depot).await?),
        false => None,
    };
    let table = Arc::new(Table::new(windows.as_ref().map(Windows::hint)));
    let mut days = fleet.go(seed, &table);
    let (mut interrupt, mut terminate) =
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let ended = tokio::select! {
        _ = interrupt.recv() => Ok(()),
        _ = terminate.recv() => Ok(()),
        Some(Ok(broken)) = days.join_next() => broken,
    };
    days.shutdown().await;
    if let Some(windows) = windows {
        windows.close().await;
    }
    fleet.goes_home().await;
    depot.server.stop().await;
    table.last_words(folder);
    ended
}

/// Everyone who is simulated.
struct Fleet {
    nora: Arc<Tablet>,
    drivers: Vec<Arc<Tablet>>,
    /// Where each driver may write: to every dispatcher.
    desks: Vec<Vec<ConversationId>>,
    /// Where the dispatcher may write: to every driver, also one at a window.
    cabs: Vec<ConversationId>,
}

impl Fleet {
    async fn hire(depot: &Depot, with_windows: bool) -> anyhow::Result<Self> {
        depot.adds(DISPATCHER, "dispatcher", "en").await?;
        let nora = Arc::new(depot.tablet(DISPATCHER, Some(LOOK)).await?);
        let mut dispatchers = vec![DISPATCHER];
        if with_windows {
            depot.adds("omar", "dispatcher", "en").await?;
            depot.adds("dana", "driver", "en").await?;
            dispatchers.push("omar");
        }
        let (mut drivers, mut desks, mut cabs) = (Vec::new(), Vec::new(), Vec::new());
        for name in DRIVERS {
            depot.adds(name, "driver", "en").await?;
            let tablet = depot.tablet(name, Some(LOOK)).await?;
            let mut chats = Vec::new();
            for dispatcher in &dispatchers {
                chats.push(tablet.chat_with(dispatcher).await?);
            }
            cabs.push(chats[0]);
            desks.push(chats);
            drivers.push(Arc::new(tablet));
        }
        if with_windows {
            cabs.push(nora.chat_with("dana").await?);
        }
        Ok(Self { nora, drivers, desks, cabs })
    }

    fn go(&self, seed: u64, table: &Arc<Table>) -> JoinSet<anyhow::Result<()>> {
        let mut days = JoinSet::new();
        for (n, driver) in (1..).zip(&self.drivers) {
            let (driver, desks) = (Arc::clone(driver), self.desks[n - 1].clone());
            days.spawn(Arc::clone(table).follow(driver.client().view()));
            let dice = StdRng::seed_from_u64(seed.wrapping_add(n as u64));
            days.spawn(async move { day::of_driver(&driver, &desks, dice).await });
        }
        let (nora, cabs) = (Arc::clone(&self.nora), self.cabs.clone());
        days.spawn(Arc::clone(table).follow(nora.client().view()));
        let dice = StdRng::seed_from_u64(seed);
        days.spawn(async move { day::of_dispatcher(&nora, &cabs, dice).await });
        days.spawn(Arc::clone(table).show());
        days
    }

    async fn goes_home(self) {
        for tablet in self.drivers.into_iter().chain([self.nora]) {
            if let Some(tablet) = Arc::into_inner(tablet) {
                tablet.close().await;
            }
        }
    }
}
