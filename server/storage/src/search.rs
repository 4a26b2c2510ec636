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
use crate::history::may_read;
use crate::index::News;
use crate::revisions::{COLUMNS_FOR_READERS, CONTENT_FOR_READERS};
use crate::sql::big;
use crate::{Db, Dialect, FactRow, StorageError};

/// Most numbers of the record that one search looks at, so that nobody keeps others from searching.
pub const SEARCHED_MAX: u64 = 500_000;

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
    /// The messages that this person may read and that fit, newest first, before a number; and the number
    /// before which there may be more. So many numbers are looked at, at most [`SEARCHED_MAX`], so there may
    /// be more although nothing was found.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn search(
        &self,
        person: PersonId,
        sought: &Sought,
        before: u64,
        limit: usize,
    ) -> Result<(Vec<FactRow>, Option<u64>), StorageError> {
        let mut on = self.searchers.acquire().await?;
        if self.dialect == Dialect::Postgres {
            // Before this server takes the silence for a database that has vanished.
            self.sql("SET statement_timeout = '8s'").execute(&mut on).await?;
        }
        let before = before.min(self.end_on(&mut on).await? + 1);
        let low = before.saturating_sub(SEARCHED_MAX + 1);
        if let Some(place) = sought.conversation
            && !self.has_read(&mut on, person, place).await?
        {
            return Ok((Vec::new(), None)); // They may not know what is said there, nor how much.
        }
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
        sql.bind(big(before)).push(match self.dialect {
            Dialect::Sqlite => " AND w.rowid > ",
            Dialect::Postgres => " AND w.n > ",
        });
        sql.bind(big(low)).push(" AND ");
        may_read(&mut sql, "f", person);
        sql.push(" AND ").push(CONTENT_FOR_READERS).push(" IS NOT NULL");
        // The index has the last words of a message; whoever left before them must not find those.
        sql.push(
            " AND NOT EXISTS (SELECT 1 FROM edit e WHERE e.message = f.id AND e.author = f.author \
             AND e.conversation = f.conversation AND NOT ",
        );
        may_read(&mut sql, "e", person);
        sql.push(")");
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
        let rows = sql.rows(&mut on).await?;
        let found = rows.iter().map(fact_of).collect::<Result<Vec<_>, _>>()?;
        let last = found.last().filter(|_| found.len() == limit).map(|last| last.event.n);
        Ok((found, last.or((low > 0).then_some(low + 1))))
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

    /// What stands on messages that someone may read: in a conversation of two each of both, in a group or an
    /// incident that; on what the staff share, that they do.
    async fn marks_of_reader(
        &self,
        on: &mut AnyConnection,
        person: PersonId,
    ) -> Result<BTreeSet<String>, StorageError> {
        let mut sql = self.sql("SELECT DISTINCT conversation FROM membership WHERE person = ");
        sql.bind(i64::from(person.0)).push(
            " AND (conversation LIKE 'group-%' OR conversation LIKE 'incident-%' \
             OR conversation = 'staff')",
        );
        let mut marks = BTreeSet::from([mark('p', person)]);
        for row in sql.rows(on).await? {
            marks.insert(match conversation_id(row.try_get(0)?)? {
                ConversationId::Staff => mark('s', ConversationId::Staff),
                place => mark('g', place),
            });
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
        ConversationId::Dispatch(person) => {
            marks.extend([mark('p', person), mark('s', ConversationId::Staff)])
        }
        ConversationId::Incident(_) => {
            marks.extend([mark('g', place), mark('s', ConversationId::Staff)])
        }
        ConversationId::About(_)
        | ConversationId::Own(_)
        | ConversationId::Reports
        | ConversationId::Fleet
        | ConversationId::Staff => {}
    }
    let told = match body {
        Body::Broadcast { message, .. } => message,
        other => other,
    };
    let template = match told {
        Body::Template { template, .. } => Some(template),
        Body::ConsigneeSaid { said, .. } => Some(&said.template),
        Body::StopMoved { template, .. } => template.as_ref().map(|used| &used.template),
        _ => None,
    };
    if let Some(template) = template {
        marks.insert(mark('t', template));
    }
    marks
}
