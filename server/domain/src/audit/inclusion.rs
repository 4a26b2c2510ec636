//! That one leaf is in the tree under a root, without showing the others: audit paths (RFC 9162, section 2.1.3).

use std::collections::BTreeMap;

use super::tree::{Hash, node_hash};

/// So many leaves make a block, of which the root is kept: a path needs the leaves of two blocks at the most.
pub const BLOCK_LEAVES: u64 = 1024;

/// What is known of a tree: the roots of its whole blocks, and the leaves of some.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Known {
    /// The root of each whole block, from the first on.
    pub blocks: Vec<Hash>,
    /// The hashes of leaves by their places, which are counted from 0.
    pub leaves: BTreeMap<u64, Hash>,
}

/// The root over the leaves of one block.
pub fn block_root(leaves: &[Hash]) -> Option<Hash> {
    match leaves {
        [] => None,
        [one] => Some(*one),
        many => {
            let (left, right) = many.split_at(many.len().next_power_of_two() / 2);
            Some(node_hash(&block_root(left)?, &block_root(right)?))
        }
    }
}

/// The path from the leaf at a place to the root of the tree of that size; `None` if not enough is known.
pub fn inclusion(at: u64, size: u64, known: &Known) -> Option<Vec<Hash>> {
    if at >= size {
        return None;
    }
    let (mut low, mut high, mut path) = (0, size, Vec::new());
    while high - low > 1 {
        let middle = low + (high - low).next_power_of_two() / 2;
        if at < middle {
            path.push(known.root(middle, high)?);
            high = middle;
        } else {
            path.push(known.root(low, middle)?);
            low = middle;
        }
    }
    path.reverse();
    Some(path)
}

/// The root to which a path leads from the leaf at a place of a tree of that size; `None` if it cannot be one.
pub fn root_from(leaf: Hash, at: u64, size: u64, path: &[Hash]) -> Option<Hash> {
    if at >= size {
        return None;
    }
    let (mut at, mut last, mut root) = (at, size - 1, leaf);
    for hash in path {
        if last == 0 {
            return None;
        }
        if at % 2 == 1 || at == last {
            root = node_hash(hash, &root);
            while at % 2 == 0 && at != 0 {
                (at, last) = (at / 2, last / 2);
            }
        } else {
            root = node_hash(&root, hash);
        }
        (at, last) = (at / 2, last / 2);
    }
    (last == 0).then_some(root)
}

impl Known {
    /// The root over the leaves from one place up to another.
    fn root(&self, low: u64, high: u64) -> Option<Hash> {
        let length = high - low;
        if length == 1 {
            return self.leaves.get(&low).copied();
        }
        if length == BLOCK_LEAVES && low.is_multiple_of(BLOCK_LEAVES) {
            return self.blocks.get(usize::try_from(low / BLOCK_LEAVES).ok()?).copied();
        }
        let middle = low + length.next_power_of_two() / 2;
        Some(node_hash(&self.root(low, middle)?, &self.root(middle, high)?))
    }
}

#[cfg(test)]
mod tests {
    use super::super::tree::{Tree, leaf_hash};
    use super::*;

    fn leaf(at: u64) -> Hash {
        leaf_hash(&at.to_be_bytes())
    }

    /// What storage would give for a path to this place.
    fn known(at: u64, size: u64) -> Known {
        let leaves: Vec<_> = (0..size).map(leaf).collect();
        let blocks = leaves.as_chunks::<{ BLOCK_LEAVES as usize }>().0;
        let blocks: Vec<_> = blocks.iter().filter_map(|block| block_root(block)).collect();
        let tail = blocks.len() as u64;
        let near = |place: &u64| [at / BLOCK_LEAVES, tail].contains(&(place / BLOCK_LEAVES));
        let leaves = (0..size).filter(near).map(|place| (place, leaf(place))).collect();
        Known { blocks, leaves }
    }

    fn root(size: u64) -> Hash {
        let mut tree = Tree::default();
        (0..size).for_each(|at| tree.append(leaf(at)));
        tree.root()
    }

    #[test]
    fn every_leaf_of_every_small_tree_is_proved_and_no_other() {
        for size in 1..40 {
            let root = root(size);
            for at in 0..size {
                let path = inclusion(at, size, &known(at, size)).expect("all is known");
                assert_eq!(root_from(leaf(at), at, size, &path), Some(root), "{at} of {size}");
                assert_ne!(root_from(leaf(at + 1), at, size, &path), Some(root));
                assert_ne!(root_from(leaf(at), at ^ 1, size, &path), Some(root));
                let longer = [path.clone(), vec![leaf(0)]].concat();
                assert_eq!(root_from(leaf(at), at, size, &longer), None, "too long");
                if let Some((_, shorter)) = path.split_last() {
                    assert_ne!(root_from(leaf(at), at, size, shorter), Some(root));
                }
            }
            assert_eq!(inclusion(size, size, &known(0, size)), None);
        }
    }

    #[test]
    fn a_leaf_of_a_long_record_needs_two_blocks() {
        for (at, size) in
            [(0, 1024), (1023, 1024), (5, 1025), (1024, 1025), (2500, 5000), (4999, 5000)]
        {
            let path = inclusion(at, size, &known(at, size)).expect("all is known");
            assert_eq!(root_from(leaf(at), at, size, &path), Some(root(size)), "{at} of {size}");
        }
        let lacking = Known { leaves: BTreeMap::new(), ..known(2500, 5000) };
        assert_eq!(inclusion(2500, 5000, &lacking), None);
    }
}
