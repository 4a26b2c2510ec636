//! Facts: writing them, and reading the stretches that concern someone.

use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};
use waypost_domain::page::{EpochStart, From, Read, answer, fitting, from};
use waypost_domain::{Head, Recorded};
use waypost_protocol::{
    Body, Content, EVENTS_MAX, Event, Events, FactId, Millis, Move, PersonId, Pull, ReceiptState,
    Sequence,
};

use crate::decode::{conversation_id, fact_id, person_id};
use crate::known::head_of;
use crate::revisions::COLUMNS_FOR_READERS;
use crate::sql::{Sql, big, unsigned};
use crate::{Db, StorageError};

/// How many facts of the whole record one page searches at most, so that a page has a bounded
/// cost for whoever is concerned by few of them.
const PAGE_SEARCHES_MAX: u64 = 20_000;

/// A fact as the HTTP interface shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FactRow {
    /// As its readers see it.
    pub event: Event,
    /// The epoch in which it was recorded.
    pub epoch: u32,
}

/// What is read of a fact `f`, as it was recorded.
pub(crate) const EVENT_COLUMNS: &str = "f.n, f.recorded_at_ms, f.kind, f.content, f.id, f.author, \
                             f.conversation, f.offset_minutes, f.skew_ms, f.epoch";

/// What concerns the person of `asked` between its numbers: the stays in conversations and streams, and
/// what is known about groups, from the fact on that took the person in; for the staff, of all groups, and
/// all that they share.
const STRETCHES: &str = "\
    stretch AS MATERIALIZED (
        SELECT m.conversation,
            CASE WHEN m.from_n > a.low THEN m.from_n ELSE a.low END AS low,
            CASE WHEN m.to_n < a.high THEN m.to_n ELSE a.high END AS high
        FROM asked a JOIN membership m ON m.person = a.person
        WHERE (SELECT c.last_n FROM conversation c
               WHERE c.conversation = m.conversation) > a.low
        UNION ALL
        SELECT c.conversation,
            CASE WHEN m.from_n - 1 > a.low THEN m.from_n - 1 ELSE a.low END,
            CASE WHEN m.to_n < a.high THEN m.to_n ELSE a.high END
        FROM asked a
        JOIN membership m ON m.person = a.person AND m.conversation LIKE 'group-%'
        JOIN conversation c ON c.conversation = 'about' || substr(m.conversation, 6)
            AND c.last_n > a.low
        WHERE NOT EXISTS (SELECT 1 FROM membership s
                          WHERE s.person = a.person AND s.conversation = 'staff')
        UNION ALL
        SELECT c.conversation, a.low, a.high
        FROM asked a JOIN conversation c ON c.last_n > a.low AND c.staff_reads = 1
        WHERE EXISTS (SELECT 1 FROM membership s
                      WHERE s.person = a.person AND s.conversation = 'staff')
    )";

impl Db {
    pub(crate) async fn insert_facts(
        &self,
        on: &mut AnyConnection,
        facts: &[Recorded],
    ) -> Result<(), StorageError> {
        for chunk in self.chunks(facts) {
            let mut sql = self.sql(
                "INSERT INTO fact (n, epoch, id, author, enrolment, conversation, kind, content, \
                 salt, offset_minutes, skew_ms, recorded_at_ms, expires_at_ms, digest, leaf) VALUES ",
            );
            sql.tuples(chunk, |row, fact| {
                row.bind(big(fact.sequence.n))
                    .bind(i64::from(fact.sequence.epoch))
                    .bind(fact.id.as_bytes().to_vec())
                    .bind(i64::from(fact.author.0))
                    .bind(fact.enrolment.map(|enrolment| enrolment.as_bytes().to_vec()))
                    .bind(fact.conversation.map(|conversation| conversation.to_string()))
                    .bind(i64::from(fact.content.kind))
                    .bind(fact.content.bytes.clone())
                    .bind(fact.salt.to_vec())
                    .bind(i64::from(fact.offset_minutes))
                    .bind(fact.skew_ms)
                    .bind(fact.recorded_at)
                    .bind(fact.expires_at)
                    .bind(fact.digest.to_vec())
                    .bind(fact.leaf.clone());
            });
            sql.execute(on).await?;
        }
        Ok(())
    }

