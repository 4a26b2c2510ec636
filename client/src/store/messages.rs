//! Reading messages and their receipts: the newest of a conversation, or some by their ids.
//!
//! The kinds 1, 2 and 6 in the statements are the messages; a test compares them with the contract.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row as _, Sqlite};
use waypost_protocol::{Content, ConversationId, FactId, Millis, PersonId};

use super::StoreError;
use super::apply::{blob, parse, place};
use super::read::{Reading, content, fact_id, number, optional_id};
use super::revisions::is_deleted;

/// Where a message stands in its conversation: what is in the record in its order, then what waits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Place {
    Recorded { epoch: u32, n: u64 },
    Waiting { number: u32 },
}

/// One message.
pub(crate) struct MessageRow {
    pub(crate) place: Place,
    pub(crate) id: FactId,
    pub(crate) author: PersonId,
    pub(crate) content: Content,
    pub(crate) offset_minutes: i16,
    pub(crate) skew_ms: Option<i64>,
    /// Its number in the record as it is now.
    pub(crate) n: Option<u64>,
    pub(crate) recorded_at: Option<Millis>,
    /// The last edit: its id and what it says.
    pub(crate) edit: Option<(FactId, Content)>,
}

/// One recipient's times for one message.
#[derive(Clone, Copy, Default)]
pub(crate) struct ReceiptRow {
    pub(crate) delivered_at: Option<Millis>,
    pub(crate) read_at: Option<Millis>,
    pub(crate) acknowledged_at: Option<Millis>,
}

/// The receipts of some messages, by message and person.
pub(crate) type Receipts = BTreeMap<(FactId, PersonId), ReceiptRow>;

impl Reading<'_> {
    /// The newest messages, oldest first: what is in the record, then what waits. What is wedged
    /// is shown elsewhere.
    pub(crate) async fn messages(
        &self,
        conversation: ConversationId,
        limit: usize,
    ) -> Result<Vec<MessageRow>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut newest = self.fetch(WAITING, conversation, limit).await?;
        let left = limit - i64::try_from(newest.len()).unwrap_or(limit);
        if left > 0 {
            newest.extend(self.fetch(RECORDED, conversation, left).await?);
        }
        newest.reverse();
        Ok(newest)
    }

    async fn fetch(
        &self,
        query: &'static str,
        conversation: ConversationId,
        limit: i64,
    ) -> Result<Vec<MessageRow>, StoreError> {
        let rows = sqlx::query(query)
            .bind(conversation.to_string())
            .bind(limit)
            .fetch_all(self.pool)
            .await?;
        Ok(rows.iter().map(message_row).collect::<Result<_, _>>()?)
    }

    /// Those of these facts that are messages and shown, with their receipts.
    pub(crate) async fn some_messages(
        &self,
        ids: &BTreeSet<FactId>,
    ) -> Result<(Vec<MessageRow>, Receipts), StoreError> {
        let mut query = QueryBuilder::new(SOME);
        list(&mut query, ids);
        let rows = query.build().fetch_all(self.pool).await?;
        let messages = rows.iter().map(message_row).collect::<Result<_, _>>()?;
        let mut query = QueryBuilder::new(
            "SELECT message, person, delivered_at_ms, read_at_ms, acknowledged_at_ms
             FROM receipts WHERE message IN ",
        );
        list(&mut query, ids);
        Ok((messages, receipts_of(&query.build().fetch_all(self.pool).await?)?))
    }

    /// The receipts of the messages of a conversation from this number on, and of what waits.
    pub(crate) async fn receipts(
        &self,
        conversation: ConversationId,
        from: u64,
    ) -> Result<Receipts, StoreError> {
        let rows = sqlx::query(
            "SELECT r.message, r.person, r.delivered_at_ms, r.read_at_ms, r.acknowledged_at_ms
             FROM facts f JOIN receipts r ON r.message = f.id
             WHERE f.conversation = ? AND (f.n IS NULL OR f.n >= ?)",
        )
        .bind(conversation.to_string())
        .bind(place(from))
        .fetch_all(self.pool)
        .await?;
        Ok(receipts_of(&rows)?)
    }
}

