//! Opening a database.

use std::time::Duration;

use sqlx::any::AnyPoolOptions;
use sqlx::{Any, AnyConnection, AnyPool, Connection as _, Executor as _, Transaction};

use crate::StorageError;
use crate::sql::Sql;

/// Most connections that read at the same time.
const READERS_MAX: u32 = 8;

/// How long a request waits for a connection before it fails.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

/// WAL so that readers never wait; FULL so that what is answered `Accepted` survives a power cut.
/// Checkpoints at 10,000 pages keep the writer's worst case low (measured, see DESIGN section 5).
const SQLITE_PRAGMAS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
     PRAGMA busy_timeout = 10000; PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 10000; \
     PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY";

/// `IN` lists of varying values want a plan of their own.
const POSTGRES_SETTINGS: &str = "SET plan_cache_mode = force_custom_plan";

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
    pub(crate) writer: AnyPool,
    pub(crate) readers: AnyPool,
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
            try_file(&address).await?;
        }
        let writer = pool(dialect, &address, 1).await?;
        let readers = pool(dialect, &address, READERS_MAX).await?;
        let db = Self { dialect, url: url.to_owned(), writer, readers };
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
        Sql::new(self.dialect, text)
    }

    /// A transaction that may write. SQLite takes its write lock at once: a lock taken later
    /// could fail in the middle.
    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Any>, StorageError> {
        Ok(match self.dialect {
            Dialect::Sqlite => self.writer.begin_with("BEGIN IMMEDIATE").await?,
            Dialect::Postgres => self.writer.begin().await?,
        })
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

/// Opens the file once by itself. A pool that cannot set up a connection tries until its time is
/// over and then says only that; this says at once what is wrong with the file.
async fn try_file(address: &str) -> Result<(), StorageError> {
    let mut connection = AnyConnection::connect(address).await?;
    let tried = connection.execute(SQLITE_PRAGMAS).await;
    let closed = connection.close().await;
    tried?;
    Ok(closed?)
}

async fn pool(dialect: Dialect, address: &str, connections: u32) -> Result<AnyPool, StorageError> {
    let settings = match dialect {
        Dialect::Sqlite => SQLITE_PRAGMAS,
        Dialect::Postgres => POSTGRES_SETTINGS,
    };
    Ok(AnyPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .after_connect(move |connection, _| {
            Box::pin(async move { connection.execute(settings).await.map(|_| ()) })
        })
        .connect(address)
        .await?)
}
