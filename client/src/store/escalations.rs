//! What followed because nobody had acknowledged a message in time.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::Row as _;
use sqlx::{QueryBuilder, Sqlite};
use waypost_protocol::{Body, ConversationId, FactId, Millis, PersonId};

use super::StoreError;
use super::apply::blob;
use super::messages::list;
use super::read::{Reading, content, fact_id};
use super::writing::Writing;

/// What followed for one message.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct EscalationRow {
    /// When, by the server's clock, and who was told it then. Nobody: its recipients were reminded.
    pub(crate) steps: Vec<(Millis, Vec<PersonId>)>,
    /// Whether someone has stopped it.
    pub(crate) stopped: bool,
}

impl Writing {
    /// Notes that this fact is about the escalation of a message.
    pub(super) async fn escalates(
        &mut self,
        id: FactId,
        conversation: Option<ConversationId>,
        body: &Body,
    ) -> Result<(), sqlx::Error> {
        let (message, stopped) = match body {
            Body::Escalation { message, .. } => (message, 0_i64),
            Body::EscalationStopped { message } => (message, 1),
            _ => return Ok(()),
        };
        if let Some(conversation) = conversation {
            self.touched.message(conversation, Some(*message));
        }
        self.sql(
            "INSERT INTO escalations (id, message, stopped) VALUES (?, ?, ?)
             ON CONFLICT DO NOTHING",
        )
        .bind(blob(&id))
        .bind(blob(message))
        .bind(stopped)
        .run()
        .await
    }
}

impl Reading<'_> {
    /// What followed for these messages, in the order of the record.
    pub(crate) async fn escalations(
        &self,
        messages: &BTreeSet<FactId>,
    ) -> Result<BTreeMap<FactId, EscalationRow>, StoreError> {
        let mut found: BTreeMap<_, EscalationRow> = BTreeMap::new();
        if messages.is_empty() {
            return Ok(found);
        }
        let mut query: QueryBuilder<Sqlite> = QueryBuilder::new(
            "SELECT e.message, e.stopped, f.recorded_at_ms, f.kind, f.content
             FROM escalations e CROSS JOIN facts f ON f.id = e.id
             JOIN facts m ON m.id = e.message AND m.conversation = f.conversation
             LEFT JOIN outbox o ON o.id = f.id
             WHERE f.lost IS NULL AND coalesce(o.state, 0) <> 2 AND e.message IN ",
        );
        list(&mut query, messages);
        query.push(" ORDER BY f.n IS NULL, f.n");
        for row in query.build().fetch_all(self.pool).await? {
            let of = found.entry(fact_id(&row, 0)?).or_default();
            if row.try_get::<i64, _>(1)? == 1 {
                of.stopped = true;
            } else if let Ok(Body::Escalation { to, .. }) = content(&row, 3)?.to_body() {
                of.steps.push((row.try_get::<Option<i64>, _>(2)?.unwrap_or(0), to));
            }
        }
        Ok(found)
    }
}
