//! `waypost-fleet`: what `scripts/demo` and `scripts/bench` run.
#![allow(clippy::print_stdout)] // its output is what it is for

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use waypost_fleet::{demo, device, measure, story};

/// Simulated drivers on the real client: a demonstration, a bounded proof, figures, a single device.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// One bounded story with kills; exit code 0 only if nothing was lost and nothing doubled.
    Once {
        /// A folder that does not exist yet, for the server and the devices.
        #[arg(long)]
        folder: PathBuf,
    },
    /// A dispatcher and a dozen drivers at work, until Ctrl+C.
    Demo {
        /// A folder that does not exist yet, for the server and the devices.
        #[arg(long)]
        folder: PathBuf,
        /// The plan of the day: the same number, the same taps and tunnels.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Opens `waypost-field` for Dana and `waypost-console` for Omar as well.
        #[arg(long)]
        windows: bool,
    },
    /// Prints how fast the apps start.
    Measure {
        /// A folder that does not exist yet, for the server and the devices.
        #[arg(long)]
        folder: PathBuf,
    },
    /// One device as a process of its own, told by lines on standard input what its person does.
    Device {
        /// Its store; the key lies beside it, with the ending `.key`.
        #[arg(long)]
        store: PathBuf,
        /// Enrols it first, with this one-time link.
        #[arg(long, value_name = "LINK")]
        enrol: Option<String>,
    },
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    match Arguments::parse().command {
        Command::Once { folder } => once(&folder).await?,
        Command::Demo { folder, seed, windows } => demo::run(&folder, seed, windows).await?,
        Command::Measure { folder } => measure::run(&folder, &|line| println!("{line}")).await?,
        Command::Device { store, enrol } => device::run(&store, enrol.as_deref()).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn once(folder: &std::path::Path) -> anyhow::Result<()> {
    let began = std::time::Instant::now();
    let tell = |words: &str| println!("{:5.1} s  {words}", began.elapsed().as_secs_f64());
    let figures = story::once(folder, &std::env::current_exe()?, &tell).await?;
    println!("{figures}");
    Ok(())
}
