//! The tamper-evident side of the record: leaves, the Merkle tree over them, and checkpoints.
//!
//! The tree is that of RFC 6962 section 2.1. A leaf names people by pseudonyms and its content by
//! a salted commitment, so that a person can be erased and the tree still verifies.

mod checkpoint;
mod inclusion;
mod leaf;
mod tree;

pub use checkpoint::Checkpoint;
pub use inclusion::{BLOCK_LEAVES, Known, block_root, inclusion, root_from};
pub use leaf::{LeafAudience, LeafFields, commitment};
pub use tree::{Hash, Tree, leaf_hash, root_of_empty};
