//! What people have chosen to hear of.

use std::collections::HashMap;

use sqlx::{AnyConnection, Row as _};
use waypost_domain::{Decision, Wanted};
use waypost_protocol::{NotificationSettings, PersonId};

use crate::decode::{from_json, person_id, to_json};
use crate::{Db, StorageError};

impl Db {
    /// What a person has chosen.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn notification_settings(
        &self,
        of: PersonId,
    ) -> Result<NotificationSettings, StorageError> {
        let mut on = self.readers.acquire().await?;
        let mut chosen = self.chosen_on(&mut on, &[of]).await?;
        Ok(chosen.remove(&of).unwrap_or_default())
    }

    pub(crate) async fn known_chosen(
        &self,
        on: &mut AnyConnection,
        wanted: &Wanted,
    ) -> Result<HashMap<PersonId, NotificationSettings>, StorageError> {
        self.chosen_on(on, &wanted.chosen.iter().copied().collect::<Vec<_>>()).await
    }

    async fn chosen_on(
        &self,
        on: &mut AnyConnection,
        of: &[PersonId],
    ) -> Result<HashMap<PersonId, NotificationSettings>, StorageError> {
        let mut found = HashMap::new();
        for chunk in self.chunks(of) {
            let mut sql = self.sql("SELECT person, state FROM chosen WHERE person IN (");
            sql.list(chunk, |person| i64::from(person.0)).push(")");
            for row in sql.rows(on).await? {
                let state = from_json(&row.try_get::<String, _>(1)?)?;
                found.insert(person_id(row.try_get(0)?), state);
            }
        }
        Ok(found)
    }

    pub(crate) async fn write_chosen(
        &self,
        on: &mut AnyConnection,
        decision: &Decision,
    ) -> Result<(), StorageError> {
        let chosen: Vec<_> = decision.chosen.iter().collect();
        for chunk in self.chunks(&chosen) {
            let mut rows = Vec::new();
            for (person, chosen) in chunk {
                rows.push((**person, to_json(chosen)?));
            }
            let mut sql = self.sql("INSERT INTO chosen (person, state) VALUES ");
            sql.tuples(&rows, |row, (person, state)| {
                row.bind(i64::from(person.0)).bind(state.clone());
            });
            sql.push(" ON CONFLICT (person) DO UPDATE SET state = excluded.state");
            sql.execute(on).await?;
        }
        Ok(())
    }
}
