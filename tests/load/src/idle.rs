//! What a connection that does nothing costs the server.
#![allow(clippy::print_stdout)] // its output is what it is for

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use tokio::time::Instant;
use waypost_world::ServerProcess;

use crate::devices::Devices;
use crate::office::Office;

/// Longest wait until all are connected.
const LEVEL_WITHIN: Duration = Duration::from_secs(120);

/// Enrols so many devices, connects them, and prints what each added to the server's memory.
///
/// # Errors
/// If a device cannot be enrolled or does not connect.
pub async fn measure(count: usize, server: &ServerProcess, log: &Path) -> anyhow::Result<()> {
    let office = Office::open(server).await?;
    let mut enrolled = Vec::new();
    for n in 0..count {
        enrolled.push(office.hires(&format!("driver{n}"), "driver").await?);
    }
    let before = resident_kb(server)?;
    let mut devices = Devices::new(log)?;
    for who in enrolled {
        devices.add(who.account, who.person);
    }
    let began = Instant::now();
    while devices.level() < count {
        let level = devices.level();
        anyhow::ensure!(began.elapsed() < LEVEL_WITHIN, "{level} of {count} are connected");
        devices.round(|_| ()).await?;
    }
    let took = began.elapsed().as_secs_f64();
    let each = (resident_kb(server)? - before) / count as f64;
    println!("{count} devices connected in {took:.1} s; {each:.1} kB of the server for each");
    Ok(())
}

/// Memory of the server process, `VmRSS` of proc(5).
fn resident_kb(server: &ServerProcess) -> anyhow::Result<f64> {
    let pid = server.pid().context("the server runs")?;
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    Ok(line.and_then(|rest| rest.split_whitespace().next()).context("VmRSS")?.parse()?)
}
