//! What a run was like, so that a run in which nothing happened is seen for what it is.

use std::fmt;

/// What happened in one run that held.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Summary {
    /// How many steps were taken, with those after healing.
    pub steps: u64,
    /// How many facts people said.
    pub said: u64,
    /// How many facts the record has, with receipts and the directory.
    pub recorded: u64,
    /// How many facts were refused for ever.
    pub refused: u64,
    /// How often the power of a device failed.
    pub device_crashes: u64,
    /// How often a server crashed.
    pub server_crashes: u64,
    /// How often the server was restored from a backup.
    pub restores: u64,
    /// How many devices were lost and revoked.
    pub lost: u64,
    /// How many frames were lost, doubled or held back on purpose.
    pub mischief: u64,
    /// How many requests found a full queue.
    pub overloaded: u64,
    /// How many commits failed in the database.
    pub commits_failed: u64,
    /// How many frames a hostile device made up.
    pub hostile: u64,
    /// How many facts a newer server wrote.
    pub newer: u64,
    /// How many facts from before they came people were told.
    pub earlier: u64,
    /// How many messages broadcasts have become.
    pub told_to_many: u64,
    /// How many steps followed because nobody had acknowledged.
    pub escalated: u64,
    /// How many taps found a full outbox.
    pub outbox_full: u64,
    /// A hash over all that happened: equal for equal runs.
    pub trace: u64,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} steps, {} facts said, {} refused, {} recorded, {} power failures, \
             {} server crashes, {} restores, {} devices lost, {} frames troubled, \
             {} refused for want of room, {} failed commits, {} hostile frames, \
             {} facts of newer kinds, {} facts from before, \
             {} messages by broadcasts, {} steps of chains, {} taps on a full outbox, trace {:016x}",
            self.steps,
            self.said,
            self.refused,
            self.recorded,
            self.device_crashes,
            self.server_crashes,
            self.restores,
            self.lost,
            self.mischief,
            self.overloaded,
            self.commits_failed,
            self.hostile,
            self.newer,
            self.earlier,
            self.told_to_many,
            self.escalated,
            self.outbox_full,
            self.trace
        )
    }
}
