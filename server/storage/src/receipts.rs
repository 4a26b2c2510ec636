//! Receipts: the rows of receipts facts, and what they say about one message.

use std::collections::{BTreeSet, HashMap};

use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};
use waypost_domain::Recorded;
use waypost_protocol::{Body, ConversationId, FactId, Millis, Move, PersonId, ReceiptState, kind};

use crate::decode::{conversation_id, fact_id, person_id};
use crate::sql::{big, unsigned};
use crate::{Db, StorageError};

/// How far one message has come for one recipient.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RecipientRow {
    /// Who.
    pub person: PersonId,
    /// The message that reached them. Of a broadcast each has their own.
    pub message: FactId,
    /// Since when a device of theirs has it, by that device's clock.
    pub delivered_at: Option<Millis>,
    /// Since when they have read it.
    pub read_at: Option<Millis>,
    /// Since when they have acknowledged it.
    pub acknowledged_at: Option<Millis>,
    /// The first message by which they have answered it.
    pub answer: Option<FactId>,
    /// Since when they have, by their own clock.
    pub answered_at: Option<Millis>,
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

    /// The receipts of one message for each of its recipients, by number of person. Those of a broadcast
    /// are the receipts of the messages that it has become.
    pub async fn receipts_of(
        &self,
        message: FactId,
        n: u64,
        author: PersonId,
        conversation: ConversationId,
    ) -> Result<Vec<RecipientRow>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let mut rows = match conversation {
            ConversationId::Broadcasts(_) => self.reached_by(&mut on, message).await?,
            _ => self.readers_of(&mut on, message, n, author, conversation).await?,
        };
        self.add_marks(&mut on, &mut rows).await?;
        self.add_acknowledgements(&mut on, &mut rows).await?;
        self.add_answers(&mut on, &mut rows).await?;
        Ok(rows.into_iter().map(|told| told.row).collect())
    }

    /// Who other than its author reads a message of a conversation.
    async fn readers_of(
        &self,
        on: &mut AnyConnection,
        message: FactId,
        n: u64,
        author: PersonId,
        conversation: ConversationId,
    ) -> Result<Vec<ToldTo>, StorageError> {
        let mut sql = self.sql("SELECT DISTINCT person FROM stay WHERE conversation = ");
        sql.bind(conversation.to_string())
            .push(" AND from_n < ")
            .bind(big(n))
            .push(" AND (to_n IS NULL OR to_n >= ")
            .bind(big(n))
            .push(") AND person <> ")
            .bind(i64::from(author.0))
            // Whoever came to the desk later reads it, and was not told it.
            .push(" AND person IN (SELECT p.person FROM person p WHERE p.added_n < ")
            .bind(big(n))
            .push(") ORDER BY person");
        let rows = sql.rows(on).await?;
        rows.iter()
            .map(|row| Ok(ToldTo::new(person_id(row.try_get(0)?), message, conversation, n)))
            .collect()
    }

    /// Whom a broadcast has reached, each by a message of their own.
    async fn reached_by(
        &self,
        on: &mut AnyConnection,
        broadcast: FactId,
    ) -> Result<Vec<ToldTo>, StorageError> {
        let mut sql = self.sql(
            "SELECT b.person, f.id, f.conversation, f.n FROM broadcast b JOIN fact f ON f.n = b.n \
             WHERE b.message = ",
        );
        sql.bind(broadcast.as_bytes().to_vec()).push(" ORDER BY b.person");
        let told = |row: &AnyRow| -> Result<ToldTo, StorageError> {
            let (message, conversation) = (fact_id(row, 1)?, conversation_id(row.try_get(2)?)?);
            let (person, n) = (person_id(row.try_get(0)?), unsigned(row.try_get(3)?));
            Ok(ToldTo::new(person, message, conversation, n))
        };
        sql.rows(on).await?.iter().map(told).collect()
    }

    async fn add_marks(
        &self,
        on: &mut AnyConnection,
        told: &mut [ToldTo],
    ) -> Result<(), StorageError> {
        let asked: Vec<_> = told.iter().copied().enumerate().collect();
        for chunk in self.chunks(&asked) {
            let mut sql = self.sql("WITH told (i, person, conversation, n) AS (VALUES ");
            sql.tuples(chunk, |row, (i, told)| {
                row.bind(*i as i64)
                    .bind(i64::from(told.row.person.0))
                    .bind(told.conversation.to_string())
                    .bind(big(told.n));
            });
            sql.push(&format!(
                ") SELECT t.i, (SELECT r.at_ms FROM receipt r WHERE r.person = t.person \
                 AND r.state = {} AND r.up_to >= t.n ORDER BY r.up_to LIMIT 1), \
                 (SELECT r.at_ms FROM receipt r WHERE r.person = t.person AND r.state = {} \
                 AND r.up_to >= t.n AND r.conversation = t.conversation \
                 ORDER BY r.up_to LIMIT 1) FROM told t",
                number(ReceiptState::Delivered),
                number(ReceiptState::Read),
            ));
            for row in sql.rows(on).await? {
                let RecipientRow { delivered_at, read_at, .. } =
                    &mut told[unsigned(row.try_get(0)?) as usize].row;
                (*delivered_at, *read_at) = (row.try_get(1)?, row.try_get(2)?);
            }
        }
        Ok(())
    }

    async fn add_acknowledgements(
        &self,
        on: &mut AnyConnection,
        told: &mut [ToldTo],
    ) -> Result<(), StorageError> {
        let messages: BTreeSet<_> =
            told.iter().map(|it| (it.row.message, it.conversation, it.n)).collect();
        let messages: Vec<_> = messages.into_iter().collect();
        let mut first = HashMap::new();
        for chunk in self.chunks(&messages) {
            let mut sql = self.sql("WITH told (id, conversation, n, content) AS (VALUES ");
            sql.tuples(chunk, |row, (message, conversation, n)| {
                // The content of an acknowledgement is its message alone, so equal bytes say it all.
                let content = Body::Acknowledgement { message: *message }.to_content();
                row.bind(message.as_bytes().to_vec())
                    .bind(conversation.to_string())
                    .bind(big(*n))
                    .bind(content.bytes);
            });
            sql.push(&format!(
                ") SELECT t.id, f.author, f.id FROM told t JOIN fact f \
                 ON f.conversation = t.conversation AND f.n > t.n AND f.kind = {} \
                 AND f.content = t.content ORDER BY f.n",
                kind::ACKNOWLEDGEMENT
            ));
            for row in sql.rows(on).await? {
                let place = (fact_id(&row, 0)?, person_id(row.try_get(1)?));
                first.entry(place).or_insert(fact_id(&row, 2)?);
            }
        }
        for ToldTo { row, .. } in told {
            let acknowledgement = first.get(&(row.message, row.person));
            row.acknowledged_at = acknowledgement.and_then(FactId::occurred_at);
        }
        Ok(())
    }
}

impl Db {
    async fn add_answers(
        &self,
        on: &mut AnyConnection,
        told: &mut [ToldTo],
    ) -> Result<(), StorageError> {
        let messages: BTreeSet<_> = told.iter().map(|it| it.row.message).collect();
        let answers = self.answers_to(on, &messages.into_iter().collect::<Vec<_>>()).await?;
        for ToldTo { row, .. } in told {
            let answer = answers.get(&(row.message, row.person));
            row.answer = answer.map(|(id, _)| *id);
            row.answered_at = answer.map(|(_, at)| *at);
        }
        Ok(())
    }
}

/// A message that someone was told, and where.
#[derive(Clone, Copy)]
struct ToldTo {
    conversation: ConversationId,
    n: u64,
    row: RecipientRow,
}

impl ToldTo {
    fn new(person: PersonId, message: FactId, conversation: ConversationId, n: u64) -> Self {
        let row = RecipientRow {
            person,
            message,
            delivered_at: None,
            read_at: None,
            acknowledged_at: None,
            answer: None,
            answered_at: None,
        };
        Self { conversation, n, row }
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
