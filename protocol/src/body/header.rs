//! What a message carries beside its words: its thread, whom it calls by name, how urgent it is, what
//! is asked of its readers, and when it goes.

use minicbor::{Decode, Decoder, Encode, decode::Error};
use serde::{Deserialize, Serialize};

use super::ContentError;
use crate::lenient::{known, known_list};
use crate::{EXPIRES_AFTER_S_MAX, EXPIRES_AFTER_S_MIN, FactId, MENTIONS_MAX, Millis, PersonId};

/// What a message carries beside its words. Most carry nothing.
///
/// ```
/// use waypost_protocol::{Body, Header, Mention, PersonId, Priority};
///
/// let header = Header {
///     mentions: vec![Mention::Person(PersonId(7))],
///     priority: Priority::Urgent,
///     ..Header::default()
/// };
/// let closed = Body::Text { text: "@Dana gate 4 is closed".into(), answers: None, header };
/// assert_eq!(closed.check(), Ok(()));
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Header {
    /// The message that began the thread to which this belongs.
    #[n(0)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<FactId>,
    /// Who is called by name, at most [`crate::MENTIONS_MAX`].
    #[n(1)]
    #[cbor(decode_with = "read_mentions", skip_if = "Vec::is_empty")]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<Mention>,
    /// How urgent it is.
    #[n(2)]
    #[cbor(decode_with = "read_priority", skip_if = "Priority::is_routine")]
    #[serde(default, skip_serializing_if = "Priority::is_routine")]
    pub priority: Priority,
    /// Until when its author wants it acknowledged (milliseconds since 1970).
    #[n(3)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledge_by: Option<Millis>,
    /// So many seconds after the server has recorded it, it goes for ever, on every device; from
    /// [`crate::EXPIRES_AFTER_S_MIN`] to [`crate::EXPIRES_AFTER_S_MAX`].
    #[n(4)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_after_s: Option<u32>,
    /// The broadcast that brought it. The server alone says so.
    #[n(5)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(read_only))]
    pub broadcast: Option<FactId>,
    /// The chain along which it goes further if nobody acknowledges it in time. Without one its
    /// recipients are reminded.
    #[n(6)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chain: Option<u32>,
    /// The message that was told to others as well, because nobody had acknowledged it. The server
    /// alone says so.
    #[n(7)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(read_only))]
    pub escalates: Option<FactId>,
}

impl Header {
    /// Whether it carries nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn check(&self) -> Result<(), ContentError> {
        check_mentions(&self.mentions)?;
        if self.chain.is_some() && self.acknowledge_by.is_none() {
            let what = "a chain needs a time in `acknowledge_by`".into();
            return Err(ContentError { field: "chain", what });
        }
        check_expiry("expires_after_s", self.expires_after_s)
    }
}

pub(super) fn check_expiry(field: &'static str, after_s: Option<u32>) -> Result<(), ContentError> {
    let bounds = EXPIRES_AFTER_S_MIN..=EXPIRES_AFTER_S_MAX;
    match after_s.is_none_or(|after| bounds.contains(&after)) {
        true => Ok(()),
        false => Err(ContentError {
            field,
            what: format!("from {EXPIRES_AFTER_S_MIN} to {EXPIRES_AFTER_S_MAX} seconds"),
        }),
    }
}

pub(super) fn check_mentions(mentions: &[Mention]) -> Result<(), ContentError> {
    match mentions.len() <= MENTIONS_MAX {
        true => Ok(()),
        false => Err(ContentError { field: "mentions", what: format!("at most {MENTIONS_MAX}") }),
    }
}

/// Who is called by name in a message.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, Encode, Decode,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
#[cbor(flat)]
pub enum Mention {
    /// One person.
    #[n(0)]
    Person(#[n(0)] PersonId),
    /// The members of a group, as far as they read the conversation.
    #[n(1)]
    Group(#[n(0)] u32),
    /// All who read the conversation.
    #[n(2)]
    Everyone,
}

/// How urgent something is.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
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
pub enum Priority {
    /// Everyday.
    #[default]
    #[n(0)]
    Routine,
    /// Sounds, and goes before what is routine.
    #[n(1)]
    Urgent,
    /// Breaks through quiet hours, and goes before everything.
    #[n(2)]
    Emergency,
}

impl Priority {
    fn is_routine(&self) -> bool {
        *self == Self::Routine
    }
}

/// A mention of a sort that this version does not know is left out.
pub(super) fn read_mentions<C>(d: &mut Decoder<'_>, ctx: &mut C) -> Result<Vec<Mention>, Error> {
    known_list(d, ctx)
}

/// A priority that this version does not know is taken for urgent: what is missed costs more than
/// what is heard in vain.
pub(super) fn read_priority<C>(d: &mut Decoder<'_>, ctx: &mut C) -> Result<Priority, Error> {
    Ok(known(d, ctx)?.unwrap_or(Priority::Urgent))
}
