//! The Waypost server: MQTT edge, ingest, storage, HTTP interface and audit record.
//!
//! [`start`] is the entrance for `main` and for tests; what it returns is stopped in order.

pub mod audit;
pub mod certificate;
mod chores;
mod clock;
pub mod config;
mod control;
mod doors;
mod fanout;
mod feed;
mod files;
mod follow;
pub mod http;
pub mod identity;
mod ingest;
mod lock;
mod metrics;
pub mod pictures;
mod running;
mod waypost;

pub use clock::Clock;
pub use control::{Reached, reach};
pub use fanout::Fanout;
pub use follow::run as follow;
pub use ingest::Ingest;
pub use metrics::Metrics;
pub use running::{Running, StartError, start};
pub use waypost::Waypost;
