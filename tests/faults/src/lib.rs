//! Faults of real life, made on purpose: what a story needs to break a network, a disk, a clock or
//! a process, and the scene in which people go on working meanwhile.
//!
//! The stories are in `tests/`. What a right is missing for (mounting, mostly) fails with the
//! sentence that says so; nothing here skips.

pub mod authority;
pub mod build;
pub mod certificate;
pub mod clock;
pub mod disk;
pub mod level;
pub mod network;
pub mod pocket;
pub mod processes;
mod scene;
mod traffic;

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

pub use network::{Relay, Stalls, Weather};
pub use scene::{Scene, Setting};
pub use traffic::Traffic;

/// Lets time pass: a fault that lasts has to last.
pub async fn lasts(time: Duration) {
    sleep_until(Instant::now() + time).await;
}

/// Any moment of this stretch.
pub async fn at_any_moment_of(stretch: Duration) {
    let fraction: f64 = rand::random();
    lasts(stretch.mul_f64(fraction)).await;
}

/// Whether the whole is asked for (`scripts/test --faults`) or the short selection.
pub fn whole() -> bool {
    std::env::var("FAULTS").is_ok_and(|value| value == "whole")
}

/// How much of something a story does: the first in every run, the second in the whole.
pub fn scale<T>(short: T, long: T) -> T {
    if whole() { long } else { short }
}
