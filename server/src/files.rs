//! Bytes that travel by themselves: staged on this server's own disk until they are whole and are what they should
//! be, then kept in the store of files.
//!
//! What was acknowledged is on the disk. Whoever asks for an upload anew takes it over from who had it before: a
//! connection that nobody listens to any more keeps nobody waiting.

mod checksum;
mod kept;
mod previews;

use std::collections::HashMap;
use std::io::SeekFrom;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use sha2::{Digest as _, Sha256};
use tokio::fs::File;
use tokio::io::{AsyncSeekExt as _, AsyncWriteExt as _};
use tokio::sync::{OwnedMutexGuard, RwLock, RwLockReadGuard, RwLockWriteGuard, Semaphore};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use waypost_protocol::Sha256Hash;
use waypost_storage::StorageError;

pub use checksum::Checksum;
pub use kept::Kept;
pub use kept::{is_copied, media_type_of};
pub use previews::Previews;

use checksum::Hashing;
use kept::HEAD_BYTES;

use crate::config::Config;

/// Longest silence of whoever sends.
const SILENCE_MAX: Duration = Duration::from_secs(60);

/// So many uploads write at once.
const WRITING_AT_ONCE: usize = 2;

/// Where files are.
pub struct Files {
    staging: PathBuf,
    kept: Kept,
    previews: Previews,
    writing: Semaphore,
    /// Held for writing by whoever removes what nothing promises.
    staying: RwLock<()>,
    held: Arc<Mutex<HashMap<Uuid, Place>>>,
}

/// Who has an upload now.
#[derive(Default)]
struct Place {
    alone: Arc<tokio::sync::Mutex<()>>,
    stop: CancellationToken,
}

/// An upload that nobody else has until this is dropped, or taken over.
pub struct Held {
    id: Uuid,
    stop: CancellationToken,
    alone: Option<OwnedMutexGuard<()>>,
    held: Arc<Mutex<HashMap<Uuid, Place>>>,
}

/// Why bytes were not taken.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// The upload is not at that offset, but at this one.
    #[error("the upload is at offset {0}")]
    At(u64),
    /// More came than is wanted.
    #[error("more bytes came than were announced")]
    TooMany,
    /// What came is not what its checksum says, or the whole is not what its hash says.
    #[error("the bytes are not what their checksum says")]
    Another,
    /// Nothing of it is on this server.
    #[error("nothing of it is here")]
    Missing,
    /// Others are served first.
    #[error("too many pictures are waited for")]
    Busy,
    /// The disk is full.
    #[error("the disk is full")]
    Full,
    /// The disk, the store, or the database.
    #[error("{0}")]
    Failed(String),
}

impl From<std::io::Error> for FilesError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::NotFound => Self::Missing,
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::Full,
            _ => Self::Failed(error.to_string()),
        }
    }
}

impl From<StorageError> for FilesError {
    fn from(error: StorageError) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<object_store::Error> for FilesError {
    fn from(error: object_store::Error) -> Self {
        match error {
            object_store::Error::NotFound { .. } => Self::Missing,
            other => Self::Failed(other.to_string()),
        }
    }
}

impl Files {
    /// Stages in the data folder, and keeps where the settings say.
    ///
    /// # Errors
    /// If a folder cannot be made, or the settings name no store.
    pub fn open(config: &Config) -> std::io::Result<Self> {
        let staging = config.data.join("uploads");
        std::fs::create_dir_all(&staging)?;
        Ok(Self {
            staging,
            kept: Kept::open(config)?,
            previews: Previews::default(),
            writing: Semaphore::new(WRITING_AT_ONCE),
            staying: RwLock::default(),
            held: Arc::default(),
        })
    }

    /// Where whole files are.
    pub fn kept(&self) -> &Kept {
        &self.kept
    }

    /// What makes pictures in small.
    pub fn previews(&self) -> &Previews {
        &self.previews
    }

    /// While this is held, no file goes that is looked for or brought.
    pub async fn stay(&self) -> RwLockReadGuard<'_, ()> {
        self.staying.read().await
    }

