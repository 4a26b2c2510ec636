//! Migrations: forward only, by themselves, after a backup.

use sqlx::migrate::{MigrateError, Migrator};

use crate::{Db, Dialect, StorageError};

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

impl Db {
    pub(crate) async fn migrate(&self) -> Result<(), StorageError> {
        let migrator = match self.dialect {
            Dialect::Sqlite => &SQLITE,
            Dialect::Postgres => &POSTGRES,
        };
        if let Some(version) = self.applied_version().await?
            && migrator.iter().any(|migration| migration.version > version)
        {
            self.backup_before_migration(version).await?;
        }
        migrator.run(&self.writer.current()).await.map_err(|error| match error {
            MigrateError::VersionMissing(version) => StorageError::NewerDatabase(version),
            MigrateError::Execute(error) => StorageError::Database(error),
            other => StorageError::Damaged(other.to_string()),
        })?;
        self.ensure_head().await
    }

    /// The newest migration in the database; `None` for a new one.
    async fn applied_version(&self) -> Result<Option<i64>, StorageError> {
        let exists = match self.dialect {
            Dialect::Sqlite => "SELECT COUNT(*) FROM sqlite_master WHERE name = '_sqlx_migrations'",
            Dialect::Postgres => {
                "SELECT COUNT(*) FROM information_schema.tables \
                 WHERE table_schema = current_schema() AND table_name = '_sqlx_migrations'"
            }
        };
        let tables: i64 = sqlx::query_scalar(exists).fetch_one(&self.writer.current()).await?;
        if tables == 0 {
            return Ok(None);
        }
        let version: Option<i64> = sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations")
            .fetch_one(&self.writer.current())
            .await?;
        Ok(version)
    }
}
