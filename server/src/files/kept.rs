//! The store of whole files, by what they hash to: a folder, or a bucket that speaks S3.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use object_store::aws::AmazonS3Builder;
use object_store::buffered::BufWriter;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Name;
use object_store::prefix::PrefixStore;
use object_store::{
    GetOptions, GetRange, GetResult, ObjectStore, ObjectStoreExt as _, RetryConfig,
};
use sha2::{Digest as _, Sha256};
use tokio::fs::File;
use tokio::io::{AsyncRead, AsyncWriteExt as _};
use waypost_protocol::Sha256Hash;

use super::FilesError;
use crate::config::Config;
use crate::http::FilesCopied;

/// How much of a file is looked at to see what it is.
pub(super) const HEAD_BYTES: usize = 8 * 1024;

/// How a copy ends that is not whole yet. The next backup begins it anew.
const UNFINISHED: &str = "unfinished";

/// A part of an upload to a bucket: the smallest that S3 takes.
const PART_BYTES: usize = 5 * 1024 * 1024;

const S3: &str = "s3://";

/// Whole files.
pub struct Kept {
    store: Arc<dyn ObjectStore>,
    /// If that is where they are.
    folder: Option<PathBuf>,
}

/// A file that is kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct KeptFile {
    /// What it hashes to.
    pub sha256: Sha256Hash,
    /// How many bytes.
    pub size: u64,
}

impl Kept {
    /// Where the settings say: a folder is made, a bucket is there already. Nothing is asked of a bucket yet, so that
    /// messages go while it cannot be reached.
    ///
    /// # Errors
    /// If the folder cannot be made, or what the settings and the environment say of the bucket cannot be used.
    pub fn open(config: &Config) -> std::io::Result<Self> {
        let bucket = config.files.as_deref().and_then(|files| files.strip_prefix(S3));
        if let Some(bucket) = bucket {
            // Its client takes the one of the process; there may be one already.
            let _ = rustls::crypto::ring::default_provider().install_default();
            let (name, within) = bucket.split_once('/').unwrap_or((bucket, ""));
            let bucket = AmazonS3Builder::from_env().with_bucket_name(name);
            let bucket = bucket.with_retry(patience()).build().map_err(std::io::Error::other)?;
            return Ok(Self { store: Arc::new(PrefixStore::new(bucket, within)), folder: None });
        }
        let folder = config.files.as_ref().map(PathBuf::from);
        let folder = folder.unwrap_or_else(|| config.data.join("files"));
        std::fs::create_dir_all(&folder)?;
        let store = LocalFileSystem::new_with_prefix(&folder).map_err(std::io::Error::other)?;
        Ok(Self { store: Arc::new(store.with_fsync(true)), folder: Some(folder) })
    }

    /// A file, or a part of it.
    ///
    /// # Errors
    /// If it is not there, or the store fails.
    pub async fn read(
        &self,
        sha256: Sha256Hash,
        range: Option<GetRange>,
    ) -> Result<GetResult, FilesError> {
        let options = GetOptions { range, ..GetOptions::default() };
        Ok(self.store.get_opts(&place_of(sha256), options).await?)
    }

    /// What a file is, as far as it shows itself.
    ///
    /// # Errors
    /// If it is not there, or the store fails.
    pub async fn kind_of(&self, sha256: Sha256Hash) -> Result<String, FilesError> {
        let head = self.read(sha256, Some(GetRange::Bounded(0..HEAD_BYTES as u64))).await?;
        Ok(media_type_of(&head.bytes().await?))
    }

