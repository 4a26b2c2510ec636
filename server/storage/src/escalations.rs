//! Messages that are watched until they are acknowledged, and the chains along which they go further.

use std::collections::{BTreeMap, HashMap};

use sqlx::{AnyConnection, Row as _};
use waypost_domain::{Known, Wanted, Watch, Watching, edited};
use waypost_protocol::{Body, Content, FactId, Millis, Step, kind};

use crate::decode::{conversation_id, fact_id, from_json, person_id, to_json};
use crate::revisions::CONTENT_FOR_READERS;
use crate::sql::{big, unsigned};
use crate::{Db, StorageError};

/// Most messages whose steps are looked for at once.
const DUE_MAX: i64 = 256;

/// A chain, as it is now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChainRow {
    /// Its number.
    pub chain: u32,
    /// Its name on the screen.
    pub name: String,
    /// Its steps.
    pub steps: Vec<Step>,
}

/// How far a message has come along its chain.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WatchRow {
    /// Its chain; `None` if its recipients are reminded.
    pub chain: Option<u32>,
    /// The number of its next step.
    pub step: u16,
    /// When that is due.
    pub due_at: Millis,
}

impl Db {
    /// The messages that have a step due by now, the longest overdue first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn due_steps(&self, now: Millis) -> Result<Vec<FactId>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let mut sql = self.sql("SELECT message FROM watch WHERE due_at_ms <= ");
        sql.bind(now).push(" ORDER BY due_at_ms LIMIT ").bind(DUE_MAX);
        sql.rows(&mut on).await?.iter().map(|row| fact_id(row, 0)).collect()
    }

    /// How far a message has come along its chain; `None` if it is not watched.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn watch_of(&self, message: FactId) -> Result<Option<WatchRow>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let mut sql = self.sql("SELECT chain, step, due_at_ms FROM watch WHERE message = ");
        let row = sql.bind(message.as_bytes().to_vec()).row(&mut on).await?;
        row.map_or(Ok(None), |row| {
            let chain: Option<i64> = row.try_get(0)?;
            Ok(Some(WatchRow {
                chain: chain.map(|chain| unsigned(chain) as u32),
                step: unsigned(row.try_get(1)?) as u16,
                due_at: row.try_get(2)?,
            }))
        })
    }

    /// Every chain, by number.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn chains(&self) -> Result<Vec<ChainRow>, StorageError> {
        let mut on = self.readers.acquire().await?;
        self.read_chains(&mut on).await
    }

    async fn read_chains(&self, on: &mut AnyConnection) -> Result<Vec<ChainRow>, StorageError> {
        let rows = self.sql("SELECT chain, name, steps FROM chain ORDER BY chain").rows(on).await?;
        let chain = |row: &sqlx::any::AnyRow| -> Result<ChainRow, StorageError> {
            Ok(ChainRow {
                chain: unsigned(row.try_get(0)?) as u32,
                name: row.try_get(1)?,
                steps: from_json(&row.try_get::<String, _>(2)?)?,
            })
        };
        rows.iter().map(chain).collect()
    }

    /// Every chain, for a decision.
    pub(crate) async fn known_chains(
        &self,
        on: &mut AnyConnection,
    ) -> Result<BTreeMap<u32, Vec<Step>>, StorageError> {
        let chains = self.read_chains(on).await?;
        Ok(chains.into_iter().map(|row| (row.chain, row.steps)).collect())
    }

    /// Which of the wanted messages are watched, or copies of such.
    pub(crate) async fn know_watches(
        &self,
        on: &mut AnyConnection,
        wanted: &Wanted,
        known: &mut Known,
    ) -> Result<(), StorageError> {
        let wanted: Vec<_> = wanted.watches.iter().copied().collect();
        let copies = self.known_copies(on, &wanted).await?;
        let messages: Vec<_> = wanted.into_iter().chain(copies.values().copied()).collect();
        known.copies.extend(copies);
        for chunk in self.chunks(&messages) {
            let mut sql = self.sql("SELECT w.message, w.from_ms, w.chain, w.step, w.due_at_ms, ");
            sql.push("f.expires_at_ms, f.author, f.conversation, f.kind, ")
                .push(CONTENT_FOR_READERS);
            sql.push(
                ", (SELECT e.n FROM edit e WHERE e.message = w.message AND e.author = f.author \
                 AND e.conversation = f.conversation ORDER BY e.n DESC LIMIT 1) \
                 FROM watch w JOIN fact f ON f.n = w.n WHERE w.message IN (",
            );
            sql.list(chunk, |id| id.as_bytes().to_vec()).push(")");
            for row in sql.rows(on).await? {
                let mut watch = watch(&row)?;
                if let Some(edit) = row.try_get::<Option<i64>, _>(10)? {
                    watch.content = self.last_words(on, &watch.content, edit).await?;
                }
                known.watches.insert(fact_id(&row, 0)?, watch);
            }
        }
        Ok(())
    }

    /// What a message says since its edit with that number.
    async fn last_words(
        &self,
        on: &mut AnyConnection,
        content: &Content,
        edit: i64,
    ) -> Result<Content, StorageError> {
        let row = self.sql("SELECT content FROM fact WHERE n = ").bind(edit).row(on).await?;
        let bytes: Option<Vec<u8>> = row.map_or(Ok(None), |row| row.try_get(0))?;
        let edit = bytes.map(|bytes| Content { kind: kind::EDIT, bytes }.to_body());
        Ok(match edit {
            Some(Ok(Body::Edit { text, .. })) => edited(content, &text),
            _ => content.clone(),
        })
    }

    async fn known_copies(
        &self,
        on: &mut AnyConnection,
        wanted: &[FactId],
    ) -> Result<HashMap<FactId, FactId>, StorageError> {
        let mut found = HashMap::new();
        for chunk in self.chunks(wanted) {
            let mut sql = self.sql("SELECT copy, message FROM watch_copy WHERE copy IN (");
            sql.list(chunk, |id| id.as_bytes().to_vec()).push(")");
            for row in sql.rows(on).await? {
                found.insert(fact_id(&row, 0)?, fact_id(&row, 1)?);
            }
        }
        Ok(found)
    }

    /// Writes what becomes of watched messages: first which are, last which no longer are.
    pub(crate) async fn write_watching(
        &self,
        on: &mut AnyConnection,
        watching: &[Watching],
    ) -> Result<(), StorageError> {
        let (mut begin, mut go, mut copied, mut end, mut changed) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for change in watching.iter().cloned() {
            match change {
                Watching::Begins { message, n, from, chain, due_at } => {
                    begin.push((message, n, from, chain, due_at));
                }
                Watching::Goes { message, step, due_at } => go.push((message, step, due_at)),
                Watching::Copied { message, copy } => copied.push((copy, message)),
                Watching::Ends { message } => end.push(message),
                Watching::Changed { chain } => changed.push(chain),
            }
        }
        for chunk in self.chunks(&begin) {
            let mut sql =
                self.sql("INSERT INTO watch (message, n, from_ms, chain, step, due_at_ms) VALUES ");
            sql.tuples(chunk, |row, (message, n, from, chain, due_at)| {
                row.bind(message.as_bytes().to_vec())
                    .bind(big(*n))
                    .bind(*from)
                    .bind(chain.map(i64::from))
                    .bind(0_i64)
                    .bind(*due_at);
            });
            sql.execute(on).await?;
        }
        for (message, step, due_at) in go {
            let mut sql = self.sql("UPDATE watch SET step = ");
            sql.bind(i64::from(step)).push(", due_at_ms = ").bind(due_at);
            sql.push(" WHERE message = ").bind(message.as_bytes().to_vec()).execute(on).await?;
        }
        for chunk in self.chunks(&copied) {
            let mut sql = self.sql("INSERT INTO watch_copy (copy, message) VALUES ");
            sql.tuples(chunk, |row, (copy, message)| {
                row.bind(copy.as_bytes().to_vec()).bind(message.as_bytes().to_vec());
            });
            sql.execute(on).await?;
        }
        for chunk in self.chunks(&changed) {
            let mut sql = self.sql("UPDATE watch SET due_at_ms = 0 WHERE chain IN (");
            sql.list(chunk, |chain| i64::from(*chain)).push(")").execute(on).await?;
        }
        for chunk in self.chunks(&end) {
            let mut sql = self.sql("DELETE FROM watch WHERE message IN (");
            sql.list(chunk, |message| message.as_bytes().to_vec()).push(")").execute(on).await?;
        }
        Ok(())
    }

    pub(crate) async fn set_chain(
        &self,
        on: &mut AnyConnection,
        chain: &ChainRow,
    ) -> Result<(), StorageError> {
        let steps = to_json(&chain.steps)?;
        self.sql("INSERT INTO chain (chain, name, steps) VALUES ")
            .tuples(&[()], |row, ()| {
                row.bind(i64::from(chain.chain)).bind(chain.name.clone()).bind(steps.clone());
            })
            .push(" ON CONFLICT (chain) DO UPDATE SET name = excluded.name, steps = excluded.steps")
            .execute(on)
            .await?;
        Ok(())
    }
}

fn watch(row: &sqlx::any::AnyRow) -> Result<Watch, StorageError> {
    let chain: Option<i64> = row.try_get(2)?;
    let kind = unsigned(row.try_get(8)?) as u16;
    let bytes: Option<Vec<u8>> = row.try_get(9)?;
    Ok(Watch {
        from: row.try_get(1)?,
        chain: chain.map(|chain| unsigned(chain) as u32),
        step: unsigned(row.try_get(3)?) as u16,
        due_at: row.try_get(4)?,
        expires_at: row.try_get(5)?,
        author: person_id(row.try_get(6)?),
        conversation: conversation_id(row.try_get(7)?)?,
        content: bytes.map_or_else(|| Content::erased(kind), |bytes| Content { kind, bytes }),
    })
}
