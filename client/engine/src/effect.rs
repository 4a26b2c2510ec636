//! What an engine asks for, in the imperative.

use thiserror::Error;
use waypost_protocol::{
    ContentError, ConversationId, Entry, Event, FactId, Millis, OUTBOX_ENTRIES_MAX, Presence,
    ProblemCode, ReadMark, Sequence, StoredMark, Uplink,
};

use crate::LinkPath;

/// One thing to do. The effects of one input are run in order.
#[derive(Clone, PartialEq, Debug)]
pub enum Effect {
    /// Write all of this in one transaction. It is the first effect or absent.
    Store(Vec<Change>),
    /// The wish is durable; `id` is the fact that it made, if it made one.
    Kept {
        /// The new fact.
        id: Option<FactId>,
    },
    /// The wish is not kept.
    Refuse(Refusal),
    /// Try to bring a link up; [`crate::Input::LinkUp`] or [`crate::Input::LinkDown`] must follow.
    Connect(LinkPath),
    /// End a link or a try. No input need follow.
    Disconnect(LinkPath),
    /// Send a frame over the link that is up. It may get lost.
    Send(LinkPath, Uplink),
    /// Fire the timer at this tick. It replaces the timer set before; `None` stops it.
    SetTimer(Option<u64>),
    /// The state of the link has changed: see [`crate::Engine::link`].
    ShowLink,
    /// Show who is online; what is not named stays as it was.
    ShowPresence(Presence),
    /// Drop this engine and all links and start again from the store, as after a crash.
    StartOver,
}

/// Why a wish is not kept.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum Refusal {
    /// The outbox has no room until something is answered.
    #[error("the outbox is full ({OUTBOX_ENTRIES_MAX} facts wait for the server)")]
    OutboxFull,
    /// The content breaks a rule.
    #[error(transparent)]
    Content(#[from] ContentError),
}

/// One step of a local transaction. Applying the same one twice changes nothing more.
#[derive(Clone, PartialEq, Debug)]
pub enum Change {
    /// A fact of this person waits in the outbox and shows in the timeline; its lane has come to
    /// `entry.number`.
    Queued(Entry),
    /// The record has a waiting entry. Its own copy is kept until it is safe.
    Accepted {
        /// Which.
        id: FactId,
        /// Its place in the record.
        sequence: Sequence,
        /// When, by the server's clock.
        recorded_at: Millis,
    },
    /// A waiting entry is refused for ever: it is wedged. Its own copy is kept until it is safe.
    Rejected {
        /// Which.
        id: FactId,
        /// Why.
        code: ProblemCode,
        /// The end of the record at that moment.
        at: Sequence,
    },
    /// A wedged fact is off the screen; its own copy stays until it is safe.
    Discarded {
        /// Which.
        id: FactId,
    },
    /// Own copies may go: accepted ones with `n <= up_to`, and discarded ones that were rejected
    /// at an end before `up_to` (at that very end the record need not hold the refusal).
    Safe {
        /// Up to here the server's record is safe.
        up_to: u64,
    },
    /// The record was cut after `after` and goes on in `epoch`. Own copies of older epochs,
    /// accepted beyond it or rejected at or beyond it, wait again with their old ids and numbers.
    Cut {
        /// The new epoch.
        epoch: u32,
        /// The last number that the record still has of the older epochs.
        after: u64,
    },
    /// A fact of the record. It merges by id with what is known of it.
    Recorded {
        /// The epoch of its number.
        epoch: u32,
        /// The fact.
        event: Event,
    },
    /// A fact from before the person could read its conversation, which was opened to them. It may be
    /// known already.
    Earlier {
        /// The epoch in which it was opened: its number counts there as well.
        epoch: u32,
        /// The fact.
        event: Event,
    },
    /// What a conversation said before this place is still to be fetched; nothing if `None`.
    Opening {
        /// Which.
        conversation: ConversationId,
        /// Before which place, in the epoch in which it was opened.
        before: Option<Sequence>,
    },
    /// All that concerns this enrolment up to here is stored.
    Cursor(Sequence),
    /// The stored marks that the server has not confirmed; they replace those before.
    StoredMarks(Vec<StoredMark>),
    /// The read marks that the server has not confirmed; they replace those before.
    ReadMarks(Vec<ReadMark>),
    /// The person has read this conversation up to here, on this device or on another.
    ReadUpTo {
        /// Which.
        conversation: ConversationId,
        /// The number of the last message read. After a cut it may be lower than before.
        up_to: u64,
    },
    /// Server time minus device time, in milliseconds.
    Skew(i64),
}
