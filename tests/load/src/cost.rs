//! What processes take of the machine, from proc(5): processor time and memory.

use std::collections::HashMap;
use std::fs;

use tokio::time::Instant;

/// Clock ticks a second in proc(5); Linux has had no other for decades.
const TICKS_EACH_SECOND: f64 = 100.0;

/// Where the processor time went since the begin of a stretch of work.
pub struct Cost {
    began: Instant,
    server: Vec<u32>,
    before: [f64; 3],
}

/// Cores in use on average.
#[derive(Clone, Copy, Debug)]
pub struct Cores {
    /// By the server.
    pub server: f64,
    /// By this process.
    pub generator: f64,
    /// By everything else.
    pub others: f64,
}

impl Cost {
    /// Begins to count the processes with these numbers and their descendants.
    pub fn begin(server: &[u32]) -> Self {
        let server = server.to_vec();
        Self { began: Instant::now(), before: seconds(&server), server }
    }

    /// What was used since.
    pub fn cores(&self) -> Cores {
        let (now, lasted) = (seconds(&self.server), self.began.elapsed().as_secs_f64());
        let [server, generator, all] =
            [0, 1, 2].map(|i| (now[i] - self.before[i]).max(0.0) / lasted);
        Cores { server, generator, others: (all - server - generator).max(0.0) }
    }
}

/// Seconds of the server, of this process, and of the whole machine.
fn seconds(server: &[u32]) -> [f64; 3] {
    let processes = processes();
    let of = |pid: &u32| processes.get(pid).map_or(0.0, |process| process.ticks);
    let server: f64 = family(server, &processes).iter().map(of).sum();
    [server, of(&std::process::id()), machine_ticks()].map(|ticks| ticks / TICKS_EACH_SECOND)
}

/// Memory of these processes and their descendants, in kB: what is theirs, and their part of
/// what they share.
pub fn memory_kb(server: &[u32]) -> f64 {
    let kb = |pid: u32| {
        let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
        let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
        line.split_whitespace().next()?.parse::<f64>().ok()
    };
    family(server, &processes()).into_iter().filter_map(kb).sum()
}

struct Process {
    parent: u32,
    ticks: f64,
}

fn processes() -> HashMap<u32, Process> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.filter_map(|pid| Some((pid, process(pid)?))).collect()
}

fn process(pid: u32) -> Option<Process> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in parentheses may hold anything.
    let fields: Vec<&str> = stat.rsplit(')').next()?.split_whitespace().collect();
    let number = |at: usize| fields.get(at)?.parse::<f64>().ok();
    // Its own time and that of children which have ended.
    let ticks = [11, 12, 13, 14].into_iter().filter_map(number).sum();
    Some(Process { parent: number(1)? as u32, ticks })
}

fn family(roots: &[u32], processes: &HashMap<u32, Process>) -> Vec<u32> {
    let mut family = roots.to_vec();
    let mut looked_at = 0;
    while let Some(parent) = family.get(looked_at).copied() {
        looked_at += 1;
        for (pid, process) in processes {
            if process.parent == parent && !family.contains(pid) {
                family.push(*pid);
            }
        }
    }
    family
}

/// Ticks in which a processor of this machine was busy.
fn machine_ticks() -> f64 {
    let stat = fs::read_to_string("/proc/stat").unwrap_or_default();
    let fields = stat.lines().next().unwrap_or_default().split_whitespace().skip(1);
    let ticks: Vec<f64> = fields.filter_map(|field| field.parse().ok()).collect();
    // Idle, waiting for the disk, and guests, which are counted as users already.
    ticks.iter().enumerate().filter(|(at, _)| ![3, 4, 8, 9].contains(at)).map(|(_, t)| t).sum()
}