    /// The end of the record, without locking it.
    pub async fn head(&self) -> Result<Head, StorageError> {
        let mut on = self.readers.acquire().await?;
        self.read_head(&mut on).await
    }

    /// The number of the last fact.
    pub async fn end(&self) -> Result<u64, StorageError> {
        let mut on = self.readers.acquire().await?;
        self.end_on(&mut on).await
    }

    pub(crate) async fn end_on(&self, on: &mut AnyConnection) -> Result<u64, StorageError> {
        let row = self.sql("SELECT size FROM head WHERE id = 1").row(on).await?;
        row.map_or(Ok(0), |row| Ok(unsigned(row.try_get(0)?)))
    }

    pub(crate) async fn read_head(&self, on: &mut AnyConnection) -> Result<Head, StorageError> {
        let row = self
            .sql("SELECT epoch, size, frontier, last_person, last_group FROM head WHERE id = 1")
            .row(on)
            .await?
            .ok_or_else(|| StorageError::Damaged("the head row is missing".into()))?;
        head_of(&row)
    }

    /// The answer to a `Pull` of this person: the next stretch of what concerns them.
    pub async fn pull(
        &self,
        person: PersonId,
        pull: &Pull,
        now: Millis,
        safe_up_to: u64,
    ) -> Result<Events, StorageError> {
        let mut on = self.readers.acquire().await?;
        let head = self.read_head(&mut on).await?;
        let end = head.tree.size();
        let start = from(pull.after, &self.epochs(&mut on, pull.after, &head).await?, end);
        let read = self.read_page(&mut on, person, start, pull.limit, end).await?;
        Ok(answer(head.epoch, start, read, end, pull.number, now, safe_up_to))
    }

