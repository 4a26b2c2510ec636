//! Messages that are watched until they are acknowledged, and the chains along which they go further.

use std::collections::{BTreeMap, HashMap};

use sqlx::{AnyConnection, Row as _};
use waypost_domain::{Known, Wanted, Watch, Watching};
use waypost_protocol::{Content, FactId, Millis, Step};

use crate::decode::{conversation_id, fact_id, person_id};
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
            let steps: String = row.try_get(2)?;
            let steps = serde_json::from_str(&steps);
            Ok(ChainRow {
                chain: unsigned(row.try_get(0)?) as u32,
                name: row.try_get(1)?,
                steps: steps.map_err(|error| StorageError::Damaged(error.to_string()))?,
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
            let mut sql = self.sql(
                "SELECT w.message, f.author, f.conversation, f.kind, f.content, w.from_ms, w.chain, \
                 w.step, w.due_at_ms FROM watch w JOIN fact f ON f.n = w.n WHERE w.message IN (",
            );
            sql.list(chunk, |id| id.as_bytes().to_vec()).push(")");
            for row in sql.rows(on).await? {
                known.watches.insert(fact_id(&row, 0)?, watch(&row)?);
            }
        }
        Ok(())
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

    /// Writes what becomes of watched messages.
    pub(crate) async fn write_watching(
        &self,
        on: &mut AnyConnection,
        watching: &[Watching],
    ) -> Result<(), StorageError> {
        for change in watching {
            let mut sql = self.sql("");
            match change {
                Watching::Begins { message, n, from, chain, due_at } => sql
                    .push("INSERT INTO watch (message, n, from_ms, chain, step, due_at_ms) VALUES ")
                    .tuples(&[()], |row, ()| {
                        row.bind(message.as_bytes().to_vec())
                            .bind(big(*n))
                            .bind(*from)
                            .bind(chain.map(i64::from))
                            .bind(0_i64)
                            .bind(*due_at);
                    }),
                Watching::Goes { message, step, due_at } => sql
                    .push("UPDATE watch SET step = ")
                    .bind(i64::from(*step))
                    .push(", due_at_ms = ")
                    .bind(*due_at)
                    .push(" WHERE message = ")
                    .bind(message.as_bytes().to_vec()),
                Watching::Copied { message, copy } => sql
                    .push("INSERT INTO watch_copy (copy, message) VALUES ")
                    .tuples(&[()], |row, ()| {
                        row.bind(copy.as_bytes().to_vec()).bind(message.as_bytes().to_vec());
                    }),
                Watching::Ends { message } => {
                    sql.push("DELETE FROM watch WHERE message = ").bind(message.as_bytes().to_vec())
                }
            };
            sql.execute(on).await?;
        }
        Ok(())
    }

    pub(crate) async fn set_chain(
        &self,
        on: &mut AnyConnection,
        chain: &ChainRow,
    ) -> Result<(), StorageError> {
        let steps = serde_json::to_string(&chain.steps)
            .map_err(|error| StorageError::Damaged(error.to_string()))?;
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
    let kind = unsigned(row.try_get(3)?) as u16;
    let bytes: Option<Vec<u8>> = row.try_get(4)?;
    let chain: Option<i64> = row.try_get(6)?;
    Ok(Watch {
        author: person_id(row.try_get(1)?),
        conversation: conversation_id(row.try_get(2)?)?,
        content: bytes.map_or_else(|| Content::erased(kind), |bytes| Content { kind, bytes }),
        from: row.try_get(5)?,
        chain: chain.map(|chain| unsigned(chain) as u32),
        step: unsigned(row.try_get(7)?) as u16,
        due_at: row.try_get(8)?,
    })
}
