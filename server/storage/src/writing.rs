//! The one connection that writes. It is kept from transaction to transaction: giving it back to
//! its pool and taking it again would send a ping to the database each time, before each commit.

use std::ops::{Deref, DerefMut};

use sqlx::{AnyConnection, Connection as _, Executor as _};
use tokio::sync::MutexGuard;

use crate::pools::Patience;
use crate::remembered::Remembered;
use crate::{Db, Dialect, StorageError};

/// Where the connection is kept while nobody writes, with what is remembered of what it wrote.
pub(crate) type Seat = tokio::sync::Mutex<Option<(AnyConnection, Remembered)>>;

/// A transaction that may write. Dropped without a word it takes its connection with it, and the
/// database rolls it back.
pub(crate) struct Writing<'a> {
    seat: MutexGuard<'a, Option<(AnyConnection, Remembered)>>,
    on: Option<AnyConnection>,
    /// Taken by who decides, and given back before the end.
    pub(crate) remembered: Remembered,
    patience: Patience,
}

impl Db {
    /// Begins a transaction, after the one before. SQLite takes its write lock at once: a lock
    /// taken later could fail in the middle.
    pub(crate) async fn begin(&self) -> Result<Writing<'_>, StorageError> {
        let mut seat = self.writing.lock().await;
        let kept = seat.take();
        let (on, remembered) = match kept {
            Some(kept) => kept,
            None => (self.writer.acquire().await?.detach(), Remembered::default()),
        };
        let patience = self.patience.clone();
        let mut writing = Writing { seat, on: Some(on), remembered, patience };
        let begin = match self.dialect {
            Dialect::Sqlite => "BEGIN IMMEDIATE",
            Dialect::Postgres => "BEGIN",
        };
        writing.say(begin).await?;
        Ok(writing)
    }

    /// Closes the connection.
    pub(crate) async fn end_writing(&self) {
        let kept = self.writing.lock().await.take();
        if let Some((on, _)) = kept
            && let Err(error) = on.close().await
        {
            tracing::warn!(%error, "the writing connection could not be closed in good order");
        }
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
        let remembered = std::mem::take(&mut self.remembered);
        *self.seat = self.on.take().map(|on| (on, remembered));
    }
}

impl Deref for Writing<'_> {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        self.on.as_ref().expect("the connection is there until the transaction ends")
    }
}

impl DerefMut for Writing<'_> {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        self.on.as_mut().expect("the connection is there until the transaction ends")
    }
}
