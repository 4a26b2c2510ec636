//! The offline-first client shared by both apps and by simulated drivers.
//!
//! A screen sends a [`Command`] and watches a [`View`]; it knows nothing else of this crate.

mod clock;
mod command;
mod enrol;
mod files;
mod link;
mod pictures;
mod read_model;
mod runtime;
mod store;
#[cfg(test)]
mod testing;
pub mod view;

pub use clock::Clock;
pub use command::{Command, Evidence, FileCommand, StopDone, TripCommand, UploadCommand};
pub use enrol::{EnrolError, Invitation};
pub use pictures::{PicturePolicy, codes_in};
pub use runtime::{Attachment, Capture, CaptureError, Captured, Client, CommandError, Sent, Setup};
pub use store::{OpenError, StoreKey};
pub use view::View;
pub use {waypost_codes as codes, waypost_position as position};

/// Most messages in [`view::Timeline`].
pub const TIMELINE_MESSAGES_MAX: usize = 500;
