//! Pictures in small, made when someone wants one, a few at a time, and kept.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use waypost_protocol::Sha256Hash;

use super::{FilesError, Kept};
use crate::pictures::in_small;

/// The longer edge, in pixels.
const EDGE: u32 = 320;

const QUALITY: u8 = 60;

/// Larger files are not looked at.
const BYTES_MAX: u64 = 32 * 1024 * 1024;

/// So many are made at once, each on a core of its own and with up to 256 MiB.
const AT_ONCE: usize = 1;

/// So many more wait for that.
const WAITING_MAX: usize = 16;

/// Makes pictures in small.
pub struct Previews {
    places: Arc<Semaphore>,
    turns: Arc<Semaphore>,
}

impl Default for Previews {
    fn default() -> Self {
        let of = |count| Arc::new(Semaphore::new(count));
        Self { places: of(AT_ONCE + WAITING_MAX), turns: of(AT_ONCE) }
    }
}

impl Previews {
    /// A file that is kept in small, as JPEG; nothing if it is no picture.
    ///
    /// # Errors
    /// If it is not there, too many wait already, or the store fails.
    pub async fn of_kept(
        &self,
        kept: &Kept,
        sha256: Sha256Hash,
    ) -> Result<Option<Vec<u8>>, FilesError> {
        if let Some(made) = kept.preview(sha256).await? {
            return Ok(Some(made).filter(|made| !made.is_empty()));
        }
        let turn = self.turn().await?;
        let found = kept.read(sha256, None).await?;
        let made = match found.meta.size <= BYTES_MAX {
            true => made(found.bytes().await?.to_vec(), turn).await?,
            false => None,
        };
        // That it is none is worth keeping as well.
        kept.put_preview(sha256, made.clone().unwrap_or_default()).await?;
        Ok(made)
    }

    /// These bytes in small, as JPEG; nothing if they are no picture.
    ///
    /// # Errors
    /// If too many wait already.
    pub async fn of_bytes(&self, bytes: Vec<u8>) -> Result<Option<Vec<u8>>, FilesError> {
        let turn = self.turn().await?;
        made(bytes, turn).await
    }

    async fn turn(&self) -> Result<Turn, FilesError> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| FilesError::Busy)?;
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(|_| FilesError::Busy)?;
        Ok((turn, place))
    }
}

/// Leave to make one.
type Turn = (OwnedSemaphorePermit, OwnedSemaphorePermit);

async fn made(bytes: Vec<u8>, turn: Turn) -> Result<Option<Vec<u8>>, FilesError> {
    let making = tokio::task::spawn_blocking(move || {
        // Also when whoever wanted it has hung up.
        let _turn = turn;
        in_small(&bytes, EDGE, QUALITY)
    });
    let made = making.await.map_err(|error| FilesError::Failed(error.to_string()))?;
    Ok(made.map(|small| small.jpeg))
}
