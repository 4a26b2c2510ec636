//! Writing: every [`Change`] as statements of one transaction.
//!
//! What each of them means is said in code by `waypost_engine::reference`.

use sqlx::pool::PoolConnection;
use sqlx::{Row as _, Sqlite, SqliteConnection, SqlitePool};
use waypost_engine::Change;
use waypost_protocol::{
    Body, ConversationId, Entry, FactId, Millis, PersonId, ProblemCode, Sequence,
};

use super::{Store, StoreError, Touched, project};

/// `outbox.state`.
pub(super) mod state {
    pub(crate) const WAITING: i64 = 0;
    pub(crate) const ACCEPTED: i64 = 1;
    pub(crate) const REJECTED: i64 = 2;
}

impl Store {
    /// Applies all changes or none.
    pub(crate) async fn apply(&self, changes: &[Change]) -> Result<Touched, StoreError> {
        let mut writing = Writing::begin(&self.pool, self.me).await?;
        for change in changes {
            if let Err(error) = writing.apply(change).await {
                writing.give_up().await;
                return Err(error.into());
            }
        }
        Ok(writing.commit().await?)
    }
}

/// One transaction under way.
///
/// Its ends are spoken here and not left to sqlx: SQLite ends a transaction by itself when its disk
/// is full, and sqlx would then refuse to begin another one on that connection for ever.
pub(super) struct Writing {
    on: PoolConnection<Sqlite>,
    pub(super) me: PersonId,
    pub(super) touched: Touched,
}

impl Writing {
    pub(super) async fn begin(pool: &SqlitePool, me: PersonId) -> Result<Self, sqlx::Error> {
        let on = pool.acquire().await?;
        let mut writing = Self { on, me, touched: Touched::default() };
        if writing.speak("BEGIN IMMEDIATE").await.is_err() {
            // Whoever was stopped in the middle has left one open.
            writing.roll_back().await;
            writing.speak("BEGIN IMMEDIATE").await?;
        }
        Ok(writing)
    }

    /// Makes it durable.
    pub(super) async fn commit(mut self) -> Result<Touched, sqlx::Error> {
        match self.speak("COMMIT").await {
            Ok(()) => Ok(self.touched),
            Err(error) => {
                self.roll_back().await;
                Err(error)
            }
        }
    }

    /// As if it had never begun.
    pub(super) async fn give_up(mut self) {
        self.roll_back().await;
    }

    async fn roll_back(&mut self) {
        // It fails where SQLite has done so by itself.
        let _ = self.speak("ROLLBACK").await;
    }

    async fn speak(&mut self, statement: &'static str) -> Result<(), sqlx::Error> {
        sqlx::query(statement).execute(&mut *self.on).await.map(drop)
    }

    async fn apply(&mut self, change: &Change) -> Result<(), sqlx::Error> {
        match change {
            Change::Queued(entry) => self.queued(entry).await,
            Change::Accepted { id, sequence, recorded_at } => {
                self.accepted(*id, *sequence, *recorded_at).await
            }
            Change::Rejected { id, code, at } => self.rejected(*id, *code, *at).await,
            Change::Discarded { id } => self.discarded(*id).await,
            Change::Safe { up_to } => self.safe(*up_to).await,
            Change::Cut { epoch, after } => self.cut(*epoch, *after).await,
            Change::Recorded { epoch, event } => project::recorded(self, *epoch, event).await,
            Change::Cursor(cursor) => self.cursor(*cursor).await,
            Change::StoredMarks(marks) => {
                self.progress("UPDATE progress SET stored_marks = ?", marks).await
            }
            Change::ReadMarks(marks) => {
                self.progress("UPDATE progress SET read_marks = ?", marks).await
            }
            Change::ReadUpTo { conversation, up_to } => self.read(*conversation, *up_to).await,
            Change::Skew(skew) => {
                let update = sqlx::query("UPDATE progress SET skew_ms = ?").bind(skew);
                update.execute(self.db()).await.map(drop)
            }
        }
    }

    pub(super) fn db(&mut self) -> &mut SqliteConnection {
        &mut self.on
    }

