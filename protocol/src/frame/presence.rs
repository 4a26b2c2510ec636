//! Who is here, what they are at, and who is writing: no facts, and any of it may be lost.

use minicbor::{Decode, Decoder, Encode, decode::Error};
use serde::{Deserialize, Serialize};

use super::codec::is_false;
use crate::lenient::known;
use crate::{ConversationId, Millis, PersonId};

/// What someone who is connected is at, as their device says.
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
pub enum Activity {
    /// Nobody has touched the device for a while.
    #[n(1)]
    Away,
    /// At the device.
    #[default]
    #[n(0)]
    Active,
    /// At the wheel: reads nothing now, and may hear what is read aloud.
    #[n(2)]
    Driving,
}

/// "This is what I am at." It is said again on each new connection, and nothing answers it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Here {
    /// What the person at this device is at. One that is not known reads as [`Activity::Active`].
    #[n(0)]
    #[serde(default)]
    #[cbor(decode_with = "read_activity", skip_if = "is_active")]
    pub activity: Activity,
    /// Where they are writing at this moment. It holds for [`crate::TYPING_FOR_MS`].
    #[n(1)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub typing: Option<ConversationId>,
}

/// Who is online now, and who is writing. It says nothing of whom it does not name.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Presence {
    /// One entry for each person whose state is told, at most [`crate::PRESENCE_PEOPLE_MAX`].
    #[n(0)]
    pub people: Vec<PresenceOf>,
    /// Who is writing where, at most [`crate::PRESENCE_PEOPLE_MAX`].
    #[n(1)]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cbor(skip_if = "Vec::is_empty")]
    pub typing: Vec<TypingIn>,
}

/// Whether one person has a live connection, and what they are at.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PresenceOf {
    /// Who.
    #[n(0)]
    pub person: PersonId,
    /// Whether a device of theirs is connected. Of who is off shift this is not told.
    #[n(1)]
    pub online: bool,
    /// Since when, by the server's clock; for who is offline, when they were last seen.
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Millis>,
    /// What they are at, of who is online.
    #[n(3)]
    #[serde(default)]
    #[cbor(decode_with = "read_activity", skip_if = "is_active")]
    pub activity: Activity,
    /// They work by shifts, and have none now: nothing else is told of them.
    #[n(4)]
    #[serde(default)]
    #[cbor(skip_if = "is_false")]
    pub off_shift: bool,
}

/// Someone is writing. It holds for [`crate::TYPING_FOR_MS`], or until a message of theirs comes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TypingIn {
    /// Who.
    #[n(0)]
    pub person: PersonId,
    /// Where.
    #[n(1)]
    pub conversation: ConversationId,
}

fn is_active(activity: &Activity) -> bool {
    *activity == Activity::Active
}

fn read_activity<C>(d: &mut Decoder<'_>, ctx: &mut C) -> Result<Activity, Error> {
    Ok(known(d, ctx)?.unwrap_or_default())
}
