//! How long messages of direct conversations stay.

use std::collections::HashMap;

use sqlx::{AnyConnection, Row as _};
use waypost_domain::{Decision, Wanted};
use waypost_protocol::ConversationId;

use crate::decode::conversation_id;
use crate::sql::unsigned;
use crate::{Db, StorageError};

impl Db {
    pub(crate) async fn known_expiries(
        &self,
        on: &mut AnyConnection,
        wanted: &Wanted,
    ) -> Result<HashMap<ConversationId, u32>, StorageError> {
        let mut found = HashMap::new();
        let keys: Vec<_> = wanted.expiries.iter().copied().collect();
        for chunk in self.chunks(&keys) {
            let mut sql = self.sql(
                "SELECT conversation, expires_after_s FROM conversation \
                 WHERE expires_after_s IS NOT NULL AND conversation IN (",
            );
            sql.list(chunk, ConversationId::to_string).push(")");
            for row in sql.rows(on).await? {
                found.insert(conversation_id(row.try_get(0)?)?, unsigned(row.try_get(1)?) as u32);
            }
        }
        Ok(found)
    }

    /// Keeps what was said of it. The rows of the conversations are there.
    pub(crate) async fn write_expiries(
        &self,
        on: &mut AnyConnection,
        decision: &Decision,
    ) -> Result<(), StorageError> {
        for (conversation, after_s) in &decision.expiries {
            self.sql("UPDATE conversation SET expires_after_s = ")
                .bind(after_s.map(i64::from))
                .push(" WHERE conversation = ")
                .bind(conversation.to_string())
                .execute(on)
                .await?;
        }
        Ok(())
    }
}
