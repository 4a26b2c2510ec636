//! Broadcasts: whom each has reached, and by which message.

use std::collections::{BTreeSet, HashMap};

use sqlx::{AnyConnection, Row as _};
use waypost_domain::{Reached, Recorded, Wanted};
use waypost_protocol::{ConversationId, FactId, PersonId};

use crate::decode::{conversation_id, fact_id, person_id};
use crate::sql::{big, unsigned};
use crate::{Db, StorageError};

impl Db {
    /// Notes which messages among these facts a broadcast has brought, and to whom.
    pub(crate) async fn insert_recipients(
        &self,
        on: &mut AnyConnection,
        facts: &[Recorded],
    ) -> Result<(), StorageError> {
        let brought: Vec<_> = facts.iter().filter_map(brought).collect();
        for chunk in self.chunks(&brought) {
            let mut sql = self.sql("INSERT INTO broadcast (message, person, n) VALUES ");
            sql.tuples(chunk, |row, (broadcast, person, n)| {
                row.bind(broadcast.as_bytes().to_vec()).bind(i64::from(person.0)).bind(big(*n));
            });
            sql.execute(on).await?;
        }
        Ok(())
    }

    /// The members of the groups that are told something.
    pub(crate) async fn known_audiences(
        &self,
        on: &mut AnyConnection,
        groups: &[u32],
    ) -> Result<HashMap<u32, BTreeSet<PersonId>>, StorageError> {
        let mut found: HashMap<_, BTreeSet<_>> = HashMap::new();
        let groups: Vec<_> = groups.iter().map(|it| ConversationId::Group(*it)).collect();
        for chunk in self.chunks(&groups) {
            let mut sql = self.sql(
                "SELECT conversation, person FROM membership \
                 WHERE to_n IS NULL AND conversation IN (",
            );
            sql.list(chunk, ConversationId::to_string).push(")");
            for row in sql.rows(on).await? {
                if let ConversationId::Group(group) = conversation_id(row.try_get(0)?)? {
                    found.entry(group).or_default().insert(person_id(row.try_get(1)?));
                }
            }
        }
        Ok(found)
    }

    /// Whom the broadcasts have reached whose recipients are told something.
    pub(crate) async fn known_broadcasts(
        &self,
        on: &mut AnyConnection,
        wanted: &Wanted,
    ) -> Result<HashMap<FactId, Reached>, StorageError> {
        let mut found: HashMap<_, Reached> = HashMap::new();
        let broadcasts: Vec<_> = wanted.broadcasts.iter().collect();
        for chunk in self.chunks(&broadcasts) {
            let mut sql = self.sql(
                "SELECT b.message, b.person, f.kind, f.id FROM broadcast b JOIN fact f ON f.n = b.n \
                 WHERE b.message IN (",
            );
            sql.list(chunk, |id| id.as_bytes().to_vec()).push(")");
            for row in sql.rows(on).await? {
                let reached = found.entry(fact_id(&row, 0)?).or_default();
                reached.messages.insert(person_id(row.try_get(1)?), fact_id(&row, 3)?);
                reached.kind = unsigned(row.try_get(2)?) as u16;
            }
        }
        Ok(found)
    }
}

/// The broadcast that this fact brings, its recipient, and its number.
fn brought(fact: &Recorded) -> Option<(FactId, PersonId, u64)> {
    let recipient = fact.conversation?.partner_of(fact.author)?;
    Some((fact.broadcast?, recipient, fact.sequence.n))
}
