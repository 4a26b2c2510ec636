//! What the fuzzers run: one function for each kind of bytes that come from outside, each of
//! which panics if they do harm.
//!
//! The fuzzers themselves are in `fuzz/`, a package of its own that only wraps these functions; the
//! tests of this crate run the same functions over the seeds and over `corpus/`. It knows how to
//! call the product and what must hold, and nothing of how bytes are invented.

mod bases;
mod batch;
mod damage;
mod edge;
mod feed;
mod frames;
mod house;
mod http;
mod links;
mod panics;
mod requests;
mod seeds;
mod settings;
mod stores;
mod tablet;
mod texts;

pub use bases::make_bases;
pub use panics::Panics;
pub use seeds::Seed;

/// One fuzz target.
pub struct Target {
    /// Its name: of the wrapper in `fuzz/fuzz_targets` and of the folder in `corpus/`.
    pub name: &'static str,
    /// What is done with the bytes.
    pub run: fn(&[u8]),
    /// Where the search begins.
    pub seeds: fn() -> Vec<Seed>,
}

/// Every target.
pub const TARGETS: &[Target] = &[
    Target { name: "edge_connection", run: edge::connection, seeds: edge::connection_seeds },
    Target { name: "edge_session", run: edge::session, seeds: edge::session_seeds },
    Target { name: "uplink", run: frames::uplink, seeds: seeds::uplinks },
    Target { name: "downlink", run: frames::downlink, seeds: seeds::downlinks },
    Target { name: "content", run: frames::content, seeds: seeds::contents },
    Target { name: "json", run: frames::json, seeds: seeds::jsons },
    Target { name: "text", run: texts::text, seeds: texts::seeds },
    Target { name: "tablet", run: tablet::tablet, seeds: tablet::seeds },
    Target { name: "batch", run: batch::batch, seeds: batch::seeds },
    Target { name: "http", run: http::http, seeds: requests::requests },
    Target { name: "link", run: links::link, seeds: links::seeds },
    Target { name: "settings", run: settings::settings, seeds: settings::seeds },
    Target { name: "record_file", run: stores::record_file, seeds: stores::record_seeds },
    Target { name: "device_file", run: stores::device_file, seeds: stores::device_seeds },
];

/// What the fuzzers call, by the names of their targets. Each names one function and no list of
/// them, so that the linker leaves the others out of its fuzzer.
pub mod targets {
    pub use crate::batch::batch;
    pub use crate::edge::{connection as edge_connection, session as edge_session};
    pub use crate::frames::{content, downlink, json, uplink};
    pub use crate::http::http;
    pub use crate::links::link;
    pub use crate::settings::settings;
    pub use crate::stores::{device_file, record_file};
    pub use crate::tablet::tablet;
    pub use crate::texts::text;
}
