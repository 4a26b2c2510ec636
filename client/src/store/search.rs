//! Finding what was said, without any network.
//!
//! The words of messages come into the index when somebody searches: whoever never does pays nothing. What
//! a message says now decides whether it is found; the index only says where to look.

use std::collections::BTreeSet;

use sqlx::{QueryBuilder, Row as _, Sqlite};
use waypost_protocol::{Body, ConversationId, FactId, SoughtWord, mark, words_of};

use super::apply::parse;
use super::read::{Reading, content, fact_id};
use super::{Store, StoreError};
use crate::view::Search;

/// Most facts that come into the index in one transaction.
const STEP_MAX: i64 = 1_000;
/// Most of these transactions for one search, so that nobody waits long.
const STEPS_MAX: usize = 5;
/// Facts of the index that are looked at together.
const CANDIDATES: i64 = 100;

/// Where to look for a message.
pub(crate) struct Candidate {
    /// Its place in the index: the newest have the highest.
    pub(crate) place: i64,
    /// What has the words: the message, or an edit of it.
    pub(crate) fact: FactId,
    pub(crate) conversation: ConversationId,
    pub(crate) message: FactId,
}

impl Store {
    /// Takes the words of what is new into the index. Says whether some are left.
    pub(crate) async fn index_words(&self) -> Result<bool, StoreError> {
        for _ in 0..STEPS_MAX {
            let rows = sqlx::query(
                "SELECT rowid, kind, content FROM facts
                 WHERE rowid > (SELECT searched FROM progress)
                 ORDER BY rowid LIMIT ?",
            )
            .bind(STEP_MAX)
            .fetch_all(&self.pool)
            .await?;
            let Some(last) = rows.last() else { return Ok(false) };
            let last: i64 = last.try_get(0)?;
            let mut found = Vec::new();
            for row in &rows {
                let Ok(body) = content(row, 1)?.to_body() else { continue };
                if body.is_message() || matches!(body, Body::Edit { .. }) {
                    found.push((row.try_get::<i64, _>(0)?, terms_of(&body)));
                }
            }
            self.write(async |writing| {
                for (rowid, words) in found {
                    let insert =
                        "INSERT OR REPLACE INTO message_words (rowid, words) VALUES (?, ?)";
                    writing.sql(insert).bind(rowid).bind(words).run().await?;
                }
                writing.sql("UPDATE progress SET searched = ?").bind(last).run().await
            })
            .await?;
            if rows.len() < STEP_MAX as usize {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

impl Reading<'_> {
    /// The next places to look, newest first, before a place.
    pub(crate) async fn candidates(
        &self,
        search: &Search,
        before: i64,
    ) -> Result<Vec<Candidate>, StoreError> {
        let mut query: QueryBuilder<Sqlite> = QueryBuilder::new("SELECT f.rowid, f.conversation, ");
        query.push("coalesce((SELECT e.message FROM edits e WHERE e.id = f.id), f.id), f.id FROM ");
        match terms(&search.words) {
            // The index gives its rows in this order by itself.
            Some(terms) => {
                query.push("message_words w CROSS JOIN facts f ON f.rowid = w.rowid ");
                query.push("WHERE message_words MATCH ");
                query.push_bind(terms).push(" AND w.rowid < ").push_bind(before);
            }
            None => {
                query.push(
                    "facts f WHERE f.kind IN (1, 2, 6, 8, 9, 100, 101, 123, 127) AND f.rowid < ",
                );
                query.push_bind(before);
            }
        }
        query.push(" AND f.conversation IS NOT NULL");
        if search.conversation.is_none() {
            // Its author finds a broadcast once, and not with each whom it has reached.
            query.push(" AND (f.broadcast IS NULL OR f.author <> ").push_bind(self.me().0);
            query.push(")");
        }
        if let Some(author) = search.author {
            query.push(" AND f.author = ").push_bind(author.0);
        }
        if let Some(conversation) = search.conversation {
            query.push(" AND f.conversation = ").push_bind(conversation.to_string());
        }
        query.push(match search.words.is_empty() {
            true => " ORDER BY f.rowid DESC LIMIT ",
            false => " ORDER BY w.rowid DESC LIMIT ",
        });
        query.push_bind(CANDIDATES);
        let mut found = Vec::new();
        for row in query.build().fetch_all(self.pool).await? {
            found.push(Candidate {
                place: row.try_get(0)?,
                conversation: parse(row.try_get(1)?)?,
                message: fact_id(&row, 2)?,
                fact: fact_id(&row, 3)?,
            });
        }
        Ok(found)
    }
}

/// Whether a message says all that is looked for.
pub(crate) fn says(body: &Body, sought: &[SoughtWord]) -> bool {
    let words = words_of(body);
    let template = template_of(body);
    sought.iter().all(|it| {
        words.iter().any(|word| word.starts_with(&it.word))
            || template.is_some_and(|template| it.templates.contains(template))
    })
}

fn template_of(body: &Body) -> Option<&String> {
    match body {
        Body::Template { template, .. } => Some(template),
        Body::ConsigneeSaid { said, .. } => Some(&said.template),
        Body::StopMoved { template, .. } => template.as_ref().map(|used| &used.template),
        Body::Broadcast { message, .. } => template_of(message),
        _ => None,
    }
}

/// What stands in the index for a message.
fn terms_of(body: &Body) -> String {
    let template = template_of(body).map(|template| mark('t', template));
    let all: BTreeSet<_> = words_of(body).into_iter().chain(template).collect();
    all.into_iter().collect::<Vec<_>>().join(" ")
}

/// A search in the language of the index.
fn terms(sought: &[SoughtWord]) -> Option<String> {
    let one = |SoughtWord { word, templates }: &SoughtWord| {
        let templates = templates.iter().map(|template| format!("\"{}\"", mark('t', template)));
        let all: Vec<_> = std::iter::once(format!("\"{word}\" *")).chain(templates).collect();
        format!("({})", all.join(" OR "))
    };
    let all: Vec<_> = sought.iter().map(one).collect();
    Some(all.join(" AND ")).filter(|terms| !terms.is_empty())
}
