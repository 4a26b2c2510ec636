//! The texts of Waypost in every language, and the crate that loads and formats them.
//!
//! The files lie beside this crate, one folder a language, and are part of the program: no
//! device can lack them. `screen.ftl` holds the words of the screens, `templates.ftl` the ready
//! messages, `problems.ftl` what to do about a refusal.
//!
//! This crate refuses to fail: an unknown key, template or argument gives a plain text that a
//! person can still use, never a panic and never an empty bubble.

mod catalogue;
mod locale;
mod texts;

pub use catalogue::{ArgumentType, TEMPLATES, Template};
pub use fluent_bundle::FluentValue as Value;
pub use locale::Locale;
pub use texts::{Problem, Texts};
