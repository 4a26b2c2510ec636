//! Places that may break a rule, each with its reason. An exception that nothing needs any more
//! is itself a failure, so the lists only shrink.

use crate::Source;

/// A file (by its path from the checkout) that one rule leaves alone.
pub type Exception = (&'static str, &'static str);

/// Whether `source` is among `exceptions`.
pub fn is_excepted(source: &Source, exceptions: &[Exception]) -> bool {
    exceptions.iter().any(|(path, _reason)| *path == source.path)
}
