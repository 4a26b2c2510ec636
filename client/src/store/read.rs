//! Reading: what the engine starts from, and the rows that screens are built from.
//!
//! It makes no views; see `read_model`. The kinds in the statements are the messages; a test compares them
//! with the contract.

use std::collections::BTreeMap;

use sqlx::Row as _;
use sqlx::sqlite::{SqlitePool, SqliteRow};
use uuid::Uuid;
use waypost_engine::Saved;
use waypost_protocol::{
    Body, Content, ConversationId, Entry, FactId, GroupSettings, PersonId, ProblemCode, Role,
    Sequence,
};

use super::apply::{blob, parse, state};
use super::revisions::is_deleted;
use super::{Store, StoreError};
use crate::view::PublishedTemplate;

/// One person of the directory.
pub(crate) struct PersonRow {
    pub(crate) id: PersonId,
    pub(crate) name: String,
    pub(crate) role: Role,
    pub(crate) language: String,
    /// From which number of the record on they are there; 0 if it was not noted.
    pub(crate) since: u64,
}

/// One group, with everyone who is or was in it.
pub(crate) struct GroupRow {
    pub(crate) name: String,
    pub(crate) settings: GroupSettings,
    pub(crate) members: Vec<MemberRow>,
}

impl GroupRow {
    /// Who is in it now.
    pub(crate) fn members_now(&self) -> impl Iterator<Item = &MemberRow> {
        self.members.iter().filter(|it| it.until.is_none())
    }
}

/// One stay of a person in a group, as numbers of the record.
pub(crate) struct MemberRow {
    pub(crate) person: PersonId,
    pub(crate) since: u64,
    pub(crate) until: Option<u64>,
    pub(crate) moderates: bool,
}

/// How far a conversation was read, and how long messages stay there.
pub(crate) struct Unread {
    pub(crate) up_to: u64,
    pub(crate) messages: usize,
    pub(crate) expires_after_s: Option<u32>,
}

/// A fact that was refused for ever.
pub(crate) struct WedgedRow {
    pub(crate) id: FactId,
    pub(crate) conversation: ConversationId,
    pub(crate) content: Content,
    pub(crate) code: ProblemCode,
}

/// What is known of a message that someone wants to say more about.
pub(crate) struct Known {
    pub(crate) conversation: ConversationId,
    pub(crate) author: PersonId,
    pub(crate) is_text: bool,
    pub(crate) acknowledged: bool,
}

/// Everything that can be read.
pub(crate) struct Reading<'a> {
    pub(super) pool: &'a SqlitePool,
    me: PersonId,
}

impl Store {
    /// Reads; a write that is under way is waited for.
    pub(crate) fn reading(&self) -> Reading<'_> {
        Reading { pool: &self.pool, me: self.me }
    }
}

