//! What the staff share: what has become of it, and the queue of what is open.

use std::collections::HashMap;

use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};
use waypost_domain::{Decision, Wanted};
use waypost_protocol::{Case, ConversationId, Millis, kind};

use crate::decode::{conversation_id, from_json, to_json};
use crate::write::Joined;
use crate::{Db, StorageError};

/// A place of the queue of what is open, as it was when it was read: what has changed since moves nothing
/// that comes after it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Queued {
    priority: i64,
    since: Millis,
    /// The case that was there.
    pub conversation: ConversationId,
}

impl std::fmt::Display for Queued {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.priority, self.since, self.conversation)
    }
}

impl std::str::FromStr for Queued {
    type Err = &'static str;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let wrong = "this is no `next` of a page";
        let mut parts = s.splitn(3, '.');
        let mut part = || parts.next().ok_or(wrong);
        Ok(Self {
            priority: part()?.parse::<u8>().map_err(|_| wrong)?.into(),
            since: part()?.parse().map_err(|_| wrong)?,
            conversation: part()?.parse().map_err(|_| wrong)?,
        })
    }
}

impl Db {
    /// What is open, the most urgent first and then what waits longest; after this place of the queue.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn open_cases(
        &self,
        after: Option<Queued>,
        limit: usize,
    ) -> Result<Vec<(Queued, Case)>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let mut sql = self.sql(
            "SELECT c.conversation, c.state, c.priority, c.since_ms FROM cases c \
             WHERE c.is_open = 1",
        );
        if let Some(Queued { priority, since, conversation }) = after {
            sql.push(" AND (0 - c.priority, c.since_ms, c.conversation) > (0 - ").bind(priority);
            sql.push(", ").bind(since).push(", ").bind(conversation.to_string()).push(")");
        }
        sql.push(" ORDER BY c.priority DESC, c.since_ms, c.conversation LIMIT ").bind(limit as i64);
        let rows = sql.rows(&mut on).await?;
        let queued = |row: &AnyRow| -> Result<_, StorageError> {
            let conversation = conversation_id(row.try_get(0)?)?;
            let (priority, since) = (row.try_get(2)?, row.try_get(3)?);
            Ok((Queued { priority, since, conversation }, case_of(row, 1)?))
        };
        rows.iter().map(queued).collect()
    }

    /// What has become of the case of a conversation, if anything was said there.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn case(&self, conversation: ConversationId) -> Result<Option<Case>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let known = self.cases_on(&mut on, &[conversation]).await?;
        Ok(known.into_values().next())
    }

    pub(crate) async fn known_cases(
        &self,
        on: &mut AnyConnection,
        wanted: &Wanted,
    ) -> Result<HashMap<ConversationId, Case>, StorageError> {
        self.cases_on(on, &wanted.cases.iter().copied().collect::<Vec<_>>()).await
    }

    async fn cases_on(
        &self,
        on: &mut AnyConnection,
        of: &[ConversationId],
    ) -> Result<HashMap<ConversationId, Case>, StorageError> {
        let mut found = HashMap::new();
        for chunk in self.chunks(of) {
            let mut sql = self.sql("SELECT conversation, state FROM cases WHERE conversation IN (");
            sql.list(chunk, ConversationId::to_string).push(")");
            for row in sql.rows(on).await? {
                found.insert(conversation_id(row.try_get(0)?)?, case_of(&row, 1)?);
            }
        }
        Ok(found)
    }

    /// Keeps what became of cases, and who reads an incident from its opening on.
    pub(crate) async fn write_cases(
        &self,
        on: &mut AnyConnection,
        decision: &Decision,
    ) -> Result<(), StorageError> {
        let cases: Vec<_> = decision.cases.iter().collect();
        for chunk in self.chunks(&cases) {
            let mut rows = Vec::new();
            for (conversation, case) in chunk {
                rows.push((conversation.to_string(), to_json(case)?, *case));
            }
            let mut sql = self.sql(
                "INSERT INTO cases (conversation, state, is_open, priority, since_ms) VALUES ",
            );
            sql.tuples(&rows, |row, (conversation, state, case)| {
                row.bind(conversation.clone())
                    .bind(state.clone())
                    .bind(i64::from(case.is_open()))
                    .bind(case.priority as i64)
                    .bind(case.open_since().unwrap_or(0));
            });
            sql.push(
                " ON CONFLICT (conversation) DO UPDATE SET state = excluded.state, \
                 is_open = excluded.is_open, priority = excluded.priority, \
                 since_ms = excluded.since_ms",
            );
            sql.execute(on).await?;
        }
        self.insert_members(on, &opened(decision)).await
    }
}

/// Whom the incidents that were opened concern.
fn opened(decision: &Decision) -> Vec<Joined> {
    let incidents = decision.facts.iter().filter(|fact| fact.content.kind == kind::INCIDENT);
    let joined = |fact: &waypost_domain::Recorded| {
        let conversation = fact.conversation?;
        let person = decision.cases.get(&conversation)?.person?;
        Some(Joined { person, conversation, from_n: fact.sequence.n - 1, opened_from_n: None })
    };
    incidents.filter_map(joined).collect()
}

fn case_of(row: &AnyRow, at: usize) -> Result<Case, StorageError> {
    from_json(&row.try_get::<String, _>(at)?)
}
