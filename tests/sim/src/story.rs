//! What happened in a run, in words: the last lines for whoever reads a fault, and a hash over
//! all of them, by which two runs are compared.

use std::collections::VecDeque;
use std::fmt;

/// How many lines a fault shows.
const LINES_MAX: usize = 40;

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
    lines: VecDeque<String>,
    step: u64,
    hash: u64,
}

impl Story {
    pub(crate) fn next_step(&mut self) {
        self.step += 1;
    }

    pub(crate) fn tell(&mut self, what: fmt::Arguments<'_>) {
        let line = format!("step {}: {what}", self.step);
        for byte in line.bytes() {
            self.hash = (self.hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        if self.lines.len() == LINES_MAX {
            self.lines.pop_front();
        }
        self.lines.push_back(line);
    }

    pub(crate) fn steps(&self) -> u64 {
        self.step
    }

    pub(crate) fn hash(&self) -> u64 {
        self.hash
    }

    pub(crate) fn last_lines(&self) -> Vec<String> {
        self.lines.iter().cloned().collect()
    }
}
