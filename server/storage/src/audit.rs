//! What the audit record keeps beside the facts: leaves in order, and signed checkpoints.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::Row as _;
use sqlx::any::AnyRow;
use waypost_domain::Head;
use waypost_domain::audit::{BLOCK_LEAVES, Hash, Known, block_root, leaf_hash};
use waypost_protocol::{Content, FactId, Millis, PersonId};

use crate::decode::fixed;
use crate::sql::{big, unsigned};
use crate::{Db, StorageError};

/// How many facts one look for old ones covers.
const STRETCH_MAX: i64 = 50_000;

/// A leaf with what resolves its commitment, as long as that is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AuditLeaf {
    /// The number of its fact.
    pub n: u64,
    /// Its canonical bytes.
    pub leaf: Vec<u8>,
    /// Salt and content; `None` once erased.
    pub opening: Option<([u8; 16], Content)>,
}

/// A checkpoint with its signature.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignedCheckpoint {
    /// How many leaves.
    pub size: u64,
    /// The signed text.
    pub body: String,
    /// The Ed25519 signature over the text.
    pub signature: [u8; 64],
    /// When.
    pub signed_at: Millis,
}

impl Db {
    /// The name of this record in checkpoints.
    pub async fn origin(&self) -> Result<String, StorageError> {
        let mut on = self.readers.acquire().await?;
        let row = self.sql("SELECT origin FROM head WHERE id = 1").row(&mut on).await?;
        let row = row.ok_or_else(|| StorageError::Damaged("the head row is missing".into()))?;
        Ok(row.try_get(0)?)
    }

