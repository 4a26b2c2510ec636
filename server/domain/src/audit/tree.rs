//! The Merkle tree of RFC 6962 section 2.1, kept as its frontier: appending and the root cost
//! O(log n), and nothing else has to be in memory.

use sha2::{Digest as _, Sha256};

/// A SHA-256 hash.
pub type Hash = [u8; 32];

/// The hash of a leaf: SHA-256 over a zero byte and the leaf.
pub fn leaf_hash(leaf: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(leaf).finalize().into()
}

/// The root of the empty tree: SHA-256 over nothing.
pub fn root_of_empty() -> Hash {
    Sha256::digest([]).into()
}

/// The hash of a node: SHA-256 over a one byte and both hashes below.
pub(super) fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// A tree by its size and frontier: the roots of its perfect subtrees, largest first. There is
/// one for each set bit of the size.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tree {
    size: u64,
    frontier: Vec<Hash>,
}

/// A frontier that does not belong to the size beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the stored frontier of the audit tree does not match its size")]
pub struct BrokenFrontier;

impl Tree {
    /// Takes up a stored tree. `bytes` is the frontier, 32 bytes each.
    pub fn resume(size: u64, bytes: &[u8]) -> Result<Self, BrokenFrontier> {
        let (chunks, rest) = bytes.as_chunks::<32>();
        if !rest.is_empty() || chunks.len() != size.count_ones() as usize {
            return Err(BrokenFrontier);
        }
        Ok(Self { size, frontier: chunks.to_vec() })
    }

    /// How many leaves it has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The frontier as it is stored.
    pub fn frontier_bytes(&self) -> Vec<u8> {
        self.frontier.concat()
    }

    /// Appends a leaf by its hash.
    pub fn append(&mut self, leaf: Hash) {
        let mut hash = leaf;
        // Each trailing one of the old size is a perfect subtree that the new leaf completes.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.frontier.pop() {
                hash = node_hash(&left, &hash);
            }
        }
        self.frontier.push(hash);
        self.size += 1;
    }

    /// The root hash.
    pub fn root(&self) -> Hash {
        self.frontier
            .iter()
            .rev()
            .copied()
            .reduce(|right, left| node_hash(&left, &right))
            .unwrap_or_else(root_of_empty)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition in RFC 6962, word by word, for comparison.
    fn root_by_definition(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => root_of_empty(),
            [one] => *one,
            many => {
                let k = many.len().next_power_of_two() / 2;
                node_hash(&root_by_definition(&many[..k]), &root_by_definition(&many[k..]))
            }
        }
    }

    #[test]
    fn the_frontier_gives_the_root_of_the_definition_at_every_size() {
        let mut tree = Tree::default();
        let mut leaves = Vec::new();
        for i in 0..200u32 {
            assert_eq!(tree.root(), root_by_definition(&leaves), "at size {i}");
            let leaf = leaf_hash(&i.to_be_bytes());
            leaves.push(leaf);
            tree.append(leaf);
            let resumed = Tree::resume(tree.size(), &tree.frontier_bytes());
            assert_eq!(resumed, Ok(tree.clone()));
        }
    }

    #[test]
    fn a_frontier_of_another_size_is_refused() {
        assert_eq!(Tree::resume(3, &[0; 32]), Err(BrokenFrontier));
        assert_eq!(Tree::resume(1, &[0; 31]), Err(BrokenFrontier));
    }

    /// From the test data of Certificate Transparency: the tree over these eight leaves.
    #[test]
    fn the_roots_agree_with_certificate_transparency() {
        let leaves = ["", "00", "10", "2021", "3031", "40414243"];
        let mut tree = Tree::default();
        for leaf in leaves {
            tree.append(leaf_hash(&hex::decode(leaf).expect("hex")));
        }
        assert_eq!(
            hex::encode(tree.root()),
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"
        );
    }
}
