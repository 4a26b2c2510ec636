//! Clients that public generators make of our document, unmodified, live a day at dispatch; and the public
//! checkers of both documents find nothing.

mod day;
mod documents;

// Several test binaries share it, and each uses a part.
#[allow(dead_code)]
#[path = "../support/office.rs"]
mod office;

#[allow(dead_code)]
#[path = "../support/venv.rs"]
mod venv;
