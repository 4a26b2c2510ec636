//! A failing run with as many steps left out as possible. Each step has dice of its own, so that
//! leaving one out changes the others only by what it did.

use std::collections::BTreeSet;

use crate::{Fault, STEPS, play_without};

/// How many runs are tried at most.
const TRIES_MAX: usize = 1_500;

/// How many lines from its begin a shortened story has.
const FIRST_LINES_MAX: usize = 300;

impl Fault {
    /// The same fault with fewer steps, told from its begin. Takes some seconds.
    #[must_use]
    pub fn shortened(self) -> Self {
        let mut left_out = BTreeSet::new();
        let mut tries = 0;
        let mut size = STEPS / 2;
        while size > 0 && tries < TRIES_MAX {
            let mut shorter = false;
            for number in (0..STEPS.div_ceil(size)).rev() {
                let begin = 1 + number * size;
                let block = begin..(begin + size).min(STEPS + 1);
                if block.clone().all(|step| left_out.contains(&step)) || tries == TRIES_MAX {
                    continue;
                }
                tries += 1;
                let more: BTreeSet<u64> = left_out.iter().copied().chain(block).collect();
                if self.is_still_there(&more) {
                    left_out = more;
                    shorter = true;
                }
            }
            // Once more with the same size where something went: it may have held the rest.
            size = if shorter && size == 1 { size } else { size / 2 };
        }
        match play_without(self.seed, &left_out, FIRST_LINES_MAX) {
            Err(fault) if fault.broken.rule == self.broken.rule => fault,
            _ => self,
        }
    }

    fn is_still_there(&self, left_out: &BTreeSet<u64>) -> bool {
        let again = play_without(self.seed, left_out, 0);
        again.is_err_and(|fault| fault.broken.rule == self.broken.rule)
    }
}
