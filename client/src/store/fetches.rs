//! Files of messages: what this person wants to have here, and what has come of it.

use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;
use waypost_engine::FetchEnd;
use waypost_protocol::{Body, Content, FactId, File, ProblemCode, Sha256Hash};

use super::apply::{blob, place};
use super::read::{Reading, fact_id};
use super::revisions::is_deleted;
use super::uploads::{hash, key_of, uuid};
use super::{Store, StoreError};
use crate::files::Sealed;

/// What is fetched for messages that were deleted, have expired or are not here any more.
const OF_WHAT_IS_GONE: &str = concat!(
    "SELECT sha256, name, ended FROM fetches WHERE NOT EXISTS
         (SELECT 1 FROM facts f WHERE f.id = message AND f.content <> x'f6' AND NOT ",
    is_deleted!(),
    ")"
);

const HERE: i64 = 0;
const ANOTHER: i64 = -1;

/// A file that is wanted.
#[derive(Clone)]
pub(crate) struct FetchRow {
    pub(crate) message: FactId,
    /// How it lies here, as far as it has come.
    pub(crate) sealed: Sealed,
    pub(crate) got: u64,
    /// Why it does not come, if the server has said so.
    pub(crate) ended: Option<FetchEnd>,
}

impl Store {
    /// Keeps a file that a message is about to promise. It is durable once the message is.
    pub(crate) async fn keep_attached(&self, file: &Sealed) -> Result<(), StoreError> {
        self.write(async |writing| writing.file(file).await).await?;
        Ok(())
    }

    /// A file of a message is wanted here, from its begin on.
    pub(crate) async fn want(&self, message: FactId, file: &Sealed) -> Result<(), StoreError> {
        self.fetch(message, file, 0, None).await
    }

    /// A file that this person has sent stays here as long as its message does.
    pub(crate) async fn stays(&self, message: FactId, file: &Sealed) -> Result<(), StoreError> {
        self.fetch(message, file, file.size, Some(HERE)).await
    }

    async fn fetch(
        &self,
        message: FactId,
        file: &Sealed,
        got: u64,
        ended: Option<i64>,
    ) -> Result<(), StoreError> {
        self.write(async |writing| {
            writing
                .sql(
                    "INSERT INTO fetches (sha256, message, size, name, key, got, ended)
                     VALUES (?, ?, ?, ?, ?, ?, ?)
                     ON CONFLICT (sha256) DO UPDATE SET
                         message = excluded.message,
                         ended = CASE WHEN ended = 0 THEN 0 ELSE excluded.ended END",
                )
                .bind(file.sha256.0.as_slice())
                .bind(blob(&message))
                .bind(place(file.size))
                .bind(file.name.as_bytes().as_slice())
                .bind(file.key.as_slice())
                .bind(place(got))
                .bind(ended)
                .run()
                .await
        })
        .await?;
        Ok(())
    }

    /// So much of a file is here.
    pub(crate) async fn fetched(&self, sha256: Sha256Hash, got: u64) -> Result<(), StoreError> {
        self.write(async |writing| {
            let got = writing.sql("UPDATE fetches SET got = ? WHERE sha256 = ?").bind(place(got));
            got.bind(sha256.0.as_slice()).run().await
        })
        .await?;
        Ok(())
    }

    /// How the fetching of a file came to its end.
    pub(crate) async fn fetch_ended(&self, file: &Sealed, end: FetchEnd) -> Result<(), StoreError> {
        let ended = match end {
            FetchEnd::Done => HERE,
            FetchEnd::Another => ANOTHER,
            FetchEnd::Refused(code) => code.number().into(),
        };
        self.write(async |writing| {
            if end == FetchEnd::Done {
                writing.file(file).await?;
            }
            let ended = writing.sql("UPDATE fetches SET ended = ? WHERE sha256 = ?").bind(ended);
            ended.bind(file.sha256.0.as_slice()).run().await
        })
        .await?;
        Ok(())
    }

    /// A message that was deleted or has expired takes its file along.
    pub(super) async fn forget_fetches_of_what_is_gone(&self) -> Result<(), StoreError> {
        let gone = sqlx::query(OF_WHAT_IS_GONE).fetch_all(&self.pool).await?;
        self.forget_fetches(&gone).await
    }

    /// A file of a message need not be here any more.
    pub(crate) async fn let_go(&self, message: FactId) -> Result<(), StoreError> {
        let of = sqlx::query("SELECT sha256, name, ended FROM fetches WHERE message = ?");
        let rows = of.bind(blob(&message)).fetch_all(&self.pool).await?;
        self.forget_fetches(&rows).await?;
        self.drop_files().await
    }

    async fn forget_fetches(&self, rows: &[SqliteRow]) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        self.write(async |writing| {
            for row in rows {
                let gone = writing.sql("DELETE FROM fetches WHERE sha256 = ?");
                gone.bind(row.try_get::<&[u8], _>(0)?).run().await?;
            }
            Ok(())
        })
        .await?;
        for row in rows {
            // What is here whole goes with its own row, if nothing else needs it.
            if row.try_get::<Option<i64>, _>(2)? != Some(HERE) {
                self.files.remove(uuid(row, 1)?);
            }
        }
        Ok(())
    }
}

impl Reading<'_> {
    /// The file that a message brings, if it brings one.
    pub(crate) async fn file_of(&self, message: FactId) -> Result<Option<File>, StoreError> {
        let row = sqlx::query("SELECT kind, content FROM facts WHERE id = ?")
            .bind(blob(&message))
            .fetch_optional(self.pool)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let content = Content { kind: row.try_get(0)?, bytes: row.try_get(1)? };
        Ok(match content.to_body() {
            Ok(Body::File { file, .. }) => Some(*file),
            _ => None,
        })
    }

    /// A file that is wanted and not here, if it is one.
    pub(crate) async fn fetch_of(
        &self,
        sha256: Sha256Hash,
    ) -> Result<Option<FetchRow>, StoreError> {
        let all = self.fetches().await?;
        Ok(all.into_iter().find(|row| row.sealed.sha256 == sha256))
    }

    /// What is wanted and not here, in the order of the messages.
    pub(crate) async fn fetches(&self) -> Result<Vec<FetchRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT sha256, size, name, key, message, got, ended FROM fetches
             WHERE ended IS NULL OR ended <> 0 ORDER BY message",
        )
        .fetch_all(self.pool)
        .await?;
        Ok(rows.iter().map(fetch).collect::<Result<_, _>>()?)
    }
}

fn fetch(row: &SqliteRow) -> Result<FetchRow, sqlx::Error> {
    let ended = |number: i64| match u16::try_from(number) {
        Ok(number) => FetchEnd::Refused(ProblemCode::from_number(number)),
        Err(_) => FetchEnd::Another,
    };
    Ok(FetchRow {
        sealed: Sealed {
            sha256: hash(row, 0)?,
            size: row.try_get::<i64, _>(1)?.unsigned_abs(),
            name: uuid(row, 2)?,
            key: key_of(row, 3)?,
        },
        message: fact_id(row, 4)?,
        got: row.try_get::<i64, _>(5)?.unsigned_abs(),
        ended: row.try_get::<Option<i64>, _>(6)?.map(ended),
    })
}
