//! The clock of the device, which may be wrong.

use std::time::{SystemTime, UNIX_EPOCH};

use tokio::time::Instant;
use waypost_engine::Now;
use waypost_protocol::Millis;

/// Where a client takes the time from.
#[derive(Clone, Copy, Debug, Default)]
pub struct Clock {
    /// Added to the time of the machine, in milliseconds: a device whose clock is two years wrong
    /// is made with it.
    pub shift_ms: i64,
    /// The offset from UTC in minutes; `None` takes the machine's.
    pub offset_minutes: Option<i16>,
}

impl Clock {
    /// What the clock of this device says.
    pub fn now(&self) -> Millis {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX).saturating_add(self.shift_ms)
    }

    /// The day so many days from today, by this clock, such as `2026-11-30`.
    pub(crate) fn day(&self, from_today: i64) -> String {
        let local = self.now() + i64::from(self.offset()) * 60_000;
        let seconds = local.div_euclid(1000) + from_today * 24 * 60 * 60;
        // A clock beyond the year 9999 shows everything.
        let day =
            time::OffsetDateTime::from_unix_timestamp(seconds).map(|at| at.date().to_string());
        day.unwrap_or_default()
    }

    /// The moment, with a tick that counts from `origin` and never jumps.
    pub(crate) fn moment(&self, origin: Instant) -> Now {
        let tick = u64::try_from(origin.elapsed().as_millis()).unwrap_or(u64::MAX);
        Now { at: self.now(), tick, offset_minutes: self.offset() }
    }

    fn offset(&self) -> i16 {
        let local = || time::UtcOffset::current_local_offset().map_or(0, |it| it.whole_minutes());
        self.offset_minutes.unwrap_or_else(local)
    }
}
