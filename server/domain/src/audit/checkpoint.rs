//! A checkpoint: what the server vouches for at one moment.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::tree::Hash;

/// The size and root of the audit tree under a name, to be signed by the server.
///
/// Its text is the body of a C2SP `tlog-checkpoint`: origin, size and root in base64, a line each.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Checkpoint {
    /// The name of the record, unique to this installation.
    pub origin: String,
    /// How many leaves.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
}

impl Checkpoint {
    /// The text that is signed, ending in a line feed.
    pub fn body(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, BASE64.encode(self.root))
    }
}
