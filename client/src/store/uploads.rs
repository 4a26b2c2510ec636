//! What was captured, the files beside the store, and what of them the server still lacks.

use std::collections::BTreeSet;

use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;
use waypost_engine::{OnMetered, UploadClass, UploadEnd};
use waypost_protocol::{Body, Content, EvidenceItem, FactId, ProblemCode, Sha256Hash, StopId};

use super::apply::{blob, place};
use super::read::{Reading, fact_id};
use super::writing::Writing;
use super::{Store, StoreError};
use crate::files::Sealed;

/// `uploads.ended` of what the server has; any other number but the next is that of a problem.
const DONE: i64 = 0;
const UNREADABLE: i64 = -1;

/// One file that a fact promises.
pub(crate) struct UploadRow {
    pub(crate) fact: FactId,
    /// At which stop, if at one.
    pub(crate) stop: Option<StopId>,
    pub(crate) sha256: Sha256Hash,
    pub(crate) size: u64,
    pub(crate) class: UploadClass,
    pub(crate) ended: Option<UploadEnd>,
    /// Whether the record has the fact: before, the server takes nothing.
    pub(crate) is_promised: bool,
}

impl Store {
    /// Keeps what was captured at a stop, with its files.
    pub(crate) async fn capture(
        &self,
        stop: StopId,
        item: &EvidenceItem,
        files: &[Sealed],
    ) -> Result<(), StoreError> {
        let bytes = minicbor::to_vec(item).map_err(|error| sqlx::Error::Encode(error.into()))?;
        self.write(async |writing| {
            for file in files {
                writing.file(file).await?;
            }
            writing
                .sql("INSERT INTO captured (stop, item) VALUES (?, ?)")
                .bind(stop.as_bytes().as_slice())
                .bind(bytes)
                .run()
                .await
        })
        .await?;
        Ok(())
    }

    /// Forgets something that was captured at a stop.
    pub(crate) async fn forget_captured(
        &self,
        stop: StopId,
        item: &EvidenceItem,
    ) -> Result<(), StoreError> {
        self.write(async |writing| writing.is_said(stop, item).await).await?;
        self.drop_files().await
    }

    /// Removes files of a capture that the store does not name: it refused them.
    pub(crate) async fn drop_unnamed(&self, files: &[Sealed]) {
        for file in files {
            if let Ok(known) = self.reading().file(file.sha256).await
                && known.is_none_or(|known| known.name != file.name)
            {
                self.files.remove(file.name);
            }
        }
    }

    /// How an upload came to its end, and where the record ended then; for ever, if the server does not say.
    pub(crate) async fn upload_ended(
        &self,
        sha256: Sha256Hash,
        end: UploadEnd,
        known_up_to: Option<u64>,
    ) -> Result<(), StoreError> {
        let ended = match end {
            UploadEnd::Done => DONE,
            UploadEnd::Refused(code) => code.number().into(),
            UploadEnd::Unreadable => UNREADABLE,
        };
        self.write(async |writing| {
            writing
                .sql("UPDATE uploads SET ended = ?, ended_n = ? WHERE sha256 = ?")
                .bind(ended)
                .bind(place(known_up_to.unwrap_or(u64::MAX)))
                .bind(sha256.0.as_slice())
                .run()
                .await
        })
        .await?;
        Ok(())
    }

    /// What was refused is tried once more.
    pub(crate) async fn upload_again(&self, sha256: Sha256Hash) -> Result<(), StoreError> {
        self.write(async |writing| {
            writing
                .sql("UPDATE uploads SET ended = NULL WHERE sha256 = ? AND ended <> 0")
                .bind(sha256.0.as_slice())
                .run()
                .await
        })
        .await?;
        Ok(())
    }

    /// What may be sent by a network that is paid for by the byte.
    pub(crate) async fn set_on_metered(&self, on_metered: OnMetered) -> Result<(), StoreError> {
        let number: i64 = match on_metered {
            OnMetered::All => 0,
            OnMetered::Previews => 1,
            OnMetered::Nothing => 2,
        };
        self.write(async |writing| {
            writing.sql("UPDATE progress SET on_metered = ?").bind(number).run().await
        })
        .await?;
        Ok(())
    }

    /// Deletes the files that nothing needs any more.
    pub(crate) async fn drop_files(&self) -> Result<(), StoreError> {
        self.forget_fetches_of_what_is_gone().await?;
        let captured = self.reading().all_captured().await?;
        let needed = |sha256: &[u8]| captured.iter().any(|kept| kept.0 == sha256);
        let unpromised = sqlx::query(
            "SELECT sha256, name FROM files WHERE sha256 NOT IN (SELECT sha256 FROM uploads)
             AND sha256 NOT IN (SELECT sha256 FROM fetches)",
        )
        .fetch_all(&self.pool)
        .await?;
        let mut gone = Vec::new();
        for row in &unpromised {
            let sha256: Vec<u8> = row.try_get(0)?;
            if !needed(&sha256) {
                gone.push((sha256, uuid(row, 1)?));
            }
        }
        if gone.is_empty() {
            return Ok(());
        }
        self.write(async |writing| {
            for (sha256, _) in &gone {
                let gone = writing.sql("DELETE FROM files WHERE sha256 = ?");
                gone.bind(sha256.as_slice()).run().await?;
            }
            Ok(())
        })
        .await?;
        gone.iter().for_each(|(_, name)| self.files.remove(*name));
        Ok(())
    }

