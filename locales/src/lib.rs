//! The texts of Waypost in every language, and the crate that loads and formats them.
//!
//! The files lie beside this crate, one folder a language, and are part of the program: no
//! device can lack them. `screen.ftl` holds the words of the screens, `templates.ftl` the ready
//! messages that every version has, `problems.ftl` what to do about a refusal, `pages.ftl` the pages of
//! certificates and of consignees. Templates that a fleet has
//! published come as facts of the record, and are read beside them.
//!
//! This crate refuses to fail: an unknown key, template or argument gives a plain text that a
//! person can still use, never a panic and never an empty bubble.

mod built_in;
mod catalogue;
mod locale;
mod publishing;
mod reasons;
mod searching;
mod texts;

pub use catalogue::{Catalogue, Template};
pub use fluent_bundle::FluentValue as Value;
pub use locale::Locale;
pub use publishing::{Mistake, Preview, preview};
pub use texts::{Problem, Texts, place_name};
