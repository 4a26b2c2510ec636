//! Simulated drivers on real client code, for the demo and for load.
//!
//! Nothing here pretends: every driver is the real client with a real store on a real connection
//! to a real server process. It tests no part on its own; the parts have tests of their own.

pub mod attend;
pub mod delivery;
pub mod demo;
pub mod depot;
pub mod device;
pub mod keys;
pub mod ledger;
pub mod measure;
pub mod process;
pub mod proof;
pub mod story;
pub mod tablet;
pub mod taps;
