//! Faults of real life under load, a short selection of which belongs to every test run.
//! `scripts/test --faults` tells the same stories with more of everything, and the long ones.

mod backup;
mod certificates;
mod clocks;
mod database;
mod disks;
mod network;
mod pauses;
mod processes;
mod uploads;
