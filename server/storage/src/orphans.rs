//! Files that nothing promises any more.

use std::collections::BTreeSet;

use sqlx::{AnyConnection, Row as _};
use waypost_protocol::{Millis, Sha256Hash};

use crate::decode::fixed;
use crate::sql::unsigned;
use crate::{Db, StorageError};

impl Db {
    /// Which of these files nothing promises, and since when that is known: from now on, if it is news.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn orphans(
        &self,
        files: &[Sha256Hash],
        now: Millis,
    ) -> Result<Vec<(Sha256Hash, Millis)>, StorageError> {
        let mut tx = self.begin().await?;
        let promised = self.promised_of_these(&mut tx, files).await?;
        let orphans: Vec<_> = files.iter().filter(|it| !promised.contains(it)).copied().collect();
        let promised: Vec<_> = promised.into_iter().collect();
        for chunk in self.chunks(&promised) {
            let mut sql = self.sql("DELETE FROM orphan WHERE sha256 IN (");
            sql.list(chunk, |sha256| sha256.0.to_vec()).push(")").execute(&mut tx).await?;
        }
        let mut found = Vec::new();
        for chunk in self.chunks(&orphans) {
            let mut sql = self.sql("INSERT INTO orphan (sha256, since_ms) VALUES ");
            sql.tuples(chunk, |row, sha256| {
                row.bind(sha256.0.to_vec()).bind(now);
            });
            sql.push(" ON CONFLICT (sha256) DO NOTHING").execute(&mut tx).await?;
            let mut sql = self.sql("SELECT sha256, since_ms FROM orphan WHERE sha256 IN (");
            sql.list(chunk, |sha256| sha256.0.to_vec()).push(")");
            for row in sql.rows(&mut tx).await? {
                found.push((Sha256Hash(fixed(&row, 0)?), row.try_get(1)?));
            }
        }
        tx.commit().await?;
        Ok(found)
    }

    /// Forgets a file that nothing promises; `false` if something does by now.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn forget_orphan(&self, sha256: Sha256Hash) -> Result<bool, StorageError> {
        let mut tx = self.begin().await?;
        let is_promised = !self.promised_of_these(&mut tx, &[sha256]).await?.is_empty();
        let tables = ["DELETE FROM orphan WHERE sha256 = ", "DELETE FROM file WHERE sha256 = "];
        for delete in &tables[..if is_promised { 1 } else { 2 }] {
            self.sql(delete).bind(sha256.0.to_vec()).execute(&mut tx).await?;
        }
        tx.commit().await?;
        Ok(!is_promised)
    }

    /// Files that are here and promised, in the order of their hashes, after this one; some hundreds at most.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn files_after(
        &self,
        after: Option<Sha256Hash>,
    ) -> Result<Vec<(Sha256Hash, u64)>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let mut sql = self.sql(
            "SELECT f.sha256, f.size FROM file f WHERE \
             (EXISTS (SELECT 1 FROM promised p WHERE p.sha256 = f.sha256) \
             OR EXISTS (SELECT 1 FROM attached a WHERE a.sha256 = f.sha256)) AND f.sha256 > ",
        );
        sql.bind(after.map(|after| after.0.to_vec()).unwrap_or_default());
        let rows = sql.push(" ORDER BY f.sha256 LIMIT 500").rows(&mut on).await?;
        let file = |row| Ok((Sha256Hash(fixed(row, 0)?), unsigned(row.try_get(1)?)));
        rows.iter().map(file).collect()
    }

    async fn promised_of_these(
        &self,
        on: &mut AnyConnection,
        files: &[Sha256Hash],
    ) -> Result<BTreeSet<Sha256Hash>, StorageError> {
        let mut promised = BTreeSet::new();
        for chunk in self.chunks(files) {
            for table in ["promised", "attached"] {
                let mut sql = self.sql("SELECT sha256 FROM ");
                sql.push(table).push(" WHERE sha256 IN (");
                sql.list(chunk, |sha256| sha256.0.to_vec()).push(")");
                for row in sql.rows(on).await? {
                    promised.insert(Sha256Hash(fixed(&row, 0)?));
                }
            }
        }
        Ok(promised)
    }
}
