//! What both apps share: the look (`ui/*.slint`), what a [`waypost_client::View`] looks like on a
//! screen, and how an app starts.
//!
//! The functions here turn a view into plain rows of words; each app's adapters copy those rows
//! into its own Slint models. Nothing here knows a window, and nothing decides about messages.

mod arguments;
mod banner;
mod bubbles;
mod clock;
pub mod key_file;
mod reader;
mod reading;
mod receipts;
mod refused;
mod roster;
mod rows;
#[cfg(feature = "samples")]
pub mod samples;
mod session;
pub mod stops;
mod trouble;

pub use arguments::{Arguments, Theme};
pub use banner::{Banner, LinkSign, Notices, Tone, banner, notices};
pub use bubbles::{Bubble, Bubbles, TIMELINE_STEP, body_text, bubbles, state_text};
pub use clock::{Clock, Here};
pub use reader::Reader;
pub use reading::ReadMarks;
pub use receipts::{Receipt, receipts, state_word};
pub use refused::{Refused, refused, refused_title};
pub use roster::{Filter, Partner, first_to_open, roster};
pub use rows::update;
pub use session::{Report, Requests, Session};
pub use trouble::{enrolment_trouble, not_taken};
