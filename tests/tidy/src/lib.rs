//! The rules of the house as tests: what the compiler and clippy cannot see by themselves.
//!
//! This library reads the checkout; the rules are in `tests/`, one file for each kind. It knows
//! lines and names, not Rust's grammar: a rule that needs more belongs to the compiler.

mod exceptions;
mod manifest;
mod source;

pub use exceptions::{Exception, is_excepted};
pub use manifest::{Manifest, manifests};
pub use source::{Line, Source, root, sources};

/// Fails with the rule, its reason and every place that breaks it.
///
/// # Panics
/// When `broken` holds anything.
pub fn hold(rule: &str, reason: &str, broken: &[String]) {
    assert!(broken.is_empty(), "\n\nRule: {rule}\nWhy:  {reason}\n\n  {}\n", broken.join("\n  "));
}
