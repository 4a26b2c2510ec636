//! How long and how large a measurement is: in full, or shortened for whoever works on it.

use std::time::Duration;

/// The sizes of all measurements.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Pairs that write.
    pub pairs: usize,
    /// Messages that each pair keeps on their way.
    pub window: usize,
    /// Facts in the record before throughput counts.
    pub facts_before: u64,
    /// For how long throughput must hold.
    pub full_for: Duration,
    /// Messages a second, when paced.
    pub pace: u32,
    /// For how long they are paced.
    pub paced_for: Duration,
    /// People whom a broadcast reaches, and who reconnect all at once.
    pub crowd: usize,
    /// Messages that wait for each of them.
    pub waiting: usize,
    /// How often a broadcast is sent.
    pub broadcasts: usize,
    /// Idle connections on Waypost.
    pub idle: usize,
    /// Idle connections on the others, of which some need ten times the memory.
    pub idle_peers: usize,
    /// Messages in the store of one device.
    pub in_store: u64,
    /// Facts in the record that is searched.
    pub searched: u64,
    /// Items in the outbox before the narrow link.
    pub queued: usize,
    /// For how long half of the capacity is borne.
    pub soak_for: Duration,
    /// Devices that come and go meanwhile.
    pub guests: usize,
    /// Uploads at once, where there are many.
    pub uploads: usize,
    /// How large each of them is, in MiB.
    pub upload_mib_of_many: usize,
    /// How large an upload is where there are few, in MiB.
    pub upload_mib: usize,
    /// What few uploaders bring together in one look, in MiB.
    pub upload_look_mib: usize,
    /// How often an upload that was broken off goes on.
    pub resumes: usize,
    /// Whether other servers take uploads beside Waypost.
    pub upload_peers: bool,
}

impl Settings {
    /// What counts.
    pub const FULL: Self = Self {
        pairs: 50,
        window: 200,
        facts_before: 1_000_000,
        full_for: Duration::from_secs(60),
        pace: 200,
        paced_for: Duration::from_secs(30),
        crowd: 1000,
        waiting: 50,
        broadcasts: 10,
        idle: 10_000,
        idle_peers: 2000,
        in_store: 10_000,
        searched: 1_020_000,
        queued: 1000,
        soak_for: Duration::from_secs(20 * 60),
        guests: 200,
        uploads: 100,
        upload_mib_of_many: 4,
        upload_mib: 8,
        upload_look_mib: 320,
        resumes: 500,
        upload_peers: true,
    };

    /// What shows whether it works.
    pub const QUICK: Self = Self {
        facts_before: 20_000,
        full_for: Duration::from_secs(5),
        paced_for: Duration::from_secs(5),
        crowd: 100,
        broadcasts: 3,
        idle: 500,
        idle_peers: 200,
        in_store: 1000,
        searched: 20_000,
        queued: 100,
        soak_for: Duration::from_secs(100),
        guests: 20,
        upload_mib_of_many: 1,
        upload_mib: 2,
        upload_look_mib: 40,
        resumes: 100,
        ..Self::FULL
    };
}
