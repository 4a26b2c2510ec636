//! One process at a time: two writers on one data folder would starve each other.

use std::fs::File;
use std::path::Path;

use fs4::fs_std::FileExt as _;

/// Holds the data folder until it is dropped, also by a crash.
pub struct DataLock {
    _file: File,
}

impl DataLock {
    /// Takes the folder, or says that another process has it.
    pub fn take(data: &Path) -> std::io::Result<Option<Self>> {
        let file = File::options().create(true).append(true).open(data.join("waypost.lock"))?;
        Ok(file.try_lock_exclusive()?.then_some(Self { _file: file }))
    }
}
