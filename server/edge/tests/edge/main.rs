//! The front door from the outside: raw sockets over real TLS, and a real client library.

// Helpers of tests are tests, which clippy does not know.
#![allow(clippy::unwrap_used)]

mod answers;
mod attacks;
mod bytes_of;
mod flow;
mod support;
mod takeover;
