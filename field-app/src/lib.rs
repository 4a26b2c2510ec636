//! The driver's touch app.
//!
//! `ui/` holds the screens. Each global of them has one adapter of the same name, which copies
//! rows of words into its models and turns its callbacks into [`waypost_client::Command`]s.
//! [`Screen`] joins them. The app knows the client's commands and views and nothing else of it.

mod adapters;
pub mod day;
pub mod doing;
pub mod screen;
/// What the compiler of the screens has written.
#[allow(
    missing_docs,
    rust_2018_idioms,
    unsafe_code,
    unused,
    clippy::all,
    clippy::unwrap_used,
    clippy::todo,
    clippy::too_many_lines
)]
pub mod ui {
    slint::include_modules!();
}

pub use screen::{Port, Screen};
