//! What the server says to a device.

use minicbor::{Decode, Decoder, Encode, decode::Error};
use serde::{Deserialize, Serialize};

use super::Presence;
use super::codec::{FrameError, decode, encode, is_false, is_nought, is_zero};
use crate::lenient::{known, more};
use crate::{
    Content, ConversationId, EVENTS_MAX, FactId, Millis, PRESENCE_PEOPLE_MAX, PersonId,
    ProblemCode, SUBMIT_ENTRIES_MAX, Sequence,
};

/// What the server says to a device.
///
/// ```
/// use waypost_protocol::{Downlink, Events};
///
/// let nothing_new = Downlink::Events(Events { after: 40, next: 42, ..Events::default() });
/// assert_eq!(Downlink::from_bytes(&nothing_new.to_bytes()), Ok(nothing_new));
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "frame", rename_all = "kebab-case")]
#[cbor(flat)]
pub enum Downlink {
    /// What became of submitted entries.
    #[n(1)]
    Answers {
        /// One for each entry, in the order of the `Submit`, or one for a run of them.
        #[n(0)]
        #[cbor(decode_with = "read_answers")]
        answers: Vec<Answer>,
    },
    /// Part of the record, as the answer to a `Pull` or pushed as it happens.
    #[n(2)]
    Events(#[n(0)] Events),
    /// Who is online, for those who may see it, and who is writing. It is no fact and may be lost.
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
    /// What was said before, as the answer to a `History`.
    #[n(5)]
    Earlier(#[n(0)] Earlier),
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
        /// So are this many entries right before it in its lane: their places are the ones right
        /// before this one.
        #[n(3)]
        #[serde(default, skip_serializing_if = "is_nought")]
        #[cbor(skip_if = "is_nought")]
        before: u32,
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
    #[serde(default)]
    #[cbor(skip_if = "Vec::is_empty")]
    pub events: Vec<Event>,
    /// Set if there is more to pull.
    #[n(4)]
    #[serde(default)]
    #[cbor(skip_if = "is_false")]
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
    /// In a stretch that is pushed: facts that this enrolment submitted itself. It has what they
    /// say, so they stand here and not among the events. At most [`EVENTS_MAX`] runs.
    #[n(9)]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cbor(skip_if = "Vec::is_empty")]
    pub own: Vec<OwnRun>,
}

/// What a conversation said before a number, as far as its reader may know it: the newest that there
/// is and that fits, in the order of the record.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Earlier {
    /// The number of the `History` that this answers.
    #[n(0)]
    pub answers: u32,
    /// The epoch in which the record is now.
    #[n(1)]
    pub epoch: u32,
    /// Where it was said.
    #[n(2)]
    pub conversation: ConversationId,
    /// At most [`EVENTS_MAX`].
    #[n(3)]
    #[serde(default)]
    #[cbor(skip_if = "Vec::is_empty")]
    pub events: Vec<Event>,
    /// Set if there is more before these.
    #[n(4)]
    #[serde(default)]
    #[cbor(skip_if = "is_false")]
    pub more: bool,
}

/// Entries of this enrolment that are committed: one, or a run of its lane.
///
/// It says of them what [`Answer::Accepted`] says; whichever comes first empties the outbox.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OwnRun {
    /// The last of them.
    #[n(0)]
    pub id: FactId,
    /// Its number in the record.
    #[n(1)]
    pub n: u64,
    /// When they were committed, by the server's clock.
    #[n(2)]
    pub recorded_at: Millis,
    /// How many entries right before it in its lane belong to the run; their numbers in the
    /// record are the ones right before `n`.
    #[n(3)]
    #[serde(default, skip_serializing_if = "is_nought")]
    #[cbor(skip_if = "is_nought")]
    pub before: u32,
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
    /// Where it belongs; absent for receipts. A stream of a newer version reads as absent too.
    #[n(5)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<ConversationId>,
    /// The author's offset from UTC at the time, in minutes.
    #[n(6)]
    #[serde(default)]
    #[cbor(skip_if = "is_zero")]
    pub offset_minutes: i16,
    /// Server time minus device time as the author's device estimated it, in milliseconds.
    #[n(7)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skew_ms: Option<i64>,
}

impl Downlink {
    /// The CBOR form.
    pub fn to_bytes(&self) -> Vec<u8> {
        encode(self)
    }

    /// Reads the CBOR form.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FrameError> {
        let frame: Self = decode(bytes, 1..=5)?;
        match &frame {
            Self::Events(Events { events, own, .. })
                if events.len() > EVENTS_MAX || own.len() > EVENTS_MAX =>
            {
                Err(FrameError::TooLarge)
            }
            Self::Earlier(Earlier { events, .. }) if events.len() > EVENTS_MAX => {
                Err(FrameError::TooLarge)
            }
            Self::Presence(Presence { people, typing })
                if people.len().max(typing.len()) > PRESENCE_PEOPLE_MAX =>
            {
                Err(FrameError::TooLarge)
            }
            Self::Answers { answers } if answers.len() > SUBMIT_ENTRIES_MAX => {
                Err(FrameError::TooLarge)
            }
            _ => Ok(frame),
        }
    }
}

/// An answer of a type that this version does not know reads as `Deferred`: the entry stays in
/// the outbox, and the next version of the device will understand what became of it. Every type
/// of answer, also a future one, therefore begins with the id.
fn read_answers<C>(d: &mut Decoder<'_>, ctx: &mut C) -> Result<Vec<Answer>, Error> {
    let mut answers = Vec::new();
    let mut left = d.array()?;
    while more(d, &mut left)? {
        let mut newer = d.clone();
        answers.push(match known(d, ctx)? {
            Some(answer) => answer,
            None => {
                newer.array()?;
                newer.i64()?;
                Answer::Deferred { id: newer.decode()?, code: ProblemCode::UnknownFrame }
            }
        });
    }
    Ok(answers)
}
