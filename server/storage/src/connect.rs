//! Opening a database.

use std::sync::Arc;

use crate::StorageError;
use crate::pools::{self, Patience, Pool};
use crate::sql::Sql;
use crate::writing::Seat;

/// Most connections that read at the same time.
const READERS_MAX: u32 = 8;

/// Most connections that search: whoever looks for much must not keep others from reading.
const SEARCHERS_MAX: u32 = 2;

/// Most statements that a connection to PostgreSQL keeps prepared: some thirty, each in the sizes of
/// its sets.
const STATEMENTS_MAX: usize = 500;

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
    pub(crate) writing: Arc<Seat>,
    pub(crate) readers: Pool,
    pub(crate) searchers: Pool,
}

impl Db {
    /// Opens the database at a `sqlite:` or `postgres:` address, creates it if it is an SQLite
    /// file that does not exist, and migrates it forward. A database with content is backed up
    /// before a migration.
    pub async fn open(url: &str) -> Result<Self, StorageError> {
        sqlx::any::install_default_drivers();
        let dialect = Dialect::of(url)?;
        let address = dialect.address(url);
        if dialect == Dialect::Sqlite {
            pools::try_file(&address).await?;
        }
        let patience = Patience::with(dialect);
        let writer = Pool::open(&address, 1, patience.clone()).await?;
        let readers = Pool::open(&address, READERS_MAX, patience.clone()).await?;
        let searchers = Pool::open(&address, SEARCHERS_MAX, patience.clone()).await?;
        let (url, writing) = (url.to_owned(), Arc::default());
        let db = Self { dialect, url, patience, writer, writing, readers, searchers };
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
        self.searchers.close().await;
        self.end_writing().await;
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
            Self::Sqlite => url.to_owned(),
            Self::Postgres if url.contains("statement-cache-capacity") => url.to_owned(),
            Self::Postgres => {
                let and = if url.contains('?') { '&' } else { '?' };
                format!("{url}{and}statement-cache-capacity={STATEMENTS_MAX}")
            }
        }
    }
}
