//! Who looks after whom, and who works when.

use std::collections::{BTreeMap, HashSet};

use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};
use waypost_domain::live::SHIFTS_MATTER_FOR_MS;
use waypost_domain::{Roster, ShiftState};
use waypost_protocol::{Body, Coverage, FactId, Millis, PersonId, SHIFT_HOURS_MAX, Shift};

use crate::decode::{fact_id, from_json, person_id, to_json};
use crate::sql::unsigned;
use crate::{Db, StorageError};

/// A shift, named by the fact that planned it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ShiftRow {
    /// The fact.
    pub id: FactId,
    /// Who, and when.
    pub shift: Shift,
}

const COLUMNS: &str = "SELECT shift, person, from_ms, until_ms, on_call, cancelled FROM shift";

impl Db {
    /// Every coverage, by number.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn coverages(&self) -> Result<BTreeMap<u32, Coverage>, StorageError> {
        let mut on = self.readers.acquire().await?;
        self.read_coverages(&mut on).await
    }

    /// The shifts that touch this time and were not cancelled, in their order, after the one that begins then;
    /// of one person or of everyone.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn shifts(
        &self,
        person: Option<PersonId>,
        from: Millis,
        until: Millis,
        after: Option<(Millis, FactId)>,
        limit: usize,
    ) -> Result<Vec<ShiftRow>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let mut sql = self.sql(COLUMNS);
        sql.push(" WHERE cancelled = 0 AND until_ms > ").bind(from);
        sql.push(" AND from_ms < ").bind(until);
        if let Some(person) = person {
            sql.push(" AND person = ").bind(i64::from(person.0));
        }
        if let Some((begins, id)) = after {
            sql.push(" AND (from_ms, shift) > (").bind(begins);
            sql.push(", ").bind(id.as_bytes().to_vec()).push(")");
        }
        sql.push(" ORDER BY from_ms, shift LIMIT ").bind(limit as i64);
        let rows = sql.rows(&mut on).await?;
        rows.iter()
            .map(|row| shift_of(row).map(|(id, it)| ShiftRow { id, shift: it.shift }))
            .collect()
    }

    /// The shifts by which others may know, or not, whether someone is here: those that are not over, or
    /// not long.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn shifts_that_matter(
        &self,
        now: Millis,
    ) -> Result<Vec<(FactId, Shift)>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let mut sql = self.sql(COLUMNS);
        sql.push(" WHERE cancelled = 0 AND until_ms > ").bind(now - SHIFTS_MATTER_FOR_MS);
        let rows = sql.rows(&mut on).await?;
        rows.iter().map(|row| shift_of(row).map(|(id, it)| (id, it.shift))).collect()
    }

    pub(crate) async fn read_coverages(
        &self,
        on: &mut AnyConnection,
    ) -> Result<BTreeMap<u32, Coverage>, StorageError> {
        let rows = self.sql("SELECT coverage, state FROM coverage").rows(on).await?;
        let coverage = |row: &AnyRow| -> Result<(u32, Coverage), StorageError> {
            let state = from_json(&row.try_get::<String, _>(1)?)?;
            Ok((unsigned(row.try_get(0)?) as u32, state))
        };
        rows.iter().map(coverage).collect()
    }

    /// The shifts of now, if that matters, and those that are named.
    pub(crate) async fn known_shifts(
        &self,
        on: &mut AnyConnection,
        named: &HashSet<FactId>,
        of_now: Option<Millis>,
    ) -> Result<BTreeMap<FactId, ShiftState>, StorageError> {
        let mut found = BTreeMap::new();
        if let Some(now) = of_now {
            let mut sql = self.sql(COLUMNS);
            // Both bounds are in one index, for no shift is longer than this.
            let longest = SHIFT_HOURS_MAX * 60 * 60 * 1000;
            sql.push(" WHERE until_ms > ").bind(now).push(" AND until_ms <= ").bind(now + longest);
            sql.push(" AND from_ms <= ").bind(now).push(" AND cancelled = 0");
            for row in sql.rows(on).await? {
                found.extend([shift_of(&row)?]);
            }
        }
        let named: Vec<_> = named.iter().copied().collect();
        for chunk in self.chunks(&named) {
            let mut sql = self.sql(COLUMNS);
            sql.push(" WHERE shift IN (").list(chunk, |id| id.as_bytes().to_vec()).push(")");
            for row in sql.rows(on).await? {
                found.extend([shift_of(&row)?]);
            }
        }
        Ok(found)
    }

    /// Keeps the row that a fact about the roster stands for.
    pub(crate) async fn project_roster(
        &self,
        on: &mut AnyConnection,
        id: FactId,
        body: Body,
    ) -> Result<(), StorageError> {
        match body {
            Body::CoverageSet { coverage, of } => self.set_coverage(on, coverage, &of).await,
            Body::ShiftPlanned { shift } => self.plan_shift(on, id, &shift).await,
            Body::ShiftCancelled { shift, .. } => self.cancel_shift(on, shift).await,
            _ => Ok(()),
        }
    }

    async fn set_coverage(
        &self,
        on: &mut AnyConnection,
        coverage: u32,
        of: &Coverage,
    ) -> Result<(), StorageError> {
        let state = to_json(of)?;
        self.sql("INSERT INTO coverage (coverage, state) VALUES ")
            .tuples(&[()], |row, ()| {
                row.bind(i64::from(coverage)).bind(state.clone());
            })
            .push(" ON CONFLICT (coverage) DO UPDATE SET state = excluded.state")
            .execute(on)
            .await?;
        Ok(())
    }

    async fn plan_shift(
        &self,
        on: &mut AnyConnection,
        id: FactId,
        shift: &Shift,
    ) -> Result<(), StorageError> {
        self.sql(
            "INSERT INTO shift (shift, person, from_ms, until_ms, on_call, cancelled) VALUES ",
        )
        .tuples(&[()], |row, ()| {
            row.bind(id.as_bytes().to_vec())
                .bind(i64::from(shift.person.0))
                .bind(shift.from)
                .bind(shift.until)
                .bind(i64::from(shift.on_call))
                .bind(0_i64);
        })
        .execute(on)
        .await?;
        Ok(())
    }

    async fn cancel_shift(&self, on: &mut AnyConnection, id: FactId) -> Result<(), StorageError> {
        let mut sql = self.sql("UPDATE shift SET cancelled = 1 WHERE shift = ");
        sql.bind(id.as_bytes().to_vec()).execute(on).await?;
        Ok(())
    }
}

/// What is remembered of the roster from one commit to the next: what only commits change.
pub(crate) fn lasting(roster: Roster) -> Roster {
    Roster { shifts: BTreeMap::new(), ..roster }
}

fn shift_of(row: &AnyRow) -> Result<(FactId, ShiftState), StorageError> {
    let shift = Shift {
        person: person_id(row.try_get(1)?),
        from: row.try_get(2)?,
        until: row.try_get(3)?,
        on_call: row.try_get::<i64, _>(4)? != 0,
    };
    let cancelled = row.try_get::<i64, _>(5)? != 0;
    Ok((fact_id(row, 0)?, ShiftState { shift, cancelled }))
}
