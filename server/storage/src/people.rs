//! The directory of people.

use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};
use waypost_protocol::{PersonId, Role};

use crate::decode::{person_id, role_of};
use crate::sql::big;
use crate::{Db, StorageError};

/// One person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PersonRow {
    /// Their number.
    pub person: PersonId,
    /// The unique short name.
    pub handle: String,
    /// The name on the screen.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// A BCP 47 tag.
    pub language: String,
}

const COLUMNS: &str = "SELECT person, handle, name, role, language FROM person";

impl Db {
    /// People with a number above `after`, in the order of their numbers.
    pub async fn people(&self, after: u32, limit: usize) -> Result<Vec<PersonRow>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let mut sql = self.sql(COLUMNS);
        sql.push(" WHERE person > ").bind(i64::from(after));
        sql.push(" ORDER BY person LIMIT ").bind(limit as i64);
        sql.rows(&mut on).await?.iter().map(person_of).collect()
    }

    /// One person by number.
    pub async fn person(&self, person: PersonId) -> Result<Option<PersonRow>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let mut sql = self.sql(COLUMNS);
        sql.push(" WHERE person = ").bind(i64::from(person.0));
        sql.row(&mut on).await?.as_ref().map(person_of).transpose()
    }

    /// One person by handle.
    pub async fn person_by_handle(&self, handle: &str) -> Result<Option<PersonRow>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let mut sql = self.sql(COLUMNS);
        sql.push(" WHERE handle = ").bind(handle.to_owned());
        sql.row(&mut on).await?.as_ref().map(person_of).transpose()
    }

    /// The languages of everyone, each once, as BCP 47 tags.
    pub async fn languages(&self) -> Result<Vec<String>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let rows = self.sql("SELECT DISTINCT language FROM person").rows(&mut on).await?;
        rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }

    pub(crate) async fn insert_person(
        &self,
        on: &mut AnyConnection,
        person: &PersonRow,
        pseudonym: [u8; 16],
        n: u64,
    ) -> Result<(), StorageError> {
        self.sql(
            "INSERT INTO person (person, handle, name, role, language, pseudonym, added_n) VALUES ",
        )
        .tuples(&[person], |row, person| {
            row.bind(i64::from(person.person.0))
                .bind(person.handle.clone())
                .bind(person.name.clone())
                .bind(person.role.name().to_owned())
                .bind(person.language.clone())
                .bind(pseudonym.to_vec())
                .bind(big(n));
        })
        .execute(on)
        .await?;
        Ok(())
    }
}

fn person_of(row: &AnyRow) -> Result<PersonRow, StorageError> {
    Ok(PersonRow {
        person: person_id(row.try_get(0)?),
        handle: row.try_get(1)?,
        name: row.try_get(2)?,
        role: role_of(row.try_get(3)?)?,
        language: row.try_get(4)?,
    })
}
