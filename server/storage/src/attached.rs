//! Files that messages bring and that travel by themselves, and links to single files.

use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};
use uuid::Uuid;
use waypost_domain::Decision;
use waypost_protocol::{Body, FactId, Millis, PersonId, Sha256Hash, StopId, kind};

use crate::decode::{fixed, person_id, uuid_of};
use crate::sql::{big, unsigned};
use crate::{Db, StorageError};

/// A link to a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileLinkRow {
    /// Who has made it.
    pub author: PersonId,
    /// The message that brings it, if one does.
    pub message: Option<FactId>,
    /// The stop whose evidence it is, if it is that.
    pub stop: Option<StopId>,
    /// What the file hashes to.
    pub sha256: Sha256Hash,
    /// Under which name it is saved.
    pub name: String,
    /// When it ends.
    pub expires_at: Millis,
}

impl Db {
    /// Keeps a link under the SHA-256 of its secret, unless its author has as many as that already which have not ended;
    /// `false` then. Those of the author that have ended are forgotten.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn insert_file_link(
        &self,
        hash: [u8; 32],
        row: &FileLinkRow,
        now: Millis,
        most: u64,
    ) -> Result<bool, StorageError> {
        let mut tx = self.begin().await?;
        let author = i64::from(row.author.0);
        let mut sql = self.sql("DELETE FROM file_link WHERE author = ");
        sql.bind(author).push(" AND expires_at_ms <= ").bind(now).execute(&mut tx).await?;
        let mut sql = self.sql("SELECT COUNT(*) FROM file_link WHERE author = ");
        let row_of = sql.bind(author).row(&mut tx).await?;
        let there = row_of.map(|row| row.try_get(0)).transpose()?.map_or(0, unsigned);
        if there >= most {
            return Ok(false);
        }
        self.sql("INSERT INTO file_link (hash, author, message, stop, sha256, name, expires_at_ms) VALUES ")
            .tuples(&[row], |tuple, row| {
                tuple
                    .bind(hash.to_vec())
                    .bind(author)
                    .bind(row.message.map(|id| id.as_bytes().to_vec()))
                    .bind(row.stop.map(|id| id.as_bytes().to_vec()))
                    .bind(row.sha256.0.to_vec())
                    .bind(row.name.clone())
                    .bind(row.expires_at);
            })
            .execute(&mut tx)
            .await?;
        tx.commit().await?;
        Ok(true)
    }

    /// The link with this SHA-256, unless it has ended.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn file_link(
        &self,
        hash: [u8; 32],
        now: Millis,
    ) -> Result<Option<FileLinkRow>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let mut sql = self.sql(
            "SELECT author, message, stop, sha256, name, expires_at_ms FROM file_link WHERE hash = ",
        );
        sql.bind(hash.to_vec()).push(" AND expires_at_ms > ").bind(now);
        sql.row(&mut on).await?.as_ref().map(link).transpose()
    }

    /// Keeps what the messages of this commit promise.
    pub(crate) async fn insert_attached(
        &self,
        on: &mut AnyConnection,
        decision: &Decision,
    ) -> Result<(), StorageError> {
        let files = decision.facts.iter().filter(|fact| fact.content.kind == kind::FILE);
        let files = files.filter_map(|fact| match fact.content.to_body() {
            Ok(Body::File { file, .. }) if file.travels() => {
                Some((fact.id, fact.author, file.sha256, file.size))
            }
            _ => None,
        });
        for chunk in self.chunks(&files.collect::<Vec<_>>()) {
            let mut sql = self.sql("INSERT INTO attached (fact, author, sha256, size) VALUES ");
            sql.tuples(chunk, |row, (fact, author, sha256, size)| {
                row.bind(fact.as_bytes().to_vec())
                    .bind(i64::from(author.0))
                    .bind(sha256.0.to_vec())
                    .bind(big(*size));
            });
            sql.execute(on).await?;
        }
        Ok(())
    }

    /// What has expired promises nothing any more.
    pub(crate) async fn forget_attached(
        &self,
        on: &mut AnyConnection,
        messages: &[FactId],
    ) -> Result<(), StorageError> {
        for chunk in self.chunks(messages) {
            let mut sql = self.sql("DELETE FROM attached WHERE fact IN (");
            sql.list(chunk, |id| id.as_bytes().to_vec()).push(")").execute(on).await?;
        }
        Ok(())
    }
}

fn link(row: &AnyRow) -> Result<FileLinkRow, StorageError> {
    let id = |at| -> Result<Option<Uuid>, StorageError> {
        row.try_get::<Option<Vec<u8>>, _>(at)?.map(|bytes| uuid_of(&bytes)).transpose()
    };
    Ok(FileLinkRow {
        author: person_id(row.try_get(0)?),
        message: id(1)?.map(FactId),
        stop: id(2)?.map(StopId),
        sha256: Sha256Hash(fixed(row, 3)?),
        name: row.try_get(4)?,
        expires_at: row.try_get(5)?,
    })
}
