//! What can go wrong with a database.

/// A failure of the database, or a database that this version must not touch.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The address names no database that is supported.
    #[error("the database address must begin with `sqlite:` or `postgres:`")]
    UnknownDatabase,
    /// The database was written by a newer version.
    #[error(
        "the database was written by a newer version of Waypost (it has migration {0}); \
         start that version, or restore the backup made before the update"
    )]
    NewerDatabase(i64),
    /// The database holds something that this version cannot have written.
    #[error("the database is damaged: {0}")]
    Damaged(String),
    /// A backup could not be made.
    #[error("the backup failed: {0}")]
    Backup(String),
    /// The database did not answer in time. What was asked may have been done.
    #[error("the database does not answer")]
    Silent,
    /// The database refused or could not be reached; trying again may help.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
}

impl StorageError {
    /// Whether trying again is pointless.
    pub fn is_permanent(&self) -> bool {
        match self {
            Self::UnknownDatabase | Self::NewerDatabase(_) | Self::Damaged(_) => true,
            Self::Backup(_) | Self::Silent | Self::Database(_) => false,
        }
    }

    /// Whether the database as a whole does not work for the moment (it is away, or its disk is
    /// full): whatever is asked next would fail too.
    pub fn is_outage(&self) -> bool {
        match self {
            Self::Silent => true,
            Self::Database(error) => is_outage(error),
            Self::UnknownDatabase | Self::NewerDatabase(_) | Self::Damaged(_) | Self::Backup(_) => {
                false
            }
        }
    }
}

/// The first byte of SQLite's code, for which the rest says more: busy, locked, read-only, no
/// reading or writing, full, not to be opened.
const SQLITE_OUTAGES: [u32; 6] = [5, 6, 8, 10, 13, 14];

/// The classes of PostgreSQL's codes: connection, transaction of a server that is none for
/// writing, resources, operator, system.
const POSTGRES_OUTAGES: [&str; 5] = ["08", "25", "53", "57", "58"];

fn is_outage(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(said) => said.code().is_some_and(|code| {
            let sqlite = code.len() != 5
                && code.parse().is_ok_and(|code: u32| SQLITE_OUTAGES.contains(&(code & 0xff)));
            sqlite || (code.len() == 5 && POSTGRES_OUTAGES.contains(&&code[..2]))
        }),
        _ => false,
    }
}