impl Reading<'_> {
    /// On whose behalf.
    pub(crate) fn me(&self) -> PersonId {
        self.me
    }

    /// What an engine starts from.
    pub(crate) async fn saved(&self) -> Result<Saved, StoreError> {
        let row = sqlx::query("SELECT epoch, n, stored_marks, read_marks, skew_ms FROM progress")
            .fetch_one(self.pool)
            .await?;
        Ok(Saved {
            cursor: Sequence { epoch: row.try_get(0)?, n: number(&row, 1)?.unwrap_or(0) },
            waiting: self.waiting().await?,
            lanes: self.numbers("SELECT conversation, last_number FROM lanes").await?,
            stored_marks: cbor(&row, 2)?,
            read_marks: cbor(&row, 3)?,
            read_up_to: self.numbers("SELECT conversation, up_to FROM reads").await?,
            openings: self.openings().await?,
            skew_ms: row.try_get(4)?,
        })
    }

    /// Every version of a template that was published, in the order of the record.
    pub(crate) async fn templates(&self) -> Result<Vec<PublishedTemplate>, StoreError> {
        let rows = sqlx::query(
            "SELECT kind, content FROM facts
             WHERE conversation = 'fleet' AND kind = 28 AND lost IS NULL ORDER BY n",
        )
        .fetch_all(self.pool)
        .await?;
        let mut templates = Vec::new();
        for row in &rows {
            if let Ok(Body::TemplatePublished { template, version, definition }) =
                content(row, 0)?.to_body()
            {
                let definition = *definition;
                templates.push(PublishedTemplate { template, version, definition });
            }
        }
        Ok(templates)
    }

    async fn waiting(&self) -> Result<Vec<Entry>, StoreError> {
        let rows = sqlx::query(
            "SELECT o.id, f.conversation, o.number, f.kind, f.content, f.offset_minutes,
                    f.skew_ms, o.needs
             FROM outbox o JOIN facts f ON f.id = o.id WHERE o.state = ?",
        )
        .bind(state::WAITING)
        .fetch_all(self.pool)
        .await?;
        let entry = |row: &SqliteRow| -> Result<Entry, sqlx::Error> {
            Ok(Entry {
                id: fact_id(row, 0)?,
                conversation: parse(row.try_get(1)?)?,
                number: row.try_get(2)?,
                content: content(row, 3)?,
                offset_minutes: row.try_get(5)?,
                skew_ms: row.try_get(6)?,
                needs: optional_id(row, 7)?,
                gap: false,
            })
        };
        Ok(rows.iter().map(entry).collect::<Result<_, _>>()?)
    }

    async fn openings(&self) -> Result<BTreeMap<ConversationId, Sequence>, StoreError> {
        let rows: Vec<(String, i64, u32)> =
            sqlx::query_as("SELECT conversation, before_n, epoch FROM openings")
                .fetch_all(self.pool)
                .await?;
        let opening = |(conversation, n, epoch): &(String, i64, u32)| {
            Ok((parse(conversation)?, Sequence { epoch: *epoch, n: n.unsigned_abs() }))
        };
        Ok(rows.iter().map(opening).collect::<Result<_, sqlx::Error>>()?)
    }

    async fn numbers<T: TryFrom<i64>>(
        &self,
        query: &'static str,
    ) -> Result<BTreeMap<ConversationId, T>, StoreError> {
        let rows: Vec<(String, i64)> = sqlx::query_as(query).fetch_all(self.pool).await?;
        let mut numbers = BTreeMap::new();
        for (conversation, value) in rows {
            if let Ok(value) = T::try_from(value) {
                numbers.insert(parse(&conversation)?, value);
            }
        }
        Ok(numbers)
    }

    /// The directory, by name.
    pub(crate) async fn people(&self) -> Result<Vec<PersonRow>, StoreError> {
        let rows =
            sqlx::query("SELECT id, name, role, language, since_n FROM people ORDER BY name, id")
                .fetch_all(self.pool)
                .await?;
        let person = |row: &SqliteRow| -> Result<PersonRow, sqlx::Error> {
            let role: &str = row.try_get(2)?;
            Ok(PersonRow {
                id: PersonId(row.try_get(0)?),
                name: row.try_get(1)?,
                role: role.parse().map_err(|what: String| sqlx::Error::Decode(what.into()))?,
                language: row.try_get(3)?,
                since: number(row, 4)?.unwrap_or(0),
            })
        };
        Ok(rows.iter().map(person).collect::<Result<_, _>>()?)
    }

    /// The groups, by number.
    pub(crate) async fn groups(&self) -> Result<BTreeMap<u32, GroupRow>, StoreError> {
        let named: Vec<(u32, String, bool, bool, bool, Option<u32>)> = sqlx::query_as(
            "SELECT id, name, announcements, leaving, history, expires_after_s FROM groups",
        )
        .fetch_all(self.pool)
        .await?;
        let empty = |(id, name, announcements, leaving, history, expires_after_s)| {
            let settings = GroupSettings { announcements, leaving, history, expires_after_s };
            (id, GroupRow { name, settings, members: Vec::new() })
        };
        let mut groups: BTreeMap<u32, GroupRow> = named.into_iter().map(empty).collect();
        let members =
            sqlx::query("SELECT group_id, person, since_n, until_n, moderates FROM members")
                .fetch_all(self.pool)
                .await?;
        for row in members {
            if let Some(group) = groups.get_mut(&row.try_get::<u32, _>(0)?) {
                group.members.push(MemberRow {
                    person: PersonId(row.try_get(1)?),
                    since: number(&row, 2)?.unwrap_or(0),
                    until: number(&row, 3)?,
                    moderates: row.try_get(4)?,
                });
            }
        }
        Ok(groups)
    }

    /// Every conversation in which there is a message, but incidents that were read and over for a week when
    /// this device heard its last: years of them would be on no screen.
    pub(crate) async fn conversations(&self) -> Result<Vec<ConversationId>, StoreError> {
        let rows: Vec<(String,)> = sqlx::query_as(
            "SELECT DISTINCT conversation FROM facts
             WHERE conversation IS NOT NULL AND kind IN (1, 2, 6, 8, 9, 100, 101, 123, 127)
               AND conversation NOT IN (
                 SELECT r.conversation FROM facts r
                 WHERE r.kind = 103 AND r.lost IS NULL AND r.conversation LIKE 'incident-%'
                   AND r.recorded_at_ms < (SELECT max(recorded_at_ms) FROM facts) - 604800000
                   AND NOT EXISTS (SELECT 1 FROM facts l
                                   WHERE l.conversation = r.conversation
                                     AND (l.n > r.n OR l.n IS NULL))
                   AND NOT EXISTS (
                     SELECT 1 FROM facts u
                     WHERE u.conversation = r.conversation AND u.author <> ?1 AND u.lost IS NULL
                       AND u.kind IN (1, 2, 6, 8, 9, 100, 101, 123, 127)
                       AND u.n > max(
                         coalesce((SELECT up_to FROM reads WHERE conversation = r.conversation), 0),
                         coalesce((SELECT since_n FROM people WHERE id = ?1), 0))))",
        )
        .bind(self.me.0)
        .fetch_all(self.pool)
        .await?;
        Ok(rows.iter().map(|(id,)| parse(id)).collect::<Result<_, _>>()?)
    }

    /// Up to where this person has read a conversation, how many messages of others are beyond it, and after
    /// how many seconds messages go there by what was said last. What was said before they came into a group, or into the house, does not wait for them.
    pub(crate) async fn unread(&self, conversation: ConversationId) -> Result<Unread, StoreError> {
        let id = conversation.to_string();
        let group = match conversation {
            ConversationId::Group(group) => Some(group),
            _ => None,
        };
        let (up_to, unread, expires_after_s): (i64, i64, Option<u32>) = sqlx::query_as(concat!(
            "WITH read (up_to) AS (
                    SELECT coalesce((SELECT up_to FROM reads WHERE conversation = ?1), 0)),
                 came (since_n) AS (
                    SELECT max(
                        coalesce((SELECT max(since_n) FROM members
                                  WHERE group_id = ?2 AND person = ?3), 0),
                        coalesce((SELECT since_n FROM people WHERE id = ?3), 0)))
                 SELECT up_to, (SELECT count(*) FROM facts f
                                WHERE f.conversation = ?1 AND f.n > max(up_to, since_n)
                                AND author <> ?3
                                AND kind IN (1, 2, 6, 8, 9, 100, 101, 123, 127) AND lost IS NULL AND expired IS NULL
                                AND content <> x'f6' AND NOT ",
            is_deleted!(),
            "), (SELECT l.after_s FROM lifetimes l WHERE l.conversation = ?1
                  ORDER BY l.n DESC LIMIT 1) FROM read, came"
        ))
        .bind(&id)
        .bind(group)
        .bind(self.me.0)
        .fetch_one(self.pool)
        .await?;
        let messages = usize::try_from(unread).unwrap_or(0);
        Ok(Unread { up_to: up_to.unsigned_abs(), messages, expires_after_s })
    }

    /// What is wedged and not discarded, oldest first.
    pub(crate) async fn wedged(&self) -> Result<Vec<WedgedRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT o.id, f.conversation, f.kind, f.content, o.code
             FROM outbox o JOIN facts f ON f.id = o.id
             WHERE o.state = ? AND o.discarded = 0 ORDER BY o.id",
        )
        .bind(state::REJECTED)
        .fetch_all(self.pool)
        .await?;
        let wedged = |row: &SqliteRow| -> Result<WedgedRow, sqlx::Error> {
            Ok(WedgedRow {
                id: fact_id(row, 0)?,
                conversation: parse(row.try_get(1)?)?,
                content: content(row, 2)?,
                code: ProblemCode::from_number(row.try_get(4)?),
            })
        };
        Ok(rows.iter().map(wedged).collect::<Result<_, _>>()?)
    }

    /// A message, if it is known.
    pub(crate) async fn message(&self, message: FactId) -> Result<Option<Known>, StoreError> {
        let row = sqlx::query(
            "SELECT f.conversation, f.author, r.acknowledged_at_ms, f.kind, f.content
             FROM facts f LEFT JOIN receipts r ON r.message = f.id AND r.person = ?
             WHERE f.id = ? AND f.kind IN (1, 2, 6, 8, 9, 100, 101, 123, 127) AND f.conversation IS NOT NULL",
        )
        .bind(self.me.0)
        .bind(blob(&message))
        .fetch_optional(self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(Known {
            conversation: parse(row.try_get(0)?)?,
            author: PersonId(row.try_get(1)?),
            is_text: is_text(&content(&row, 3)?),
            acknowledged: row.try_get::<Option<i64>, _>(2)?.is_some(),
        }))
    }
}

