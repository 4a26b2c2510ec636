//! What each [`Change`] means, in code: a store in memory.
//!
//! Tests and the simulation keep their data in it, and the device's real store is compared with
//! it. It refuses to be fast.

use std::collections::BTreeMap;

use waypost_protocol::{
    ConversationId, Entry, Event, FactId, ProblemCode, ReadMark, Sequence, StoredMark,
};

use crate::{Change, Saved};

/// A device's store in memory.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ReferenceStore {
    /// Own copies of what this person said, with what became of it.
    pub own: BTreeMap<FactId, (Entry, Fate)>,
    /// What the record said, by its place. After a cut the older epoch's facts stay for reading.
    pub record: BTreeMap<Sequence, Event>,
    /// The own facts whose place is known; what they say is not repeated by the record.
    pub placed: BTreeMap<Sequence, FactId>,
    /// Up to where the record is stored.
    pub cursor: Sequence,
    /// The last number used in each lane.
    pub lanes: BTreeMap<ConversationId, u32>,
    /// Stored marks without confirmation.
    pub stored_marks: Vec<StoredMark>,
    /// Read marks without confirmation.
    pub read_marks: Vec<ReadMark>,
    /// How far the person has read each conversation.
    pub read_up_to: BTreeMap<ConversationId, u64>,
    /// Before which number of a conversation what it said is still to be fetched.
    pub openings: BTreeMap<ConversationId, Sequence>,
    /// The estimated skew.
    pub skew_ms: Option<i64>,
}

/// What became of an own fact.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    /// It waits in the outbox.
    Waiting,
    /// It is in the record.
    Accepted(Sequence),
    /// It is wedged.
    Rejected {
        /// Why.
        code: ProblemCode,
        /// The end of the record at that moment.
        at: Sequence,
        /// It is off the screen.
        discarded: bool,
    },
}

impl Fate {
    /// Whether a record that was cut for a new `epoch` after `after` lacks this decision.
    fn is_lost_by(&self, epoch: u32, after: u64) -> bool {
        match self {
            Self::Waiting => false,
            Self::Accepted(sequence) => sequence.epoch < epoch && sequence.n > after,
            Self::Rejected { at, .. } => at.epoch < epoch && at.n >= after,
        }
    }

    fn may_go(&self, safe_up_to: u64) -> bool {
        match self {
            Self::Waiting => false,
            Self::Accepted(sequence) => sequence.n <= safe_up_to,
            Self::Rejected { at, discarded, .. } => *discarded && at.n < safe_up_to,
        }
    }
}

impl ReferenceStore {
    /// Applies one transaction.
    pub fn apply(&mut self, changes: &[Change]) {
        changes.iter().for_each(|change| self.apply_one(change.clone()));
    }

    fn apply_one(&mut self, change: Change) {
        match change {
            Change::Queued(entry) => {
                let last = self.lanes.entry(entry.conversation).or_default();
                *last = entry.number.max(*last);
                self.own.insert(entry.id, (entry, Fate::Waiting));
            }
            Change::Accepted { id, sequence, .. } => {
                self.decide(id, Fate::Accepted(sequence));
                self.placed.insert(sequence, id);
            }
            Change::Rejected { id, code, at } => {
                self.decide(id, Fate::Rejected { code, at, discarded: false });
            }
            Change::Discarded { id } => {
                if let Some((_, Fate::Rejected { discarded, .. })) = self.own.get_mut(&id) {
                    *discarded = true;
                }
            }
            Change::Safe { up_to } => self.own.retain(|_, (_, fate)| !fate.may_go(up_to)),
            Change::Cut { epoch, after } => {
                let lost = self.own.values_mut().filter(|(_, it)| it.is_lost_by(epoch, after));
                lost.for_each(|(_, fate)| *fate = Fate::Waiting);
            }
            Change::Recorded { epoch, event } | Change::Earlier { epoch, event } => {
                self.record.insert(Sequence { epoch, n: event.n }, event);
            }
            Change::Opening { conversation, before: Some(before) } => {
                self.openings.insert(conversation, before);
            }
            Change::Opening { conversation, before: None } => {
                self.openings.remove(&conversation);
            }
            Change::Cursor(cursor) => self.cursor = cursor,
            Change::StoredMarks(marks) => self.stored_marks = marks,
            Change::ReadMarks(marks) => self.read_marks = marks,
            Change::ReadUpTo { conversation, up_to } => {
                self.read_up_to.insert(conversation, up_to);
            }
            Change::Skew(skew) => self.skew_ms = Some(skew),
        }
    }

    fn decide(&mut self, id: FactId, decided: Fate) {
        if let Some((_, fate)) = self.own.get_mut(&id) {
            *fate = decided;
        }
    }

    /// What an engine starts from.
    pub fn saved(&self) -> Saved {
        let waiting = self.own.values().filter(|(_, fate)| *fate == Fate::Waiting);
        Saved {
            cursor: self.cursor,
            waiting: waiting.map(|(entry, _)| entry.clone()).collect(),
            lanes: self.lanes.clone(),
            stored_marks: self.stored_marks.clone(),
            read_marks: self.read_marks.clone(),
            read_up_to: self.read_up_to.clone(),
            openings: self.openings.clone(),
            skew_ms: self.skew_ms,
        }
    }
}
