//! The deciding core of the client: outbox, inbox, receipts marks and the choice of the link.
//!
//! [`Engine::handle`] takes what happened (an [`Input`], in the past tense), the time and
//! randomness, and gives what to do (a list of [`Effect`]s, in the imperative). The shell runs the
//! effects of one input in order. [`Effect::Store`] is one local transaction and always comes
//! first: what is on the screen or on the wire is durable. If it fails, the shell drops the rest
//! of the list, loads the engine again from its store, as after a crash, and reports
//! [`Input::StoreFailed`].
//!
//! The engine keeps only what waits: the outbox, the lanes, the cursor and the marks. What people
//! read lives in the store, which is written by [`Change`]s alone; [`reference::ReferenceStore`]
//! says in code what each of them means.
//!
//! This crate refuses to do I/O, to read a clock or to make a random number.

mod backoff;
mod doing;
mod effect;
mod engine;
mod fetches;
mod inbox;
mod input;
mod limits;
mod link;
mod marks;
mod openings;
mod outbox;
pub mod reference;
mod saved;
mod skew;
mod uploads;

pub use effect::{Change, Effect, Refusal};
pub use engine::Engine;
pub use fetches::{Fetch, FetchAnswer, FetchEnd, FetchStep, FetchWish, Fetches};
pub use input::{Down, Input, LinkPath, Now, Wish};
pub use limits::*;
pub use link::LinkState;
pub use saved::Saved;
pub use uploads::{
    OnMetered, Traffic, Upload, UploadAnswer, UploadClass, UploadEnd, UploadState, UploadStep,
    UploadWish, Uploads,
};
