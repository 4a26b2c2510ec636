//! What has become of what the staff share, as far as this device knows.

use sqlx::Row as _;
use waypost_protocol::{Case, ConversationId, PersonId, Word};

use super::StoreError;
use super::read::{Reading, content, fact_id};

/// Most words of a conversation that are looked at: all of those that took, resolved or opened it, and
/// those since the staff last said something.
const WORDS_MAX: i64 = 500;

impl Reading<'_> {
    /// What has become of the case of a conversation; `None` for one that the staff do not share. What
    /// waits in the outbox counts as said.
    pub(crate) async fn case(
        &self,
        conversation: ConversationId,
    ) -> Result<Option<Case>, StoreError> {
        let Some(mut case) = Case::of(conversation) else { return Ok(None) };
        let place = conversation.to_string();
        let rows = sqlx::query(
            "WITH staff (id) AS (SELECT id FROM people WHERE role IN ('dispatcher', 'admin')),
             answer (n) AS (
                SELECT coalesce(max(n), 0) FROM facts
                WHERE conversation = ?1 AND kind IN (1, 2, 3, 8, 9, 100, 101) AND lost IS NULL
                  AND author IN (SELECT id FROM staff))
             SELECT f.author, f.recorded_at_ms, f.id, f.kind, f.content,
                    f.author IN (SELECT id FROM staff)
             FROM answer a CROSS JOIN facts f LEFT JOIN outbox o ON o.id = f.id
             WHERE f.conversation = ?1 AND f.lost IS NULL AND (f.n IS NOT NULL OR o.state = 0)
               AND (f.kind IN (101, 102, 103, 104)
                    OR f.kind IN (1, 2, 3, 8, 9, 100) AND (f.n IS NULL OR f.n >= a.n))
             ORDER BY f.n IS NULL, f.n, o.number LIMIT ?2",
        )
        .bind(place)
        .bind(WORDS_MAX)
        .fetch_all(self.pool)
        .await?;
        for row in rows {
            let Ok(body) = content(&row, 3)?.to_body() else { continue };
            let author = PersonId(row.try_get(0)?);
            let at = match row.try_get::<Option<i64>, _>(1)? {
                Some(recorded_at) => recorded_at,
                None => fact_id(&row, 2)?.occurred_at().unwrap_or(0),
            };
            let is_staff = row.try_get(5)?;
            case.hears(Word { author, is_staff, at, body: &body });
        }
        Ok(Some(case))
    }
}
