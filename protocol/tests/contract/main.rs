//! What the wire contract promises to those who are not compiled with it: other programs, older
//! and newer versions, the record of years ago, and the slow link that pays for each byte.

// A broken sample is a failed test.
#![allow(clippy::unwrap_used)]

mod hostile;
mod newer_peer;
#[cfg(feature = "openapi")]
mod openapi;
mod own;
mod passing;
mod reports;
mod richer;
mod round_trip;
mod rules;
mod samples;
mod schema;
mod searching;
mod shared;
mod sizes;
mod snapshots;
mod stops;
mod trips;