    /// Leaves after a number, in order.
    pub async fn leaves(&self, after: u64, limit: usize) -> Result<Vec<AuditLeaf>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let mut sql = self.sql("SELECT n, leaf, salt, kind, content FROM fact WHERE n > ");
        sql.bind(big(after)).push(" ORDER BY n LIMIT ").bind(limit as i64);
        let rows = sql.rows(&mut on).await?;
        rows.iter()
            .map(|row| {
                let content: Option<Vec<u8>> = row.try_get(4)?;
                let salt: Option<Vec<u8>> = row.try_get(2)?;
                let kind = unsigned(row.try_get(3)?) as u16;
                let opening = match (salt, content) {
                    (Some(_), Some(bytes)) => Some((fixed(row, 2)?, Content { kind, bytes })),
                    _ => None,
                };
                Ok(AuditLeaf { n: unsigned(row.try_get(0)?), leaf: row.try_get(1)?, opening })
            })
            .collect()
    }

    /// What the audit record keeps of one fact; `None` if the record does not reach it.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn leaf_of(
        &self,
        id: FactId,
        author: PersonId,
    ) -> Result<Option<AuditLeaf>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let mut sql = self.sql("SELECT n FROM fact WHERE id = ");
        sql.bind(id.as_bytes().to_vec()).push(" AND author = ").bind(i64::from(author.0));
        let Some(row) = sql.row(&mut on).await? else { return Ok(None) };
        let n = unsigned(row.try_get(0)?);
        drop(on);
        Ok(self.leaves(n.saturating_sub(1), 1).await?.pop().filter(|leaf| leaf.n == n))
    }

    /// What a path in the tree of that size to the leaf at this place needs to know. The roots of blocks that
    /// nobody needed before are made now, and kept.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn known_of_tree(&self, at: u64, size: u64) -> Result<Known, StorageError> {
        while self.block_up(size).await? {}
        let mut on = self.readers.acquire().await?;
        let whole = size / BLOCK_LEAVES;
        let mut sql = self.sql("SELECT root FROM audit_block WHERE block < ");
        let rows = sql.bind(big(whole)).push(" ORDER BY block").rows(&mut on).await?;
        let blocks = rows.iter().map(|row| fixed(row, 0)).collect::<Result<Vec<_>, _>>()?;
        drop(on);
        let mut leaves = BTreeMap::new();
        for block in BTreeSet::from([at / BLOCK_LEAVES, whole]) {
            let first = block * BLOCK_LEAVES;
            leaves
                .extend(self.leaf_hashes(first).await?.into_iter().map(|(n, hash)| (n - 1, hash)));
        }
        Ok(Known { blocks, leaves })
    }

    /// Keeps the root of the next whole block of a record of that size; `false` if there is none.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn block_up(&self, size: u64) -> Result<bool, StorageError> {
        let mut on = self.readers.acquire().await?;
        let row = self.sql("SELECT MAX(block) FROM audit_block").row(&mut on).await?;
        drop(on);
        let last: Option<i64> = row.map(|row| row.try_get(0)).transpose()?.flatten();
        let block = last.map_or(0, |last| unsigned(last) + 1);
        if (block + 1) * BLOCK_LEAVES > size {
            return Ok(false);
        }
        let leaves = self.leaf_hashes(block * BLOCK_LEAVES).await?;
        let hashes: Vec<_> = leaves.into_iter().map(|(_, hash)| hash).collect();
        let root = block_root(&hashes).filter(|_| hashes.len() as u64 == BLOCK_LEAVES);
        let root = root.ok_or_else(|| StorageError::Damaged("facts are missing".into()))?;
        let mut tx = self.begin().await?;
        self.sql("INSERT INTO audit_block (block, root) VALUES ")
            .tuples(&[(block, root)], |row, (block, root)| {
                row.bind(big(*block)).bind(root.to_vec());
            })
            .push(" ON CONFLICT (block) DO NOTHING")
            .execute(&mut tx)
            .await?;
        tx.commit().await?;
        Ok(true)
    }

    /// The leaves of a block after a number, hashed.
    async fn leaf_hashes(&self, after: u64) -> Result<Vec<(u64, Hash)>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let mut sql = self.sql("SELECT n, leaf FROM fact WHERE n > ");
        sql.bind(big(after)).push(" ORDER BY n LIMIT ").bind(BLOCK_LEAVES as i64);
        let rows = sql.rows(&mut on).await?;
        let hash = |row: &AnyRow| {
            Ok((unsigned(row.try_get(0)?), leaf_hash(&row.try_get::<Vec<u8>, _>(1)?)))
        };
        rows.iter().map(hash).collect()
    }

    /// Keeps a checkpoint. One of the same size is kept once.
    pub async fn keep_checkpoint(&self, checkpoint: &SignedCheckpoint) -> Result<(), StorageError> {
        let mut tx = self.begin().await?;
        self.sql("INSERT INTO checkpoint (size, body, signature, signed_at_ms) VALUES ")
            .tuples(&[checkpoint], |row, checkpoint| {
                row.bind(big(checkpoint.size))
                    .bind(checkpoint.body.clone())
                    .bind(checkpoint.signature.to_vec())
                    .bind(checkpoint.signed_at);
            })
            .push(" ON CONFLICT (size) DO NOTHING")
            .execute(&mut tx)
            .await?;
        tx.commit().await
    }

    /// Checkpoints beyond a size, smallest first.
    pub async fn checkpoints(
        &self,
        after: u64,
        limit: usize,
    ) -> Result<Vec<SignedCheckpoint>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let mut sql =
            self.sql("SELECT size, body, signature, signed_at_ms FROM checkpoint WHERE size > ");
        sql.bind(big(after)).push(" ORDER BY size LIMIT ").bind(limit as i64);
        let rows = sql.rows(&mut on).await?;
        rows.iter()
            .map(|row| {
                Ok(SignedCheckpoint {
                    size: unsigned(row.try_get(0)?),
                    body: row.try_get(1)?,
                    signature: fixed(row, 2)?,
                    signed_at: row.try_get(3)?,
                })
            })
            .collect()
    }

    /// The newest checkpoint.
    pub async fn last_checkpoint(&self) -> Result<Option<SignedCheckpoint>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let row = self.sql("SELECT MAX(size) FROM checkpoint").row(&mut on).await?;
        let size: Option<i64> = row.map(|row| row.try_get(0)).transpose()?.flatten();
        drop(on);
        match size {
            None => Ok(None),
            Some(size) => Ok(self.checkpoints(unsigned(size).saturating_sub(1), 1).await?.pop()),
        }
    }

    /// How far beyond `after` the facts are old enough for devices to forget their copies. It
    /// looks at a bounded stretch, so that a long record costs no more than a short one.
    pub async fn recorded_before(&self, moment: Millis, after: u64) -> Result<u64, StorageError> {
        let mut on = self.readers.acquire().await?;
        let mut sql = self.sql("SELECT MAX(n) FROM (SELECT n, recorded_at_ms FROM fact WHERE n > ");
        sql.bind(big(after))
            .push(" ORDER BY n LIMIT ")
            .bind(STRETCH_MAX)
            .push(") s WHERE recorded_at_ms < ")
            .bind(moment);
        let row = sql.row(&mut on).await?;
        let last: Option<i64> = row.map(|row| row.try_get(0)).transpose()?.flatten();
        Ok(last.map_or(after, unsigned))
    }

    pub(crate) async fn ensure_head(&self) -> Result<(), StorageError> {
        let mut tx = self.begin().await?;
        let origin = format!("waypost-{}", uuid::Uuid::new_v4());
        self.sql(
            "INSERT INTO head (id, epoch, size, frontier, last_person, last_group, backed_up_to, \
             origin) VALUES ",
        )
        .tuples(&[Head::default()], |row, head| {
            row.bind(1_i64)
                .bind(i64::from(head.epoch))
                .bind(big(head.tree.size()))
                .bind(head.tree.frontier_bytes())
                .bind(i64::from(head.last_person))
                .bind(i64::from(head.last_group))
                .bind(0_i64)
                .bind(origin.clone());
        })
        .push(" ON CONFLICT (id) DO NOTHING")
        .execute(&mut tx)
        .await?;
        tx.commit().await
    }
}
