//! The texts of Waypost in every language, and the crate that loads and formats them.
