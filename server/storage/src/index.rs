//! What is made from the record beside it, some moments after each commit, which waits for none of it: the
//! words of messages ([`crate::search`]), and who has answered what ([`crate::responses`]).

use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};
use waypost_domain::edited;
use waypost_protocol::{Body, Content, ConversationId, FactId, PersonId, kind};

use crate::decode::{conversation_id, fact_id, person_id};
use crate::responses::{How, Response};
use crate::revisions::CONTENT_FOR_READERS;
use crate::search::terms_of;
use crate::sql::{big, unsigned};
use crate::{Db, Dialect, StorageError};

/// Most facts that one step looks at: a commit that comes meanwhile waits for some two milliseconds. With 500
/// it was fifteen, and one message in a hundred met them.
const INDEXED_AT_ONCE_MAX: u64 = 64;

/// A fact that the index has to hear of.
pub(crate) struct News {
    pub(crate) n: u64,
    pub(crate) id: FactId,
    pub(crate) author: PersonId,
    pub(crate) conversation: ConversationId,
    pub(crate) content: Content,
}

impl Db {
    /// Takes the next facts into the index. Says whether more are left.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn index_next(&self) -> Result<bool, StorageError> {
        if self.indexed_up_to().await? >= self.end().await? {
            return Ok(false);
        }
        let mut tx = self.begin().await?;
        let from = self.lock_index(&mut tx).await?;
        let to = self.end_on(&mut tx).await?.min(from + INDEXED_AT_ONCE_MAX);
        if from >= to {
            tx.commit().await?; // Another server has been here.
            return Ok(false);
        }
        let mut words = Vec::new();
        for news in self.news(&mut tx, from, to).await? {
            self.hear(&mut tx, news, &mut words).await?;
        }
        self.put_words(&mut tx, &words).await?;
        self.sql("UPDATE indexed SET up_to = ")
            .bind(big(to))
            .push(" WHERE id = 1")
            .execute(&mut tx)
            .await?;
        tx.commit().await?;
        Ok(to - from == INDEXED_AT_ONCE_MAX)
    }

    /// Up to which fact the index has heard of the record; nobody else changes the index from here on.
    pub(crate) async fn lock_index(&self, on: &mut AnyConnection) -> Result<u64, StorageError> {
        let lock = match self.dialect {
            Dialect::Sqlite => "", // BEGIN IMMEDIATE has locked everything
            Dialect::Postgres => " FOR UPDATE",
        };
        let row = self.sql("SELECT up_to FROM indexed WHERE id = 1").push(lock).row(on).await?;
        row.map_or(Ok(0), |row| Ok(unsigned(row.try_get(0)?)))
    }

    /// How many facts the index has not heard of.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn index_lacks(&self) -> Result<u64, StorageError> {
        Ok(self.end().await?.saturating_sub(self.indexed_up_to().await?))
    }

    async fn indexed_up_to(&self) -> Result<u64, StorageError> {
        let mut on = self.readers.acquire().await?;
        let row = self.sql("SELECT up_to FROM indexed WHERE id = 1").row(&mut on).await?;
        row.map_or(Ok(0), |row| Ok(unsigned(row.try_get(0)?)))
    }

    async fn news(
        &self,
        on: &mut AnyConnection,
        from: u64,
        to: u64,
    ) -> Result<Vec<News>, StorageError> {
        let later = [kind::BROADCAST, kind::ACKNOWLEDGEMENT, kind::EDIT, kind::DELETION];
        let kinds =
            kind::TOLD.iter().chain(&later).map(u16::to_string).collect::<Vec<_>>().join(", ");
        let mut sql = self.sql("SELECT f.n, f.id, f.author, f.conversation, f.kind, ");
        sql.push(CONTENT_FOR_READERS).push(" FROM fact f WHERE f.n > ").bind(big(from));
        sql.push(" AND f.n <= ").bind(big(to)).push(" AND f.kind IN (").push(&kinds);
        sql.push(") AND f.conversation IS NOT NULL ORDER BY f.n");
        let rows = sql.rows(on).await?;
        rows.iter().filter_map(|row| news_of(row).transpose()).collect()
    }

    /// Takes down what a fact says, or puts other words in the place of those of an earlier one.
    async fn hear(
        &self,
        on: &mut AnyConnection,
        news: News,
        words: &mut Vec<(u64, String)>,
    ) -> Result<(), StorageError> {
        let Ok(body) = news.content.to_body() else { return Ok(()) };
        if let Some(response) = response_of(&news, &body) {
            self.put_response(on, &response, news.conversation).await?;
        }
        let Some((message, author)) = body.revises(news.author) else {
            if body.is_message() {
                words.push((news.n, terms_of(&news, &body)));
            }
            return Ok(());
        };
        let Some(said) = self.said(on, message, author, news.conversation).await? else {
            return Ok(());
        };
        words.retain(|(n, _)| *n != said.n);
        self.forget_words(on, &[big(said.n)]).await?;
        if let Body::Deletion { .. } = body {
            self.forget_responses(on, &[message]).await?;
        }
        if let Body::Edit { text, .. } = body
            && let Ok(now) = edited(&said.content, &text).to_body()
        {
            words.push((said.n, terms_of(&said, &now)));
        }
        Ok(())
    }

    /// A message of this author in this conversation, if it says something still.
    async fn said(
        &self,
        on: &mut AnyConnection,
        message: FactId,
        author: PersonId,
        conversation: ConversationId,
    ) -> Result<Option<News>, StorageError> {
        let mut sql = self.sql("SELECT f.n, f.id, f.author, f.conversation, f.kind, ");
        sql.push("f.content FROM fact f WHERE f.id = ").bind(message.as_bytes().to_vec());
        sql.push(" AND f.author = ").bind(i64::from(author.0));
        sql.push(" AND f.conversation = ").bind(conversation.to_string());
        sql.row(on).await?.map_or(Ok(None), |row| news_of(&row))
    }

    async fn put_words(
        &self,
        on: &mut AnyConnection,
        words: &[(u64, String)],
    ) -> Result<(), StorageError> {
        for chunk in self.chunks(words) {
            let (before, after) = match self.dialect {
                Dialect::Sqlite => ("INSERT INTO message_words (rowid, words) VALUES ", ""),
                Dialect::Postgres => (
                    "INSERT INTO message_words (n, words) \
                     SELECT v.n, array_to_tsvector(string_to_array(v.words, ' ')) FROM (VALUES ",
                    ") v (n, words)",
                ),
            };
            let mut sql = self.sql(before);
            sql.tuples(chunk, |row, (n, words)| {
                row.bind(big(*n)).bind(words.clone());
            });
            sql.push(after).execute(on).await?;
        }
        Ok(())
    }
}

/// The response that a fact is to a message of someone else.
fn response_of(news: &News, body: &Body) -> Option<Response> {
    let (message, how) = match body {
        Body::Acknowledgement { message } => (*message, How::Acknowledged),
        told => (told.answers()?, How::Answered),
    };
    let at = news.id.occurred_at()?;
    Some(Response { message, person: news.author, how, id: news.id, at })
}

/// A fact that says something.
fn news_of(row: &AnyRow) -> Result<Option<News>, StorageError> {
    let Some(bytes) = row.try_get::<Option<Vec<u8>>, _>(5)? else { return Ok(None) };
    Ok(Some(News {
        n: unsigned(row.try_get(0)?),
        id: fact_id(row, 1)?,
        author: person_id(row.try_get(2)?),
        conversation: conversation_id(row.try_get(3)?)?,
        content: Content { kind: unsigned(row.try_get(4)?) as u16, bytes },
    }))
}