    /// Removes what a crash has left behind.
    pub(crate) async fn sweep_files(&self) -> Result<(), StoreError> {
        self.drop_files().await?;
        let rows = sqlx::query("SELECT name FROM files UNION SELECT name FROM fetches");
        let rows = rows.fetch_all(&self.pool).await?;
        let known: Result<BTreeSet<_>, _> = rows.iter().map(|row| uuid(row, 0)).collect();
        self.files.sweep(&known?);
        Ok(())
    }
}

impl Writing {
    /// Keeps where a file lies; the last one counts.
    pub(super) async fn file(&mut self, file: &Sealed) -> Result<(), sqlx::Error> {
        self.sql(
            "INSERT INTO files (sha256, size, name, key) VALUES (?, ?, ?, ?)
             ON CONFLICT (sha256) DO UPDATE SET name = excluded.name, key = excluded.key",
        )
        .bind(file.sha256.0.as_slice())
        .bind(place(file.size))
        .bind(file.name.as_bytes().as_slice())
        .bind(file.key.as_slice())
        .run()
        .await
    }

    /// A fact that waits promises files, and holds what was captured.
    pub(super) async fn promises(&mut self, fact: FactId, body: &Body) -> Result<(), sqlx::Error> {
        if let Body::File { file, .. } = body
            && file.travels()
        {
            return self.promise(fact, None, (file.sha256, file.size), UploadClass::Original).await;
        }
        let Body::StopMoved { moved, .. } = body else { return Ok(()) };
        let Some(Ok(manifest)) = moved.proof.as_ref().map(|proof| proof.manifest()) else {
            return Ok(());
        };
        for item in &manifest.items {
            self.is_said(manifest.stop, item).await?;
            let (original, preview) = (item.original.iter(), item.preview.iter());
            let originals = original.map(|it| (it, UploadClass::Original));
            for (file, class) in originals.chain(preview.map(|it| (it, UploadClass::Preview))) {
                let blob = (file.sha256, file.size);
                self.promise(fact, Some(manifest.stop), blob, class).await?;
            }
        }
        Ok(())
    }

    async fn promise(
        &mut self,
        fact: FactId,
        stop: Option<StopId>,
        (sha256, size): (Sha256Hash, u64),
        class: UploadClass,
    ) -> Result<(), sqlx::Error> {
        self.sql(
            "INSERT INTO uploads (fact, sha256, size, stop, class) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT DO NOTHING",
        )
        .bind(blob(&fact))
        .bind(sha256.0.as_slice())
        .bind(place(size))
        .bind(stop.map(|stop| stop.as_bytes().to_vec()))
        .bind(i64::from(class == UploadClass::Original))
        .run()
        .await
    }

    async fn is_said(&mut self, stop: StopId, item: &EvidenceItem) -> Result<(), sqlx::Error> {
        let bytes = minicbor::to_vec(item).map_err(|error| sqlx::Error::Encode(error.into()))?;
        let gone = self.sql("DELETE FROM captured WHERE stop = ? AND item = ?");
        gone.bind(stop.as_bytes().as_slice()).bind(bytes).run().await
    }

    /// What a fact has shown that was refused and is discarded can be shown otherwise, unless it is said again.
    pub(super) async fn takes_back(&mut self, fact: FactId) -> Result<(), sqlx::Error> {
        let row = self.sql("SELECT kind, content FROM facts WHERE id = ?").bind(blob(&fact));
        let Some(row) = row.row().await? else { return Ok(()) };
        let content = Content { kind: row.try_get(0)?, bytes: row.try_get(1)? };
        let Ok(Body::StopMoved { moved, .. }) = content.to_body() else { return Ok(()) };
        let Some(Ok(manifest)) = moved.proof.as_ref().map(|proof| proof.manifest()) else {
            return Ok(());
        };
        for item in &manifest.items {
            let Some(file) = &item.original else { continue };
            let bytes =
                minicbor::to_vec(item).map_err(|error| sqlx::Error::Encode(error.into()))?;
            self.sql(
                "INSERT INTO captured (stop, item) SELECT ?, ?
                 WHERE NOT EXISTS (SELECT 1 FROM uploads WHERE sha256 = ? AND fact <> ?)",
            )
            .bind(manifest.stop.as_bytes().as_slice())
            .bind(bytes)
            .bind(file.sha256.0.as_slice())
            .bind(blob(&fact))
            .run()
            .await?;
        }
        Ok(())
    }

    /// The server may lack what it had: it is asked.
    pub(super) async fn uploads_again(&mut self) -> Result<(), sqlx::Error> {
        self.touched.trips = true;
        self.sql("UPDATE uploads SET ended = NULL WHERE ended = ?").bind(DONE).run().await
    }

