//! Online copies of the record.
//!
//! SQLite is copied by itself (`VACUUM INTO`, a consistent snapshot while writers go on).
//! PostgreSQL has a tool of its own, which is called.

use std::path::Path;
use std::process::Stdio;

use sqlx::Row as _;
use tokio::process::Command;

use crate::sql::{big, unsigned};
use crate::{Db, Dialect, StorageError};

impl Db {
    /// Writes a consistent copy of the whole record to a new file. Returns the number of a fact up to which
    /// it reaches at least.
    ///
    /// # Errors
    /// If the file exists already or cannot be written, or the database fails.
    pub async fn backup(&self, to: &Path) -> Result<u64, StorageError> {
        if to.exists() {
            return Err(StorageError::Backup(format!("{} exists already", to.display())));
        }
        // Read before the copy is made: the copy holds at least as much.
        let covered = self.head().await?.tree.size();
        self.copy(to).await?;
        Ok(covered)
    }

    /// Notes that a backup holds everything up to this fact, files included.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn is_backed_up(&self, covered: u64) -> Result<(), StorageError> {
        let mut tx = self.begin().await?;
        self.sql("UPDATE head SET backed_up_to = ")
            .bind(big(covered))
            .push(" WHERE id = 1 AND backed_up_to < ")
            .bind(big(covered))
            .execute(&mut tx)
            .await?;
        tx.commit().await
    }

    /// The number of the last fact that a backup holds.
    pub async fn backed_up_to(&self) -> Result<u64, StorageError> {
        let mut on = self.readers.acquire().await?;
        let row = self.sql("SELECT backed_up_to FROM head WHERE id = 1").row(&mut on).await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?.map_or(0, unsigned))
    }

    /// Copies the database beside itself (SQLite) or refuses until a backup was made by hand.
    pub(crate) async fn backup_before_migration(&self, version: i64) -> Result<(), StorageError> {
        let file = match self.dialect {
            Dialect::Sqlite => {
                let file = self.url.trim_start_matches("sqlite:").trim_start_matches("//");
                format!("{}.before-update-{version}", file.split('?').next().unwrap_or(file))
            }
            Dialect::Postgres => {
                let folder = std::env::temp_dir();
                format!("{}/waypost.before-update-{version}.dump", folder.display())
            }
        };
        if Path::new(&file).exists() {
            return Ok(()); // an earlier try got this far
        }
        tracing::warn!(file, "copying the database before it is migrated");
        self.copy(Path::new(&file)).await
    }

    async fn copy(&self, to: &Path) -> Result<(), StorageError> {
        match self.dialect {
            Dialect::Sqlite => {
                let mut on = self.readers.acquire().await?;
                let target = to.display().to_string();
                self.sql("VACUUM INTO ").bind(target).execute(&mut on).await?;
                std::fs::File::open(to)
                    .and_then(|file| file.sync_all())
                    .map_err(|error| StorageError::Backup(error.to_string()))
            }
            Dialect::Postgres => dump(&self.url, to).await,
        }
    }
}

async fn dump(url: &str, to: &Path) -> Result<(), StorageError> {
    let output = Command::new("pg_dump")
        .arg("--format=custom")
        .arg("--file")
        .arg(to)
        .arg(format!("--dbname={url}"))
        .stdin(Stdio::null())
        .output()
        .await
        .map_err(|error| StorageError::Backup(format!("pg_dump cannot be started: {error}")))?;
    if output.status.success() {
        Ok(())
    } else {
        Err(StorageError::Backup(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
    }
}
