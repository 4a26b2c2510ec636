//! What is still to come of what was said: files on their way to the server, and to this device.

pub use waypost_engine::{FetchEnd, OnMetered, UploadClass, UploadEnd, UploadState};
use waypost_protocol::{FactId, Millis, Sha256Hash, StopId};

/// Everything that was promised and is not safe with the server yet.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct UploadsView {
    /// Each file, in the order in which they go.
    pub files: Vec<UploadView>,
    /// How many bytes are still to be brought.
    pub bytes_left: u64,
    /// How long that will take, in milliseconds, if it goes on as it went; `None` while nobody can know.
    pub ms_left: Option<Millis>,
    /// Where it stands.
    pub state: UploadState,
}

/// One file on its way.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UploadView {
    /// The fact that promises it.
    pub fact: FactId,
    /// At which stop it was captured; `None` if a message brings it.
    pub stop: Option<StopId>,
    /// What it hashes to: [`crate::Client::file`] gives its bytes as long as they are on this device.
    pub sha256: Sha256Hash,
    /// How many bytes it has.
    pub size: u64,
    /// The original, or the same in small.
    pub class: UploadClass,
    /// How many of them the server has for certain.
    pub sent: u64,
    /// How it came to its end. What the server has stays on this device until it is in a backup as well.
    pub ended: Option<UploadEnd>,
}

/// A file of a message that this person wants to have here, and that is not here yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FetchView {
    /// The message that brings it.
    pub message: FactId,
    /// What it hashes to: [`crate::Client::file`] gives its bytes once they are here.
    pub sha256: Sha256Hash,
    /// How many bytes it has.
    pub size: u64,
    /// How many of them are here.
    pub got: u64,
    /// Why it does not come; [`crate::FileCommand::Fetch`] tries again.
    pub ended: Option<FetchEnd>,
}
