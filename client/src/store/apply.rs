//! Writing: every [`Change`] as statements of one transaction.
//!
//! What each of them means is said in code by `waypost_engine::reference`.

use sqlx::Row as _;
use waypost_engine::Change;
use waypost_protocol::{
    Body, Content, ConversationId, Entry, FactId, Millis, ProblemCode, Sequence, kind,
};

use super::lifetimes::{is_fleeting, lifetime_at};
use super::writing::Writing;
use super::{Store, StoreError, Touched, groups, project};

/// `outbox.state`.
pub(super) mod state {
    pub(crate) const WAITING: i64 = 0;
    pub(crate) const ACCEPTED: i64 = 1;
    pub(crate) const REJECTED: i64 = 2;
}

impl Store {
    /// Applies all changes or none.
    pub(crate) async fn apply(&self, changes: &[Change]) -> Result<Touched, StoreError> {
        let written = self
            .write(async |writing| {
                for change in changes {
                    writing.apply(change).await?;
                }
                Ok(())
            })
            .await?;
        if changes.iter().any(|change| matches!(change, Change::Safe { .. }))
            && let Err(error) = self.drop_files().await
        {
            tracing::warn!(%error, "files that nothing needs could not be removed yet");
        }
        Ok(written)
    }
}

impl Writing {
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
            Change::Earlier { epoch, event } => project::earlier(self, *epoch, event).await,
            Change::Opening { conversation, before } => self.opening(*conversation, *before).await,
            Change::Cursor(cursor) => self.cursor(*cursor).await,
            Change::StoredMarks(marks) => {
                self.progress("UPDATE progress SET stored_marks = ?", marks).await
            }
            Change::ReadMarks(marks) => {
                self.progress("UPDATE progress SET read_marks = ?", marks).await
            }
            Change::ReadUpTo { conversation, up_to } => self.read(*conversation, *up_to).await,
            Change::Skew(skew) => {
                let update = self.sql("UPDATE progress SET skew_ms = ?").bind(skew);
                update.run().await
            }
        }
    }

    async fn queued(&mut self, entry: &Entry) -> Result<(), sqlx::Error> {
        self.sql(
            "INSERT INTO lanes (conversation, last_number) VALUES (?, ?)
             ON CONFLICT (conversation)
             DO UPDATE SET last_number = max(last_number, excluded.last_number)",
        )
        .bind(entry.conversation.to_string())
        .bind(entry.number)
        .run()
        .await?;
        let author = self.me;
        let body = entry.content.to_body().ok();
        self.sql(
            "INSERT INTO facts (id, conversation, author, kind, content, offset_minutes, skew_ms,
                                expires_after_s, fleeting, understood)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1)
             ON CONFLICT DO NOTHING",
        )
        .bind(blob(&entry.id))
        .bind(entry.conversation.to_string())
        .bind(author.0)
        .bind(entry.content.kind)
        .bind(&entry.content.bytes)
        .bind(entry.offset_minutes)
        .bind(entry.skew_ms)
        .bind(body.as_ref().and_then(expires_after_s))
        .bind(body.as_ref().is_some_and(is_fleeting))
        .run()
        .await?;
        self.sql(
            "INSERT INTO outbox (id, number, needs, state, discarded) VALUES (?, ?, ?, ?, 0)
             ON CONFLICT DO NOTHING",
        )
        .bind(blob(&entry.id))
        .bind(entry.number)
        .bind(entry.needs.as_ref().map(blob))
        .bind(state::WAITING)
        .run()
        .await?;
        self.touched.message(entry.conversation, Some(entry.id));
        match body {
            Some(Body::Acknowledgement { message }) => {
                let at = entry.id.occurred_at().unwrap_or(0);
                project::acknowledged(self, message, author, at).await
            }
            Some(body) => {
                self.promises(entry.id, &body).await?;
                self.is_of_trips(entry.id, &body).await?;
                self.escalates(entry.id, Some(entry.conversation), &body).await?;
                self.revises(entry.id, author, Some(entry.conversation), &body).await
            }
            None => Ok(()),
        }
    }

    async fn accepted(
        &mut self,
        id: FactId,
        sequence: Sequence,
        recorded_at: Millis,
    ) -> Result<(), sqlx::Error> {
        self.decide(id, state::ACCEPTED, sequence, None).await?;
        let row = self
            .sql(concat!(
                "UPDATE facts SET epoch = ?, n = ?, recorded_at_ms = ?,
                    lifetime_s = CASE WHEN fleeting THEN ",
                lifetime_at!("facts.conversation", "?"),
                " END WHERE id = ?
                 RETURNING conversation, expires_after_s, CASE WHEN kind = 116 THEN content END"
            ))
            .bind(sequence.epoch)
            .bind(place(sequence.n))
            .bind(recorded_at)
            .bind(place(sequence.n))
            .bind(blob(&id))
            .row()
            .await?;
        let Some(row) = row else { return Ok(()) };
        self.touched.expiry |= row.try_get::<Option<u32>, _>(1)?.is_some();
        self.touch(row.try_get(0)?, id)?;
        if let Some(bytes) = row.try_get(2)?
            && let Ok(Body::ExpirySet { after_s }) =
                (Content { kind: kind::EXPIRY_SET, bytes }).to_body()
            && let Some(conversation) = row.try_get::<Option<String>, _>(0)?
        {
            self.lives(parse(&conversation)?, sequence.n, after_s).await?;
        }
        Ok(())
    }

    async fn rejected(
        &mut self,
        id: FactId,
        code: ProblemCode,
        at: Sequence,
    ) -> Result<(), sqlx::Error> {
        self.decide(id, state::REJECTED, at, Some(code)).await?;
        let row = self
            .sql("SELECT conversation, kind, content FROM facts WHERE id = ?")
            .bind(blob(&id))
            .row()
            .await?;
        let Some(row) = row else { return Ok(()) };
        self.touch_whole(row.try_get(0)?)?;
        self.touched.wedged = true;
        let content = Content { kind: row.try_get(1)?, bytes: row.try_get(2)? };
        self.revises_nothing(id, &content).await?;
        if let Ok(Body::Acknowledgement { message }) = content.to_body() {
            // It was not acknowledged after all.
            let me = self.me;
            self.sql(
                "UPDATE receipts SET acknowledged_at_ms = NULL WHERE message = ? AND person = ?",
            )
            .bind(blob(&message))
            .bind(me.0)
            .run()
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
        self.sql("UPDATE outbox SET state = ?, epoch = ?, n = ?, code = ? WHERE id = ?")
            .bind(state)
            .bind(at.epoch)
            .bind(place(at.n))
            .bind(code.map(ProblemCode::number))
            .bind(blob(&id))
            .run()
            .await
    }

    async fn discarded(&mut self, id: FactId) -> Result<(), sqlx::Error> {
        self.touched.wedged = true;
        self.takes_back(id).await?;
        self.sql("UPDATE outbox SET discarded = 1 WHERE id = ? AND state = ?")
            .bind(blob(&id))
            .bind(state::REJECTED)
            .run()
            .await
    }

    async fn safe(&mut self, up_to: u64) -> Result<(), sqlx::Error> {
        self.sql("DELETE FROM outbox WHERE state = ? AND n <= ?")
            .bind(state::ACCEPTED)
            .bind(place(up_to))
            .run()
            .await?;
        let gone = self
            .sql("DELETE FROM outbox WHERE state = ? AND discarded = 1 AND n < ? RETURNING id")
            .bind(state::REJECTED)
            .bind(place(up_to))
            .rows()
            .await?;
        for row in gone {
            let id: Vec<u8> = row.try_get(0)?;
            self.sql(
                "DELETE FROM message_words WHERE rowid = (SELECT rowid FROM facts WHERE id = ?)",
            )
            .bind(id.clone())
            .run()
            .await?;
            // The next fact gets its rowid if that is the highest, and has to be found then.
            self.sql(
                "UPDATE progress SET searched = min(searched, f.rowid - 1) FROM facts f
                 WHERE f.id = ? AND f.rowid = (SELECT max(rowid) FROM facts)",
            )
            .bind(id.clone())
            .run()
            .await?;
            self.sql("DELETE FROM uploads WHERE fact = ?").bind(id.clone()).run().await?;
            self.sql("DELETE FROM facts WHERE id = ?").bind(id).run().await?;
        }
        self.uploads_safe(up_to).await?;
        self.wipe_what_is_gone().await
    }

    async fn cut(&mut self, epoch: u32, after: u64) -> Result<(), sqlx::Error> {
        let lost = self
            .sql(
                "UPDATE outbox SET state = 0, epoch = NULL, n = NULL, code = NULL, discarded = 0
             WHERE epoch < ? AND ((state = 1 AND n > ?) OR (state = 2 AND n >= ?))
             RETURNING id",
            )
            .bind(epoch)
            .bind(place(after))
            .bind(place(after))
            .rows()
            .await?;
        for row in lost {
            let id: Vec<u8> = row.try_get(0)?;
            self.sql(
                "UPDATE facts SET epoch = NULL, n = NULL, recorded_at_ms = NULL WHERE id = ?
                 RETURNING conversation",
            )
            .bind(id)
            .row()
            .await?
            .map_or(Ok(()), |row| self.touch_whole(row.try_get(0)?))?;
        }
        let lost_of_others = self
            .sql("UPDATE facts SET lost = 1 WHERE epoch < ? AND n > ? RETURNING conversation")
            .bind(epoch)
            .bind(place(after))
            .rows()
            .await?;
        for row in lost_of_others {
            self.touch_whole(row.try_get(0)?)?;
        }
        self.touched.wedged = true;
        self.uploads_again().await?;
        self.sql("DELETE FROM lifetimes WHERE n > ?").bind(place(after)).run().await?;
        self.sql("UPDATE receipt_progress SET up_to = min(up_to, ?)")
            .bind(place(after))
            .run()
            .await?;
        groups::all_groups_again(self).await
    }

    /// Goes on backwards in a conversation. What is known about a group is understood once all of it is
    /// here: it comes from its end to its beginning.
    async fn opening(
        &mut self,
        conversation: ConversationId,
        before: Option<Sequence>,
    ) -> Result<(), sqlx::Error> {
        let Some(before) = before else {
            self.sql("DELETE FROM openings WHERE conversation = ?")
                .bind(conversation.to_string())
                .run()
                .await?;
            return match conversation {
                ConversationId::About(group) => groups::group_again(self, group).await,
                _ => Ok(()),
            };
        };
        self.sql(
            "INSERT INTO openings (conversation, before_n, epoch) VALUES (?, ?, ?)
             ON CONFLICT (conversation)
             DO UPDATE SET before_n = excluded.before_n, epoch = excluded.epoch",
        )
        .bind(conversation.to_string())
        .bind(place(before.n))
        .bind(before.epoch)
        .run()
        .await
    }

    async fn cursor(&mut self, cursor: Sequence) -> Result<(), sqlx::Error> {
        self.sql("UPDATE progress SET epoch = ?, n = ?")
            .bind(cursor.epoch)
            .bind(place(cursor.n))
            .run()
            .await
    }

    async fn progress<T: minicbor::Encode<()>>(
        &mut self,
        update: &'static str,
        marks: &Vec<T>,
    ) -> Result<(), sqlx::Error> {
        let bytes = minicbor::to_vec(marks).map_err(|error| sqlx::Error::Encode(error.into()))?;
        self.sql(update).bind(bytes).run().await
    }

    async fn read(&mut self, conversation: ConversationId, up_to: u64) -> Result<(), sqlx::Error> {
        self.touched.message(conversation, None);
        self.sql(
            "INSERT INTO reads (conversation, up_to) VALUES (?, ?)
             ON CONFLICT (conversation) DO UPDATE SET up_to = excluded.up_to",
        )
        .bind(conversation.to_string())
        .bind(place(up_to))
        .run()
        .await
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

    /// What a broadcast of this person has become may look different.
    pub(super) fn touch_broadcast(&mut self, broadcast: Option<FactId>) {
        if broadcast.is_some() {
            self.touched.message(ConversationId::Broadcasts(self.me), broadcast);
        }
    }

    /// Messages of a conversation come or go.
    fn touch_whole(&mut self, conversation: Option<String>) -> Result<(), sqlx::Error> {
        if let Some(conversation) = conversation {
            self.touched.whole(parse(&conversation)?);
        }
        Ok(())
    }
}

/// After how many seconds in the record a message goes.
pub(super) fn expires_after_s(body: &Body) -> Option<u32> {
    body.header().and_then(|header| header.expires_after_s)
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
