//! A wall clock that a story moves while the process runs (libfaketime). Timers go on as before:
//! moving the clock of a machine does not move those either.

use std::path::{Path, PathBuf};

/// Where Debian puts its libraries, one folder for each architecture.
const LIBRARIES: &str = "/usr/lib";

/// The clock of the processes that are started with [`MovedClock::environment`].
pub struct MovedClock {
    library: PathBuf,
    dial: PathBuf,
}

impl MovedClock {
    /// A clock that is right so far; it is moved through a file in this folder.
    ///
    /// # Panics
    /// If libfaketime is not installed.
    pub fn new(folder: &Path) -> Self {
        let clock = Self { library: installed(), dial: folder.join("clock") };
        clock.moves_to(0);
        clock
    }

    /// Shows the time of so many seconds from now (or ago).
    pub fn moves_to(&self, seconds: i64) {
        let beside = self.dial.with_extension("new");
        let written = std::fs::write(&beside, format!("{seconds:+}\n"));
        written.and_then(|()| std::fs::rename(beside, &self.dial)).expect("the dial of the clock");
    }

    /// What a process that looks at this clock is started with.
    pub fn environment(&self) -> Vec<(String, String)> {
        let set = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        vec![
            set("LD_PRELOAD", &self.library.display().to_string()),
            set("FAKETIME_TIMESTAMP_FILE", &self.dial.display().to_string()),
            set("FAKETIME_NO_CACHE", "1"),
            set("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
            set("NO_FAKE_STAT", "1"),
        ]
    }
}

fn installed() -> PathBuf {
    let folders = std::fs::read_dir(LIBRARIES).into_iter().flatten().flatten();
    folders
        .map(|folder| folder.path().join("faketime/libfaketimeMT.so.1"))
        .find(|library| library.exists())
        .expect("faketime is not installed, and this story needs it. Run: scripts/setup")
}
