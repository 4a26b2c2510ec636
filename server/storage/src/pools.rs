//! Connections to the database, and for how long an answer is waited for.
//!
//! A machine that vanishes ends no connection: without a bound a statement would wait until TCP
//! gives up, a quarter of an hour. After a silence all connections are made anew, wherever the
//! address leads by then. The embedded database cannot vanish, so there nothing is bounded.

use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use sqlx::any::AnyPoolOptions;
use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyConnection, AnyPool, Connection as _, Executor as _};
use tokio::time::timeout;

use crate::{Dialect, StorageError};

/// How long a request waits for a connection before it fails. A device whose credential cannot be
/// looked up is told so before the edge gives its CONNECT up.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

/// Longest wait for the answer to one statement. The slowest of ours take a tenth of a second.
const ANSWER_MAX: Duration = Duration::from_secs(10);

/// WAL so that readers never wait; FULL so that what is answered `Accepted` survives a power cut.
/// Checkpoints at 10,000 pages keep the writer's worst case low (measured, see DESIGN section 5).
const SQLITE_PRAGMAS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
     PRAGMA busy_timeout = 10000; PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 10000; \
     PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY";

/// `IN` lists of varying values want a plan of their own. The rest is for a server that vanishes
/// in the middle of a transaction: the lock on the head must not outlive it for hours.
const POSTGRES_SETTINGS: &str = "SET plan_cache_mode = force_custom_plan; \
     SET idle_in_transaction_session_timeout = '5s'; SET tcp_keepalives_idle = 10; \
     SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3";

/// Waits for answers of the database, and counts when there was none.
#[derive(Clone, Debug)]
pub(crate) struct Patience {
    dialect: Dialect,
    silences: Arc<AtomicU64>,
}

impl Patience {
    pub(crate) fn with(dialect: Dialect) -> Self {
        Self { dialect, silences: Arc::default() }
    }

    /// The answer, or [`StorageError::Silent`].
    pub(crate) async fn answer<T>(
        &self,
        asked: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, StorageError> {
        match self.dialect {
            Dialect::Sqlite => Ok(asked.await?),
            Dialect::Postgres => match timeout(ANSWER_MAX, asked).await {
                Ok(answer) => Ok(answer?),
                Err(_) => {
                    self.silences.fetch_add(1, Relaxed);
                    Err(StorageError::Silent)
                }
            },
        }
    }
}

/// Some connections to one database.
#[derive(Clone)]
pub(crate) struct Pool {
    address: String,
    connections: u32,
    patience: Patience,
    /// After how many silences they were made.
    made: Arc<RwLock<(u64, AnyPool)>>,
}

impl Pool {
    pub(crate) async fn open(
        address: &str,
        connections: u32,
        patience: Patience,
    ) -> Result<Self, StorageError> {
        let pool = options(patience.dialect, connections).connect(address).await?;
        let made = Arc::new(RwLock::new((0, pool)));
        Ok(Self { address: address.to_owned(), connections, patience, made })
    }

    pub(crate) async fn acquire(&self) -> Result<PoolConnection<Any>, StorageError> {
        Ok(self.current().acquire().await?)
    }

    /// The connections of now.
    pub(crate) fn current(&self) -> AnyPool {
        let silences = self.patience.silences.load(Relaxed);
        let (made_after, pool) = self.made.read().unwrap_or_else(PoisonError::into_inner).clone();
        if made_after == silences {
            return pool;
        }
        let fresh = options(self.patience.dialect, self.connections).connect_lazy(&self.address);
        // The address was good when the pool was opened.
        let fresh = fresh.unwrap_or(pool);
        let mut made = self.made.write().unwrap_or_else(PoisonError::into_inner);
        if made.0 != silences {
            tracing::warn!("the database was silent; connecting anew");
            *made = (silences, fresh);
        }
        made.1.clone()
    }

    pub(crate) async fn close(&self) {
        self.current().close().await;
    }
}

/// Opens an SQLite file once by itself. A pool that cannot set up a connection tries until its time
/// is over and then says only that; this says at once what is wrong with the file.
pub(crate) async fn try_file(address: &str) -> Result<(), StorageError> {
    let mut connection = AnyConnection::connect(address).await?;
    let tried = connection.execute(SQLITE_PRAGMAS).await;
    let closed = connection.close().await;
    tried?;
    Ok(closed?)
}

fn options(dialect: Dialect, connections: u32) -> AnyPoolOptions {
    let settings = match dialect {
        Dialect::Sqlite => SQLITE_PRAGMAS,
        Dialect::Postgres => POSTGRES_SETTINGS,
    };
    AnyPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .after_release(|connection, _| Box::pin(is_free(connection)))
        .after_connect(move |connection, _| {
            Box::pin(async move { connection.execute(settings).await.map(|_| ()) })
        })
}

/// Whether no transaction is left on it. SQLite ends one by itself when its disk is full, which
/// sqlx does not see: it would refuse to begin another one on this connection for ever.
async fn is_free(connection: &mut AnyConnection) -> Result<bool, sqlx::Error> {
    if connection.is_in_transaction() {
        // An ordinary ROLLBACK may be under way.
        connection.ping().await?;
    }
    Ok(!connection.is_in_transaction())
}
