//! On what it was measured.

use std::fs;

use serde::Serialize;

/// The machine, the commit, and the moment.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Machine {
    /// Seconds since 1970.
    pub measured_at: u64,
    /// The commit, with `+` where the folder differs from it.
    pub commit: String,
    /// As the processor names itself.
    pub processor: String,
    /// How many of it can be used.
    pub cores: usize,
    /// All of the memory.
    pub memory_gb: f64,
    /// The kernel.
    pub kernel: String,
    /// How busy the machine was in the minute before.
    pub load_before: f64,
}

impl Machine {
    /// This one, now.
    pub fn now() -> Self {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let kernel = read("/proc/sys/kernel/osrelease");
        Self {
            measured_at: since.map_or(0, |since| since.as_secs()),
            commit: said("git", &["describe", "--always", "--dirty=+", "--exclude=*"]),
            processor: field("/proc/cpuinfo", "model name"),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            memory_gb: field("/proc/meminfo", "MemTotal")
                .split(' ')
                .next()
                .and_then(|kb| kb.parse::<f64>().ok())
                .map_or(0.0, |kb| (kb / 1e5).round() / 10.0),
            kernel: kernel.trim().to_owned(),
            load_before: read("/proc/loadavg")
                .split(' ')
                .next()
                .and_then(|load| load.parse().ok())
                .unwrap_or(0.0),
        }
    }

    /// In one line.
    pub fn words(&self) -> String {
        format!(
            "{}, {} cores, {} GB, Linux {}, commit {}, load before {}",
            self.processor, self.cores, self.memory_gb, self.kernel, self.commit, self.load_before
        )
    }
}

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

fn field(path: &str, name: &str) -> String {
    let text = read(path);
    let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default();
    line.split(':').nth(1).unwrap_or_default().trim().to_owned()
}

fn said(program: &str, arguments: &[&str]) -> String {
    let output = std::process::Command::new(program).args(arguments).output();
    output
        .map_or_else(|_| String::new(), |it| String::from_utf8_lossy(&it.stdout).trim().to_owned())
}
