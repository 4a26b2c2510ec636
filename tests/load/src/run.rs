//! All measurements in turn, each in a process of its own, so that none inherits what another
//! left behind, and each ends in time.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context as _;
use clap::ValueEnum;
use serde::Serialize;
use tokio::process::Command;
use tokio::time::timeout;

use crate::figure::Figure;
use crate::machine::Machine;
use crate::peers::{self, Peer};
use crate::settings::Settings;
use crate::station::Database;
use crate::{
    aims, audit, first_view, idle, limits, narrow, ours, plot, presence, screen, search, soak,
    table, uploads,
};

/// Longest time of one measurement.
const ENDS_WITHIN: Duration = Duration::from_secs(15 * 60);
/// The same of a long one.
const LONG_ENDS_WITHIN: Duration = Duration::from_secs(60 * 60);
/// How many facts those are.
const TEN_MILLION: u64 = 10_000_000;

/// What can be measured on its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Measurement {
    /// Syncs, loopback, rows a second.
    Limits,
    /// Waypost on SQLite.
    Sqlite,
    /// Waypost on PostgreSQL.
    Postgres,
    /// mosquitto in memory.
    MosquittoMemory,
    /// mosquitto that saves.
    MosquittoDisk,
    /// RabbitMQ.
    Rabbitmq,
    /// ejabberd.
    Ejabberd,
    /// Tap to the other screen's view, on SQLite.
    View,
    /// The same on PostgreSQL.
    ViewPostgres,
    /// Memory of idle connections.
    Idle,
    /// Many devices that say what their people are at.
    Presence,
    /// The audit record's share.
    Audit,
    /// The first view of a long history.
    FirstView,
    /// Searching a million messages, on SQLite.
    Search,
    /// The same on PostgreSQL.
    SearchPostgres,
    /// An outbox over 2G.
    Narrow,
    /// Resumable uploads, beside other servers that speak tus.
    Uploads,
    /// Throughput at ten million facts; only when asked for.
    Growth,
    /// Twenty minutes at half of the capacity; only when asked for.
    Soak,
}

/// What a run leaves behind.
#[derive(Serialize)]
struct Results<'a> {
    machine: &'a Machine,
    quick: bool,
    figures: &'a [Figure],
    aims: Vec<String>,
}

impl Measurement {
    /// Whether it takes so long that it is measured only when asked for.
    pub fn is_long(self) -> bool {
        matches!(self, Self::Growth | Self::Soak)
    }

    /// Its name on the command line.
    pub fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// Measures, with everything below `folder`, within its time.
    ///
    /// # Errors
    /// If something does not work, or not in time.
    pub async fn run(self, folder: &Path, settings: Settings) -> anyhow::Result<Vec<Figure>> {
        fs::create_dir_all(folder)?;
        let measured = Box::pin(self.measure(folder, settings));
        timeout(self.ends_within(), measured).await.context("it does not end")?
    }

    async fn measure(self, folder: &Path, settings: Settings) -> anyhow::Result<Vec<Figure>> {
        match self {
            Self::Limits => limits::measure(folder).await,
            Self::Sqlite => ours::measure(folder, Database::Sqlite, settings).await,
            Self::Postgres => ours::measure(folder, Database::Postgres, settings).await,
            Self::MosquittoMemory => peers::measure(folder, Peer::MosquittoMemory, settings).await,
            Self::MosquittoDisk => peers::measure(folder, Peer::MosquittoDisk, settings).await,
            Self::Rabbitmq => peers::measure(folder, Peer::Rabbitmq, settings).await,
            Self::Ejabberd => peers::measure(folder, Peer::Ejabberd, settings).await,
            Self::View => screen::measure(folder, Database::Sqlite, settings).await,
            Self::ViewPostgres => screen::measure(folder, Database::Postgres, settings).await,
            Self::Idle => idle::measure(folder, settings).await,
            Self::Presence => presence::measure(folder, settings).await,
            Self::Audit => audit::measure(folder, Database::Sqlite, settings).await,
            Self::FirstView => first_view::measure(folder, settings).await,
            Self::Search => search::measure(folder, Database::Sqlite, settings).await,
            Self::SearchPostgres => search::measure(folder, Database::Postgres, settings).await,
            Self::Narrow => narrow::measure(folder, settings).await,
            Self::Uploads => uploads::measure(folder, settings).await,
            Self::Growth => ours::growth(folder, TEN_MILLION, settings).await,
            Self::Soak => soak::measure(folder, settings).await,
        }
    }

    fn ends_within(self) -> Duration {
        if self.is_long() { LONG_ENDS_WITHIN } else { ENDS_WITHIN }
    }
}

/// Runs these in turn, prints the table and the verdicts, and writes `figures.json` and
/// `figures.svg` into `results`. Whatever fails is named at the end and fails the run.
///
/// # Errors
/// If a measurement failed.
pub async fn all(
    which: &[Measurement],
    folder: &Path,
    results: &Path,
    quick: bool,
) -> anyhow::Result<String> {
    fs::create_dir_all(results)?;
    let (machine, mut figures, mut failed) = (Machine::now(), Vec::new(), Vec::new());
    for measurement in which {
        eprintln!("\n{}", measurement.name());
        match one(*measurement, folder, quick).await {
            Ok(found) => figures.extend(found),
            Err(error) => failed.push(format!("{}: {error:#}", measurement.name())),
        }
        write(results, &machine, quick, &figures)?;
    }
    let shortened = if quick { "\nshortened: these figures count for nothing" } else { "" };
    let mut text = format!("{}{shortened}\n\n{}\n", machine.words(), table::text(&figures));
    for line in aims::verdicts(&figures) {
        text += &format!("{line}\n");
    }
    anyhow::ensure!(failed.is_empty(), "{text}\nfailed:\n{}", failed.join("\n"));
    Ok(text)
}

async fn one(measurement: Measurement, folder: &Path, quick: bool) -> anyhow::Result<Vec<Figure>> {
    let name = measurement.name();
    let folder: PathBuf = folder.join(&name);
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["one", &name, "--folder"]).arg(&folder).stdout(Stdio::piped());
    if quick {
        command.arg("--quick");
    }
    // It ends itself in time; this is for when it cannot.
    let child = command.kill_on_drop(true).spawn()?.wait_with_output();
    let output = timeout(measurement.ends_within() + Duration::from_secs(60), child).await;
    let output = output.context("it had to be killed")??;
    anyhow::ensure!(output.status.success(), "it ended with {}", output.status);
    // What it kept is large; a failed one is left to be looked at.
    fs::remove_dir_all(&folder)?;
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn write(results: &Path, machine: &Machine, quick: bool, figures: &[Figure]) -> anyhow::Result<()> {
    let aims = aims::verdicts(figures);
    let json = serde_json::to_vec_pretty(&Results { machine, quick, figures, aims })?;
    fs::write(results.join("figures.json"), json)?;
    fs::write(results.join("figures.svg"), plot::svg(figures, &machine.words()))?;
    Ok(())
}