    /// How large a file is, if it is kept: also one that the record has lost by a restore.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn has(&self, sha256: Sha256Hash) -> Result<Option<u64>, FilesError> {
        match self.store.head(&place_of(sha256)).await {
            Ok(found) => Ok(Some(found.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Keeps the file that lies there, which is on the disk and hashes to that. A folder takes it as it is.
    pub(super) async fn take(&self, staged: &Path, sha256: Sha256Hash) -> Result<(), FilesError> {
        let Some(folder) = &self.folder else {
            return self.put(&mut File::open(staged).await?, sha256).await;
        };
        let target = folder.join(place_of(sha256).as_ref());
        let part = target.parent().unwrap_or(folder);
        tokio::fs::create_dir_all(part).await?;
        match tokio::fs::rename(staged, &target).await {
            // The folder is on another disk.
            Err(error) if error.kind() == std::io::ErrorKind::CrossesDevices => {
                self.put(&mut File::open(staged).await?, sha256).await
            }
            Err(error) => Err(error.into()),
            Ok(()) => {
                File::open(part).await?.sync_all().await?;
                Ok(File::open(folder).await?.sync_all().await?)
            }
        }
    }

    async fn put(
        &self,
        from: &mut (impl AsyncRead + Unpin),
        sha256: Sha256Hash,
    ) -> Result<(), FilesError> {
        let kept = BufWriter::with_capacity(Arc::clone(&self.store), place_of(sha256), PART_BYTES);
        // One part after the other, so that it takes no more memory the larger it is.
        let mut kept = kept.with_max_concurrency(1);
        let put = async {
            tokio::io::copy(from, &mut kept).await?;
            kept.shutdown().await
        };
        let put = put.await;
        if put.is_err() {
            // What a bucket has of it already would lie there for ever.
            let _ = kept.abort().await;
        }
        Ok(put?)
    }

    /// A file in small, if it was made; empty if it is no picture.
    pub(super) async fn preview(&self, sha256: Sha256Hash) -> Result<Option<Vec<u8>>, FilesError> {
        match self.store.get(&preview_of(sha256)).await {
            Ok(found) => Ok(Some(found.bytes().await?.to_vec())),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Keeps a file in small; empty if it is no picture.
    pub(super) async fn put_preview(
        &self,
        sha256: Sha256Hash,
        small: Vec<u8>,
    ) -> Result<(), FilesError> {
        self.store.put(&preview_of(sha256), small.into()).await?;
        Ok(())
    }

    /// Removes a file, which may be gone already.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn remove(&self, sha256: Sha256Hash) -> Result<(), FilesError> {
        for name in [preview_of(sha256), place_of(sha256)] {
            match self.store.delete(&name).await {
                Err(object_store::Error::NotFound { .. }) | Ok(()) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// The files whose hash begins with that byte.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn list(&self, part: u8) -> Result<Vec<KeptFile>, FilesError> {
        let listed = self.store.list(Some(&Name::from(format!("{part:02x}"))));
        let files = listed.try_filter_map(async |found| {
            let sha256 = found.location.filename().and_then(|name| name.parse().ok());
            Ok(sha256.map(|sha256| KeptFile { sha256, size: found.size }))
        });
        Ok(files.try_collect().await?)
    }

    /// Copies every file that is not in this folder yet. Each is whole when it stands there under its name.
    ///
    /// # Errors
    /// If the store or the folder fails.
    pub async fn copy_to(&self, folder: &Path) -> Result<FilesCopied, FilesError> {
        tokio::fs::create_dir_all(folder).await.map_err(of_the_copy)?;
        let mut copied = FilesCopied::default();
        for part in 0..=u8::MAX {
            let part_of_it = folder.join(format!("{part:02x}"));
            let files = self.list(part).await?;
            if files.is_empty() {
                continue;
            }
            tokio::fs::create_dir_all(&part_of_it).await.map_err(of_the_copy)?;
            for file in files {
                if is_copied(folder, file.sha256, file.size).await {
                    copied.files += 1;
                    continue;
                }
                match self.copy(file.sha256, &copy_of(folder, file.sha256)).await {
                    Ok(bytes) => {
                        (copied.files, copied.new) = (copied.files + 1, copied.new + 1);
                        copied.bytes += bytes;
                    }
                    // It was removed in this moment.
                    Err(FilesError::Missing) => {}
                    Err(FilesError::Another) => {
                        tracing::error!(sha256 = %file.sha256, "a file is not what it was");
                        copied.damaged += 1;
                    }
                    Err(error) => return Err(error),
                }
            }
            synced(&part_of_it).await?;
        }
        synced(folder).await?;
        if let Some(above) = folder.parent() {
            synced(above).await?;
        }
        Ok(copied)
    }

    /// Copies a file, if it is still what it was; how many bytes it has.
    async fn copy(&self, sha256: Sha256Hash, target: &Path) -> Result<u64, FilesError> {
        let mut bytes = self.read(sha256, None).await?.into_stream();
        let unfinished = target.with_extension(UNFINISHED);
        let mut file = File::create(&unfinished).await.map_err(of_the_copy)?;
        let (mut hash, mut size) = (Sha256::new(), 0);
        while let Some(chunk) = bytes.try_next().await? {
            hash.update(&chunk);
            size += chunk.len() as u64;
            file.write_all(&chunk).await.map_err(of_the_copy)?;
        }
        file.sync_all().await.map_err(of_the_copy)?;
        if <[u8; 32]>::from(hash.finalize()) != sha256.0 {
            tokio::fs::remove_file(&unfinished).await.map_err(of_the_copy)?;
            return Err(FilesError::Another);
        }
        tokio::fs::rename(&unfinished, target).await.map_err(of_the_copy)?;
        Ok(size)
    }
}

/// Whether a copy of a file is in this folder.
pub async fn is_copied(folder: &Path, sha256: Sha256Hash, size: u64) -> bool {
    let there = tokio::fs::metadata(copy_of(folder, sha256)).await;
    there.is_ok_and(|there| there.len() == size)
}

fn copy_of(folder: &Path, sha256: Sha256Hash) -> PathBuf {
    folder.join(place_of(sha256).as_ref())
}

async fn synced(folder: &Path) -> Result<(), FilesError> {
    let synced = async { File::open(folder).await?.sync_all().await };
    synced.await.map_err(of_the_copy)
}

/// A folder that is gone is no file that is gone.
fn of_the_copy(error: std::io::Error) -> FilesError {
    match error.kind() {
        std::io::ErrorKind::StorageFull => FilesError::Full,
        _ => FilesError::Failed(format!("the copy cannot be written: {error}")),
    }
}

/// How long a bucket is asked again: whoever sends waits for it, and tries again by themselves.
fn patience() -> RetryConfig {
    RetryConfig { max_retries: 3, retry_timeout: Duration::from_secs(10), ..RetryConfig::default() }
}

/// What bytes are that begin so.
pub fn media_type_of(head: &[u8]) -> String {
    infer::get(head).map_or("application/octet-stream", |it| it.mime_type()).to_owned()
}

/// Where a file in small is kept.
fn preview_of(sha256: Sha256Hash) -> Name {
    Name::from(format!("previews/{}", place_of(sha256)))
}

/// Where a file is kept: by what it hashes to.
fn place_of(sha256: Sha256Hash) -> Name {
    let name = sha256.to_string();
    Name::from(format!("{}/{name}", &name[..2]))
}
