//! Processes that are held still and let go on. It ends none: those that a story starts know how.

use std::process::Command;

/// Processes under SIGSTOP; they go on when this is dropped.
pub struct Frozen(Vec<u32>);

impl Frozen {
    /// Holds them still.
    pub fn hold(processes: &[u32]) -> Self {
        send("-STOP", processes);
        Self(processes.to_vec())
    }

    /// Lets them go on.
    pub fn go_on(self) {
        drop(self);
    }
}

impl Drop for Frozen {
    fn drop(&mut self) {
        send("-CONT", &self.0);
    }
}

fn send(signal: &str, processes: &[u32]) {
    let processes = processes.iter().map(u32::to_string);
    // One of PostgreSQL's helpers may have ended meanwhile: then the others were reached.
    let _ = Command::new("kill").arg(signal).args(processes).output();
}
