//! What a device says to the server.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::Here;
use super::codec::{FrameError, decode, encode, is_false, is_zero};
use crate::{
    Content, ConversationId, FactId, READ_MARKS_MAX, ReadMark, STORED_MARKS_MAX,
    SUBMIT_ENTRIES_MAX, Sequence, StoredMark,
};

/// What a device says to the server.
///
/// ```
/// use waypost_protocol::{FrameError, Pull, Uplink};
///
/// let pull = Uplink::Pull(Pull { number: 1, limit: 100, ..Pull::default() });
/// assert_eq!(Uplink::from_bytes(&pull.to_bytes()), Ok(pull));
/// // A frame of a type that only a newer version knows: `[9]`.
/// assert_eq!(Uplink::from_bytes(&[0x81, 9]), Err(FrameError::UnknownFrame));
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "frame", rename_all = "kebab-case")]
#[cbor(flat)]
pub enum Uplink {
    /// Facts from the outbox.
    #[n(1)]
    Submit(#[n(0)] Submit),
    /// Asks for what comes after the cursor, and says what has been stored and read.
    #[n(2)]
    Pull(#[n(0)] Pull),
    /// Asks for what a conversation said before a number, where that is opened to the person.
    #[n(3)]
    History(#[n(0)] History),
    /// Says what the person is at, and where they are writing. Nothing answers it.
    #[n(4)]
    Here(#[n(0)] Here),
}

/// Entries of one outbox, in the order of their lanes.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Submit {
    /// At most [`SUBMIT_ENTRIES_MAX`].
    #[n(0)]
    pub entries: Vec<Entry>,
}

/// One fact that waits in an outbox.
///
/// Its `occurred_at` is the time inside its id.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Entry {
    /// Minted on the device; for ever the name of this fact.
    #[n(0)]
    pub id: FactId,
    /// Where it belongs. It is also its lane: number n of a lane is decided only after n−1.
    #[n(1)]
    pub conversation: ConversationId,
    /// Its number in the lane of this enrolment, from 1, without gaps. 0 for a fact outside any
    /// lane, which is decided at once.
    #[n(2)]
    pub number: u32,
    /// What it says.
    #[n(3)]
    pub content: Content,
    /// The device's offset from UTC at the time, in minutes.
    #[n(4)]
    #[serde(default)]
    #[cbor(skip_if = "is_zero")]
    pub offset_minutes: i16,
    /// Server time minus device time as the device estimated it, in milliseconds. `None` if it
    /// had not heard from the server yet.
    #[n(5)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skew_ms: Option<i64>,
    /// Another fact of the same person that must be in the record first.
    #[n(6)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needs: Option<FactId>,
    /// "I hold nothing of this lane before this entry": the server stops waiting for lower
    /// numbers. A device says so after `OutOfOrder` if it no longer has what is expected.
    #[n(7)]
    #[serde(default)]
    #[cbor(skip_if = "is_false")]
    pub gap: bool,
}

/// "What comes after this, and here is what I have."
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Pull {
    /// The cursor: all that concerns this enrolment up to here is stored.
    #[n(0)]
    pub after: Sequence,
    /// A number that comes back in the answer, so that the device knows which marks are kept.
    #[n(1)]
    pub number: u32,
    /// At most this many events; 0 asks for none, and the server never sends more than
    /// [`crate::EVENTS_MAX`].
    #[n(2)]
    pub limit: u16,
    /// Steps of the cursor that the server has not confirmed, oldest first, at most
    /// [`STORED_MARKS_MAX`].
    #[n(3)]
    #[serde(default)]
    #[cbor(skip_if = "Vec::is_empty")]
    pub stored: Vec<StoredMark>,
    /// Reads that the server has not confirmed, at most [`READ_MARKS_MAX`].
    #[n(4)]
    #[serde(default)]
    #[cbor(skip_if = "Vec::is_empty")]
    pub read: Vec<ReadMark>,
}

/// "What was said here before I could read it?" It moves no cursor and makes no receipt.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct History {
    /// Where: a group, or what is known about one.
    #[n(0)]
    pub conversation: ConversationId,
    /// Only what is before this number.
    #[n(1)]
    pub before: u64,
    /// A number that comes back in the answer.
    #[n(2)]
    pub number: u32,
    /// At most this many, the newest of them; the server never sends more than [`crate::EVENTS_MAX`].
    #[n(3)]
    pub limit: u16,
}

impl Uplink {
    /// The CBOR form.
    pub fn to_bytes(&self) -> Vec<u8> {
        encode(self)
    }

    /// Reads the CBOR form and checks every bound on lists.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FrameError> {
        let frame: Self = decode(bytes, 1..=4)?;
        frame.check_bounds()?;
        Ok(frame)
    }

    /// Refuses lists that are longer than the contract allows.
    pub fn check_bounds(&self) -> Result<(), FrameError> {
        let within = match self {
            Self::Submit(submit) => submit.entries.len() <= SUBMIT_ENTRIES_MAX,
            Self::Pull(pull) => {
                pull.stored.len() <= STORED_MARKS_MAX && pull.read.len() <= READ_MARKS_MAX
            }
            Self::History(_) | Self::Here(_) => true,
        };
        if within { Ok(()) } else { Err(FrameError::TooLarge) }
    }
}
