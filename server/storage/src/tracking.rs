//! Links with which a consignee follows a stop.

use sqlx::Row as _;
use sqlx::any::AnyRow;
use waypost_protocol::{FactId, Millis, StopId};

use crate::decode::{fact_id, uuid_of};
use crate::{Db, StorageError};

/// A link without its secret.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LinkRow {
    /// Its id.
    pub id: FactId,
    /// The stop that it shows.
    pub stop: StopId,
    /// Since when it is there.
    pub made_at: Millis,
    /// When it ends.
    pub expires_at: Millis,
}

impl Db {
    /// Keeps a link under the SHA-256 of its secret. Those that have ended are forgotten.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn insert_link(&self, hash: [u8; 32], row: &LinkRow) -> Result<(), StorageError> {
        let mut tx = self.begin().await?;
        self.sql("DELETE FROM tracking_link WHERE expires_at_ms < ")
            .bind(row.made_at)
            .execute(&mut tx)
            .await?;
        self.sql("INSERT INTO tracking_link (hash, link, stop, made_at_ms, expires_at_ms) VALUES ")
            .tuples(&[row], |tuple, row| {
                tuple
                    .bind(hash.to_vec())
                    .bind(row.id.as_bytes().to_vec())
                    .bind(row.stop.as_bytes().to_vec())
                    .bind(row.made_at)
                    .bind(row.expires_at);
            })
            .execute(&mut tx)
            .await?;
        tx.commit().await
    }

    /// The link with this SHA-256, unless it was revoked or has ended.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn link(&self, hash: [u8; 32], now: Millis) -> Result<Option<LinkRow>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let mut sql = self
            .sql("SELECT link, stop, made_at_ms, expires_at_ms FROM tracking_link WHERE hash = ");
        sql.bind(hash.to_vec()).push(" AND expires_at_ms > ").bind(now);
        sql.row(&mut on).await?.as_ref().map(link).transpose()
    }

    /// The links of a stop that have not ended, the oldest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn links(&self, stop: StopId, now: Millis) -> Result<Vec<LinkRow>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let mut sql = self
            .sql("SELECT link, stop, made_at_ms, expires_at_ms FROM tracking_link WHERE stop = ");
        sql.bind(stop.as_bytes().to_vec()).push(" AND expires_at_ms > ").bind(now);
        sql.push(" ORDER BY link").rows(&mut on).await?.iter().map(link).collect()
    }

    /// Revokes a link of a stop; `false` if there is none.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn revoke_link(&self, stop: StopId, id: FactId) -> Result<bool, StorageError> {
        let mut tx = self.begin().await?;
        let mut sql = self.sql("DELETE FROM tracking_link WHERE stop = ");
        sql.bind(stop.as_bytes().to_vec()).push(" AND link = ").bind(id.as_bytes().to_vec());
        let gone = sql.push(" RETURNING link").row(&mut tx).await?;
        tx.commit().await?;
        Ok(gone.is_some())
    }
}

fn link(row: &AnyRow) -> Result<LinkRow, StorageError> {
    Ok(LinkRow {
        id: fact_id(row, 0)?,
        stop: StopId(uuid_of(&row.try_get::<Vec<u8>, _>(1)?)?),
        made_at: row.try_get(2)?,
        expires_at: row.try_get(3)?,
    })
}
