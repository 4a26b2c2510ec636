//! The server's clock and its source of secrets: the only place that reads either.

use std::time::{SystemTime, UNIX_EPOCH};

use waypost_protocol::Millis;

/// Where the committer takes the time and its secrets from.
pub struct Clock {
    /// Milliseconds since 1970.
    pub now: Box<dyn Fn() -> Millis + Send + Sync>,
    /// Numbers that nobody can guess.
    pub random: Box<dyn Fn() -> u128 + Send + Sync>,
}

impl Clock {
    /// The machine's own.
    pub fn of_the_machine() -> Self {
        Self { now: Box::new(now), random: Box::new(random) }
    }
}

/// Now, in milliseconds since 1970.
pub fn now() -> Millis {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// Bytes that nobody can guess.
///
/// # Panics
/// If the operating system has no random numbers to give: nothing can be kept secret then.
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    match getrandom::fill(&mut bytes) {
        Ok(()) => bytes,
        Err(error) => panic!("the operating system gives no random numbers: {error}"),
    }
}

/// A number that nobody can guess.
pub fn random() -> u128 {
    u128::from_be_bytes(random_bytes())
}