impl Reading<'_> {
    /// How far these broadcasts have come with each of their recipients, as far as their messages are
    /// here.
    pub(crate) async fn reached(&self, ids: &BTreeSet<FactId>) -> Result<Receipts, StoreError> {
        let mut query = QueryBuilder::new(
            "SELECT f.broadcast, f.conversation, r.delivered_at_ms, r.read_at_ms,
                    r.acknowledged_at_ms, r.person
             FROM facts f LEFT JOIN receipts r ON r.message = f.id
             WHERE f.lost IS NULL AND f.kind IN (1, 2, 8, 9, 100, 101, 123) AND f.broadcast IN ",
        );
        list(&mut query, ids);
        let mut reached = Receipts::new();
        for row in query.build().fetch_all(self.pool).await? {
            let conversation: ConversationId = parse(row.try_get(1)?)?;
            let Some(person) = conversation.partner_of(self.me()) else { continue };
            let times = reached.entry((fact_id(&row, 0)?, person)).or_default();
            if row.try_get::<Option<u32>, _>(5)? == Some(person.0) {
                *times = times_of(&row)?;
            }
        }
        Ok(reached)
    }
}

/// What is read of a message `f` and of its last edit `e`. What is gone says nothing any more; what
/// waits comes after what is in the record. `CROSS JOIN` for the same reason as in [`is_deleted`].
macro_rules! message_with_its_edit {
    ($number:literal, $from:literal, $where:literal) => {
        concat!(
            "SELECT f.id, f.author, f.kind,
                    CASE WHEN f.expired IS NOT NULL OR ",
            is_deleted!(),
            " THEN x'f6' ELSE f.content END,
                    f.offset_minutes, f.skew_ms, f.n, f.recorded_at_ms, f.epoch, ",
            $number,
            ", f.lost, e.id, e.kind, e.content FROM ",
            $from,
            " LEFT JOIN facts e ON e.id = (
                SELECT x.id FROM edits x CROSS JOIN facts g ON g.id = x.id
                WHERE x.message = f.id AND g.author = f.author AND g.conversation = f.conversation
                ORDER BY g.n IS NULL DESC, g.epoch DESC, g.n DESC, g.id DESC LIMIT 1)
              WHERE f.kind IN (1, 2, 6, 8, 9, 100, 101, 123, 127) AND ",
            $where
        )
    };
}

const RECORDED: &str = message_with_its_edit!(
    "NULL",
    "facts f",
    "f.conversation = ? AND f.n IS NOT NULL ORDER BY f.epoch DESC, f.n DESC LIMIT ?"
);

const WAITING: &str = message_with_its_edit!(
    "o.number",
    "outbox o JOIN facts f ON f.id = o.id",
    "f.conversation = ? AND o.state = 0 AND f.n IS NULL ORDER BY o.number DESC LIMIT ?"
);

/// What is neither in the record nor waiting is wedged or gone.
const SOME: &str = message_with_its_edit!(
    "o.number",
    "facts f LEFT JOIN outbox o ON o.id = f.id AND o.state = 0",
    "(f.n IS NOT NULL OR o.id IS NOT NULL) AND f.id IN "
);

pub(super) fn list(query: &mut QueryBuilder<Sqlite>, ids: &BTreeSet<FactId>) {
    query.push("(");
    let mut list = query.separated(", ");
    for id in ids {
        list.push_bind(blob(id).to_vec());
    }
    query.push(")");
}

fn message_row(row: &SqliteRow) -> Result<MessageRow, sqlx::Error> {
    let n = number(row, 6)?;
    let lost: Option<i64> = row.try_get(10)?;
    let place = match n {
        Some(n) => Place::Recorded { epoch: row.try_get(8)?, n },
        None => Place::Waiting { number: row.try_get(9)? },
    };
    Ok(MessageRow {
        place,
        id: fact_id(row, 0)?,
        author: PersonId(row.try_get(1)?),
        content: content(row, 2)?,
        offset_minutes: row.try_get(4)?,
        skew_ms: row.try_get(5)?,
        n: n.filter(|_| lost.is_none()),
        recorded_at: row.try_get(7)?,
        edit: match optional_id(row, 11)? {
            Some(id) => Some((id, content(row, 12)?)),
            None => None,
        },
    })
}

fn receipts_of(rows: &[SqliteRow]) -> Result<Receipts, sqlx::Error> {
    let mut receipts = Receipts::new();
    for row in rows {
        receipts.insert((fact_id(row, 0)?, PersonId(row.try_get(1)?)), times_of(row)?);
    }
    Ok(receipts)
}

fn times_of(row: &SqliteRow) -> Result<ReceiptRow, sqlx::Error> {
    Ok(ReceiptRow {
        delivered_at: row.try_get(2)?,
        read_at: row.try_get(3)?,
        acknowledged_at: row.try_get(4)?,
    })
}
