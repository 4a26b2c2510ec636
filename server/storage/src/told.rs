//! Facts as they are pushed, read back for a server that did not commit them itself.

use std::collections::HashMap;

use sqlx::{AnyConnection, Row as _};
use waypost_domain::live::Told;
use waypost_protocol::{Body, Event, Move, PersonId, kind};

use crate::decode::person_id;
use crate::facts::{EVENT_COLUMNS, fact_of};
use crate::sql::{big, unsigned};
use crate::{Db, StorageError};

/// The authors whom the move at each position of a receipts fact concerns.
type AuthorsOf = HashMap<u64, Vec<(PersonId, usize)>>;

impl Db {
    /// All facts beyond `after` and up to `up_to`, in order.
    pub async fn told(&self, after: u64, up_to: u64) -> Result<Vec<Told>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let mut sql = self.sql("SELECT ");
        sql.push(EVENT_COLUMNS)
            .push(" FROM fact f WHERE f.n > ")
            .bind(big(after))
            .push(" AND f.n <= ")
            .bind(big(up_to))
            .push(" ORDER BY f.n");
        let rows = sql.rows(&mut on).await?;
        let facts = rows.iter().map(fact_of).collect::<Result<Vec<_>, _>>()?;
        let has_receipts = facts.iter().any(|fact| fact.event.content.kind == kind::RECEIPTS);
        let mut authors = match has_receipts {
            true => self.authors_told(&mut on, after, up_to).await?,
            false => AuthorsOf::new(),
        };
        facts
            .into_iter()
            .map(|fact| {
                let authors = authors.remove(&fact.event.n).unwrap_or_default();
                let receipts_for = moves_for(&fact.event, authors)?;
                Ok(Told { epoch: fact.epoch, event: fact.event, receipts_for, from: None })
            })
            .collect()
    }

    async fn authors_told(
        &self,
        on: &mut AnyConnection,
        after: u64,
        up_to: u64,
    ) -> Result<AuthorsOf, StorageError> {
        let mut sql = self.sql("SELECT n, author, position FROM receipt_author WHERE n > ");
        sql.bind(big(after))
            .push(" AND n <= ")
            .bind(big(up_to))
            .push(" ORDER BY n, author, position");
        let mut authors = AuthorsOf::new();
        for row in sql.rows(on).await? {
            let of = (person_id(row.try_get(1)?), unsigned(row.try_get(2)?) as usize);
            authors.entry(unsigned(row.try_get(0)?)).or_default().push(of);
        }
        Ok(authors)
    }
}

/// The moves of a receipts fact for each author, as they were decided: without the enrolments.
fn moves_for(
    event: &Event,
    authors: Vec<(PersonId, usize)>,
) -> Result<Vec<(PersonId, Vec<Move>)>, StorageError> {
    if authors.is_empty() {
        return Ok(Vec::new());
    }
    let Ok(Body::Receipts { moves }) = event.content.to_body() else {
        return Err(StorageError::Damaged("a receipts fact cannot be read".into()));
    };
    let mut told: Vec<(PersonId, Vec<Move>)> = Vec::new();
    for (author, position) in authors {
        let Some(step) = moves.get(position) else { continue };
        let step = Move { enrolment: None, ..*step };
        match told.last_mut().filter(|(last, _)| *last == author) {
            Some((_, theirs)) => theirs.push(step),
            None => told.push((author, vec![step])),
        }
    }
    Ok(told)
}
