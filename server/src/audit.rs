//! Verifying the audit record against itself: every leaf, every commitment that can still be
//! opened, every signed checkpoint.

use ed25519_dalek::{Signature, Verifier as _, VerifyingKey};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use waypost_domain::audit::{Tree, commitment, leaf_hash};
use waypost_storage::{AuditLeaf, Db, SignedCheckpoint, StorageError};

const LEAVES_AT_A_TIME: usize = 2048;

/// What verification found.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Verdict {
    /// Whether everything agrees.
    pub verified: bool,
    /// How many facts were checked.
    pub facts: u64,
    /// How many of them have content that was checked against its commitment.
    pub contents: u64,
    /// How many checkpoints were checked.
    pub checkpoints: u64,
    /// The root hash over all facts, in hexadecimal.
    pub root: String,
    /// What does not agree, at most the first twenty.
    pub faults: Vec<String>,
}

const FAULTS_MAX: usize = 20;

/// Goes through the whole record.
pub async fn verify(db: &Db, key: &VerifyingKey) -> Result<Verdict, StorageError> {
    let end = db.head().await?.tree.size();
    let mut walk = Walk { tree: Tree::default(), contents: 0, faults: Vec::new() };
    let mut checkpoints = Checkpoints { db, next: Vec::new(), checked: 0, key };
    checkpoints.fetch(0).await?;
    while walk.tree.size() < end {
        let leaves = db.leaves(walk.tree.size(), LEAVES_AT_A_TIME).await?;
        if leaves.is_empty() {
            walk.fault(format!("facts after {} are missing", walk.tree.size()));
            break;
        }
        for leaf in leaves.into_iter().take_while(|leaf| leaf.n <= end) {
            walk.add(&leaf);
            checkpoints.check(&mut walk).await?;
        }
    }
    // The head may have moved on; it agrees if it did when we stood at its size.
    let head = db.head().await?.tree;
    if head.size() == end && head != walk.tree {
        walk.fault("the stored end of the tree does not match its leaves".into());
    }
    Ok(Verdict {
        verified: walk.faults.is_empty(),
        facts: walk.tree.size(),
        contents: walk.contents,
        checkpoints: checkpoints.checked,
        root: hex::encode(walk.tree.root()),
        faults: walk.faults,
    })
}

struct Walk {
    tree: Tree,
    contents: u64,
    faults: Vec<String>,
}

impl Walk {
    fn add(&mut self, leaf: &AuditLeaf) {
        if leaf.n != self.tree.size() + 1 {
            self.fault(format!("fact {} stands where {} should", leaf.n, self.tree.size() + 1));
        }
        if let Some((salt, content)) = &leaf.opening {
            self.contents += 1;
            // The commitment is the last element of the leaf: 32 bytes after a two-byte head.
            if !leaf.leaf.ends_with(&commitment(salt, content)) {
                self.fault(format!("the content of fact {} is not what was committed", leaf.n));
            }
        }
        self.tree.append(leaf_hash(&leaf.leaf));
    }

    fn fault(&mut self, what: String) {
        if self.faults.len() < FAULTS_MAX {
            self.faults.push(what);
        }
    }
}

struct Checkpoints<'a> {
    db: &'a Db,
    /// The next ones, smallest last.
    next: Vec<SignedCheckpoint>,
    checked: u64,
    key: &'a VerifyingKey,
}

impl Checkpoints<'_> {
    async fn fetch(&mut self, after: u64) -> Result<(), StorageError> {
        self.next = self.db.checkpoints(after, 256).await?;
        self.next.reverse();
        Ok(())
    }

    /// Checks the checkpoint of the size at which the walk stands, if there is one.
    async fn check(&mut self, walk: &mut Walk) -> Result<(), StorageError> {
        let size = walk.tree.size();
        let Some(checkpoint) = self.next.pop_if(|checkpoint| checkpoint.size == size) else {
            return Ok(());
        };
        self.checked += 1;
        let signature = Signature::from_bytes(&checkpoint.signature);
        if self.key.verify(checkpoint.body.as_bytes(), &signature).is_err() {
            walk.fault(format!("the checkpoint at {size} is not signed by this server's key"));
        }
        let root = root_of(&checkpoint.body);
        if root.as_deref() != Some(&walk.tree.root()) {
            walk.fault(format!("the checkpoint at {size} names another root"));
        }
        if self.next.is_empty() {
            self.fetch(size).await?;
        }
        Ok(())
    }
}

/// The root in the text of a checkpoint: its third line.
fn root_of(body: &str) -> Option<Vec<u8>> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(body.lines().nth(2)?).ok()
}