    /// The next stretch of all that is about trips and stops, whomever it concerns.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn pull_of_trips(&self, pull: &Pull, now: Millis) -> Result<Events, StorageError> {
        let mut on = self.readers.acquire().await?;
        let head = self.read_head(&mut on).await?;
        let end = head.tree.size();
        let start = from(pull.after, &self.epochs(&mut on, pull.after, &head).await?, end);
        let limit = usize::from(pull.limit).min(EVENTS_MAX);
        let mut sql = self.sql("SELECT ");
        // The numbers stand as in the index, which is found by them alone.
        sql.push(&COLUMNS_FOR_READERS)
            .push(" FROM fact f WHERE f.kind BETWEEN 120 AND 127 AND f.n > ")
            .bind(big(start.after))
            .push(" AND f.n <= ")
            .bind(big(end))
            .push(" ORDER BY f.n LIMIT ")
            .bind(limit as i64);
        let mut events: Vec<_> =
            sql.rows(&mut on).await?.iter().map(event_of).collect::<Result<_, _>>()?;
        let fits = fitting(&events);
        let limited = events.len() >= limit || events.len() > fits;
        events.truncate(fits);
        let read = Read { events, searched_up_to: end, limited };
        Ok(answer(head.epoch, start, read, end, pull.number, now, 0))
    }

    async fn epochs(
        &self,
        on: &mut AnyConnection,
        cursor: Sequence,
        head: &Head,
    ) -> Result<Vec<EpochStart>, StorageError> {
        if cursor.epoch >= head.epoch {
            return Ok(Vec::new());
        }
        let rows = self.sql("SELECT epoch, after_n FROM epoch").rows(on).await?;
        rows.iter()
            .map(|row| {
                let epoch = unsigned(row.try_get(0)?) as u32;
                Ok(EpochStart { epoch, after: unsigned(row.try_get(1)?) })
            })
            .collect()
    }

    async fn read_page(
        &self,
        on: &mut AnyConnection,
        person: PersonId,
        start: From,
        limit: u16,
        end: u64,
    ) -> Result<Read, StorageError> {
        let limit = usize::from(limit).min(EVENTS_MAX);
        let searched_up_to = end.min(start.after + PAGE_SEARCHES_MAX);
        if limit == 0 || start.after >= end {
            return Ok(Read { events: Vec::new(), searched_up_to: start.after, limited: false });
        }
        let mut events = self.facts_for(on, person, start.after, searched_up_to, limit).await?;
        let receipts = self.receipts_for(on, person, start.after, searched_up_to, limit).await?;
        events.extend(receipts);
        events.sort_by_key(|event| event.n);
        let fits = fitting(&events).min(limit);
        let limited = events.len() >= limit || events.len() > fits;
        events.truncate(fits);
        Ok(Read { events, searched_up_to, limited })
    }

    async fn facts_for(
        &self,
        on: &mut AnyConnection,
        person: PersonId,
        after: u64,
        up_to: u64,
        limit: usize,
    ) -> Result<Vec<Event>, StorageError> {
        let mut sql = self.sql("");
        ask_for_page(&mut sql, person, after, up_to, limit);
        sql.rows(on).await?.iter().map(event_of).collect()
    }

    /// The receipts that concern an author, one event for each receipts fact.
    async fn receipts_for(
        &self,
        on: &mut AnyConnection,
        author: PersonId,
        after: u64,
        up_to: u64,
        limit: usize,
    ) -> Result<Vec<Event>, StorageError> {
        let mut sql = self.sql(
            "SELECT r.n, r.person, r.state, r.up_to, r.at_ms, r.conversation, f.recorded_at_ms \
             FROM receipt_author a JOIN receipt r ON r.n = a.n AND r.position = a.position \
             JOIN fact f ON f.n = a.n WHERE a.author = ",
        );
        sql.bind(i64::from(author.0))
            .push(" AND a.n IN (SELECT DISTINCT n FROM receipt_author WHERE author = ")
            .bind(i64::from(author.0))
            .push(" AND n > ")
            .bind(big(after))
            .push(" AND n <= ")
            .bind(big(up_to))
            .push(" ORDER BY n LIMIT ")
            .bind(limit as i64)
            .push(") ORDER BY r.n, r.position");
        let mut events: Vec<(u64, Millis, Vec<Move>)> = Vec::new();
        for row in sql.rows(on).await? {
            let n = unsigned(row.try_get(0)?);
            if events.last().is_none_or(|(last, ..)| *last != n) {
                events.push((n, row.try_get(6)?, Vec::new()));
            }
            if let Some((_, _, moves)) = events.last_mut() {
                moves.push(move_of(&row)?);
            }
        }
        Ok(events.into_iter().map(receipts_event).collect())
    }

    /// What this person has said under this id, as it was recorded; `None` if it was not, or is gone.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn fact_of(
        &self,
        author: PersonId,
        id: FactId,
    ) -> Result<Option<Content>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let mut sql = self.sql("SELECT kind, content FROM fact WHERE id = ");
        sql.bind(id.as_bytes().to_vec()).push(" AND author = ").bind(i64::from(author.0));
        let Some(row) = sql.row(&mut on).await? else { return Ok(None) };
        let (kind, bytes) = (unsigned(row.try_get(0)?) as u16, row.try_get::<Option<_>, _>(1)?);
        Ok(bytes.map(|bytes| Content { kind, bytes }))
    }

    /// One fact by number, for whoever has just made it.
    pub async fn fact_at(&self, n: u64) -> Result<Option<FactRow>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let mut sql = self.sql("SELECT ");
        sql.push(&COLUMNS_FOR_READERS).push(" FROM fact f WHERE f.n = ").bind(big(n));
        sql.row(&mut on).await?.as_ref().map(fact_of).transpose()
    }
}

