//! The offline-first client shared by both apps and by simulated drivers.
//!
//! A screen sends a [`Command`] and watches a [`View`]; it knows nothing else of this crate.

mod clock;
mod command;
mod store;
#[cfg(test)]
mod testing;
pub mod view;

pub use command::Command;
pub use store::{OpenError, StoreKey};
pub use view::View;

/// Most messages in [`view::Timeline`].
pub const TIMELINE_MESSAGES_MAX: usize = 500;
