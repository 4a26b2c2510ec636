//! Running the server in the foreground.

use std::process::ExitCode;

use anyhow::Context as _;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;
use waypost_server::config::Config;
use waypost_server::{http, start};

use super::say::say;

/// Runs until SIGTERM or SIGINT, then stops cleanly.
pub async fn serve(config: Config) -> anyhow::Result<ExitCode> {
    log_to_stderr(&config)?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let running = start(config).await?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    running.stop().await;
    Ok(ExitCode::SUCCESS)
}

/// Prints the settings in force.
#[allow(clippy::print_stdout)] // it is what the command is for
pub fn print_config(config: &Config) -> anyhow::Result<ExitCode> {
    say(serde_json::to_string_pretty(config)?);
    Ok(ExitCode::SUCCESS)
}

/// Prints the OpenAPI document.
#[allow(clippy::print_stdout)] // it is what the command is for
pub fn print_openapi() -> anyhow::Result<ExitCode> {
    say(http::document().to_pretty_json()?);
    Ok(ExitCode::SUCCESS)
}

fn log_to_stderr(config: &Config) -> anyhow::Result<()> {
    let wanted = format!("{},{}", waypost_edge::QUIET_LOG, config.log);
    let filter = EnvFilter::try_new(wanted).context("`log` is no log filter")?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if config.log_json {
        lines.json().init();
    } else {
        lines.init();
    }
    Ok(())
}
