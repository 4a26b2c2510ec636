//! Resumable uploads by tus 1.0: on Waypost, and on other servers that speak it, by one client.
//!
//! Waypost is measured twice: as it is, with each offset synced before it is told, and with syncs that do nothing, as
//! the others make none. It alone looks whether a whole file is what was promised, and files it; that counts. What it
//! costs to promise a file does not, because others have nothing like it. All speak TLS; stunnel does it for rustus,
//! which costs that one a copy.

mod files;
mod look;
mod ours;
mod peers;
mod tus;

use std::path::Path;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use crate::cost::memory_kb;
use crate::figure::{Figure, Figures, Times, What};
use crate::settings::Settings;
use crate::station::Database;
use files::Uploader;
use look::{Load, look, resume};
use ours::Ours;
use peers::{Peer, TusPeer};

/// Waypost with syncs that do nothing, in tables.
pub(crate) const UNSYNCED: &str = "Waypost, no syncs";
/// `@tus/server` in tables.
pub(crate) const TUS_NODE: &str = "@tus/server";
/// rustus in tables.
pub(crate) const RUSTUS: &str = "rustus, stunnel";

/// Uploads at once, where there are few.
const FEW: usize = 10;
/// Of so many looks the middle counts.
const LOOKS: usize = 3;
/// How many times as large the files are with which it is seen whether memory grows with them.
const LARGER: usize = 4;
/// How often memory is looked at.
const SAMPLE_EVERY: Duration = Duration::from_millis(50);
/// The least of so many looks is what a server has when it is idle.
const IDLE_SAMPLES: usize = 10;

/// A server in this measurement.
#[derive(Clone, Copy)]
enum Kind {
    Waypost { syncs: bool },
    Peer(TusPeer),
}

/// One that runs.
enum Server {
    Ours(Box<Ours>),
    Peer(Peer),
}

/// Measures all of them in turn, below `folder`. A server that is not installed is left out, with a line that says so.
///
/// # Errors
/// If a server does not start, or does not take an upload.
pub async fn measure(folder: &Path, settings: Settings) -> anyhow::Result<Vec<Figure>> {
    let mut figures = Vec::new();
    let peers = [Kind::Peer(TusPeer::Node), Kind::Peer(TusPeer::Rustus)];
    let peers = if settings.upload_peers { peers.as_slice() } else { &[] };
    let ours = [Kind::Waypost { syncs: true }, Kind::Waypost { syncs: false }];
    let ours = if settings.upload_peers { ours.as_slice() } else { &ours[..1] };
    for (at, kind) in ours.iter().chain(peers).enumerate() {
        if let Some(why) = kind.missing() {
            eprintln!("{} is left out: {why}", kind.words());
            continue;
        }
        let folder = folder.join(at.to_string());
        figures.extend(Box::pin(one(*kind, &folder, settings)).await?);
        // Each leaves gigabytes behind.
        std::fs::remove_dir_all(&folder)?;
    }
    Ok(figures)
}

async fn one(kind: Kind, folder: &Path, settings: Settings) -> anyhow::Result<Vec<Figure>> {
    let mut figures = Figures::of(kind.words());
    let server = Server::start(kind, &folder.join("full"), settings).await?;
    few(&mut figures, &server, settings).await?;
    many(&mut figures, &server, settings).await?;
    let mut took = resume(&server.first()?, settings.resumes).await?;
    figures.add(What::ResumeP50Ms, took.at(50));
    figures.add(What::ResumeP99Ms, took.at(99));
    if let Server::Ours(ours) = &server {
        ours.messages(&mut figures, folder, settings).await?;
    }
    server.stop().await?;

    let pieces = settings.upload_mib_of_many;
    for (what, pieces) in [(What::UploadKib, pieces), (What::UploadLargeKib, LARGER * pieces)] {
        let server = Server::start(kind, &folder.join(pieces.to_string()), settings).await?;
        figures.add(what, memory(&server, pieces, settings).await?);
        server.stop().await?;
    }
    Ok(figures.into_vec())
}

