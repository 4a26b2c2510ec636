//! Finding what was said: words of messages beside the record, which nobody has to wait for.
//!
//! The words come into the index some moments after their message, by [`Db::index_words`]: a commit does
//! not wait for them. Beside the words of a message stand marks, which no text holds: its readers, its
//! author, its kind, its conversation, its template. So a search never looks through what the searcher may
//! not read.

use std::collections::BTreeSet;

use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};
use waypost_domain::edited;
use waypost_protocol::{
    Body, Content, ConversationId, FactId, Millis, PersonId, SoughtWord, kind, mark, words_of,
};

use crate::decode::{conversation_id, person_id};
use crate::facts::fact_of;
use crate::revisions::{COLUMNS_FOR_READERS, CONTENT_FOR_READERS};
use crate::sql::{big, unsigned};
use crate::{Db, Dialect, FactRow, StorageError};

/// Most facts that one step of the index looks at, so that it never holds the record for long.
const INDEXED_AT_ONCE_MAX: u64 = 500;

/// What is looked for. Everything that is given must fit.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Sought {
    /// Words, each by its beginning.
    pub words: Vec<SoughtWord>,
    /// Who said it.
    pub author: Option<PersonId>,
    /// Where it was said.
    pub conversation: Option<ConversationId>,
    /// The number of its kind.
    pub kind: Option<u16>,
    /// Recorded at this time or later.
    pub from: Option<Millis>,
    /// Recorded before this time.
    pub until: Option<Millis>,
}

/// A fact that the index has to hear of.
struct News {
    n: u64,
    author: PersonId,
    conversation: ConversationId,
    content: Content,
}

impl Db {
    /// Takes the words of the next messages into the index. Says whether more are left.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn index_words(&self) -> Result<bool, StorageError> {
        if self.indexed_up_to().await? >= self.end().await? {
            return Ok(false);
        }
        let mut tx = self.begin().await?;
        let lock = match self.dialect {
            Dialect::Sqlite => "", // BEGIN IMMEDIATE has locked everything
            Dialect::Postgres => " FOR UPDATE",
        };
        let row =
            self.sql("SELECT up_to FROM indexed WHERE id = 1").push(lock).row(&mut tx).await?;
        let from = row.map_or(Ok(0), |row| row.try_get(0).map(unsigned))?;
        let to = self.end_on(&mut tx).await?.min(from + INDEXED_AT_ONCE_MAX);
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

