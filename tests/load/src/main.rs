//! `waypost-load`: what `scripts/bench` runs.
#![allow(clippy::print_stdout)] // its output is what it is for

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Parser, ValueEnum};
use waypost_load::devices::Devices;
use waypost_load::idle;
use waypost_load::office::Office;
use waypost_load::pairs::{Figures, Pace, Pairs};
use waypost_world::ServerProcess;
use waypost_world::postgres::PrivateCluster;

/// Many real engines against a server process on this machine.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// On which database the server keeps its record.
    #[arg(long, value_enum, default_value = "sqlite")]
    on: Database,
    /// A folder that does not exist yet, for the server and the log.
    #[arg(long)]
    folder: PathBuf,
    /// How many pairs write.
    #[arg(long, default_value_t = 50)]
    pairs: usize,
    /// How many messages each pair keeps on their way.
    #[arg(long, default_value_t = 200)]
    window: usize,
    /// Writes so many messages a second in place of as many as receipts come back for.
    #[arg(long, conflicts_with = "window")]
    pace: Option<u32>,
    /// Connects so many devices that do nothing, and measures what they cost the server.
    #[arg(long, conflicts_with_all = ["pace", "window"])]
    idle: Option<usize>,
    /// For how long it is measured, in seconds.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Database {
    Sqlite,
    Postgres,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    // Nothing else has installed another.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let arguments = Arguments::parse();
    std::fs::create_dir_all(&arguments.folder)?;
    let cluster = match arguments.on {
        Database::Sqlite => None,
        Database::Postgres => Some(PrivateCluster::start().await),
    };
    let url = cluster.as_ref().map(PrivateCluster::url);
    let mut server = ServerProcess::new(&arguments.folder.join("server"), url);
    server.start().await;
    let log = arguments.folder.join("devices.log");
    let measured = match arguments.idle {
        Some(idle) => idle::measure(idle, &server, &log).await,
        None => measure(&arguments, &server, &log).await,
    };
    for error in server.errors() {
        println!("the server: {error}");
    }
    measured?;
    let verdict = server.cli(&["audit", "verify"]).await;
    println!("{}", verdict.map_err(|error| anyhow::anyhow!(error))?);
    server.stop().await;
    Ok(())
}

async fn measure(arguments: &Arguments, server: &ServerProcess, log: &Path) -> anyhow::Result<()> {
    let office = Office::open(server).await?;
    let mut people = Vec::new();
    for n in 0..arguments.pairs {
        let writer = office.hires(&format!("writer{n}"), "driver").await?;
        people.push((writer, office.hires(&format!("reader{n}"), "dispatcher").await?));
    }
    let mut devices = Devices::new(log)?;
    let mut pairs = Pairs::new(&mut devices, people);
    let pace = arguments.pace.map_or(Pace::Window(arguments.window), Pace::EachSecond);
    for _ in 0..arguments.seconds.div_ceil(10) {
        let Figures { stored, confirmed, p50_ms, p99_ms } =
            pairs.write(&mut devices, pace, Duration::from_secs(10)).await?;
        println!(
            "{stored:.0} stored and {confirmed:.0} confirmed each second; \
             tap to stored: p50 {p50_ms:.1} ms, p99 {p99_ms:.1} ms"
        );
    }
    pairs.drain(&mut devices).await?;
    let log = devices.log();
    println!("generator: {} MB in {} syncs", log.bytes / 1_000_000, log.syncs);
    Ok(())
}
