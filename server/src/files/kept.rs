//! The store of whole files, by what they hash to: a folder, or a bucket that speaks S3.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

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

const S3: &str = "s3://";

/// Whole files.
pub struct Kept {
    store: Arc<dyn ObjectStore>,
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
        let store: Arc<dyn ObjectStore> = match bucket {
            Some(bucket) => {
                // Its client takes the one of the process; there may be one already.
                let _ = rustls::crypto::ring::default_provider().install_default();
                let (name, folder) = bucket.split_once('/').unwrap_or((bucket, ""));
                let bucket = AmazonS3Builder::from_env().with_bucket_name(name);
                let bucket = bucket.with_retry(patience()).build();
                Arc::new(PrefixStore::new(bucket.map_err(std::io::Error::other)?, folder))
            }
            None => {
                let folder = config.files.as_ref().map(PathBuf::from);
                let folder = folder.unwrap_or_else(|| config.data.join("files"));
                std::fs::create_dir_all(&folder)?;
                let store =
                    LocalFileSystem::new_with_prefix(folder).map_err(std::io::Error::other)?;
                Arc::new(store.with_fsync(true))
            }
        };
        Ok(Self { store })
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

    /// Keeps what is read from there, which hashes to that.
    pub(super) async fn put(
        &self,
        from: &mut (impl AsyncRead + Unpin),
        sha256: Sha256Hash,
    ) -> Result<(), FilesError> {
        let mut kept = BufWriter::new(Arc::clone(&self.store), place_of(sha256));
        tokio::io::copy(from, &mut kept).await?;
        Ok(kept.shutdown().await?)
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

    /// The files whose hash begins with that byte and that are here for at least so long.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn list(&self, part: u8, age: Duration) -> Result<Vec<KeptFile>, FilesError> {
        let now = SystemTime::now();
        let listed = self.store.list(Some(&Name::from(format!("{part:02x}"))));
        let files = listed.try_filter_map(|found| async move {
            let is_old = now.duration_since(found.last_modified.into()).unwrap_or_default() >= age;
            let sha256 = found.location.filename().and_then(|name| name.parse().ok());
            let file = sha256.map(|sha256| KeptFile { sha256, size: found.size });
            Ok(file.filter(|_| is_old))
        });
        Ok(files.try_collect().await?)
    }

    /// Copies every file that is not in this folder yet. Each is whole when it stands there under its name.
    ///
    /// # Errors
    /// If the store or the folder fails.
    pub async fn copy_to(&self, folder: &Path) -> Result<FilesCopied, FilesError> {
        let mut copied = FilesCopied::default();
        for part in 0..=u8::MAX {
            let part_of_it = folder.join(format!("{part:02x}"));
            for file in self.list(part, Duration::ZERO).await? {
                let target = part_of_it.join(file.sha256.to_string());
                let there = tokio::fs::metadata(&target).await.map(|it| it.len()).ok();
                if there == Some(file.size) {
                    copied.files += 1;
                    continue;
                }
                tokio::fs::create_dir_all(&part_of_it).await?;
                match self.copy(file.sha256, &target).await {
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
            if tokio::fs::try_exists(&part_of_it).await? {
                File::open(&part_of_it).await?.sync_all().await?;
            }
        }
        Ok(copied)
    }

    /// Copies a file, if it is still what it was; how many bytes it has.
    async fn copy(&self, sha256: Sha256Hash, target: &Path) -> Result<u64, FilesError> {
        let mut bytes = self.read(sha256, None).await?.into_stream();
        let unfinished = target.with_extension(UNFINISHED);
        let (mut file, mut hash, mut size) = (File::create(&unfinished).await?, Sha256::new(), 0);
        while let Some(chunk) = bytes.try_next().await? {
            hash.update(&chunk);
            size += chunk.len() as u64;
            file.write_all(&chunk).await?;
        }
        file.sync_all().await?;
        if <[u8; 32]>::from(hash.finalize()) != sha256.0 {
            tokio::fs::remove_file(&unfinished).await?;
            return Err(FilesError::Another);
        }
        tokio::fs::rename(&unfinished, target).await?;
        Ok(size)
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
