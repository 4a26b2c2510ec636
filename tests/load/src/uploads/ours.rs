//! Waypost, which takes only what a message of the same person has promised, and messages beside uploads.

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use waypost_protocol::{ConversationId, Role, Sequence};

use super::files::Uploader;
use super::look::keep_uploading;
use super::tus::Door;
use crate::devices::Devices;
use crate::figure::{Figures, Times, What};
use crate::ours::{enrol_pairs, hire_pairs};
use crate::pairs::{Pace, Pairs};
use crate::seed::Enrolled;
use crate::settings::Settings;
use crate::station::{Database, Station};

/// Messages a second: what a fleet of a thousand says at a busy time.
const PACE: u32 = 50;
/// Until all uploads are under way; what is said until then does not count.
const UNDER_WAY_WITHIN: Duration = Duration::from_secs(1);
/// Within which a truck brings a MiB: a good 1 Mbit/s.
const PIECE_EACH: Duration = Duration::from_secs(8);
/// A folder that is no disk.
const IN_MEMORY: &str = "/dev/shm";
/// What makes nothing of each request to sync.
const NO_SYNC: &str = "libeatmydata.so";

/// A server, people who upload, and people who talk.
pub(super) struct Ours {
    station: Station,
    uploaders: Vec<Uploader>,
    talkers: Vec<(Enrolled, Enrolled)>,
    end: Sequence,
}

impl Ours {
    /// Starts it below `folder`; if it does not sync, it stands beside those which never do.
    pub(super) async fn start(
        folder: &Path,
        syncs: bool,
        settings: Settings,
    ) -> anyhow::Result<Self> {
        let mut station = Station::new(folder, Database::Sqlite).await?;
        let seed = station.seed().await?;
        let office = seed.hire("office", Role::Dispatcher, 1).await?;
        let drivers = seed.hire("driver", Role::Driver, settings.uploads.max(super::FEW)).await?;
        let enrolled = seed.enrol(&drivers, Role::Driver).await?;
        let people = hire_pairs(&seed, settings.pairs).await?;
        let talkers = enrol_pairs(&seed, &people).await?;
        let end = seed.close().await?;
        if !syncs {
            station.server.set("LD_PRELOAD", NO_SYNC);
        }
        station.start().await?;
        anyhow::ensure!(syncs != is_in(&station, NO_SYNC)?, "{NO_SYNC}: run scripts/setup --bench");
        let office = office.first().context("one was hired")?;
        let uploaders = enrolled.iter().map(|who| {
            let chat = ConversationId::direct(who.person, *office).context("two people")?;
            let account = station.account(who)?;
            let (port, bearer) = (station.server.ports().https, Some(account.credential));
            Ok(Uploader {
                door: Door { port, tls: account.tls, path: "/v1/uploads", bearer },
                promises_at: Some(format!("/v1/conversations/{chat}/messages")),
            })
        });
        let uploaders = uploaders.collect::<anyhow::Result<Vec<_>>>()?;
        Ok(Self { station, uploaders, talkers, end })
    }

    pub(super) fn uploaders(&self, count: usize) -> Vec<Uploader> {
        self.uploaders.iter().take(count).cloned().collect()
    }

    pub(super) fn pids(&self) -> Vec<u32> {
        self.station.pids()
    }

    pub(super) async fn stop(self) -> anyhow::Result<()> {
        self.station.close().await
    }

    /// How long messages take alone, and then while uploads run: as fast as they can, and as fast as trucks bring them.
    pub(super) async fn messages(
        &self,
        figures: &mut Figures,
        folder: &Path,
        settings: Settings,
    ) -> anyhow::Result<()> {
        let mut devices = devices(folder)?;
        let mut pairs = Pairs::new(&mut devices, &self.station, &self.talkers, self.end)?;
        devices.all_level().await?;
        let (pace, lasts) = (Pace::EachSecond(PACE), settings.paced_for);
        let under_way = UNDER_WAY_WITHIN.min(lasts);
        let mut before = pairs.write(&mut devices, pace, lasts).await?.took_ms;
        pairs.drain(&mut devices).await?;
        figures.add(What::BeforeUploadsP50Ms, before.at(50));
        figures.add(What::BeforeUploadsP99Ms, before.at(99));

        let [mut fast, mut slow] = [(); 2].map(|()| Times::default());
        for (each, took) in [(Some(PIECE_EACH.min(lasts)), &mut slow), (None, &mut fast)] {
            let (all, pieces) = (self.uploaders(settings.uploads), settings.upload_mib_of_many);
            let uploads = keep_uploading(all, pieces, each, lasts + 2 * under_way);
            let uploading = tokio::spawn(uploads);
            pairs.write(&mut devices, pace, under_way).await?;
            *took = pairs.write(&mut devices, pace, lasts).await?.took_ms;
            pairs.drain(&mut devices).await?;
            let mib_each_second = uploading.await??;
            if each.is_none() {
                figures.add(What::BesideMessages, mib_each_second);
            }
        }
        figures.add(What::BesideTrucksP50Ms, slow.at(50));
        figures.add(What::BesideTrucksP99Ms, slow.at(99));
        figures.add(What::BesideUploadsP50Ms, fast.at(50));
        figures.add(What::BesideUploadsP99Ms, fast.at(99));
        figures.add(What::BesideUploadsP50Times, fast.at(50) / before.at(50));
        figures.add(What::BesideUploadsP99Times, fast.at(99) / before.at(99));
        Ok(())
    }
}

/// Devices whose common log lies in memory, where there is a folder for that: real ones have disks of their own, and
/// would not wait for the server's.
fn devices(folder: &Path) -> anyhow::Result<Devices> {
    let memory = Path::new(IN_MEMORY);
    let log = if memory.is_dir() { memory } else { folder };
    let log = log.join(format!("waypost-load-{}.log", std::process::id()));
    let devices = Devices::new(&log)?;
    // It goes on without its name, and is gone with this process however that ends.
    std::fs::remove_file(&log)?;
    Ok(devices)
}

/// Whether the server has loaded this. A loader that does not find it only says so and goes on without.
fn is_in(station: &Station, library: &str) -> anyhow::Result<bool> {
    let pid = station.server.pid().context("the server runs")?;
    Ok(std::fs::read_to_string(format!("/proc/{pid}/maps"))?.contains(library))
}