/// Whether other words can be found for it.
fn is_text(content: &Content) -> bool {
    match content.to_body() {
        Ok(Body::Text { .. }) => true,
        Ok(Body::Broadcast { message, .. }) => matches!(*message, Body::Text { .. }),
        _ => false,
    }
}

pub(super) fn number(row: &SqliteRow, at: usize) -> Result<Option<u64>, sqlx::Error> {
    Ok(row.try_get::<Option<i64>, _>(at)?.map(i64::unsigned_abs))
}

pub(super) fn fact_id(row: &SqliteRow, at: usize) -> Result<FactId, sqlx::Error> {
    let bytes: &[u8] = row.try_get(at)?;
    Uuid::from_slice(bytes).map(FactId).map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

/// An id that may be missing.
pub(super) fn optional_id(row: &SqliteRow, at: usize) -> Result<Option<FactId>, sqlx::Error> {
    match row.try_get::<Option<&[u8]>, _>(at)? {
        Some(_) => fact_id(row, at).map(Some),
        None => Ok(None),
    }
}

/// A kind and the bytes in the column after it.
pub(super) fn content(row: &SqliteRow, at: usize) -> Result<Content, sqlx::Error> {
    Ok(Content { kind: row.try_get(at)?, bytes: row.try_get(at + 1)? })
}

fn cbor<T: for<'b> minicbor::Decode<'b, ()>>(
    row: &SqliteRow,
    at: usize,
) -> Result<Vec<T>, sqlx::Error> {
    let bytes: &[u8] = row.try_get(at)?;
    minicbor::decode(bytes).map_err(|error| sqlx::Error::Decode(error.into()))
}
