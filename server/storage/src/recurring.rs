//! Trips that come again and again: as they were set, and how far they are planned.

use sqlx::Row as _;
use sqlx::any::AnyRow;
use waypost_protocol::{Millis, PersonId};

use crate::decode::person_id;
use crate::{Db, StorageError};

/// A trip that comes again and again.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecurringRow {
    /// The customer's own reference.
    pub reference: String,
    /// Who has set it.
    pub set_by: PersonId,
    /// What was set, as JSON.
    pub definition: String,
    /// When.
    pub set_at: Millis,
    /// The last day that was looked at, such as `2026-11-30`.
    pub planned_until: Option<String>,
    /// When to look again.
    pub due_at: Millis,
    /// Why it could not be planned.
    pub problem: Option<String>,
}

const COLUMNS: &str = "SELECT reference, set_by, definition, set_at_ms, planned_until, due_at_ms, problem \
                       FROM recurring_trip";

impl Db {
    /// Sets it, in place of what there is under its reference.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn set_recurring(&self, row: &RecurringRow) -> Result<(), StorageError> {
        let mut tx = self.begin().await?;
        let mut sql = self.sql(
            "INSERT INTO recurring_trip \
             (reference, set_by, definition, set_at_ms, planned_until, due_at_ms, problem) VALUES ",
        );
        sql.tuples(&[row], |tuple, row| {
            tuple
                .bind(row.reference.clone())
                .bind(i64::from(row.set_by.0))
                .bind(row.definition.clone())
                .bind(row.set_at)
                .bind(row.planned_until.clone())
                .bind(row.due_at)
                .bind(row.problem.clone());
        });
        sql.push(
            " ON CONFLICT (reference) DO UPDATE SET set_by = excluded.set_by, \
             definition = excluded.definition, set_at_ms = excluded.set_at_ms, \
             planned_until = excluded.planned_until, due_at_ms = excluded.due_at_ms, \
             problem = excluded.problem",
        );
        sql.execute(&mut tx).await?;
        tx.commit().await
    }

    /// All of them, by reference.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn recurring(&self) -> Result<Vec<RecurringRow>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let mut sql = self.sql(COLUMNS);
        sql.push(" ORDER BY reference").rows(&mut on).await?.iter().map(row_of).collect()
    }

    /// One of them.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn recurring_by(
        &self,
        reference: &str,
    ) -> Result<Option<RecurringRow>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let mut sql = self.sql(COLUMNS);
        sql.push(" WHERE reference = ").bind(reference.to_owned());
        sql.row(&mut on).await?.as_ref().map(row_of).transpose()
    }

    /// Those at which it is time to look, the longest due first; at most `limit`.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn recurring_due(
        &self,
        now: Millis,
        limit: usize,
    ) -> Result<Vec<RecurringRow>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let mut sql = self.sql(COLUMNS);
        sql.push(" WHERE due_at_ms <= ").bind(now);
        sql.push(" ORDER BY due_at_ms, reference LIMIT ").bind(limit as i64);
        sql.rows(&mut on).await?.iter().map(row_of).collect()
    }

    /// Keeps how far it is planned, unless it was set anew meanwhile.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn mark_recurring(&self, row: &RecurringRow) -> Result<(), StorageError> {
        let mut tx = self.begin().await?;
        let mut sql = self.sql("UPDATE recurring_trip SET planned_until = ");
        sql.bind(row.planned_until.clone()).push(", due_at_ms = ").bind(row.due_at);
        sql.push(", problem = ").bind(row.problem.clone());
        sql.push(" WHERE reference = ").bind(row.reference.clone());
        sql.push(" AND set_at_ms = ").bind(row.set_at).execute(&mut tx).await?;
        tx.commit().await
    }

    /// Ends it; `false` if there is none. What is planned stays.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn end_recurring(&self, reference: &str) -> Result<bool, StorageError> {
        let mut tx = self.begin().await?;
        let mut sql = self.sql("DELETE FROM recurring_trip WHERE reference = ");
        sql.bind(reference.to_owned()).push(" RETURNING reference");
        let gone = sql.row(&mut tx).await?;
        tx.commit().await?;
        Ok(gone.is_some())
    }
}

fn row_of(row: &AnyRow) -> Result<RecurringRow, StorageError> {
    Ok(RecurringRow {
        reference: row.try_get(0)?,
        set_by: person_id(row.try_get(1)?),
        definition: row.try_get(2)?,
        set_at: row.try_get(3)?,
        planned_until: row.try_get(4)?,
        due_at: row.try_get(5)?,
        problem: row.try_get(6)?,
    })
}