    /// The messages that this person may read and that fit, newest first, before a number.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn search(
        &self,
        person: PersonId,
        sought: &Sought,
        before: u64,
        limit: usize,
    ) -> Result<Vec<FactRow>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let readers = self.marks_of_reader(&mut on, person).await?;
        let terms = self.terms(sought, &readers);
        let mut sql = self.sql("SELECT ");
        sql.push(&COLUMNS_FOR_READERS);
        match self.dialect {
            // The index gives its rows in this order by itself, and ends when there are enough.
            Dialect::Sqlite => sql
                .push(" FROM message_words w CROSS JOIN fact f ON f.n = w.rowid WHERE message_words MATCH ")
                .bind(terms)
                .push(" AND w.rowid < "),
            Dialect::Postgres => sql
                .push(" FROM message_words w JOIN fact f ON f.n = w.n WHERE w.words @@ CAST(")
                .bind(terms)
                .push(" AS TSQUERY) AND w.n < "),
        };
        sql.bind(big(before))
            .push(
                " AND EXISTS (SELECT 1 FROM membership m WHERE m.conversation = f.conversation \
                 AND f.n > COALESCE(m.opened_from_n, m.from_n) \
                 AND (m.to_n IS NULL OR f.n <= m.to_n) AND m.person = ",
            )
            .bind(i64::from(person.0))
            .push(") AND ")
            .push(CONTENT_FOR_READERS)
            .push(" IS NOT NULL");
        if let Some(from) = sought.from {
            sql.push(" AND f.recorded_at_ms >= ").bind(from);
        }
        if let Some(until) = sought.until {
            sql.push(" AND f.recorded_at_ms < ").bind(until);
        }
        let order = match self.dialect {
            Dialect::Sqlite => " ORDER BY w.rowid DESC LIMIT ",
            Dialect::Postgres => " ORDER BY w.n DESC LIMIT ",
        };
        sql.push(order).bind(limit as i64);
        sql.rows(&mut on).await?.iter().map(fact_of).collect()
    }

    /// Takes messages out of the index that are gone.
    pub(crate) async fn forget_words(
        &self,
        on: &mut AnyConnection,
        messages: &[i64],
    ) -> Result<(), StorageError> {
        for chunk in self.chunks(messages) {
            let mut sql = self.sql(match self.dialect {
                Dialect::Sqlite => "DELETE FROM message_words WHERE rowid IN (",
                Dialect::Postgres => "DELETE FROM message_words WHERE n IN (",
            });
            sql.list(chunk, |n| *n).push(")").execute(on).await?;
        }
        Ok(())
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
        let later = [kind::BROADCAST, kind::EDIT, kind::DELETION];
        let kinds =
            kind::TOLD.iter().chain(&later).map(u16::to_string).collect::<Vec<_>>().join(", ");
        let mut sql = self.sql("SELECT f.n, f.author, f.conversation, f.kind, ");
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
        let Some((message, author)) = body.revises(news.author) else {
            words.push((news.n, terms_of(&news, &body)));
            return Ok(());
        };
        let Some(said) = self.said(on, message, author, news.conversation).await? else {
            return Ok(());
        };
        words.retain(|(n, _)| *n != said.n);
        self.forget_words(on, &[big(said.n)]).await?;
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
        let mut sql = self.sql("SELECT f.n, f.author, f.conversation, f.kind, ");
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

    /// What stands on messages that someone may read: in a conversation of two each of both, in a group the
    /// group.
    async fn marks_of_reader(
        &self,
        on: &mut AnyConnection,
        person: PersonId,
    ) -> Result<BTreeSet<String>, StorageError> {
        let mut sql = self.sql("SELECT DISTINCT conversation FROM membership WHERE person = ");
        sql.bind(i64::from(person.0)).push(" AND conversation LIKE 'group-%'");
        let mut marks = BTreeSet::from([mark('p', person)]);
        for row in sql.rows(on).await? {
            marks.insert(mark('g', conversation_id(row.try_get(0)?)?));
        }
        Ok(marks)
    }

    /// The search in the language of the database's index.
    fn terms(&self, sought: &Sought, readers: &BTreeSet<String>) -> String {
        let exactly = |mark: &str| match self.dialect {
            Dialect::Sqlite => format!("\"{mark}\""),
            Dialect::Postgres => format!("'{mark}'"),
        };
        let beginning = |word: &str| match self.dialect {
            Dialect::Sqlite => format!("\"{word}\" *"),
            Dialect::Postgres => format!("'{word}':*"),
        };
        let (and, or) = match self.dialect {
            Dialect::Sqlite => (" AND ", " OR "),
            Dialect::Postgres => (" & ", " | "),
        };
        let one_of = |all: Vec<String>| format!("({})", all.join(or));
        // In a conversation that is named, only the stay of its reader counts.
        let place = sought.conversation.map(|place| vec![exactly(&mark('c', place))]);
        let readers = place.unwrap_or_else(|| readers.iter().map(|it| exactly(it)).collect());
        let mut terms = vec![one_of(readers)];
        terms.extend(sought.author.map(|author| exactly(&mark('a', author))));
        terms.extend(sought.kind.map(|kind| exactly(&mark('k', kind))));
        for SoughtWord { word, templates } in &sought.words {
            let templates = templates.iter().map(|template| exactly(&mark('t', template)));
            terms.push(one_of(std::iter::once(beginning(word)).chain(templates).collect()));
        }
        terms.join(and)
    }
}

/// What stands in the index for a message.
fn terms_of(news: &News, body: &Body) -> String {
    let terms: Vec<_> = words_of(body).into_iter().chain(marks_of(news, body)).collect();
    terms.join(" ")
}

/// What stands beside the words of a message. What a broadcast has brought is found by who got it; its
/// author finds the broadcast.
fn marks_of(news: &News, body: &Body) -> BTreeSet<String> {
    let place = news.conversation;
    let is_brought = body.header().is_some_and(|header| header.broadcast.is_some());
    let mut marks =
        BTreeSet::from([mark('a', news.author), mark('k', news.content.kind), mark('c', place)]);
    match place {
        ConversationId::Direct(low, high) => {
            let readers = [low, high].into_iter().filter(|it| !is_brought || *it != news.author);
            marks.extend(readers.map(|person| mark('p', person)));
        }
        ConversationId::Broadcasts(author) => drop(marks.insert(mark('p', author))),
        ConversationId::Group(_) => drop(marks.insert(mark('g', place))),
        ConversationId::About(_) | ConversationId::Fleet | ConversationId::Staff => {}
    }
    let told = match body {
        Body::Broadcast { message, .. } => message,
        other => other,
    };
    if let Body::Template { template, .. } = told {
        marks.insert(mark('t', template));
    }
    marks
}

/// A fact that says something.
fn news_of(row: &AnyRow) -> Result<Option<News>, StorageError> {
    let Some(bytes) = row.try_get::<Option<Vec<u8>>, _>(4)? else { return Ok(None) };
    Ok(Some(News {
        n: unsigned(row.try_get(0)?),
        author: person_id(row.try_get(1)?),
        conversation: conversation_id(row.try_get(2)?)?,
        content: Content { kind: unsigned(row.try_get(3)?) as u16, bytes },
    }))
}
