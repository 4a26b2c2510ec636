//! Later words about messages, and their end: edits, deletions, expiry.
//!
//! What is gone is hidden at once. Its bytes go when no outbox needs them any more: a server that is
//! restored may have to be given them back.

use sqlx::Row as _;
use waypost_protocol::{Body, Content, ConversationId, FactId, Millis, PersonId};

use super::apply::blob;
use super::read::fact_id;
use super::writing::Writing;
use super::{Store, StoreError, Touched};
use crate::store::Reading;

/// Whether a message `f` is deleted: by a deletion that names its author and stands in its conversation.
/// `CROSS JOIN` keeps the order of the search: otherwise SQLite looks through all that an author ever
/// said, for each message.
macro_rules! is_deleted {
    () => {
        "EXISTS (SELECT 1 FROM deletions d CROSS JOIN facts g ON g.id = d.id
                 WHERE d.message = f.id AND d.author = f.author
                   AND g.conversation = f.conversation)"
    };
}
pub(super) use is_deleted;

/// Wipes the bytes of what is gone and no longer in the outbox: expired messages, and deleted ones
/// whose deletion is in the record, with their edits. It begins with what is gone (`CROSS JOIN` keeps
/// that order), so that it costs nothing where nothing is.
const WIPE: &str = "
    WITH gone (id) AS (
        SELECT f.id FROM facts f WHERE f.expired = 1
        UNION
        SELECT f.id FROM deletions d CROSS JOIN facts g ON g.id = d.id
                                     CROSS JOIN facts f ON f.id = d.message
        WHERE g.n IS NOT NULL AND d.author = f.author AND g.conversation = f.conversation)
    UPDATE facts SET content = x'f6'
    WHERE id IN (SELECT id FROM gone
                 UNION ALL SELECT e.id FROM gone JOIN edits e ON e.message = gone.id)
      AND content <> x'f6' AND id NOT IN (SELECT id FROM outbox)
    RETURNING rowid, id";

impl Writing {
    /// Notes what this fact says about a message, from the tap on.
    pub(super) async fn revises(
        &mut self,
        id: FactId,
        by: PersonId,
        conversation: Option<ConversationId>,
        body: &Body,
    ) -> Result<(), sqlx::Error> {
        let Some((message, author)) = body.revises(by) else { return Ok(()) };
        if let Some(conversation) = conversation {
            self.touched.message(conversation, Some(message));
        }
        let is_edit = matches!(body, Body::Edit { .. });
        if is_edit {
            self.sql("INSERT INTO edits (id, message) VALUES (?, ?) ON CONFLICT DO NOTHING")
                .bind(blob(&id))
                .bind(blob(&message))
                .run()
                .await
        } else {
            self.sql(
                "INSERT INTO deletions (id, message, author) VALUES (?, ?, ?)
                 ON CONFLICT DO NOTHING",
            )
            .bind(blob(&id))
            .bind(blob(&message))
            .bind(author.0)
            .run()
            .await
        }
    }

    /// It was refused: the message is as it was.
    pub(super) async fn revises_nothing(
        &mut self,
        id: FactId,
        content: &Content,
    ) -> Result<(), sqlx::Error> {
        let body = content.to_body();
        if !matches!(body, Ok(Body::Edit { .. } | Body::Deletion { .. })) {
            return Ok(());
        }
        self.sql("DELETE FROM edits WHERE id = ?").bind(blob(&id)).run().await?;
        self.sql("DELETE FROM deletions WHERE id = ?").bind(blob(&id)).run().await
    }

    async fn expire(&mut self, server_time: Millis) -> Result<(), sqlx::Error> {
        let expired = self
            .sql(
                // What a restore has lost has neither place nor time until it is given back.
                "UPDATE facts SET expired = 1
                 WHERE lost IS NULL
                   AND ((expires_after_s IS NOT NULL AND expired IS NULL
                         AND recorded_at_ms + expires_after_s * 1000 <= ?)
                     OR (lifetime_s IS NOT NULL AND expired IS NULL
                         AND recorded_at_ms + lifetime_s * 1000 <= ?))
                 RETURNING id, conversation",
            )
            .bind(server_time)
            .bind(server_time)
            .rows()
            .await?;
        for row in &expired {
            self.touch(row.try_get(1)?, fact_id(row, 0)?)?;
        }
        self.wipe_what_is_gone().await
    }

    /// Bytes that nobody needs any more go.
    pub(super) async fn wipe_what_is_gone(&mut self) -> Result<(), sqlx::Error> {
        for row in self.sql(WIPE).rows().await? {
            let rowid: i64 = row.try_get(0)?;
            self.sql("DELETE FROM message_words WHERE rowid = ?").bind(rowid).run().await?;
            // The server takes no file any more of what says nothing.
            let id: Vec<u8> = row.try_get(1)?;
            self.sql("DELETE FROM uploads WHERE fact = ?").bind(id).run().await?;
        }
        Ok(())
    }
}

impl Store {
    /// Hides what has expired by this time of the server, and wipes what can be wiped.
    pub(crate) async fn expire(&self, server_time: Millis) -> Result<Touched, StoreError> {
        self.write(async |writing| writing.expire(server_time).await).await
    }
}

impl Reading<'_> {
    /// When the next message expires, by the server's clock; and whether messages go anywhere because their
    /// conversation has it so.
    pub(crate) async fn next_expiry(&self) -> Result<(Option<Millis>, bool), StoreError> {
        let (own, by_place, lifetimes): (Option<Millis>, Option<Millis>, bool) = sqlx::query_as(
            "SELECT (SELECT min(recorded_at_ms + expires_after_s * 1000) FROM facts
                     WHERE expires_after_s IS NOT NULL AND expired IS NULL AND lost IS NULL),
                    (SELECT min(recorded_at_ms + lifetime_s * 1000) FROM facts
                     WHERE lifetime_s IS NOT NULL AND expired IS NULL AND lost IS NULL),
                    EXISTS (SELECT 1 FROM lifetimes WHERE after_s IS NOT NULL)",
        )
        .fetch_one(self.pool)
        .await?;
        Ok((own.into_iter().chain(by_place).min(), lifetimes))
    }
}
