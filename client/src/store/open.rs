//! Opening and making the encrypted file.

use std::path::Path;
use std::time::Duration;

use sqlx::ConnectOptions as _;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::SqliteSynchronous;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions};
use thiserror::Error;

use super::{Identity, Store};
use crate::files::Files;

static MIGRATIONS: Migrator = sqlx::migrate!("src/store/migrations");

/// The 256-bit key of a store. Whoever has it can read what the device knows.
#[derive(Clone)]
pub struct StoreKey([u8; 32]);

impl StoreKey {
    /// A key from 32 bytes that are as good as random.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    fn pragma(&self) -> String {
        format!("\"x'{}'\"", hex::encode(self.0))
    }
}

impl std::fmt::Debug for StoreKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StoreKey(..)")
    }
}

/// Why a store cannot be opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// There is no file here.
    #[error("there is no store at this place; enrol the device first")]
    Missing,
    /// The key does not fit, or the file is no store.
    #[error("the key does not open this store, or the file is damaged")]
    WrongKey,
    /// It was written by a newer version.
    #[error("this store was written by a newer version of Waypost; update this one")]
    Newer,
    /// Enrolling did not come to its end.
    #[error("this store holds no enrolment; enrol the device again")]
    NotEnrolled,
    /// This build has no encryption, and a store in plain text is not made.
    #[error("this build cannot encrypt its store")]
    NoEncryption,
    /// Anything else: the disk, the rights.
    #[error("the store cannot be opened: {0}")]
    Other(String),
}

impl From<sqlx::Error> for OpenError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            // SQLITE_NOTADB: what a wrong key looks like.
            sqlx::Error::Database(inner) if inner.code().as_deref() == Some("26") => Self::WrongKey,
            _ => Self::Other(error.to_string()),
        }
    }
}

impl Store {
    /// Opens the store of a device that is enrolled.
    pub(crate) async fn open(path: &Path, key: &StoreKey) -> Result<(Self, Identity), OpenError> {
        if !path.exists() {
            return Err(OpenError::Missing);
        }
        let pool = connect(path, key, false).await?;
        let opened = Self::load(pool.clone(), path).await;
        if opened.is_err() {
            // Whoever tries again at once, or replaces the file, must not meet this connection.
            pool.close().await;
        }
        opened
    }

    async fn load(pool: SqlitePool, path: &Path) -> Result<(Self, Identity), OpenError> {
        let identity = Identity::read(&pool).await?.ok_or(OpenError::NotEnrolled)?;
        let store = Self { pool, me: identity.person, files: Files::beside(path) };
        store.understand_more().await.map_err(|error| OpenError::Other(error.to_string()))?;
        if let Err(error) = store.sweep_files().await {
            tracing::warn!(%error, "what a crash has left behind could not be removed yet");
        }
        Ok((store, identity))
    }

    /// Makes the file of a device that is about to be enrolled.
    pub(crate) async fn prepare(path: &Path, key: &StoreKey) -> Result<SqlitePool, OpenError> {
        connect(path, key, true).await
    }

    /// Completes the file with who this device speaks for.
    pub(crate) async fn enrolled(
        pool: SqlitePool,
        identity: &Identity,
        path: &Path,
    ) -> Result<Self, sqlx::Error> {
        identity.write(&pool).await?;
        Ok(Self { pool, me: identity.person, files: Files::beside(path) })
    }
}

/// One connection: this process is the only writer, and reads between writes cost little.
async fn connect(path: &Path, key: &StoreKey, create: bool) -> Result<SqlitePool, OpenError> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(create)
        // It is run before every other statement.
        .pragma("key", key.pragma())
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        // The statement with the key must not stand in any log.
        .disable_statement_logging();
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .min_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .connect_with(options)
        .await?;
    let ready = make_ready(&pool).await;
    if ready.is_err() {
        pool.close().await;
    }
    ready.map(|()| pool)
}

async fn make_ready(pool: &SqlitePool) -> Result<(), OpenError> {
    // Without SQLCipher the key is silently ignored and the file is plain text.
    let cipher: Option<(String,)> =
        sqlx::query_as("PRAGMA cipher_version").fetch_optional(pool).await?;
    cipher.filter(|(version,)| !version.is_empty()).ok_or(OpenError::NoEncryption)?;
    match MIGRATIONS.run(pool).await {
        Ok(()) => Ok(()),
        Err(MigrateError::VersionMissing(_)) => Err(OpenError::Newer),
        Err(error) => Err(OpenError::Other(error.to_string())),
    }
}
