//! Bytes that travel by themselves: what is promised, what is on its way, and what is here.

use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};
use uuid::Uuid;
use waypost_domain::Decision;
use waypost_protocol::{Body, FactId, Millis, PersonId, Sha256Hash, StopId, kind};

use crate::decode::{fact_id, fixed, person_id, uuid_of};
use crate::sql::{Sql, big, unsigned};
use crate::{Db, StorageError};

/// An upload that has begun.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct UploadRow {
    /// Its id.
    pub id: Uuid,
    /// Whose it is.
    pub author: PersonId,
    /// What its bytes hash to; `None` for a part, which is put together with others.
    pub sha256: Option<Sha256Hash>,
    /// How many there are.
    pub size: u64,
    /// When something was heard of it last.
    pub touched_at: Millis,
}

/// Bytes that are here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileRow {
    /// How many.
    pub size: u64,
    /// What they are, as far as they show themselves.
    pub media_type: String,
    /// Since when.
    pub stored_at: Millis,
}

/// Bytes that evidence promises.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PromisedRow {
    /// The fact with the manifest.
    pub fact: FactId,
    /// Which item of it.
    pub item: u16,
    /// Whether they are the item in small.
    pub is_preview: bool,
    /// What they hash to.
    pub sha256: Sha256Hash,
    /// How many there are.
    pub size: u64,
    /// Who promises them.
    pub author: PersonId,
    /// Since when they are here.
    pub stored_at: Option<Millis>,
}

