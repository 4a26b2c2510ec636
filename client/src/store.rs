//! The device's durable memory: one encrypted SQLite file for each enrolment, and large files sealed beside it.
//!
//! It is written by [`waypost_engine::Change`]s alone, each list in one transaction, by one
//! writer. It refuses to open a file that it cannot encrypt, and a file of a newer version.

mod apply;
mod cases;
#[cfg(test)]
mod cases_tests;
mod escalations;
mod fetches;
mod groups;
mod identity;
mod lifetimes;
mod messages;
mod notifications;
mod open;
mod project;
mod read;
mod reports;
mod revisions;
mod search;
#[cfg(test)]
pub(crate) mod tests;
mod touched;
mod trips;
mod uploads;
mod urgent;
mod writing;

use sqlx::sqlite::SqlitePool;
use waypost_protocol::PersonId;

pub(crate) use escalations::EscalationRow;
pub(crate) use fetches::FetchRow;
pub(crate) use identity::Identity;
pub(crate) use messages::{MessageRow, Place, Receipts};
pub use open::{OpenError, StoreKey};
pub(crate) use read::{GroupRow, MemberRow, PersonRow, Reading, WedgedRow};
pub(crate) use search::{Candidate, says};
pub(crate) use touched::{Extent, Touched};
pub(crate) use uploads::UploadRow;
use writing::Writing;

use crate::files::Files;

/// A write or read that failed. Its text is for the log and for [`crate::View::store_trouble`].
#[derive(Debug, thiserror::Error)]
#[error("the store of this device cannot be used: {0}")]
pub(crate) struct StoreError(#[from] sqlx::Error);

/// An open store.
pub(crate) struct Store {
    pool: SqlitePool,
    me: PersonId,
    files: Files,
}

impl Store {
    /// On whose behalf it is kept.
    pub(crate) fn me(&self) -> PersonId {
        self.me
    }

    /// The files beside it.
    pub(crate) fn files(&self) -> &Files {
        &self.files
    }

    /// Writes something without meaning, to see whether writing works again.
    pub(crate) async fn probe(&self) -> Result<(), StoreError> {
        sqlx::query("UPDATE progress SET writes = writes + 1").execute(&self.pool).await?;
        Ok(())
    }

    /// Does all of this in one transaction, or nothing of it.
    async fn write(
        &self,
        work: impl AsyncFnOnce(&mut Writing) -> Result<(), sqlx::Error>,
    ) -> Result<Touched, StoreError> {
        let mut writing = Writing::begin(&self.pool, self.me).await?;
        match work(&mut writing).await {
            Ok(()) => Ok(writing.commit().await?),
            Err(error) => {
                writing.give_up().await;
                Err(error.into())
            }
        }
    }

    /// Closes the file in good order.
    pub(crate) async fn close(self) {
        self.pool.close().await;
    }
}
