//! Receipts: the rows of receipts facts, and what they say about one message.

use std::collections::BTreeMap;

use sqlx::{AnyConnection, Row as _};
use waypost_domain::Recorded;
use waypost_protocol::{Body, ConversationId, FactId, Millis, Move, PersonId, ReceiptState, kind};

use crate::decode::person_id;
use crate::sql::big;
use crate::{Db, StorageError};

/// How far one message has come for one recipient.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RecipientRow {
    /// Who.
    pub person: PersonId,
    /// Since when a device of theirs has it, by that device's clock.
    pub delivered_at: Option<Millis>,
    /// Since when they have read it.
    pub read_at: Option<Millis>,
    /// Since when they have acknowledged it.
    pub acknowledged_at: Option<Millis>,
}

/// The number of a state in the `receipt` table; it is also its number on the wire.
fn number(state: ReceiptState) -> i64 {
    match state {
        ReceiptState::Queued => 0,
        ReceiptState::Accepted => 1,
        ReceiptState::Delivered => 2,
        ReceiptState::Read => 3,
        ReceiptState::Acknowledged => 4,
    }
}

impl Db {
    pub(crate) async fn insert_receipts(
        &self,
        on: &mut AnyConnection,
        facts: &[Recorded],
    ) -> Result<(), StorageError> {
        for fact in facts.iter().filter(|fact| fact.content.kind == kind::RECEIPTS) {
            let body = fact.content.to_body();
            let Ok(Body::Receipts { moves }) = body else {
                return Err(StorageError::Damaged("a receipts fact cannot be read".into()));
            };
            self.insert_moves(on, fact, &moves).await?;
        }
        Ok(())
    }

    async fn insert_moves(
        &self,
        on: &mut AnyConnection,
        fact: &Recorded,
        moves: &[Move],
    ) -> Result<(), StorageError> {
        let n = big(fact.sequence.n);
        let numbered: Vec<_> = moves.iter().enumerate().collect();
        for chunk in self.chunks(&numbered) {
            let mut sql = self.sql(
                "INSERT INTO receipt (n, position, person, state, conversation, up_to, at_ms) VALUES ",
            );
            sql.tuples(chunk, |row, (position, step)| {
                row.bind(n)
                    .bind(*position as i64)
                    .bind(i64::from(step.person.0))
                    .bind(number(step.state))
                    .bind(step.conversation.map(|conversation| conversation.to_string()))
                    .bind(big(step.up_to))
                    .bind(step.at);
            });
            sql.execute(on).await?;
        }
        let concerned = positions(fact, moves);
        for chunk in self.chunks(&concerned) {
            let mut sql = self.sql("INSERT INTO receipt_author (author, n, position) VALUES ");
            sql.tuples(chunk, |row, (author, position)| {
                row.bind(i64::from(author.0)).bind(n).bind(*position);
            });
            sql.push(" ON CONFLICT (author, n, position) DO NOTHING");
            sql.execute(on).await?;
        }
        Ok(())
    }

    /// The receipts of one message for each of its recipients, by number of person.
    pub async fn receipts_of(
        &self,
        message: FactId,
        n: u64,
        author: PersonId,
        conversation: ConversationId,
    ) -> Result<Vec<RecipientRow>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let mut rows = BTreeMap::new();
        let mut sql = self.sql("SELECT person FROM membership WHERE conversation = ");
        sql.bind(conversation.to_string())
            .push(" AND from_n < ")
            .bind(big(n))
            .push(" AND (to_n IS NULL OR to_n >= ")
            .bind(big(n))
            .push(") AND person <> ")
            .bind(i64::from(author.0));
        for row in sql.rows(&mut on).await? {
            let person = person_id(row.try_get(0)?);
            let none =
                RecipientRow { person, delivered_at: None, read_at: None, acknowledged_at: None };
            rows.insert(person, none);
        }
        for (person, recipient) in &mut rows {
            recipient.delivered_at =
                self.first_move(&mut on, *person, ReceiptState::Delivered, None, n).await?;
            recipient.read_at = self
                .first_move(&mut on, *person, ReceiptState::Read, Some(conversation), n)
                .await?;
        }
        self.add_acknowledgements(&mut on, message, conversation, n, &mut rows).await?;
        Ok(rows.into_values().collect())
    }

    async fn first_move(
        &self,
        on: &mut AnyConnection,
        person: PersonId,
        state: ReceiptState,
        conversation: Option<ConversationId>,
        n: u64,
    ) -> Result<Option<Millis>, StorageError> {
        let mut sql = self.sql("SELECT at_ms FROM receipt WHERE person = ");
        sql.bind(i64::from(person.0))
            .push(" AND state = ")
            .bind(number(state))
            .push(" AND up_to >= ")
            .bind(big(n));
        if let Some(conversation) = conversation {
            sql.push(" AND conversation = ").bind(conversation.to_string());
        }
        sql.push(" ORDER BY up_to LIMIT 1");
        Ok(sql.row(on).await?.map(|row| row.try_get(0)).transpose()?)
    }

    async fn add_acknowledgements(
        &self,
        on: &mut AnyConnection,
        message: FactId,
        conversation: ConversationId,
        n: u64,
        rows: &mut BTreeMap<PersonId, RecipientRow>,
    ) -> Result<(), StorageError> {
        // The content of an acknowledgement is its message alone, so equal bytes say it all.
        let content = Body::Acknowledgement { message }.to_content();
        let mut sql = self.sql("SELECT author, id FROM fact WHERE conversation = ");
        sql.bind(conversation.to_string())
            .push(" AND n > ")
            .bind(big(n))
            .push(" AND kind = ")
            .bind(i64::from(kind::ACKNOWLEDGEMENT))
            .push(" AND content = ")
            .bind(content.bytes)
            .push(" ORDER BY n DESC");
        for row in sql.rows(on).await? {
            if let Some(recipient) = rows.get_mut(&person_id(row.try_get(0)?)) {
                recipient.acknowledged_at = crate::decode::fact_id(&row, 1)?.occurred_at();
            }
        }
        Ok(())
    }
}

/// Which author is concerned by the move at which position.
fn positions(fact: &Recorded, moves: &[Move]) -> Vec<(PersonId, i64)> {
    let mut concerned = Vec::new();
    for (author, theirs) in &fact.receipts_for {
        for (position, step) in moves.iter().enumerate() {
            if theirs.contains(&Move { enrolment: None, ..*step }) {
                concerned.push((*author, position as i64));
            }
        }
    }
    concerned
}
