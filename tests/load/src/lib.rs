//! A load generator: many real engines on few threads.
//!
//! Every device is the real engine. What surrounds it is built for load alone: one task a
//! connection, one loop for all engines, and one log that is written and synced once a round, as
//! the store of every device would be. So a message counts only when the server has accepted it
//! and its reader has stored it, and the generator costs little of the machine that it shares with
//! the server.

pub mod devices;
pub mod idle;
pub mod line;
pub mod log;
pub mod office;
pub mod pairs;