/// The stretches of this person come first, and `CROSS JOIN` keeps it so: joined in one go, PostgreSQL
/// reads what everyone said and looks afterwards whom it concerns, and so does SQLite.
fn ask_for_page(sql: &mut Sql, person: PersonId, after: u64, up_to: u64, limit: usize) {
    sql.push("WITH asked (person, low, high) AS (VALUES (")
        .bind(i64::from(person.0))
        .push(", ")
        .bind(big(after))
        .push(", ")
        .bind(big(up_to))
        .push(")), ")
        .push(STRETCHES)
        .push(" SELECT ")
        .push(&COLUMNS_FOR_READERS)
        .push(
            " FROM stretch s CROSS JOIN fact f WHERE f.conversation = s.conversation \
             AND f.n > s.low AND f.n <= s.high AND f.n > ",
        )
        .bind(big(after))
        .push(" AND f.n <= ")
        .bind(big(up_to))
        // Not by the bare number: PostgreSQL would walk the whole record in its order.
        .push(" ORDER BY f.n + 0 LIMIT ")
        .bind(limit as i64);
}

pub(crate) fn fact_of(row: &AnyRow) -> Result<FactRow, StorageError> {
    Ok(FactRow { event: event_of(row)?, epoch: unsigned(row.try_get(9)?) as u32 })
}

fn event_of(row: &AnyRow) -> Result<Event, StorageError> {
    let kind = unsigned(row.try_get(2)?) as u16;
    let bytes: Option<Vec<u8>> = row.try_get(3)?;
    let conversation: Option<String> = row.try_get(6)?;
    let content = match bytes {
        Some(bytes) => Content { kind, bytes },
        None => Content::erased(kind),
    };
    Ok(Event {
        n: unsigned(row.try_get(0)?),
        recorded_at: row.try_get(1)?,
        content,
        id: Some(fact_id(row, 4)?),
        author: Some(person_id(row.try_get(5)?)).filter(|author| *author != PersonId::SERVER),
        conversation: conversation.map(conversation_id).transpose()?,
        offset_minutes: row.try_get::<i64, _>(7)?.try_into().unwrap_or(0),
        skew_ms: row.try_get(8)?,
    })
}

fn move_of(row: &AnyRow) -> Result<Move, StorageError> {
    let state = match row.try_get::<i64, _>(2)? {
        2 => ReceiptState::Delivered,
        3 => ReceiptState::Read,
        other => return Err(StorageError::Damaged(format!("{other} is no receipt state"))),
    };
    let conversation: Option<String> = row.try_get(5)?;
    Ok(Move {
        person: person_id(row.try_get(1)?),
        state,
        up_to: unsigned(row.try_get(3)?),
        at: row.try_get(4)?,
        conversation: conversation.map(conversation_id).transpose()?,
        enrolment: None,
    })
}

/// How an author sees a receipts fact.
fn receipts_event((n, recorded_at, moves): (u64, Millis, Vec<Move>)) -> Event {
    let content = Body::Receipts { moves }.to_content();
    Event {
        n,
        recorded_at,
        content,
        id: None,
        author: None,
        conversation: None,
        offset_minutes: 0,
        skew_ms: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Half a year of everyone's messages is not looked through for each page of one person.
    #[tokio::test]
    async fn a_page_is_searched_by_the_conversations_of_its_reader() {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("record.db").display());
        let db = Db::open(&url).await.expect("the record opens");
        let mut on = db.readers.acquire().await.expect("a reader");
        let mut sql = db.sql("EXPLAIN QUERY PLAN ");
        ask_for_page(&mut sql, PersonId(7), 100, 20_100, 256);
        let plan = sql.rows(&mut on).await.expect("a plan");
        let plan: Vec<String> = plan.iter().map(|row| row.get(3)).collect();
        let facts: Vec<_> = plan.iter().filter(|step| step.starts_with("SEARCH f ")).collect();
        let [facts] = &facts[..] else { panic!("one search of the facts: {plan:#?}") };
        assert!(facts.contains("fact_by_conversation (conversation=? AND n>? AND n<?)"), "{facts}");
    }
}
