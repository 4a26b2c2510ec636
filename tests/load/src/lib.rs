//! The load generator and the benchmark of `scripts/bench`.
//!
//! Every device is the real engine. What surrounds it is built for load alone: one task a
//! connection, one loop for all engines, and one log that is written and synced once a round, as
//! the store of every device would be. So a message counts only when the server has accepted it
//! and its reader has stored it, and the generator costs little of the machine that it shares with
//! the server. The people of other servers (`peers`) live in the same kind of loop with the same
//! log.

pub mod aims;
pub mod app;
pub mod audit;
pub mod cost;
pub mod crowd;
pub mod devices;
pub mod figure;
pub mod first_view;
pub mod idle;
pub mod limits;
pub mod line;
pub mod log;
mod looks;
pub mod machine;
pub mod narrow;
pub mod ours;
pub mod pairs;
pub mod peers;
pub mod plot;
pub mod presence;
pub mod relay;
pub mod run;
pub mod screen;
pub mod search;
pub mod seed;
pub mod settings;
pub mod soak;
pub mod station;
pub mod table;
pub mod uploads;