    /// While this is held, nobody looks for a file or brings one.
    pub async fn alone(&self) -> RwLockWriteGuard<'_, ()> {
        self.staying.write().await
    }

    /// Takes an upload over from whoever has it.
    pub async fn hold(&self, id: Uuid) -> Held {
        let (alone, stop) = {
            let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
            let place = held.entry(id).or_default();
            place.stop.cancel();
            place.stop = CancellationToken::new();
            (Arc::clone(&place.alone), place.stop.clone())
        };
        let alone = Some(alone.lock_owned().await);
        Held { id, stop, alone, held: Arc::clone(&self.held) }
    }

    /// Begins an upload, of which nothing is here yet.
    ///
    /// # Errors
    /// If the disk fails.
    pub async fn begin(&self, id: Uuid) -> Result<(), FilesError> {
        let file = File::create_new(self.staged(id)).await?;
        file.sync_all().await?;
        File::open(&self.staging).await?.sync_all().await?;
        Ok(())
    }

    /// Whether anything of an upload is here.
    pub async fn is_staged(&self, id: Uuid) -> bool {
        tokio::fs::try_exists(self.staged(id)).await.unwrap_or(false)
    }

    /// How much of an upload is here, and stays.
    ///
    /// # Errors
    /// If nothing of it is here, or the disk fails.
    pub async fn length(&self, held: &Held) -> Result<u64, FilesError> {
        let file = File::options().append(true).open(self.staged(held.id)).await?;
        file.sync_data().await?;
        Ok(file.metadata().await?.len())
    }

    /// Adds what comes from this offset on, at most up to `size`; how much is here then, and stays. Whoever is taken
    /// over, or falls silent, or is cut off, has added what came until then.
    ///
    /// # Errors
    /// If the offset is another, more comes, it is not what its checksum says, or the disk fails.
    pub async fn append<E>(
        &self,
        held: &Held,
        offset: u64,
        size: u64,
        checksum: Option<Checksum>,
        mut bytes: impl Stream<Item = Result<Bytes, E>> + Unpin,
    ) -> Result<u64, FilesError> {
        let mut file = File::options().write(true).open(self.staged(held.id)).await?;
        let begin = file.metadata().await?.len();
        if begin != offset {
            file.sync_data().await?;
            return Err(FilesError::At(begin));
        }
        file.seek(SeekFrom::Start(begin)).await?;
        let (mut length, mut hashing) = (begin, Hashing::of(checksum));
        let mut is_whole = false;
        loop {
            let next = tokio::select! {
                biased;
                () = held.stop.cancelled() => break,
                next = tokio::time::timeout(SILENCE_MAX, bytes.next()) => next,
            };
            let Ok(Some(Ok(chunk))) = next else {
                is_whole = matches!(next, Ok(None));
                break;
            };
            if length + chunk.len() as u64 > size {
                undo(&mut file, begin).await?;
                return Err(FilesError::TooMany);
            }
            hashing.takes(&chunk);
            // What has come is written by a few at a time, in the order in which it came: the others wait, and do not keep
            // messages from the processor.
            let _turn = self.writing.acquire().await;
            file.write_all(&chunk).await?;
            length += chunk.len() as u64;
        }
        file.flush().await?;
        // Of what was cut off nobody knows whether it is what it should be.
        if hashing.is_wanted() && !(is_whole && hashing.fits()) {
            undo(&mut file, begin).await?;
            return if is_whole { Err(FilesError::Another) } else { Ok(begin) };
        }
        file.sync_data().await?;
        Ok(length)
    }

    /// Puts these parts together as an upload of their own.
    ///
    /// # Errors
    /// If one is not here, or the disk fails.
    pub async fn join(&self, parts: &[Uuid], into: Uuid) -> Result<(), FilesError> {
        let mut whole = File::options().write(true).truncate(true).open(self.staged(into)).await?;
        for part in parts {
            let mut part = File::open(self.staged(*part)).await?;
            tokio::io::copy(&mut part, &mut whole).await?;
        }
        whole.flush().await?;
        Ok(whole.sync_all().await?)
    }

    /// Moves an upload that is whole to the store; what it is, as far as it shows itself.
    ///
    /// # Errors
    /// If it is not what it should be, or disk or store fail: it is still here then, unless it is something else.
    pub async fn finish(&self, held: &Held, sha256: Sha256Hash) -> Result<String, FilesError> {
        let path = self.staged(held.id);
        let (hash, media_type) = {
            let path = path.clone();
            let looked = tokio::task::spawn_blocking(move || look_at(&path)).await;
            looked.map_err(|error| FilesError::Failed(error.to_string()))??
        };
        if hash != sha256.0 {
            return Err(FilesError::Another);
        }
        self.kept.take(&path, sha256).await?;
        Ok(media_type)
    }

    /// Removes what is staged and was not added to for so long, whether anyone knows of it or not.
    ///
    /// # Errors
    /// If the disk fails.
    pub async fn sweep(&self, silent_for: Duration) -> Result<(), FilesError> {
        let mut staged = tokio::fs::read_dir(&self.staging).await?;
        while let Some(file) = staged.next_entry().await? {
            let age = match file.metadata().await {
                Ok(found) => found.modified()?.elapsed().unwrap_or_default(),
                // It became whole, or was given up, in this moment.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error.into()),
            };
            if age > silent_for {
                removed(&file.path()).await?;
            }
        }
        Ok(())
    }

    /// Removes what is staged of an upload.
    ///
    /// # Errors
    /// If the disk fails.
    pub async fn forget(&self, id: Uuid) -> Result<(), FilesError> {
        removed(&self.staged(id)).await
    }

    fn staged(&self, id: Uuid) -> PathBuf {
        self.staging.join(id.to_string())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.alone = None;
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        // Nobody else waits for it.
        if held.get(&self.id).is_some_and(|place| Arc::strong_count(&place.alone) == 1) {
            held.remove(&self.id);
        }
    }
}

/// Removes a file that may be gone already.
async fn removed(path: &Path) -> Result<(), FilesError> {
    match tokio::fs::remove_file(path).await {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

async fn undo(file: &mut File, length: u64) -> Result<(), FilesError> {
    file.flush().await?;
    file.set_len(length).await?;
    Ok(file.sync_data().await?)
}

/// What a file hashes to, and what it is as far as it shows itself.
fn look_at(path: &Path) -> std::io::Result<([u8; 32], String)> {
    use std::io::Read as _;
    let mut file = std::fs::File::open(path)?;
    let (mut hash, mut head) = (Sha256::new(), Vec::new());
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        let left = HEAD_BYTES.saturating_sub(head.len()).min(read);
        head.extend_from_slice(&buffer[..left]);
        hash.update(&buffer[..read]);
    }
    Ok((hash.finalize().into(), media_type_of(&head)))
}