    /// What the server has, and has in a backup, need not be here.
    pub(super) async fn uploads_safe(&mut self, up_to: u64) -> Result<(), sqlx::Error> {
        let safe = self.sql("DELETE FROM uploads WHERE ended = ? AND ended_n < ?");
        safe.bind(DONE).bind(place(up_to)).run().await
    }
}

impl Reading<'_> {
    /// Every file that a fact of this person promises and that is not safe yet, in the order in which they go.
    pub(crate) async fn uploads(&self) -> Result<Vec<UploadRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT u.fact, u.stop, u.sha256, u.size, u.class, u.ended, f.n IS NOT NULL AND f.lost IS NULL
             FROM uploads u JOIN facts f ON f.id = u.fact JOIN files USING (sha256)
             ORDER BY u.class, u.fact",
        )
        .fetch_all(self.pool)
        .await?;
        let upload = |row: &SqliteRow| -> Result<UploadRow, sqlx::Error> {
            let class = match row.try_get::<i64, _>(4)? {
                0 => UploadClass::Preview,
                _ => UploadClass::Original,
            };
            Ok(UploadRow {
                fact: fact_id(row, 0)?,
                stop: row.try_get::<Option<&[u8]>, _>(1)?.map(stop_id).transpose()?,
                sha256: hash(row, 2)?,
                size: row.try_get::<i64, _>(3)?.unsigned_abs(),
                class,
                ended: row.try_get::<Option<i64>, _>(5)?.map(ended),
                is_promised: row.try_get(6)?,
            })
        };
        Ok(rows.iter().map(upload).collect::<Result<_, _>>()?)
    }

    /// A file, and how to open it.
    pub(crate) async fn file(&self, sha256: Sha256Hash) -> Result<Option<Sealed>, StoreError> {
        let row = sqlx::query("SELECT sha256, size, name, key FROM files WHERE sha256 = ?")
            .bind(sha256.0.as_slice())
            .fetch_optional(self.pool)
            .await?;
        let sealed = |row: SqliteRow| -> Result<Sealed, sqlx::Error> {
            Ok(Sealed {
                sha256: hash(&row, 0)?,
                size: row.try_get::<i64, _>(1)?.unsigned_abs(),
                name: uuid(&row, 2)?,
                key: key_of(&row, 3)?,
            })
        };
        Ok(row.map(sealed).transpose()?)
    }

    /// What was captured at a stop and is no part of what was said there yet, in the order in which it was.
    pub(crate) async fn captured(&self, stop: StopId) -> Result<Vec<EvidenceItem>, StoreError> {
        let rows = sqlx::query("SELECT item FROM captured WHERE stop = ? ORDER BY id")
            .bind(stop.as_bytes().as_slice())
            .fetch_all(self.pool)
            .await?;
        Ok(rows.iter().map(item).collect::<Result<_, _>>()?)
    }

    /// What may be sent by a network that is paid for by the byte.
    pub(crate) async fn on_metered(&self) -> Result<OnMetered, StoreError> {
        let number: (i64,) =
            sqlx::query_as("SELECT on_metered FROM progress").fetch_one(self.pool).await?;
        Ok(match number.0 {
            1 => OnMetered::Previews,
            2 => OnMetered::Nothing,
            _ => OnMetered::All,
        })
    }

    async fn all_captured(&self) -> Result<BTreeSet<Sha256Hash>, StoreError> {
        let rows = sqlx::query("SELECT item FROM captured").fetch_all(self.pool).await?;
        let mut files = BTreeSet::new();
        for row in &rows {
            let item = item(row)?;
            files.extend(item.original.iter().chain(&item.preview).map(|file| file.sha256));
        }
        Ok(files)
    }
}

fn stop_id(bytes: &[u8]) -> Result<StopId, sqlx::Error> {
    Uuid::from_slice(bytes).map(StopId).map_err(|_| damaged("id"))
}

fn ended(number: i64) -> UploadEnd {
    if number == DONE {
        return UploadEnd::Done;
    }
    let code = u16::try_from(number).map(ProblemCode::from_number);
    code.map_or(UploadEnd::Unreadable, UploadEnd::Refused)
}

fn item(row: &SqliteRow) -> Result<EvidenceItem, sqlx::Error> {
    minicbor::decode(row.try_get(0)?).map_err(|error| sqlx::Error::Decode(error.into()))
}

pub(super) fn hash(row: &SqliteRow, at: usize) -> Result<Sha256Hash, sqlx::Error> {
    let bytes = row.try_get::<&[u8], _>(at)?.try_into();
    bytes.map(Sha256Hash).map_err(|_| damaged("hash"))
}

pub(super) fn uuid(row: &SqliteRow, at: usize) -> Result<Uuid, sqlx::Error> {
    Uuid::from_slice(row.try_get::<&[u8], _>(at)?).map_err(|_| damaged("id"))
}

pub(super) fn key_of(row: &SqliteRow, at: usize) -> Result<[u8; 32], sqlx::Error> {
    row.try_get::<&[u8], _>(at)?.try_into().map_err(|_| damaged("key"))
}

fn damaged(what: &str) -> sqlx::Error {
    sqlx::Error::Decode(format!("damaged {what}").into())
}
