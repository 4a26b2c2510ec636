//! `waypost-load`: what `scripts/bench` runs.
#![allow(clippy::print_stdout)] // its output is what it is for

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum as _};
use waypost_load::run::{self, Measurement};
use waypost_load::settings::Settings;

/// Figures of Waypost and of other servers on this machine.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measures all, or what is named, in turn; prints a table and how it stands with the aims.
    All {
        /// A folder for servers and devices, which is emptied again.
        #[arg(long)]
        folder: PathBuf,
        /// Where `figures.json` and `figures.svg` are written.
        #[arg(long)]
        results: PathBuf,
        /// Only this; may be given more than once.
        #[arg(long)]
        only: Vec<Measurement>,
        /// Shorter and smaller, to see whether it works.
        #[arg(long)]
        quick: bool,
        /// Also throughput on a record of ten million facts, which takes many minutes to make.
        #[arg(long)]
        ten_million: bool,
    },
    /// Measures one thing and prints its figures as JSON.
    One {
        /// What.
        measurement: Measurement,
        /// A folder that does not exist yet.
        #[arg(long)]
        folder: PathBuf,
        /// Shorter and smaller.
        #[arg(long)]
        quick: bool,
    },
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    // Nothing else has installed another.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match Arguments::parse().command {
        Command::All { folder, results, only, quick, ten_million } => {
            let chosen = |it: &Measurement| match only.is_empty() {
                true => !it.is_long() || (*it == Measurement::Growth && ten_million),
                false => only.contains(it),
            };
            let which: Vec<_> =
                Measurement::value_variants().iter().copied().filter(chosen).collect();
            println!("{}", run::all(&which, &folder, &results, quick).await?);
        }
        Command::One { measurement, folder, quick } => {
            let settings = if quick { Settings::QUICK } else { Settings::FULL };
            let figures = measurement.run(&folder, settings).await?;
            println!("{}", serde_json::to_string(&figures)?);
        }
    }
    Ok(())
}
