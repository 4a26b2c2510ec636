//! The key file beside a store. It keeps keys of simulated devices and of no others: a real app
//! keeps its key where the system keeps secrets.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use anyhow::Context as _;
use waypost_client::StoreKey;

/// The key in this file, which is made if it is not there.
///
/// # Errors
/// If the file cannot be read or made, or does not hold 32 bytes.
pub fn key_in(file: &Path) -> anyhow::Result<StoreKey> {
    let bytes = match std::fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => make(file)?,
        Err(error) => return Err(error).with_context(|| file.display().to_string()),
    };
    let bytes: [u8; 32] =
        bytes.try_into().map_err(|_| anyhow::anyhow!("{} is no key file", file.display()))?;
    Ok(StoreKey::new(bytes))
}

fn make(file: &Path) -> anyhow::Result<Vec<u8>> {
    let bytes: [u8; 32] = rand::random();
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)
        .and_then(|mut made| made.write_all(&bytes).and_then(|()| made.sync_all()))
        .with_context(|| file.display().to_string())?;
    Ok(bytes.to_vec())
}
