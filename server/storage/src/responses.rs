//! Who has answered what: the first answer and the first acknowledgement of each person to each message.
//!
//! These rows come some moments after their facts, from the index ([`crate::index`]).

use std::collections::HashMap;

use sqlx::{AnyConnection, Row as _};
use waypost_protocol::{ConversationId, FactId, Millis, PersonId};

use crate::decode::{conversation_id, fact_id, person_id};
use crate::{Db, StorageError};

/// Most responses of which times are reckoned at once.
pub const RESPONSES_MAX: usize = 100_000;

/// How someone has responded to a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum How {
    Acknowledged,
    Answered,
}

/// A response that a fact is.
pub(crate) struct Response {
    pub(crate) message: FactId,
    pub(crate) person: PersonId,
    pub(crate) how: How,
    /// The fact.
    pub(crate) id: FactId,
    /// When they responded, by their own clock.
    pub(crate) at: Millis,
}

/// How long someone took to respond to a message for the first time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ResponseRow {
    /// Who responded.
    pub person: PersonId,
    /// Where.
    pub conversation: ConversationId,
    /// When the message was recorded.
    pub asked_at: Millis,
    /// When they responded, by their own clock.
    pub responded_at: Millis,
}

impl Db {
    /// Keeps a response to a message of someone else, if it is the first of its sort.
    pub(crate) async fn put_response(
        &self,
        on: &mut AnyConnection,
        response: &Response,
        conversation: ConversationId,
    ) -> Result<(), StorageError> {
        let how = match response.how {
            How::Acknowledged => 0_i64,
            How::Answered => 1,
        };
        let mut sql = self.sql(
            "INSERT INTO response (message, person, how, id, responded_at_ms, asked_at_ms, \
             conversation) SELECT f.id, ",
        );
        sql.bind(i64::from(response.person.0)).push(", ").bind(how).push(", ");
        sql.bind(response.id.as_bytes().to_vec()).push(", ");
        sql.bind(response.at).push(", f.recorded_at_ms, f.conversation FROM fact f WHERE f.id = ");
        sql.bind(response.message.as_bytes().to_vec()).push(" AND f.author <> ");
        sql.bind(i64::from(response.person.0)).push(" AND f.conversation = ");
        sql.bind(conversation.to_string());
        sql.push(" ON CONFLICT (message, person, how) DO NOTHING").execute(on).await?;
        Ok(())
    }

    /// What is gone answers nothing any more.
    pub(crate) async fn forget_responses(
        &self,
        on: &mut AnyConnection,
        gone: &[FactId],
    ) -> Result<(), StorageError> {
        for chunk in self.chunks(gone) {
            let mut sql = self.sql("DELETE FROM response WHERE id IN (");
            sql.list(chunk, |id| id.as_bytes().to_vec()).push(")").execute(on).await?;
        }
        Ok(())
    }

    /// The first answers to these messages, by message and person: the id of each and when it was given.
    pub(crate) async fn answers_to(
        &self,
        on: &mut AnyConnection,
        messages: &[FactId],
    ) -> Result<HashMap<(FactId, PersonId), (FactId, Millis)>, StorageError> {
        let mut found = HashMap::new();
        for chunk in self.chunks(messages) {
            let mut sql = self.sql(
                "SELECT message, person, id, responded_at_ms FROM response \
                 WHERE how = 1 AND message IN (",
            );
            sql.list(chunk, |id| id.as_bytes().to_vec()).push(")");
            for row in sql.rows(on).await? {
                let of = (fact_id(&row, 0)?, person_id(row.try_get(1)?));
                found.insert(of, (fact_id(&row, 2)?, row.try_get(3)?));
            }
        }
        Ok(found)
    }

    /// How long people took to respond to messages that were recorded between two times, the newest first;
    /// at most [`RESPONSES_MAX`].
    ///
    /// # Errors
    /// If the database fails.
    pub async fn responses(
        &self,
        from: Millis,
        until: Millis,
    ) -> Result<Vec<ResponseRow>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let mut sql = self.sql(
            "SELECT person, conversation, MIN(asked_at_ms), MIN(responded_at_ms) FROM response \
             WHERE asked_at_ms >= ",
        );
        sql.bind(from).push(" AND asked_at_ms < ").bind(until);
        sql.push(" GROUP BY message, person, conversation ORDER BY 3 DESC LIMIT ");
        sql.bind(RESPONSES_MAX as i64);
        let rows = sql.rows(&mut on).await?;
        rows.iter()
            .map(|row| {
                Ok(ResponseRow {
                    person: person_id(row.try_get(0)?),
                    conversation: conversation_id(row.try_get(1)?)?,
                    asked_at: row.try_get(2)?,
                    responded_at: row.try_get(3)?,
                })
            })
            .collect()
    }
}
