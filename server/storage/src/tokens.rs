//! Tokens: what a program is given instead of the credential of an enrolment, for some purposes and for
//! some time.

use sqlx::Row as _;
use sqlx::any::AnyRow;
use waypost_protocol::{EnrolmentId, FactId, Millis};

use crate::decode::{enrolment_id, fact_id, person_id, role_of};
use crate::{Db, Proved, StorageError};

/// A token without its secret.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TokenRow {
    /// Its id.
    pub id: FactId,
    /// What it is called.
    pub name: String,
    /// What it may be used for, in words.
    pub scopes: String,
    /// Since when it is there.
    pub made_at: Millis,
    /// When it ends.
    pub expires_at: Millis,
}

impl Db {
    /// Whom the token with this SHA-256 speaks for, and for what it may be used; not if it has ended, or
    /// its enrolment has.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn prove_token(
        &self,
        hash: [u8; 32],
        now: Millis,
    ) -> Result<Option<(Proved, String)>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let mut sql = self.sql(
            "SELECT e.enrolment, e.person, p.role, t.scopes FROM api_token t \
             JOIN enrolment e ON e.enrolment = t.enrolment JOIN person p ON p.person = e.person \
             WHERE e.revoked_at_ms IS NULL AND t.hash = ",
        );
        sql.bind(hash.to_vec()).push(" AND t.expires_at_ms > ").bind(now);
        let row = sql.row(&mut on).await?;
        row.map(|row| {
            let proved = Proved {
                enrolment: enrolment_id(&row, 0)?,
                person: person_id(row.try_get(1)?),
                role: role_of(row.try_get(2)?)?,
            };
            Ok((proved, row.try_get(3)?))
        })
        .transpose()
    }

    /// The tokens of an enrolment, oldest first, also those that have ended.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn tokens(&self, of: EnrolmentId) -> Result<Vec<TokenRow>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let mut sql = self.sql(
            "SELECT id, name, scopes, made_at_ms, expires_at_ms FROM api_token WHERE enrolment = ",
        );
        sql.bind(of.as_bytes().to_vec()).push(" ORDER BY id");
        sql.rows(&mut on).await?.iter().map(token_row).collect()
    }

    /// Keeps the hash of a token.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn insert_token(
        &self,
        hash: [u8; 32],
        of: EnrolmentId,
        token: &TokenRow,
    ) -> Result<(), StorageError> {
        let mut tx = self.begin().await?;
        self.sql(
            "INSERT INTO api_token (hash, id, enrolment, name, scopes, made_at_ms, expires_at_ms) \
             VALUES ",
        )
        .tuples(&[()], |row, ()| {
            row.bind(hash.to_vec())
                .bind(token.id.as_bytes().to_vec())
                .bind(of.as_bytes().to_vec())
                .bind(token.name.clone())
                .bind(token.scopes.clone())
                .bind(token.made_at)
                .bind(token.expires_at);
        })
        .execute(&mut tx)
        .await?;
        tx.commit().await
    }

    /// Ends a token of this enrolment. Says whether there was such a one.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn end_token(&self, of: EnrolmentId, id: FactId) -> Result<bool, StorageError> {
        let mut tx = self.begin().await?;
        let mut sql = self.sql("DELETE FROM api_token WHERE enrolment = ");
        sql.bind(of.as_bytes().to_vec()).push(" AND id = ").bind(id.as_bytes().to_vec());
        let ended = sql.execute(&mut tx).await?;
        tx.commit().await?;
        Ok(ended > 0)
    }
}

fn token_row(row: &AnyRow) -> Result<TokenRow, StorageError> {
    Ok(TokenRow {
        id: fact_id(row, 0)?,
        name: row.try_get(1)?,
        scopes: row.try_get(2)?,
        made_at: row.try_get(3)?,
        expires_at: row.try_get(4)?,
    })
}
