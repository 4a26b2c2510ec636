//! The key of the device's store, in a file beside it.
//!
//! The store is encrypted so that a stolen disk or a copied file tells nothing. Until the person
//! unlocks it with a PIN, the key has to lie where the app can read it without them: a file that
//! only its owner may read (mode 0600). That keeps out other users of the machine and backups
//! that leave the key behind; it does not keep out who holds the whole unlocked device.
//!
//! This module refuses to replace a key that is there: the store could never be read again.

use std::fs::OpenOptions;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// Length of a key, in bytes.
pub const KEY_BYTES: usize = 32;

/// The key of this store: read from its file, or made at random if there is none yet.
///
/// # Errors
/// If the folder or file cannot be read or written, or holds something that is no key.
pub fn open(store: &Path) -> io::Result<[u8; KEY_BYTES]> {
    let path = path_of(store);
    match read(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => create(&path),
        read => read,
    }
}

/// Where the key of this store lies.
pub fn path_of(store: &Path) -> PathBuf {
    store.with_extension("key")
}

fn read(path: &Path) -> io::Result<[u8; KEY_BYTES]> {
    let mut bytes = Vec::new();
    OpenOptions::new().read(true).open(path)?.read_to_end(&mut bytes)?;
    bytes
        .try_into()
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "the key file is damaged"))
}

fn create(path: &Path) -> io::Result<[u8; KEY_BYTES]> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut key = [0; KEY_BYTES];
    getrandom::fill(&mut key).map_err(|error| io::Error::other(error.to_string()))?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(&key)?;
    file.sync_all()?;
    Ok(key)
}
