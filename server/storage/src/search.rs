//! Finding what was said, by the words of messages in the index ([`crate::index`]).
//!
//! Beside the words of a message stand marks, which no text holds: its readers, its
//! author, its kind, its conversation, its template. So a search never looks through what the searcher may
//! not read.

use std::collections::BTreeSet;

use sqlx::{AnyConnection, Row as _};
use waypost_protocol::{Body, ConversationId, Millis, PersonId, SoughtWord, mark, words_of};

use crate::decode::conversation_id;
use crate::facts::fact_of;
use crate::index::News;
use crate::revisions::{COLUMNS_FOR_READERS, CONTENT_FOR_READERS};
use crate::sql::big;
use crate::{Db, Dialect, FactRow, StorageError};

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

impl Db {
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
pub(crate) fn terms_of(news: &News, body: &Body) -> String {
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