    async fn queued(&mut self, entry: &Entry) -> Result<(), sqlx::Error> {
        sqlx::query(
            "INSERT INTO lanes (conversation, last_number) VALUES (?, ?)
             ON CONFLICT (conversation)
             DO UPDATE SET last_number = max(last_number, excluded.last_number)",
        )
        .bind(entry.conversation.to_string())
        .bind(entry.number)
        .execute(self.db())
        .await?;
        let author = self.me;
        sqlx::query(
            "INSERT INTO facts (id, conversation, author, kind, content, offset_minutes, skew_ms,
                                understood)
             VALUES (?, ?, ?, ?, ?, ?, ?, 1)
             ON CONFLICT DO NOTHING",
        )
        .bind(blob(&entry.id))
        .bind(entry.conversation.to_string())
        .bind(author.0)
        .bind(entry.content.kind)
        .bind(&entry.content.bytes)
        .bind(entry.offset_minutes)
        .bind(entry.skew_ms)
        .execute(self.db())
        .await?;
        sqlx::query(
            "INSERT INTO outbox (id, number, needs, state, discarded) VALUES (?, ?, ?, ?, 0)
             ON CONFLICT DO NOTHING",
        )
        .bind(blob(&entry.id))
        .bind(entry.number)
        .bind(entry.needs.as_ref().map(blob))
        .bind(state::WAITING)
        .execute(self.db())
        .await?;
        self.touched.message(entry.conversation, Some(entry.id));
        if let Ok(Body::Acknowledgement { message }) = entry.content.to_body() {
            let at = entry.id.occurred_at().unwrap_or(0);
            project::acknowledged(self, message, author, at).await?;
        }
        Ok(())
    }

    async fn accepted(
        &mut self,
        id: FactId,
        sequence: Sequence,
        recorded_at: Millis,
    ) -> Result<(), sqlx::Error> {
        self.decide(id, state::ACCEPTED, sequence, None).await?;
        sqlx::query(
            "UPDATE facts SET epoch = ?, n = ?, recorded_at_ms = ? WHERE id = ?
             RETURNING conversation",
        )
        .bind(sequence.epoch)
        .bind(place(sequence.n))
        .bind(recorded_at)
        .bind(blob(&id))
        .fetch_optional(self.db())
        .await?
        .map_or(Ok(()), |row| self.touch(row.try_get(0)?, id))
    }

    async fn rejected(
        &mut self,
        id: FactId,
        code: ProblemCode,
        at: Sequence,
    ) -> Result<(), sqlx::Error> {
        self.decide(id, state::REJECTED, at, Some(code)).await?;
        let row = sqlx::query("SELECT conversation, kind, content FROM facts WHERE id = ?")
            .bind(blob(&id))
            .fetch_optional(self.db())
            .await?;
        let Some(row) = row else { return Ok(()) };
        self.touch_whole(row.try_get(0)?)?;
        self.touched.wedged = true;
        let content = waypost_protocol::Content { kind: row.try_get(1)?, bytes: row.try_get(2)? };
        if let Ok(Body::Acknowledgement { message }) = content.to_body() {
            // It was not acknowledged after all.
            let me = self.me;
            sqlx::query(
                "UPDATE receipts SET acknowledged_at_ms = NULL WHERE message = ? AND person = ?",
            )
            .bind(blob(&message))
            .bind(me.0)
            .execute(self.db())
            .await?;
        }
        Ok(())
    }

    async fn decide(
        &mut self,
        id: FactId,
        state: i64,
        at: Sequence,
        code: Option<ProblemCode>,
    ) -> Result<(), sqlx::Error> {
        sqlx::query("UPDATE outbox SET state = ?, epoch = ?, n = ?, code = ? WHERE id = ?")
            .bind(state)
            .bind(at.epoch)
            .bind(place(at.n))
            .bind(code.map(ProblemCode::number))
            .bind(blob(&id))
            .execute(self.db())
            .await
            .map(drop)
    }

    async fn discarded(&mut self, id: FactId) -> Result<(), sqlx::Error> {
        self.touched.wedged = true;
        sqlx::query("UPDATE outbox SET discarded = 1 WHERE id = ? AND state = ?")
            .bind(blob(&id))
            .bind(state::REJECTED)
            .execute(self.db())
            .await
            .map(drop)
    }

    async fn safe(&mut self, up_to: u64) -> Result<(), sqlx::Error> {
        sqlx::query("DELETE FROM outbox WHERE state = ? AND n <= ?")
            .bind(state::ACCEPTED)
            .bind(place(up_to))
            .execute(self.db())
            .await?;
        let gone = sqlx::query(
            "DELETE FROM outbox WHERE state = ? AND discarded = 1 AND n < ? RETURNING id",
        )
        .bind(state::REJECTED)
        .bind(place(up_to))
        .fetch_all(self.db())
        .await?;
        for row in gone {
            let id: Vec<u8> = row.try_get(0)?;
            sqlx::query("DELETE FROM facts WHERE id = ?").bind(id).execute(self.db()).await?;
        }
        Ok(())
    }

    async fn cut(&mut self, epoch: u32, after: u64) -> Result<(), sqlx::Error> {
        let lost = sqlx::query(
            "UPDATE outbox SET state = 0, epoch = NULL, n = NULL, code = NULL, discarded = 0
             WHERE epoch < ?1 AND ((state = 1 AND n > ?2) OR (state = 2 AND n >= ?2))
             RETURNING id",
        )
        .bind(epoch)
        .bind(place(after))
        .fetch_all(self.db())
        .await?;
        for row in lost {
            let id: Vec<u8> = row.try_get(0)?;
            sqlx::query(
                "UPDATE facts SET epoch = NULL, n = NULL, recorded_at_ms = NULL WHERE id = ?
                 RETURNING conversation",
            )
            .bind(id)
            .fetch_optional(self.db())
            .await?
            .map_or(Ok(()), |row| self.touch_whole(row.try_get(0)?))?;
        }
        let lost_of_others = sqlx::query(
            "UPDATE facts SET lost = 1 WHERE epoch < ? AND n > ? RETURNING conversation",
        )
        .bind(epoch)
        .bind(place(after))
        .fetch_all(self.db())
        .await?;
        for row in lost_of_others {
            self.touch_whole(row.try_get(0)?)?;
        }
        self.touched.wedged = true;
        sqlx::query("UPDATE receipt_progress SET up_to = min(up_to, ?)")
            .bind(place(after))
            .execute(self.db())
            .await
            .map(drop)
    }

    async fn cursor(&mut self, cursor: Sequence) -> Result<(), sqlx::Error> {
        sqlx::query("UPDATE progress SET epoch = ?, n = ?")
            .bind(cursor.epoch)
            .bind(place(cursor.n))
            .execute(self.db())
            .await
            .map(drop)
    }

    async fn progress<T: minicbor::Encode<()>>(
        &mut self,
        update: &'static str,
        marks: &Vec<T>,
    ) -> Result<(), sqlx::Error> {
        let bytes = minicbor::to_vec(marks).map_err(|error| sqlx::Error::Encode(error.into()))?;
        sqlx::query(update).bind(bytes).execute(self.db()).await.map(drop)
    }

    async fn read(&mut self, conversation: ConversationId, up_to: u64) -> Result<(), sqlx::Error> {
        self.touched.message(conversation, None);
        sqlx::query(
            "INSERT INTO reads (conversation, up_to) VALUES (?, ?)
             ON CONFLICT (conversation) DO UPDATE SET up_to = excluded.up_to",
        )
        .bind(conversation.to_string())
        .bind(place(up_to))
        .execute(self.db())
        .await
        .map(drop)
    }

    /// One message of a conversation may look different.
    pub(super) fn touch(
        &mut self,
        conversation: Option<String>,
        message: FactId,
    ) -> Result<(), sqlx::Error> {
        if let Some(conversation) = conversation {
            self.touched.message(parse(&conversation)?, Some(message));
        }
        Ok(())
    }

    /// Messages of a conversation come or go.
    fn touch_whole(&mut self, conversation: Option<String>) -> Result<(), sqlx::Error> {
        if let Some(conversation) = conversation {
            self.touched.whole(parse(&conversation)?);
        }
        Ok(())
    }
}

/// A conversation as it stands in a column.
pub(super) fn parse(conversation: &str) -> Result<ConversationId, sqlx::Error> {
    conversation.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

/// An id as it stands in a column.
pub(super) fn blob(id: &FactId) -> &[u8] {
    id.as_bytes()
}

/// A number of the record as SQLite keeps it. There will never be so many facts that it matters.
pub(super) fn place(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
