//! Opening a database.

use std::sync::Arc;
use std::time::Duration;

use sqlx::any::AnyPoolOptions;
use sqlx::{AnyPool, Executor as _};

use crate::StorageError;
use crate::sql::Sql;
use crate::writing::Seat;

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
    pub(crate) writer: AnyPool,
    pub(crate) writing: Arc<Seat>,
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
        let writer = pool(dialect, &address, 1).await?;
        let readers = pool(dialect, &address, READERS_MAX).await?;
        let db = Self { dialect, url: url.to_owned(), writer, writing: Arc::default(), readers };
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
        Sql::new(self.dialect, text)
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

async fn pool(dialect: Dialect, address: &str, connections: u32) -> Result<AnyPool, StorageError> {
    let settings = match dialect {
        Dialect::Sqlite => SQLITE_PRAGMAS,
        Dialect::Postgres => POSTGRES_SETTINGS,
    };
    Ok(AnyPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        // A ping before each commit is a way there and back; a broken connection shows anyway.
        .test_before_acquire(false)
        .after_connect(move |connection, _| {
            Box::pin(async move { connection.execute(settings).await.map(|_| ()) })
        })
        .connect(address)
        .await?)
}