impl Db {
    /// How many bytes this person has promised under that hash: nothing if they have promised none.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn promised(
        &self,
        author: PersonId,
        sha256: Sha256Hash,
    ) -> Result<Vec<u64>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let mut sql = self.sql("SELECT size FROM promised WHERE sha256 = ");
        sql.bind(sha256.0.to_vec()).push(" AND author = ").bind(i64::from(author.0));
        sql.push(" UNION SELECT size FROM attached WHERE sha256 = ").bind(sha256.0.to_vec());
        sql.push(" AND author = ").bind(i64::from(author.0));
        sql.rows(&mut on).await?.iter().map(|row| Ok(unsigned(row.try_get(0)?))).collect()
    }

    /// What the evidence of a stop promises, and what of it is here.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn promised_of(&self, stop: StopId) -> Result<Vec<PromisedRow>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let mut sql = self.sql(
            "SELECT p.fact, p.item, p.is_preview, p.sha256, p.size, p.author, f.stored_at_ms \
             FROM promised p LEFT JOIN file f ON f.sha256 = p.sha256 WHERE p.stop = ",
        );
        sql.bind(stop.as_bytes().to_vec()).push(" ORDER BY p.fact, p.item, p.is_preview");
        sql.rows(&mut on).await?.iter().map(promised).collect()
    }

    /// The facts that brought evidence for a stop, and who said so, the oldest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn proofs_of(&self, stop: StopId) -> Result<Vec<(FactId, PersonId)>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let mut sql = self.sql("SELECT fact, author FROM proof WHERE stop = ");
        sql.bind(stop.as_bytes().to_vec()).push(" ORDER BY fact");
        let proof = |row: &AnyRow| Ok((fact_id(row, 0)?, person_id(row.try_get(1)?)));
        sql.rows(&mut on).await?.iter().map(proof).collect()
    }

    /// Bytes that are here.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn file(&self, sha256: Sha256Hash) -> Result<Option<FileRow>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let mut sql = self.sql("SELECT size, media_type, stored_at_ms FROM file WHERE sha256 = ");
        let row = sql.bind(sha256.0.to_vec()).row(&mut on).await?;
        row.map(|row| {
            let size = unsigned(row.try_get(0)?);
            Ok(FileRow { size, media_type: row.try_get(1)?, stored_at: row.try_get(2)? })
        })
        .transpose()
    }

    /// Notes that bytes are here. The first time counts.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn keep_file(&self, sha256: Sha256Hash, row: &FileRow) -> Result<(), StorageError> {
        let mut sql =
            self.sql("INSERT INTO file (sha256, size, media_type, stored_at_ms) VALUES (");
        sql.bind(sha256.0.to_vec())
            .push(", ")
            .bind(big(row.size))
            .push(", ")
            .bind(row.media_type.clone())
            .push(", ")
            .bind(row.stored_at)
            .push(") ON CONFLICT (sha256) DO NOTHING");
        self.alone(sql).await
    }

    /// Bytes that were here are not.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn forget_file(&self, sha256: Sha256Hash) -> Result<(), StorageError> {
        let mut sql = self.sql("DELETE FROM file WHERE sha256 = ");
        sql.bind(sha256.0.to_vec());
        self.alone(sql).await
    }

    /// Begins an upload.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn begin_upload(&self, row: &UploadRow) -> Result<(), StorageError> {
        let mut sql =
            self.sql("INSERT INTO upload (upload, author, sha256, size, touched_at_ms) VALUES (");
        sql.bind(row.id.as_bytes().to_vec())
            .push(", ")
            .bind(i64::from(row.author.0))
            .push(", ")
            .bind(row.sha256.map(|hash| hash.0.to_vec()))
            .push(", ")
            .bind(big(row.size))
            .push(", ")
            .bind(row.touched_at)
            .push(")");
        self.alone(sql).await
    }

    /// An upload of this person.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn upload(
        &self,
        author: PersonId,
        id: Uuid,
    ) -> Result<Option<UploadRow>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let mut sql = self
            .sql("SELECT upload, author, sha256, size, touched_at_ms FROM upload WHERE upload = ");
        sql.bind(id.as_bytes().to_vec()).push(" AND author = ").bind(i64::from(author.0));
        sql.row(&mut on).await?.as_ref().map(upload).transpose()
    }

    /// The last upload of these bytes that this person has begun.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn upload_of(
        &self,
        author: PersonId,
        sha256: Sha256Hash,
    ) -> Result<Option<UploadRow>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let mut sql = self
            .sql("SELECT upload, author, sha256, size, touched_at_ms FROM upload WHERE author = ");
        sql.bind(i64::from(author.0)).push(" AND sha256 = ").bind(sha256.0.to_vec());
        sql.push(" ORDER BY touched_at_ms DESC LIMIT 1");
        sql.row(&mut on).await?.as_ref().map(upload).transpose()
    }

    /// How many bytes the uploads of this person that have begun are to bring together.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn uploading(&self, author: PersonId) -> Result<u64, StorageError> {
        let mut on = self.readers.acquire().await?;
        let mut sql = self.sql(
            "SELECT u.size FROM upload u LEFT JOIN file f ON f.sha256 = u.sha256 \
             WHERE f.sha256 IS NULL AND u.author = ",
        );
        let rows = sql.bind(i64::from(author.0)).rows(&mut on).await?;
        rows.iter().map(|row| Ok(unsigned(row.try_get(0)?))).sum()
    }

    /// Notes that something was heard of an upload.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn touch_upload(&self, id: Uuid, now: Millis) -> Result<(), StorageError> {
        let mut sql = self.sql("UPDATE upload SET touched_at_ms = ");
        sql.bind(now).push(" WHERE upload = ").bind(id.as_bytes().to_vec());
        self.alone(sql).await
    }

    /// Ends an upload, whether it came whole or not.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn end_upload(&self, id: Uuid) -> Result<(), StorageError> {
        let mut sql = self.sql("DELETE FROM upload WHERE upload = ");
        sql.bind(id.as_bytes().to_vec());
        self.alone(sql).await
    }

    /// Uploads of which nothing was heard since.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn silent_uploads(&self, since: Millis) -> Result<Vec<Uuid>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let mut sql = self.sql("SELECT upload FROM upload WHERE touched_at_ms < ");
        let rows = sql.bind(since).push(" LIMIT 1000").rows(&mut on).await?;
        rows.iter().map(|row| uuid_of(&row.try_get::<Vec<u8>, _>(0)?)).collect()
    }

    /// One statement that writes, by itself.
    async fn alone(&self, mut sql: Sql) -> Result<(), StorageError> {
        let mut tx = self.begin().await?;
        sql.execute(&mut tx).await?;
        tx.commit().await
    }

    /// Keeps what the manifests of this commit promise.
    pub(crate) async fn insert_promises(
        &self,
        on: &mut AnyConnection,
        decision: &Decision,
    ) -> Result<(), StorageError> {
        let moves = decision.facts.iter().filter(|fact| fact.content.kind == kind::STOP_MOVED);
        let (mut proofs, mut rows) = (Vec::new(), Vec::new());
        for fact in moves {
            let Ok(Body::StopMoved { moved, .. }) = fact.content.to_body() else { continue };
            let Some(Ok(manifest)) = moved.proof.as_ref().map(|proof| proof.manifest()) else {
                continue;
            };
            proofs.push((fact.id, moved.stop, fact.author));
            for (item, at) in manifest.items.into_iter().zip(0_i64..) {
                let blobs = [(0_i64, item.original), (1, item.preview)];
                let blobs =
                    blobs.into_iter().filter_map(|(is_preview, blob)| Some((is_preview, blob?)));
                rows.extend(blobs.map(|(is_preview, blob)| {
                    (fact.id, at, is_preview, moved.stop, fact.author, blob)
                }));
            }
        }
        for chunk in self.chunks(&proofs) {
            let mut sql = self.sql("INSERT INTO proof (fact, stop, author) VALUES ");
            sql.tuples(chunk, |row, (fact, stop, author)| {
                row.bind(fact.as_bytes().to_vec())
                    .bind(stop.as_bytes().to_vec())
                    .bind(i64::from(author.0));
            });
            sql.execute(on).await?;
        }
        for chunk in self.chunks(&rows) {
            let mut sql = self.sql(
                "INSERT INTO promised (fact, item, is_preview, stop, author, sha256, size) VALUES ",
            );
            sql.tuples(chunk, |row, (fact, item, is_preview, stop, author, blob)| {
                row.bind(fact.as_bytes().to_vec())
                    .bind(*item)
                    .bind(*is_preview)
                    .bind(stop.as_bytes().to_vec())
                    .bind(i64::from(author.0))
                    .bind(blob.sha256.0.to_vec())
                    .bind(big(blob.size));
            });
            sql.execute(on).await?;
        }
        Ok(())
    }
}

fn upload(row: &AnyRow) -> Result<UploadRow, StorageError> {
    let sha256: Option<Vec<u8>> = row.try_get(2)?;
    let sha256 = sha256.map(|bytes| match <[u8; 32]>::try_from(bytes) {
        Ok(bytes) => Ok(Sha256Hash(bytes)),
        Err(_) => Err(StorageError::Damaged("a hash of an upload has not 32 bytes".into())),
    });
    Ok(UploadRow {
        id: uuid_of(&row.try_get::<Vec<u8>, _>(0)?)?,
        author: person_id(row.try_get(1)?),
        sha256: sha256.transpose()?,
        size: unsigned(row.try_get(3)?),
        touched_at: row.try_get(4)?,
    })
}

fn promised(row: &AnyRow) -> Result<PromisedRow, StorageError> {
    Ok(PromisedRow {
        fact: fact_id(row, 0)?,
        item: unsigned(row.try_get(1)?) as u16,
        is_preview: row.try_get::<i64, _>(2)? != 0,
        sha256: Sha256Hash(fixed(row, 3)?),
        size: unsigned(row.try_get(4)?),
        author: person_id(row.try_get(5)?),
        stored_at: row.try_get(6)?,
    })
}