/// One upload, then ten at once.
async fn few(figures: &mut Figures, server: &Server, settings: Settings) -> anyhow::Result<()> {
    for (count, what) in [(1, What::UploadOne), (FEW, What::UploadTen)] {
        let pieces = settings.upload_mib;
        let load = Load { files: (settings.upload_look_mib / count / pieces).max(1), pieces };
        let (mut each_second, mut fairness) = (Times::default(), Times::default());
        for _ in 0..LOOKS {
            let look = look(&server.uploaders(count), load, &server.pids()).await?;
            each_second.add(look.mib_each_second);
            fairness.add(look.slowest_by_fastest);
        }
        figures.add(what, each_second.at(50));
        if count == FEW {
            figures.add(What::UploadFairness, fairness.at(50));
        }
    }
    Ok(())
}

/// A hundred at once, and what they take of the processors.
async fn many(figures: &mut Figures, server: &Server, settings: Settings) -> anyhow::Result<()> {
    let load = Load { files: 1, pieces: settings.upload_mib_of_many };
    let [mut each_second, mut served, mut generated] = [(); 3].map(|()| Times::default());
    for _ in 0..LOOKS {
        let look = look(&server.uploaders(settings.uploads), load, &server.pids()).await?;
        each_second.add(look.mib_each_second);
        served.add(look.cores.server);
        generated.add(look.cores.generator);
    }
    figures.add(What::UploadHundred, each_second.at(50));
    figures.add(What::UploadServerCores, served.at(50));
    figures.add(What::UploadGeneratorCores, generated.at(50));
    Ok(())
}

/// What each of a hundred uploads takes of the server's memory, in KiB, above what it has when it is idle: the most
/// that is seen.
async fn memory(server: &Server, pieces: usize, settings: Settings) -> anyhow::Result<f64> {
    // The first makes what all of them share.
    let pids = server.pids();
    look(&server.uploaders(1), Load { files: 2, pieces }, &pids).await?;
    let mut each = interval(SAMPLE_EVERY);
    each.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut idle = f64::INFINITY;
    for _ in 0..IDLE_SAMPLES {
        each.tick().await;
        idle = memory_kb(&pids).min(idle);
    }
    let uploaders = server.uploaders(settings.uploads);
    let load = Load { files: 1, pieces };
    let uploading = tokio::spawn(async move { look(&uploaders, load, &[]).await });
    let mut most = idle;
    while !uploading.is_finished() {
        each.tick().await;
        most = memory_kb(&pids).max(most);
    }
    uploading.await??;
    Ok((most - idle) / settings.uploads as f64)
}

impl Kind {
    fn words(self) -> &'static str {
        match self {
            Self::Waypost { syncs: true } => Database::Sqlite.words(),
            Self::Waypost { syncs: false } => UNSYNCED,
            Self::Peer(peer) => peer.words(),
        }
    }

    fn missing(self) -> Option<String> {
        match self {
            Self::Waypost { syncs: true } => None,
            Self::Waypost { syncs: false } => {
                peers::on_path("eatmydata").err().map(|why| format!("{why:#}"))
            }
            Self::Peer(peer) => peer.missing(),
        }
    }
}

impl Server {
    async fn start(kind: Kind, folder: &Path, settings: Settings) -> anyhow::Result<Self> {
        Ok(match kind {
            Kind::Waypost { syncs } => {
                Self::Ours(Box::new(Ours::start(folder, syncs, settings).await?))
            }
            Kind::Peer(peer) => Self::Peer(Peer::start(folder, peer).await?),
        })
    }

    fn uploaders(&self, count: usize) -> Vec<Uploader> {
        match self {
            Self::Ours(ours) => ours.uploaders(count),
            Self::Peer(peer) => peer.uploaders(count),
        }
    }

    fn first(&self) -> anyhow::Result<Uploader> {
        self.uploaders(1).pop().ok_or_else(|| anyhow::anyhow!("nobody uploads"))
    }

    fn pids(&self) -> Vec<u32> {
        match self {
            Self::Ours(ours) => ours.pids(),
            Self::Peer(peer) => peer.pids(),
        }
    }

    async fn stop(self) -> anyhow::Result<()> {
        match self {
            Self::Ours(ours) => ours.stop().await,
            Self::Peer(peer) => peer.stop().await,
        }
    }
}
