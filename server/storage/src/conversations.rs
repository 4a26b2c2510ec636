//! Conversations and who is in them.

use std::collections::BTreeMap;

use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};
use waypost_protocol::{Body, ConversationId, GroupSettings, Millis, PersonId};

use crate::decode::{conversation_id, from_json, person_id, to_json};
use crate::sql::{big, unsigned};
use crate::write::Joined;
use crate::{Db, StorageError};

/// One conversation of a person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConversationRow {
    /// Which.
    pub conversation: ConversationId,
    /// The name of a group.
    pub title: Option<String>,
    /// How a group is run.
    pub settings: Option<GroupSettings>,
    /// After how many seconds messages of a direct one go, if that was said.
    pub expires_after_s: Option<u32>,
    /// The number of its newest fact.
    pub last_n: u64,
}

/// Someone in a conversation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Member {
    /// Who.
    pub person: PersonId,
    /// Whether they look after it.
    pub moderates: bool,
}

impl Db {
    /// The conversations that a person is in now, by their text form, after a given one; without incidents that
    /// are over and in which nothing was said since a time: there are ever more of them.
    pub async fn conversations(
        &self,
        person: PersonId,
        after: &str,
        since: Millis,
        limit: usize,
    ) -> Result<Vec<ConversationRow>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let mut sql = self.sql(
            "SELECT c.conversation, c.title, c.last_n, c.settings, c.expires_after_s FROM stay m \
             JOIN conversation c ON c.conversation = m.conversation \
             WHERE m.to_n IS NULL AND c.conversation NOT IN ('fleet', 'staff', 'reports') \
             AND c.conversation NOT LIKE 'about-%' AND c.conversation NOT LIKE 'own-%' \
             AND m.person = ",
        );
        sql.bind(i64::from(person.0))
            .push(
                " AND NOT (c.conversation LIKE 'incident-%' AND EXISTS (SELECT 1 FROM cases k \
                 WHERE k.conversation = c.conversation AND k.is_open = 0) AND EXISTS \
                 (SELECT 1 FROM fact f WHERE f.n = c.last_n AND f.recorded_at_ms < ",
            )
            .bind(since)
            .push(")) AND c.conversation > ")
            .bind(after.to_owned())
            .push(" ORDER BY c.conversation LIMIT ")
            .bind(limit as i64);
        let rows = sql.rows(&mut on).await?;
        rows.iter().map(conversation_row).collect()
    }

    /// Every group, by number, after a given one.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn groups(
        &self,
        after: u32,
        limit: usize,
    ) -> Result<Vec<ConversationRow>, StorageError> {
        let mut on = self.readers.acquire().await?;
        // By number and not by text, in which 10 comes before 9; cut out of groups alone, in whatever order
        // the database looks at conditions.
        let mut sql = self.sql(
            "SELECT conversation, title, last_n, settings, expires_after_s FROM \
             (SELECT c.*, CASE WHEN c.conversation LIKE 'group-%' \
              THEN CAST(substr(c.conversation, 7) AS BIGINT) END AS number FROM conversation c) g \
             WHERE number > ",
        );
        sql.bind(i64::from(after)).push(" ORDER BY number LIMIT ").bind(limit as i64);
        let rows = sql.rows(&mut on).await?;
        rows.iter().map(conversation_row).collect()
    }

    /// One conversation, if anything was ever said in it or it is a group.
    pub async fn conversation(
        &self,
        of: ConversationId,
    ) -> Result<Option<ConversationRow>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let mut sql = self.sql(
            "SELECT conversation, title, last_n, settings, expires_after_s FROM conversation \
             WHERE conversation = ",
        );
        sql.bind(of.to_string()).row(&mut on).await?.as_ref().map(conversation_row).transpose()
    }

    /// Who is in these conversations now, by number. Where nobody is, there is no entry.
    pub async fn members(
        &self,
        of: &[ConversationId],
    ) -> Result<BTreeMap<ConversationId, Vec<Member>>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for chunk in self.chunks(of) {
            let mut sql = self.sql(
                "SELECT conversation, person, moderates_from_n FROM stay \
                 WHERE to_n IS NULL AND conversation IN (",
            );
            sql.list(chunk, ConversationId::to_string).push(") ORDER BY conversation, person");
            for row in sql.rows(&mut on).await? {
                let moderates = row.try_get::<Option<i64>, _>(2)?.is_some();
                let member = Member { person: person_id(row.try_get(1)?), moderates };
                found.entry(conversation_id(row.try_get(0)?)?).or_default().push(member);
            }
        }
        Ok(found)
    }

    /// Every current member of every group and stream, and whom every incident concerns, for those who push
    /// events.
    pub async fn all_members(&self) -> Result<Vec<(ConversationId, PersonId)>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let rows = self
            .sql(
                "SELECT conversation, person FROM membership \
                 WHERE to_n IS NULL AND conversation NOT LIKE 'direct-%'",
            )
            .rows(&mut on)
            .await?;
        rows.iter()
            .map(|row| Ok((conversation_id(row.try_get(0)?)?, person_id(row.try_get(1)?))))
            .collect()
    }

    /// Keeps the rows that a fact about a group stands for.
    pub(crate) async fn project_group(
        &self,
        on: &mut AnyConnection,
        n: u64,
        body: Body,
    ) -> Result<(), StorageError> {
        match body {
            Body::GroupCreated { group, name, members, moderators, settings } => {
                let conversation = ConversationId::Group(group);
                self.insert_group(on, conversation, &name, settings, n).await?;
                let join = |person| Joined { person, conversation, from_n: n, opened_from_n: None };
                let joined: Vec<_> = members.into_iter().map(join).collect();
                self.insert_members(on, &joined).await?;
                self.moderates(on, conversation, &moderators, Some(n)).await
            }
            Body::GroupChanged { group, name, settings } => {
                self.insert_group(on, ConversationId::Group(group), &name, settings, n).await
            }
            named @ (Body::ModeratorNamed { group, person }
            | Body::ModeratorEnded { group, person }) => {
                let from_n = matches!(named, Body::ModeratorNamed { .. }).then_some(n);
                self.moderates(on, ConversationId::Group(group), &[person], from_n).await
            }
            Body::MemberJoined { group, person, history } => {
                let conversation = ConversationId::Group(group);
                let opened_from_n = history.then_some(0);
                let joined = Joined { person, conversation, from_n: n, opened_from_n };
                self.insert_members(on, &[joined]).await
            }
            Body::MemberLeft { group, person } => {
                self.end_membership(on, ConversationId::Group(group), person, n).await
            }
            _ => Ok(()),
        }
    }

    async fn insert_group(
        &self,
        on: &mut AnyConnection,
        conversation: ConversationId,
        title: &str,
        settings: GroupSettings,
        n: u64,
    ) -> Result<(), StorageError> {
        let settings = to_json(&settings)?;
        self.sql("INSERT INTO conversation (conversation, last_n, title, settings) VALUES ")
            .tuples(&[()], |row, ()| {
                row.bind(conversation.to_string())
                    .bind(big(n))
                    .bind(title.to_owned())
                    .bind(settings.clone());
            })
            .push(
                " ON CONFLICT (conversation) \
                 DO UPDATE SET title = excluded.title, settings = excluded.settings",
            )
            .execute(on)
            .await?;
        Ok(())
    }

    /// A member looks after a group since this fact, or no longer does.
    async fn moderates(
        &self,
        on: &mut AnyConnection,
        conversation: ConversationId,
        people: &[PersonId],
        from_n: Option<u64>,
    ) -> Result<(), StorageError> {
        for chunk in self.chunks(people) {
            let mut sql = self.sql("UPDATE membership SET moderates_from_n = ");
            sql.bind(from_n.map(big))
                .push(" WHERE to_n IS NULL AND conversation = ")
                .bind(conversation.to_string())
                .push(" AND person IN (")
                .list(chunk, |person| i64::from(person.0))
                .push(")");
            sql.execute(on).await?;
        }
        Ok(())
    }

    async fn end_membership(
        &self,
        on: &mut AnyConnection,
        conversation: ConversationId,
        person: PersonId,
        n: u64,
    ) -> Result<(), StorageError> {
        self.sql("UPDATE membership SET to_n = ")
            .bind(big(n))
            .push(" WHERE to_n IS NULL AND conversation = ")
            .bind(conversation.to_string())
            .push(" AND person = ")
            .bind(i64::from(person.0))
            .execute(on)
            .await?;
        Ok(())
    }
}

fn conversation_row(row: &AnyRow) -> Result<ConversationRow, StorageError> {
    Ok(ConversationRow {
        conversation: conversation_id(row.try_get(0)?)?,
        title: row.try_get(1)?,
        expires_after_s: row.try_get::<Option<i64>, _>(4)?.map(|after| unsigned(after) as u32),
        last_n: unsigned(row.try_get(2)?),
        settings: row.try_get::<Option<String>, _>(3)?.as_deref().map(from_json).transpose()?,
    })
}
