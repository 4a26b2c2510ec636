//! What happened in a run, in words: lines for whoever reads a fault, and a hash over all of them,
//! by which two runs are compared.

use std::collections::VecDeque;
use std::fmt;

/// How many of the last lines are kept.
const LAST_MAX: usize = 40;

/// A rule that did not hold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Broken {
    /// The rule, in a few fixed words.
    pub rule: &'static str,
    /// Who suffered what.
    pub what: String,
}

/// Says that a rule is broken.
pub(crate) fn broken<T>(rule: &'static str, what: String) -> Result<T, Broken> {
    Err(Broken { rule, what })
}

/// The story so far.
#[derive(Default)]
pub(crate) struct Story {
    first: Vec<String>,
    first_max: usize,
    last: VecDeque<String>,
    left_out: u64,
    step: u64,
    hash: u64,
}

impl Story {
    /// A story of which these many lines are kept from its begin, and the last ones.
    pub(crate) fn keeping(first_max: usize) -> Self {
        Self { first_max, ..Self::default() }
    }

    pub(crate) fn begins_step(&mut self, step: u64) {
        self.step = step;
    }

    pub(crate) fn tell(&mut self, what: fmt::Arguments<'_>) {
        let line = format!("step {}: {what}", self.step);
        for byte in line.bytes() {
            self.hash = (self.hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        if self.first.len() < self.first_max {
            return self.first.push(line);
        }
        if self.last.len() == LAST_MAX {
            self.last.pop_front();
            self.left_out += 1;
        }
        self.last.push_back(line);
    }

    pub(crate) fn steps(&self) -> u64 {
        self.step
    }

    pub(crate) fn hash(&self) -> u64 {
        self.hash
    }

    pub(crate) fn lines(self) -> Vec<String> {
        let gap = (self.left_out > 0).then(|| format!("… {} lines …", self.left_out));
        self.first.into_iter().chain(gap).chain(self.last).collect()
    }
}
