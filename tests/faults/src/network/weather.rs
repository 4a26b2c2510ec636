//! What a network does to the bytes that it carries.

use std::time::Duration;

/// The weather between two places; the default is a clear sky.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Weather {
    /// How long each byte takes one way.
    pub delay: Duration,
    /// Segments that are lost and sent again.
    pub stalls: Option<Stalls>,
    /// Most bytes a second of one connection, each way.
    pub bytes_per_second: Option<u32>,
    /// A connection is cut after it has carried so many bytes, both ways together.
    pub cut_after_bytes: Option<u64>,
    /// What goes up is swallowed, and nobody is told. A connection that is open then stays silent
    /// this way for ever, as behind a router that has forgotten it.
    pub loses_up: bool,
    /// The same for what comes down.
    pub loses_down: bool,
    /// New connections are ended at once.
    pub closed: bool,
}

/// Loss, as a user of TCP feels it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Stalls {
    /// How many of a hundred segments are lost.
    pub percent: u32,
    /// How long it takes until one is sent again. It may be lost again.
    pub retransmission: Duration,
}

impl Weather {
    /// 600 ms there and back and 15 % loss.
    pub fn bad_radio() -> Self {
        let retransmission = Duration::from_millis(900);
        let stalls = Some(Stalls { percent: 15, retransmission });
        Self { delay: Duration::from_millis(300), stalls, ..Self::default() }
    }

    /// 50 kbit/s and 600 ms there and back.
    pub fn second_generation() -> Self {
        let delay = Duration::from_millis(300);
        Self { delay, bytes_per_second: Some(50_000 / 8), ..Self::default() }
    }

    /// Nothing passes, either way.
    pub fn tunnel() -> Self {
        Self { loses_up: true, loses_down: true, ..Self::default() }
    }
}
