//! What an engine starts from.

use std::collections::BTreeMap;

use waypost_protocol::{ConversationId, Entry, ReadMark, Sequence, StoredMark};

/// What a store gives back to an engine: the sum of all [`crate::Change`]s as far as the engine
/// needs it.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Saved {
    /// Where the record is stored up to.
    pub cursor: Sequence,
    /// The entries that have no answer, in any order.
    pub waiting: Vec<Entry>,
    /// The last number used in each lane.
    pub lanes: BTreeMap<ConversationId, u32>,
    /// Stored marks without confirmation, oldest first.
    pub stored_marks: Vec<StoredMark>,
    /// Read marks without confirmation, oldest first.
    pub read_marks: Vec<ReadMark>,
    /// How far the person has read each conversation.
    pub read_up_to: BTreeMap<ConversationId, u64>,
    /// The conversations that were opened to the person, with the place before which what they said is
    /// still to be fetched, in the epoch in which it was opened.
    pub openings: BTreeMap<ConversationId, Sequence>,
    /// Server time minus device time, in milliseconds, as last estimated.
    pub skew_ms: Option<i64>,
}
