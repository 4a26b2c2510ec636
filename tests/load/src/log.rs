//! Where all devices of the generator store: one file, appended to and synced in rounds.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use waypost_engine::Change;

/// An append-only file. It is never read: the generator is not restarted.
pub struct Log {
    file: File,
    waiting: Vec<u8>,
    /// Bytes written so far.
    pub bytes: u64,
    /// Syncs so far.
    pub syncs: u64,
}

impl Log {
    /// A new, empty log.
    ///
    /// # Errors
    /// If the file cannot be made.
    pub fn create(path: &Path) -> std::io::Result<Self> {
        Ok(Self { file: File::create_new(path)?, waiting: Vec::new(), bytes: 0, syncs: 0 })
    }

    /// Adds what a device wants stored; it is durable after the next [`Self::sync`].
    pub fn add(&mut self, changes: &[Change]) {
        for change in changes {
            match change {
                Change::Queued(entry) => encode(entry, &mut self.waiting),
                Change::Recorded { event, .. } => encode(event, &mut self.waiting),
                Change::Accepted { id, sequence, .. } => {
                    self.waiting.extend_from_slice(id.as_bytes());
                    self.waiting.extend_from_slice(&sequence.n.to_be_bytes());
                }
                Change::Cursor(sequence) => {
                    self.waiting.extend_from_slice(&sequence.n.to_be_bytes());
                }
                // Small and rare; that they cost something is enough.
                rare => self.waiting.extend_from_slice(format!("{rare:?}").as_bytes()),
            }
        }
    }

    /// Adds bytes of someone who is no device of ours.
    pub fn note(&mut self, bytes: &[u8]) {
        self.waiting.extend_from_slice(bytes);
    }

    /// Makes everything durable that was added.
    ///
    /// # Errors
    /// If the disk does not take it.
    pub fn sync(&mut self) -> std::io::Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        self.file.write_all(&self.waiting)?;
        self.file.sync_data()?;
        self.bytes += self.waiting.len() as u64;
        self.syncs += 1;
        self.waiting.clear();
        Ok(())
    }
}

fn encode(value: &impl minicbor::Encode<()>, into: &mut Vec<u8>) {
    if let Err(error) = minicbor::encode(value, into) {
        unreachable!("a vector takes everything: {error}");
    }
}
