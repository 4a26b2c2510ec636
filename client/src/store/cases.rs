//! What has become of what the staff share, as far as this device knows.
//!
//! It is folded from the words that decide it, which are few: who took it last, who answered last, and what
//! was said since. Of an incident, which is short, also what was said from outside of the staff before.

use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;
use waypost_protocol::{Case, ConversationId, FactId, Millis, PersonId, Word};

use super::StoreError;
use super::read::{Reading, content, fact_id};

impl Reading<'_> {
    /// What has become of the case of a conversation; `None` for one that the staff do not share. What
    /// waits in the outbox counts as said.
    pub(crate) async fn case(
        &self,
        conversation: ConversationId,
    ) -> Result<Option<Case>, StoreError> {
        let Some(mut case) = Case::of(conversation) else { return Ok(None) };
        let rows = sqlx::query(match case.incident {
            true => OF_AN_INCIDENT,
            false => OF_DISPATCH,
        });
        for row in rows.bind(conversation.to_string()).fetch_all(self.pool).await? {
            let Ok(body) = content(&row, 3)?.to_body() else { continue };
            let (id, author, is_staff) = (fact_id(&row, 0)?, row.try_get(1)?, row.try_get(5)?);
            let (author, at) = (PersonId(author), said_at(&row, id)?);
            case.hears(Word { id, author, is_staff, at, body: &body });
        }
        Ok(Some(case))
    }
}

fn said_at(row: &SqliteRow, id: FactId) -> Result<Millis, StoreError> {
    let recorded_at: Option<Millis> = row.try_get(2)?;
    Ok(recorded_at.or(id.occurred_at()).unwrap_or(0))
}

/// What is read of a word `f`, and which kinds are words.
macro_rules! words {
    ($from:literal, $which:literal) => {
        concat!(
            "SELECT f.id, f.author, f.recorded_at_ms, f.kind, f.content,
                    f.author IN (SELECT p.id FROM people p WHERE p.role IN ('dispatcher', 'admin')),
                    f.n AS n, f.epoch AS epoch, ",
            $from,
            " WHERE f.conversation = ?1 AND f.lost IS NULL
              AND f.kind IN (1, 2, 3, 8, 9, 100, 101, 102, 103, 104, 123) AND ",
            $which
        )
    };
}

/// What waits in the outbox comes last.
macro_rules! and_what_waits {
    ($recorded:expr) => {
        concat!(
            "SELECT * FROM (",
            $recorded,
            " UNION ",
            words!(
                "o.number AS waits FROM outbox o CROSS JOIN facts f ON f.id = o.id",
                "o.state = 0 AND f.n IS NULL"
            ),
            ") ORDER BY n IS NULL, epoch, n, waits"
        )
    };
}

const OF_AN_INCIDENT: &str = and_what_waits!(words!("0 AS waits FROM facts f", "f.n IS NOT NULL"));

/// The last answer or resolution with what was said since, and who took it last: nothing else counts.
const OF_DISPATCH: &str = and_what_waits!(concat!(
    words!(
        "0 AS waits FROM facts f",
        "f.n >= coalesce((
            SELECT a.n FROM facts a
            WHERE a.conversation = ?1 AND a.lost IS NULL AND a.n IS NOT NULL
              AND (a.kind = 103 OR a.kind IN (1, 2, 8, 9, 100) AND a.author IN (
                  SELECT p.id FROM people p WHERE p.role IN ('dispatcher', 'admin')))
            ORDER BY a.epoch DESC, a.n DESC LIMIT 1), 0)"
    ),
    " UNION ",
    words!(
        "0 AS waits FROM facts f",
        "f.n = (
            SELECT w.n FROM facts w
            WHERE w.conversation = ?1 AND w.lost IS NULL AND w.kind IN (102, 103)
            ORDER BY w.epoch DESC, w.n DESC LIMIT 1)"
    )
));
