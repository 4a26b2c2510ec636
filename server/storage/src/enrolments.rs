//! Enrolments, their credentials and the one-time tokens that lead to them.

use std::collections::HashMap;

use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};
use waypost_domain::{Deed, TokenState, Wanted};
use waypost_protocol::{DeviceId, EnrolmentId, FactId, Millis, PersonId, Role};

use crate::decode::{enrolment_from, enrolment_id, fixed, person_id, role_of, uuid_of};
use crate::sql::unsigned;
use crate::{Db, StorageError};

/// Whom a credential belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Proved {
    /// The enrolment.
    pub enrolment: EnrolmentId,
    /// Its person.
    pub person: PersonId,
    /// What they may do.
    pub role: Role,
}

/// One enrolment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EnrolmentRow {
    /// Its id.
    pub enrolment: EnrolmentId,
    /// Its person.
    pub person: PersonId,
    /// Its device.
    pub device: DeviceId,
    /// What the device is called.
    pub device_name: String,
    /// Since when.
    pub enrolled_at: Millis,
    /// When it ended.
    pub revoked_at: Option<Millis>,
    /// How far its cursor is known to be.
    pub stored_up_to: u64,
}

const COLUMNS: &str = "SELECT enrolment, person, device, device_name, enrolled_at_ms, \
                       revoked_at_ms, stored_up_to FROM enrolment";

impl Db {
    /// The enrolment that has brought a fact, and the key with which its device signs.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn signer_of(
        &self,
        id: FactId,
        author: PersonId,
    ) -> Result<Option<(EnrolmentId, [u8; 32])>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let mut sql = self.sql(
            "SELECT e.enrolment, e.public_key FROM fact f JOIN enrolment e \
             ON e.enrolment = f.enrolment WHERE f.id = ",
        );
        sql.bind(id.as_bytes().to_vec()).push(" AND f.author = ").bind(i64::from(author.0));
        let row = sql.row(&mut on).await?;
        row.map(|row| Ok((EnrolmentId(uuid_of(&row.try_get::<Vec<u8>, _>(0)?)?), fixed(&row, 1)?)))
            .transpose()
    }

    /// Whom the credential with this SHA-256 belongs to, unless it was revoked.
    pub async fn prove(&self, credential_hash: [u8; 32]) -> Result<Option<Proved>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let mut sql = self.sql(
            "SELECT e.enrolment, e.person, p.role FROM enrolment e \
             JOIN person p ON p.person = e.person \
             WHERE e.revoked_at_ms IS NULL AND e.credential_hash = ",
        );
        let row = sql.bind(credential_hash.to_vec()).row(&mut on).await?;
        row.map(|row| {
            Ok(Proved {
                enrolment: enrolment_id(&row, 0)?,
                person: person_id(row.try_get(1)?),
                role: role_of(row.try_get(2)?)?,
            })
        })
        .transpose()
    }

    /// The enrolments of one person, or of everyone, newest last.
    pub async fn enrolments(
        &self,
        of: Option<PersonId>,
        limit: usize,
    ) -> Result<Vec<EnrolmentRow>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let mut sql = self.sql(COLUMNS);
        if let Some(person) = of {
            sql.push(" WHERE person = ").bind(i64::from(person.0));
        }
        sql.push(" ORDER BY enrolment LIMIT ").bind(limit as i64);
        sql.rows(&mut on).await?.iter().map(enrolment_of).collect()
    }

    /// One enrolment.
    pub async fn enrolment(&self, id: EnrolmentId) -> Result<Option<EnrolmentRow>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let mut sql = self.sql(COLUMNS);
        sql.push(" WHERE enrolment = ").bind(id.as_bytes().to_vec());
        sql.row(&mut on).await?.as_ref().map(enrolment_of).transpose()
    }

    /// Keeps the hash of a one-time token.
    pub async fn issue_token(
        &self,
        token_hash: [u8; 32],
        person: PersonId,
        issued_by: PersonId,
        expires_at: Millis,
    ) -> Result<(), StorageError> {
        let mut tx = self.begin().await?;
        self.sql("INSERT INTO token (token_hash, person, issued_by, expires_at_ms) VALUES ")
            .tuples(&[()], |row, ()| {
                row.bind(token_hash.to_vec())
                    .bind(i64::from(person.0))
                    .bind(i64::from(issued_by.0))
                    .bind(expires_at);
            })
            .execute(&mut tx)
            .await?;
        tx.commit().await
    }

    pub(crate) async fn insert_enrolment(
        &self,
        on: &mut AnyConnection,
        person: PersonId,
        deed: &Deed,
        now: Millis,
    ) -> Result<(), StorageError> {
        let Deed::Enrol { token_hash, enrolment, device, device_name, credential_hash, public_key } =
            deed
        else {
            return Err(StorageError::Damaged("an enrolment without its deed".into()));
        };
        self.sql(
            "INSERT INTO enrolment (enrolment, person, device, device_name, credential_hash, \
             public_key, enrolled_at_ms, stored_up_to) VALUES ",
        )
        .tuples(&[()], |row, ()| {
            row.bind(enrolment.as_bytes().to_vec())
                .bind(i64::from(person.0))
                .bind(device.as_bytes().to_vec())
                .bind(device_name.clone())
                .bind(credential_hash.to_vec())
                .bind(public_key.to_vec())
                .bind(now)
                .bind(0_i64);
        })
        .execute(on)
        .await?;
        self.sql("UPDATE token SET used_by = ")
            .bind(enrolment.as_bytes().to_vec())
            .push(" WHERE token_hash = ")
            .bind(token_hash.to_vec())
            .execute(on)
            .await?;
        Ok(())
    }

    pub(crate) async fn revoke(
        &self,
        on: &mut AnyConnection,
        enrolment: EnrolmentId,
        now: Millis,
    ) -> Result<(), StorageError> {
        self.sql("UPDATE enrolment SET revoked_at_ms = ")
            .bind(now)
            .push(" WHERE revoked_at_ms IS NULL AND enrolment = ")
            .bind(enrolment.as_bytes().to_vec())
            .execute(on)
            .await?;
        Ok(())
    }

    pub(crate) async fn known_tokens(
        &self,
        on: &mut AnyConnection,
        wanted: &Wanted,
    ) -> Result<HashMap<[u8; 32], TokenState>, StorageError> {
        let mut found = HashMap::new();
        let keys: Vec<_> = wanted.tokens.iter().collect();
        for chunk in self.chunks(&keys) {
            let mut sql = self.sql(
                "SELECT token_hash, person, expires_at_ms, used_by FROM token WHERE token_hash IN (",
            );
            sql.list(chunk, |key| key.to_vec()).push(")");
            for row in sql.rows(on).await? {
                let used: Option<Vec<u8>> = row.try_get(3)?;
                let state = TokenState {
                    person: person_id(row.try_get(1)?),
                    expires_at: row.try_get(2)?,
                    used_by: used.as_deref().map(enrolment_from).transpose()?,
                };
                found.insert(fixed(&row, 0)?, state);
            }
        }
        Ok(found)
    }
}

fn enrolment_of(row: &AnyRow) -> Result<EnrolmentRow, StorageError> {
    Ok(EnrolmentRow {
        enrolment: enrolment_id(row, 0)?,
        person: person_id(row.try_get(1)?),
        device: DeviceId(uuid_of(&row.try_get::<Vec<u8>, _>(2)?)?),
        device_name: row.try_get(3)?,
        enrolled_at: row.try_get(4)?,
        revoked_at: row.try_get(5)?,
        stored_up_to: unsigned(row.try_get(6)?),
    })
}
