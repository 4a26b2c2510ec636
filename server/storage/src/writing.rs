//! The one connection that writes. It is kept from transaction to transaction: giving it back to
//! its pool and taking it again would send a ping to the database each time, before each commit.

use std::ops::{Deref, DerefMut};

use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyConnection, Executor as _};
use tokio::sync::MutexGuard;

use crate::pools::Patience;
use crate::{Db, Dialect, StorageError};

/// Where the connection is kept while nobody writes.
pub(crate) type Seat = tokio::sync::Mutex<Option<PoolConnection<Any>>>;

/// A transaction that may write. Dropped without a word it is rolled back, and its connection
/// closed.
pub(crate) struct Writing<'a> {
    seat: MutexGuard<'a, Option<PoolConnection<Any>>>,
    on: Open,
    patience: Patience,
}

/// The connection of a transaction that is open.
struct Open(Option<PoolConnection<Any>>);

impl Db {
    /// Begins a transaction, after the one before. SQLite takes its write lock at once: a lock
    /// taken later could fail in the middle.
    pub(crate) async fn begin(&self) -> Result<Writing<'_>, StorageError> {
        let mut seat = self.writing.lock().await;
        let kept = seat.take();
        let on = match kept {
            Some(on) => on,
            None => self.writer.acquire().await?,
        };
        let patience = self.patience.clone();
        let mut writing = Writing { seat, on: Open(Some(on)), patience };
        let begin = match self.dialect {
            Dialect::Sqlite => "BEGIN IMMEDIATE",
            Dialect::Postgres => "BEGIN",
        };
        writing.say(begin).await?;
        Ok(writing)
    }

    /// Gives the connection back.
    pub(crate) async fn end_writing(&self) {
        drop(self.writing.lock().await.take());
    }
}

impl Writing<'_> {
    /// Makes it durable. After an error nobody knows whether it is.
    pub(crate) async fn commit(mut self) -> Result<(), StorageError> {
        self.say("COMMIT").await?;
        self.keep();
        Ok(())
    }

    /// Undoes it.
    pub(crate) async fn rollback(mut self) -> Result<(), StorageError> {
        self.say("ROLLBACK").await?;
        self.keep();
        Ok(())
    }

    async fn say(&mut self, word: &'static str) -> Result<(), StorageError> {
        let patience = self.patience.clone();
        patience.answer(self.execute(word)).await.map(|_| ())
    }

    fn keep(&mut self) {
        *self.seat = self.on.0.take();
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        if let Some(on) = self.0.take() {
            // Its transaction is open: it must not be used again.
            drop(on.detach());
        }
    }
}

impl Deref for Writing<'_> {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        self.on.0.as_deref().expect("the connection is there until the transaction ends")
    }
}

impl DerefMut for Writing<'_> {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        self.on.0.as_deref_mut().expect("the connection is there until the transaction ends")
    }
}
