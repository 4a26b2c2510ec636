//! The frames that travel between a device and the server, over MQTT or `POST /v1/sync`.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::{
    Content, ConversationId, EVENTS_MAX, FRAME_BYTES_MAX, FactId, Millis, PersonId, ProblemCode,
    READ_MARKS_MAX, ReadMark, SUBMIT_ENTRIES_MAX, STORED_MARKS_MAX, Sequence, StoredMark,
};

/// What a device says to the server.
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
    /// Its number in the lane of this enrolment, from 1, without gaps.
    #[n(2)]
    pub number: u32,
    /// What it says.
    #[n(3)]
    pub content: Content,
    /// The device's offset from UTC at the time, in minutes.
    #[n(4)]
    #[serde(default)]
    pub offset_minutes: i16,
    /// Server time minus device time as the device estimated it, in milliseconds. `None` if it
    /// had not heard from the server yet.
    #[n(5)]
    #[serde(default)]
    pub skew_ms: Option<i64>,
    /// Another fact of the same person that must be in the record first.
    #[n(6)]
    #[serde(default)]
    pub needs: Option<FactId>,
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
    /// [`EVENTS_MAX`].
    #[n(2)]
    pub limit: u16,
    /// Steps of the cursor that the server has not confirmed, oldest first, at most
    /// [`STORED_MARKS_MAX`].
    #[n(3)]
    #[serde(default)]
    #[cbor(default)]
    pub stored: Vec<StoredMark>,
    /// Reads that the server has not confirmed, at most [`READ_MARKS_MAX`].
    #[n(4)]
    #[serde(default)]
    #[cbor(default)]
    pub read: Vec<ReadMark>,
}

/// What the server says to a device.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "frame", rename_all = "kebab-case")]
#[cbor(flat)]
pub enum Downlink {
    /// What became of submitted entries.
    #[n(1)]
    Answers {
        /// One for each entry, in the order of the `Submit`.
        #[n(0)]
        answers: Vec<Answer>,
    },
    /// Part of the record, as the answer to a `Pull` or pushed as it happens.
    #[n(2)]
    Events(#[n(0)] Events),
    /// Who is online, for those who may see it. It is no fact and may be lost.
    #[n(3)]
    Presence(#[n(0)] Presence),
    /// A whole frame was refused.
    #[n(4)]
    Refused {
        /// Why.
        #[n(0)]
        code: ProblemCode,
        /// When to try again, in milliseconds, if trying again can help.
        #[n(1)]
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after_ms: Option<u32>,
    },
}

/// What became of one submitted entry.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "answer", rename_all = "kebab-case")]
#[cbor(flat)]
pub enum Answer {
    /// It is committed. Only this empties an outbox.
    #[n(1)]
    Accepted {
        /// Which entry.
        #[n(0)]
        id: FactId,
        /// Its place in the record.
        #[n(1)]
        sequence: Sequence,
        /// When it was committed, by the server's clock.
        #[n(2)]
        recorded_at: Millis,
    },
    /// It is refused for ever. The item is wedged, and a person must see it.
    #[n(2)]
    Rejected {
        /// Which entry.
        #[n(0)]
        id: FactId,
        /// Why.
        #[n(1)]
        code: ProblemCode,
        /// The end of the record when it was refused: the device may forget the entry once the
        /// server says that everything up to here is safe.
        #[n(2)]
        at: Sequence,
    },
    /// Not yet: the server has not decided the one before it.
    #[n(3)]
    OutOfOrder {
        /// Which entry.
        #[n(0)]
        id: FactId,
        /// The number of its lane that the server waits for.
        #[n(1)]
        expected: u32,
    },
    /// Not yet: the server could not decide. Send it again with back-off.
    #[n(4)]
    Deferred {
        /// Which entry.
        #[n(0)]
        id: FactId,
        /// Why.
        #[n(1)]
        code: ProblemCode,
    },
}

impl Answer {
    /// Which entry this answers.
    pub fn id(&self) -> FactId {
        match *self {
            Self::Accepted { id, .. }
            | Self::Rejected { id, .. }
            | Self::OutOfOrder { id, .. }
            | Self::Deferred { id, .. } => id,
        }
    }
}

/// A stretch of the record as far as it concerns one enrolment.
///
/// It says: between `after` and `next` nothing else concerns you. A device whose cursor is before
/// `after` has a gap and pulls; one whose cursor is beyond `next` has seen it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Events {
    /// The epoch in which the record is now.
    #[n(0)]
    pub epoch: u32,
    /// Where the stretch begins (exclusive).
    #[n(1)]
    pub after: u64,
    /// Where it ends (inclusive): the new cursor.
    #[n(2)]
    pub next: u64,
    /// At most [`EVENTS_MAX`], in the order of the record.
    #[n(3)]
    #[cbor(default)]
    pub events: Vec<Event>,
    /// Set if there is more to pull.
    #[n(4)]
    #[serde(default)]
    #[cbor(default)]
    pub more: bool,
    /// In the answer to a `Pull`: its number. Its marks are kept.
    #[n(5)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers: Option<u32>,
    /// The server's clock, for the estimate of the skew.
    #[n(6)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_time: Option<Millis>,
    /// Up to here the record is covered by a backup or old enough by policy: devices may forget
    /// their own copies.
    #[n(7)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub safe_up_to: Option<u64>,
    /// Only if the cursor came from an older epoch: the record was cut after this number. What
    /// the device knows beyond it is gone from the server, and the device gives back its own.
    #[n(8)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut_after: Option<u64>,
}

/// One fact of the record, as its readers see it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Event {
    /// Its number in the record.
    #[n(0)]
    pub n: u64,
    /// When it was committed, by the server's clock.
    #[n(1)]
    pub recorded_at: Millis,
    /// What it says.
    #[n(2)]
    pub content: Content,
    /// Its id. Absent for receipts, which nothing refers to.
    #[n(3)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<FactId>,
    /// Who made it; the server if absent.
    #[n(4)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<PersonId>,
    /// Where it belongs; absent for receipts.
    #[n(5)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<ConversationId>,
    /// The author's offset from UTC at the time, in minutes.
    #[n(6)]
    #[serde(default)]
    #[cbor(default)]
    pub offset_minutes: i16,
    /// Server time minus device time as the author's device estimated it, in milliseconds.
    #[n(7)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skew_ms: Option<i64>,
}

