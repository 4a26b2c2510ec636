//! Receipts: who has a message, who has read it, and since when.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::{ConversationId, EnrolmentId, Millis, PersonId};

/// How far a message has come for one recipient. The order is the order of progress, and a
/// receipt only ever moves forward.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, Encode, Decode,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
#[cbor(index_only)]
pub enum ReceiptState {
    /// It is in the outbox of the author's device and nowhere else.
    #[n(0)]
    Queued,
    /// The server has committed it to the record.
    #[n(1)]
    Accepted,
    /// A device of the recipient has committed it to its own store.
    #[n(2)]
    Delivered,
    /// The recipient has had it on the screen.
    #[n(3)]
    Read,
    /// The recipient has said so with a tap.
    #[n(4)]
    Acknowledged,
}

/// "This enrolment has stored all that concerns it up to here, since then."
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StoredMark {
    /// The number of the last fact covered.
    #[n(0)]
    pub up_to: u64,
    /// When it was committed on the device, by the device's clock.
    #[n(1)]
    pub at: Millis,
}

/// "This person has read this conversation up to here, since then."
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReadMark {
    /// Which conversation was on the screen.
    #[n(0)]
    pub conversation: ConversationId,
    /// The number of the last fact read.
    #[n(1)]
    pub up_to: u64,
    /// When it was read, by the device's clock.
    #[n(2)]
    pub at: Millis,
}

/// One step of a person's receipts, as it stands in the record: everything of `conversation`
/// (or, for `Delivered`, everything) up to `up_to` has reached `state`.
///
/// A reader of moves keeps, for each message, the first move of each state that covers it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Move {
    /// The recipient.
    #[n(0)]
    pub person: PersonId,
    /// `Delivered` or `Read`. An acknowledgement is a fact of its own.
    #[n(1)]
    pub state: ReceiptState,
    /// The number of the last fact covered.
    #[n(2)]
    pub up_to: u64,
    /// When, by the clock of the recipient's device.
    #[n(3)]
    pub at: Millis,
    /// For `Read`: the conversation.
    #[n(4)]
    pub conversation: Option<ConversationId>,
    /// The device and person that said so. Present in the record, not sent to authors.
    #[n(5)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enrolment: Option<EnrolmentId>,
}
