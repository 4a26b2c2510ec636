//! Times as people read them on this device.

use time::{OffsetDateTime, UtcOffset};
use waypost_locales::Texts;
use waypost_protocol::Millis;

/// Where a screen is read, and how the time is asked for there.
#[derive(Clone, Copy, Debug)]
pub struct Here {
    /// The device's offset from UTC.
    pub offset: UtcOffset,
    /// Asks for the time.
    pub now: fn() -> Millis,
}

impl Here {
    /// The device's own clock.
    pub fn device(offset: UtcOffset) -> Self {
        Self { offset, now: system_time }
    }

    /// The moment at which it is asked.
    pub fn clock(&self) -> Clock {
        Clock { now: (self.now)(), offset: self.offset }
    }
}

/// The moment and the place in which a screen is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Clock {
    /// Now, by the device's clock.
    pub now: Millis,
    /// The device's offset from UTC.
    pub offset: UtcOffset,
}

impl Clock {
    /// Today's date: `2026-11-30`.
    pub fn today(&self) -> String {
        let today = self.local(self.now).date();
        format!("{:04}-{:02}-{:02}", today.year(), u8::from(today.month()), today.day())
    }

    /// `08:03`.
    pub fn time(&self, at: Millis) -> String {
        let at = self.local(at);
        format!("{:02}:{:02}", at.hour(), at.minute())
    }

    /// `08:03:17`, for what happens within a minute.
    pub fn seconds(&self, at: Millis) -> String {
        let at = self.local(at);
        format!("{:02}:{:02}:{:02}", at.hour(), at.minute(), at.second())
    }

    /// The day: today, yesterday, or its date.
    pub fn day(&self, at: Millis, texts: &Texts) -> String {
        let day = self.local(at).date();
        let today = self.local(self.now).date();
        if day == today {
            texts.message("today", &[])
        } else if Some(day) == today.previous_day() {
            texts.message("yesterday", &[])
        } else {
            let month = u8::from(day.month());
            texts.message("date", &[("day", day.day().into()), ("month", month.into())])
        }
    }

    /// The time alone if it was today, else with the day before it.
    pub fn moment(&self, at: Millis, texts: &Texts) -> String {
        if self.same_day(at, self.now) {
            self.time(at)
        } else {
            format!("{} {}", self.day(at, texts), self.time(at))
        }
    }

    /// Whether both fall on one day here.
    pub fn same_day(&self, one: Millis, other: Millis) -> bool {
        self.local(one).date() == self.local(other).date()
    }

    /// A time that no calendar holds (a broken clock) is shown as the epoch.
    fn local(&self, at: Millis) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(at) * 1_000_000)
            .ok()
            .and_then(|at| at.checked_to_offset(self.offset))
            .unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }
}

fn system_time() -> Millis {
    let now = OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000;
    Millis::try_from(now).unwrap_or_default()
}
