//! Later words about messages: edits, deletions, and the end of what expires.
//!
//! The record keeps what was said until it expires; what was deleted is no longer told to readers.

use std::sync::LazyLock;

use sqlx::{AnyConnection, Row as _};
use waypost_domain::Recorded;
use waypost_protocol::{FactId, Millis, PersonId, kind};

use crate::decode::fact_id;
use crate::facts::{EVENT_COLUMNS, fact_of};
use crate::history::may_read;
use crate::sql::{Tuple, big};
use crate::{Db, FactRow, StorageError};

/// Most messages that one look erases, so that it never holds the record for long.
const ERASED_AT_ONCE_MAX: i64 = 500;

/// What a fact `f` says to readers: nothing if it is a deleted message, or an edit of one.
pub(crate) static CONTENT_FOR_READERS: &str = "\
    CASE WHEN EXISTS (SELECT 1 FROM deletion d \
    WHERE d.message = f.id AND d.author = f.author AND d.conversation = f.conversation) \
    OR (f.kind = 4 AND EXISTS (SELECT 1 FROM edit e JOIN deletion d \
    ON d.message = e.message AND d.author = e.author AND d.conversation = e.conversation \
    WHERE e.n = f.n)) THEN NULL ELSE f.content END";

// The kind that stands in it.
const _: () = assert!(kind::EDIT == 4);

/// [`EVENT_COLUMNS`] for readers: without what a deleted message said, and its edits.
pub(crate) static COLUMNS_FOR_READERS: LazyLock<String> =
    LazyLock::new(|| EVENT_COLUMNS.replace("f.content", CONTENT_FOR_READERS));

impl Db {
    /// Notes what the edits and deletions among these facts are about.
    pub(crate) async fn insert_revisions(
        &self,
        on: &mut AnyConnection,
        facts: &[Recorded],
    ) -> Result<(), StorageError> {
        let (mut edits, mut deletions) = (Vec::new(), Vec::new());
        for fact in facts {
            if !matches!(fact.content.kind, kind::EDIT | kind::DELETION) {
                continue;
            }
            let body = fact.content.to_body();
            let body = body.map_err(|error| StorageError::Damaged(error.to_string()))?;
            let (Some((message, author)), Some(conversation)) =
                (body.revises(fact.author), fact.conversation)
            else {
                continue;
            };
            let about = (message, author, conversation.to_string());
            match fact.content.kind == kind::EDIT {
                true => edits.push((about, fact.sequence.n)),
                false => deletions.push(about),
            }
        }
        let about = |row: &mut Tuple<'_>, (message, author, place): &(FactId, PersonId, String)| {
            row.bind(message.as_bytes().to_vec()).bind(i64::from(author.0)).bind(place.clone());
        };
        for chunk in self.chunks(&edits) {
            let mut sql = self.sql("INSERT INTO edit (message, author, conversation, n) VALUES ");
            sql.tuples(chunk, |row, (edit, n)| {
                about(row, edit);
                row.bind(big(*n));
            });
            sql.execute(on).await?;
        }
        self.erase_edits_of_what_is_gone(on, &edits.iter().map(|(_, n)| *n).collect::<Vec<_>>())
            .await?;
        for chunk in self.chunks(&deletions) {
            let mut sql = self.sql("INSERT INTO deletion (message, author, conversation) VALUES ");
            sql.tuples(chunk, about).push(" ON CONFLICT DO NOTHING").execute(on).await?;
        }
        Ok(())
    }

    /// An edit that comes after its message has expired says nothing any more, as if it had come before.
    async fn erase_edits_of_what_is_gone(
        &self,
        on: &mut AnyConnection,
        edits: &[u64],
    ) -> Result<(), StorageError> {
        for chunk in self.chunks(edits) {
            let mut sql = self.sql(
                "UPDATE fact SET content = NULL, salt = NULL WHERE n IN (\
                 SELECT e.n FROM edit e JOIN fact m ON m.id = e.message \
                 WHERE m.content IS NULL AND e.n IN (",
            );
            sql.list(chunk, |n| big(*n)).push("))");
            sql.execute(on).await?;
        }
        Ok(())
    }

    /// The edits of these messages that take effect and that a person may read, as facts, in the order of
    /// the record.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn edits_of(
        &self,
        person: PersonId,
        messages: &[FactId],
    ) -> Result<Vec<(FactId, FactRow)>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let mut found = Vec::new();
        for chunk in self.chunks(messages) {
            let mut sql = self.sql("SELECT ");
            sql.push(&COLUMNS_FOR_READERS).push(
                ", e.message FROM edit e JOIN fact f ON f.n = e.n \
                     JOIN fact m ON m.id = e.message AND m.author = e.author \
                     AND m.conversation = e.conversation WHERE e.message IN (",
            );
            sql.list(chunk, |id| id.as_bytes().to_vec()).push(") AND ");
            may_read(&mut sql, "f", person);
            sql.push(" ORDER BY e.n");
            for row in sql.rows(&mut on).await? {
                found.push((fact_id(&row, 10)?, fact_of(&row)?));
            }
        }
        Ok(found)
    }

    /// Erases what has expired by now, with its edits: content and salt go, the leaf stays. Says how
    /// many messages went; a look takes some hundreds at most.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn erase_expired(&self, now: Millis) -> Result<u64, StorageError> {
        let expired = self.expired(now).await?;
        if expired.is_empty() {
            return Ok(0);
        }
        let mut tx = self.begin().await?;
        // Another server must not be about to put their words into the index.
        self.lock_index(&mut tx).await?;
        for chunk in self.chunks(&expired) {
            let mut sql = self.sql(
                "UPDATE fact SET content = NULL, salt = NULL, expires_at_ms = NULL WHERE n IN (",
            );
            sql.list(chunk, |(n, _)| *n)
                .push(") OR n IN (SELECT e.n FROM edit e WHERE e.message IN (")
                .list(chunk, |(_, id)| id.as_bytes().to_vec())
                .push("))");
            sql.execute(&mut tx).await?;
        }
        let (gone, ids): (Vec<_>, Vec<_>) = expired.iter().copied().unzip();
        self.forget_words(&mut tx, &gone).await?;
        self.forget_responses(&mut tx, &ids).await?;
        self.forget_attached(&mut tx, &ids).await?;
        tx.commit().await?;
        Ok(expired.len() as u64)
    }

    /// The numbers and ids of what has expired and is still there, the longest overdue first.
    async fn expired(&self, now: Millis) -> Result<Vec<(i64, FactId)>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let mut sql = self.sql("SELECT n, id FROM fact WHERE expires_at_ms <= ");
        sql.bind(now).push(" ORDER BY expires_at_ms LIMIT ").bind(ERASED_AT_ONCE_MAX);
        let rows = sql.rows(&mut on).await?;
        rows.iter().map(|row| Ok((row.try_get(0)?, fact_id(row, 1)?))).collect()
    }
}
