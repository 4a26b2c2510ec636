//! Opening a database.

use sqlx::{Any, Transaction};

use crate::StorageError;
use crate::pools::{Patience, Pool};
use crate::sql::Sql;

/// Most connections that read at the same time.
const READERS_MAX: u32 = 8;

/// Which database it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dialect {
    /// The embedded default.
    Sqlite,
    /// Where one machine is outgrown.
    Postgres,
}

/// A database with the record.
#[derive(Clone)]
pub struct Db {
    pub(crate) dialect: Dialect,
    pub(crate) url: String,
    pub(crate) patience: Patience,
    pub(crate) writer: Pool,
    pub(crate) readers: Pool,
}

impl Db {
    /// Opens the database at a `sqlite:` or `postgres:` address, creates it if it is an SQLite
    /// file that does not exist, and migrates it forward. A database with content is backed up
    /// before a migration.
    pub async fn open(url: &str) -> Result<Self, StorageError> {
        sqlx::any::install_default_drivers();
        let dialect = Dialect::of(url)?;
        let address = dialect.address(url);
        let patience = Patience::with(dialect);
        let writer = Pool::open(&address, 1, patience.clone()).await?;
        let readers = Pool::open(&address, READERS_MAX, patience.clone()).await?;
        let db = Self { dialect, url: url.to_owned(), patience, writer, readers };
        db.migrate().await?;
        Ok(db)
    }

    /// Which database it is.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Waits until open statements are done and closes all connections.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StorageError> {
        let mut connection = self.readers.acquire().await?;
        self.sql("SELECT 1").row(&mut connection).await?;
        Ok(())
    }

    pub(crate) fn sql(&self, text: &str) -> Sql {
        Sql::new(self.dialect, self.patience.clone(), text)
    }

    /// A transaction that may write. SQLite takes its write lock at once: a lock taken later
    /// could fail in the middle.
    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Any>, StorageError> {
        let writer = self.writer.current();
        match self.dialect {
            Dialect::Sqlite => Ok(writer.begin_with("BEGIN IMMEDIATE").await?),
            Dialect::Postgres => self.patience.answer(writer.begin()).await,
        }
    }

    /// Makes it durable. When this fails, nobody knows whether it is.
    pub(crate) async fn complete(&self, tx: Transaction<'static, Any>) -> Result<(), StorageError> {
        self.patience.answer(tx.commit()).await
    }
}

impl Dialect {
    fn of(url: &str) -> Result<Self, StorageError> {
        if url.starts_with("sqlite:") {
            Ok(Self::Sqlite)
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            Ok(Self::Postgres)
        } else {
            Err(StorageError::UnknownDatabase)
        }
    }

    fn address(self, url: &str) -> String {
        match self {
            Self::Sqlite if !url.contains('?') => format!("{url}?mode=rwc"),
            Self::Sqlite | Self::Postgres => url.to_owned(),
        }
    }
}
