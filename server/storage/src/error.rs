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
    /// The database refused or could not be reached; trying again may help.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
}

impl StorageError {
    /// Whether trying again is pointless.
    pub fn is_permanent(&self) -> bool {
        match self {
            Self::UnknownDatabase | Self::NewerDatabase(_) | Self::Damaged(_) => true,
            Self::Backup(_) | Self::Database(_) => false,
        }
    }
}