/// Who is online now. It is a snapshot for the people it names and says nothing of others.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Presence {
    /// One entry for each person whose state is told.
    #[n(0)]
    pub people: Vec<PresenceOf>,
}

/// Whether one person has a live connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PresenceOf {
    /// Who.
    #[n(0)]
    pub person: PersonId,
    /// Whether a device of theirs is connected.
    #[n(1)]
    pub online: bool,
    /// Since when, by the server's clock; for who is offline, when they were last seen.
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Millis>,
}

/// A frame that cannot be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FrameError {
    /// Larger than [`FRAME_BYTES_MAX`], or a list in it longer than its bound.
    TooLarge,
    /// A type of frame that this version does not know.
    UnknownFrame,
    /// Not a frame of its type; the text says where it stopped making sense.
    Malformed(String),
}

impl FrameError {
    /// The code to answer with.
    pub fn code(&self) -> ProblemCode {
        match self {
            Self::TooLarge => ProblemCode::TooLarge,
            Self::UnknownFrame => ProblemCode::UnknownFrame,
            Self::Malformed(_) => ProblemCode::Malformed,
        }
    }
}

impl std::fmt::Display for FrameError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TooLarge => write!(f, "the frame exceeds a bound"),
            Self::UnknownFrame => write!(f, "the frame is of no known type"),
            Self::Malformed(what) => write!(f, "the frame cannot be read: {what}"),
        }
    }
}

impl std::error::Error for FrameError {}

impl Uplink {
    /// The CBOR form.
    pub fn to_bytes(&self) -> Vec<u8> {
        encode(self)
    }

    /// Reads the CBOR form and checks every bound on lists.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FrameError> {
        let frame: Self = decode(bytes, 1..=2)?;
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
        };
        if within { Ok(()) } else { Err(FrameError::TooLarge) }
    }
}

impl Downlink {
    /// The CBOR form.
    pub fn to_bytes(&self) -> Vec<u8> {
        encode(self)
    }

    /// Reads the CBOR form.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FrameError> {
        let frame: Self = decode(bytes, 1..=4)?;
        match &frame {
            Self::Events(events) if events.events.len() > EVENTS_MAX => Err(FrameError::TooLarge),
            Self::Answers { answers } if answers.len() > SUBMIT_ENTRIES_MAX => {
                Err(FrameError::TooLarge)
            }
            _ => Ok(frame),
        }
    }
}

fn encode<T: Encode<()>>(frame: &T) -> Vec<u8> {
    let mut bytes = Vec::new();
    match minicbor::encode(frame, &mut bytes) {
        Ok(()) => bytes,
        // Writing to a Vec cannot fail.
        Err(error) => match *error_to_infallible(error) {},
    }
}

fn error_to_infallible(
    error: minicbor::encode::Error<std::convert::Infallible>,
) -> Box<std::convert::Infallible> {
    unreachable!("encoding to memory failed: {error}")
}

fn decode<'b, T: Decode<'b, ()>>(
    bytes: &'b [u8],
    known: std::ops::RangeInclusive<u32>,
) -> Result<T, FrameError> {
    if bytes.len() > FRAME_BYTES_MAX {
        return Err(FrameError::TooLarge);
    }
    let malformed = |error: minicbor::decode::Error| FrameError::Malformed(error.to_string());
    let mut tag = minicbor::Decoder::new(bytes);
    tag.array().map_err(malformed)?;
    if !known.contains(&tag.u32().map_err(malformed)?) {
        return Err(FrameError::UnknownFrame);
    }
    let mut decoder = minicbor::Decoder::new(bytes);
    let frame = decoder.decode().map_err(malformed)?;
    if decoder.position() == bytes.len() {
        Ok(frame)
    } else {
        Err(FrameError::Malformed("bytes follow the frame".into()))
    }
}
