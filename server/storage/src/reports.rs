//! What people have reported, what became of it, and the rules by which the server flags.

use std::collections::HashMap;

use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};
use waypost_domain::{Decision, Wanted};
use waypost_protocol::{FactId, FlagRule, Millis, ReportedMessage};

use crate::decode::{fact_id, from_json, to_json};
use crate::{Db, StorageError};

impl Db {
    /// Messages that were reported or flagged, which wait for a verdict or have one: the first that waited
    /// first, after this one.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn reported_messages(
        &self,
        open: bool,
        after: Option<(Millis, FactId)>,
        limit: usize,
    ) -> Result<Vec<ReportedMessage>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let mut sql = self.sql("SELECT message, state FROM reported WHERE is_open = ");
        sql.bind(i64::from(open));
        if let Some((since, message)) = after {
            sql.push(" AND (since_ms, message) > (").bind(since);
            sql.push(", ").bind(message.as_bytes().to_vec()).push(")");
        }
        sql.push(" ORDER BY since_ms, message LIMIT ").bind(limit as i64);
        let rows = sql.rows(&mut on).await?;
        rows.iter().map(|row| reported(row).map(|(_, reported)| reported)).collect()
    }

    /// What became of one message; `None` if nobody has reported it.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn reported_message(
        &self,
        message: FactId,
    ) -> Result<Option<ReportedMessage>, StorageError> {
        let mut on = self.readers.acquire().await?;
        Ok(self.reported_on(&mut on, &[message]).await?.remove(&message))
    }

    /// The rules by which messages are flagged.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn flag_rules(&self) -> Result<Vec<FlagRule>, StorageError> {
        let mut on = self.readers.acquire().await?;
        self.read_flag_rules(&mut on).await
    }

    pub(crate) async fn read_flag_rules(
        &self,
        on: &mut AnyConnection,
    ) -> Result<Vec<FlagRule>, StorageError> {
        match self.sql("SELECT state FROM flag_rules").row(on).await? {
            Some(row) => from_json(&row.try_get::<String, _>(0)?),
            None => Ok(Vec::new()),
        }
    }

    pub(crate) async fn set_flag_rules(
        &self,
        on: &mut AnyConnection,
        rules: &[FlagRule],
    ) -> Result<(), StorageError> {
        self.sql("INSERT INTO flag_rules (id, state) VALUES (1, ")
            .bind(to_json(&rules)?)
            .push(") ON CONFLICT (id) DO UPDATE SET state = excluded.state")
            .execute(on)
            .await?;
        Ok(())
    }

    pub(crate) async fn known_reported(
        &self,
        on: &mut AnyConnection,
        wanted: &Wanted,
    ) -> Result<HashMap<FactId, ReportedMessage>, StorageError> {
        self.reported_on(on, &wanted.reported.iter().copied().collect::<Vec<_>>()).await
    }

    async fn reported_on(
        &self,
        on: &mut AnyConnection,
        of: &[FactId],
    ) -> Result<HashMap<FactId, ReportedMessage>, StorageError> {
        let mut found = HashMap::new();
        for chunk in self.chunks(of) {
            let mut sql = self.sql("SELECT message, state FROM reported WHERE message IN (");
            sql.list(chunk, |message| message.as_bytes().to_vec()).push(")");
            for row in sql.rows(on).await? {
                found.extend([reported(&row)?]);
            }
        }
        Ok(found)
    }

    pub(crate) async fn write_reported(
        &self,
        on: &mut AnyConnection,
        decision: &Decision,
    ) -> Result<(), StorageError> {
        let all: Vec<_> = decision.reported.iter().collect();
        for chunk in self.chunks(&all) {
            let mut rows = Vec::new();
            for (message, reported) in chunk {
                rows.push((*message, *reported, to_json(reported)?));
            }
            let mut sql =
                self.sql("INSERT INTO reported (message, state, since_ms, is_open) VALUES ");
            sql.tuples(&rows, |row, (message, reported, state)| {
                row.bind(message.as_bytes().to_vec())
                    .bind(state.clone())
                    .bind(reported.since)
                    .bind(i64::from(reported.verdict.is_none()));
            });
            sql.push(
                " ON CONFLICT (message) DO UPDATE SET state = excluded.state, \
                 since_ms = excluded.since_ms, is_open = excluded.is_open",
            );
            sql.execute(on).await?;
        }
        Ok(())
    }
}

fn reported(row: &AnyRow) -> Result<(FactId, ReportedMessage), StorageError> {
    Ok((fact_id(row, 0)?, from_json(&row.try_get::<String, _>(1)?)?))
}
