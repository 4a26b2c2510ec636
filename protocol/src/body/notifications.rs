//! How much someone wants to hear of, and when.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::ContentError;
use crate::Millis;

/// How much someone wants to hear of a conversation.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Debug,
    Default,
    Serialize,
    Deserialize,
    Encode,
    Decode,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
#[cbor(index_only)]
pub enum Hear {
    /// All of it.
    #[default]
    #[n(0)]
    Everything,
    /// Only where they are called by name.
    #[n(1)]
    Mentions,
    /// Nothing.
    #[n(2)]
    Nothing,
}

/// What is heard where and when someone wants to hear nothing. An emergency always is.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Debug,
    Default,
    Serialize,
    Deserialize,
    Encode,
    Decode,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
#[cbor(index_only)]
pub enum BreaksThrough {
    /// What is urgent.
    #[default]
    #[n(0)]
    Urgent,
    /// Emergencies alone.
    #[n(1)]
    Emergency,
}

impl BreaksThrough {
    pub(super) fn is_urgent(&self) -> bool {
        *self == Self::Urgent
    }
}

/// How much someone wants to hear, perhaps for a while only.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Hearing {
    /// How much.
    #[n(0)]
    pub hear: Hear,
    /// Until when that holds (milliseconds since 1970); after it, as if nothing had been chosen.
    #[n(1)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Millis>,
}

/// The hours of a day in which someone wants to hear nothing, by the clock of each device.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// From which minute of the day on.
    #[n(0)]
    #[cfg_attr(feature = "openapi", schema(example = 1320, maximum = 1439))]
    pub from_minute: u16,
    /// Until which minute, exclusive; one before `from_minute` is on the next day.
    #[n(1)]
    #[cfg_attr(feature = "openapi", schema(example = 360, maximum = 1439))]
    pub until_minute: u16,
    /// On which days they begin, from 1 (Monday) to 7 (Sunday); none: on each.
    #[n(2)]
    #[cbor(skip_if = "Vec::is_empty")]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub days: Vec<u8>,
}

const MINUTES_OF_A_DAY: u16 = 24 * 60;

impl QuietHours {
    /// Whether they are at this time, on a device with this offset from UTC.
    pub fn are_at(&self, at: Millis, offset_minutes: i16) -> bool {
        let minutes = at.div_euclid(60_000) + i64::from(offset_minutes);
        let (day, minute) = (minutes.div_euclid(1_440), minutes.rem_euclid(1_440));
        let (from, until) = (i64::from(self.from_minute), i64::from(self.until_minute));
        match from < until {
            true => (from..until).contains(&minute) && self.begin_on(day),
            // Past midnight they are those of the day before.
            false => {
                (minute >= from && self.begin_on(day)) || (minute < until && self.begin_on(day - 1))
            }
        }
    }

    /// Whether they begin on this day, counted from 1970.
    fn begin_on(&self, day: i64) -> bool {
        // The first day of 1970 was a Thursday.
        let weekday = (day + 3).rem_euclid(7) + 1;
        self.days.is_empty() || self.days.iter().any(|it| i64::from(*it) == weekday)
    }

    pub(super) fn check(&self) -> Result<(), ContentError> {
        let error = |field, what: &str| Err(ContentError { field, what: what.into() });
        if self.from_minute >= MINUTES_OF_A_DAY || self.until_minute >= MINUTES_OF_A_DAY {
            return error("from_minute", "minutes of a day are from 0 to 1439");
        }
        if self.from_minute == self.until_minute {
            return error("until_minute", "quiet hours end at another minute than they begin");
        }
        match self.days.len() <= 7 && self.days.iter().all(|day| (1..=7).contains(day)) {
            true => Ok(()),
            false => error("days", "days are from 1 (Monday) to 7 (Sunday), each once"),
        }
    }
}
