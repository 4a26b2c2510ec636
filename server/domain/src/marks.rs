//! Delivered and read marks: which moves they make, and for whom.
//!
//! A mark covers a range of the record. It becomes a [`Move`] only if the range holds a message
//! of someone else; what passes nothing new writes nothing into the record.

use std::collections::{BTreeMap, HashMap};

use waypost_protocol::{
    ConversationId, EnrolmentId, Millis, Move, PersonId, ReadMark, ReceiptState, Sequence,
    StoredMark,
};

use crate::batch::{Actor, Request};
use crate::known::Known;
use crate::record::{Decision, StoredUpTo};

/// A stretch of what concerns one person, passed by a mark.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct MarkRange {
    /// Whose mark.
    pub person: PersonId,
    /// For a read mark, the conversation; for a delivered one, all that concerns the person.
    pub conversation: Option<ConversationId>,
    /// Exclusive.
    pub from: u64,
    /// Inclusive: the mark.
    pub to: u64,
}

/// For each range, the authors other than its person of messages within it.
pub type AuthorsOf = HashMap<MarkRange, Vec<PersonId>>;

/// The ranges that the marks of a batch pass, given everything else that is known. Each must have its
/// authors, or none, in [`Known::authors`] before the batch is decided.
///
/// Marks beyond the end of the record, of another epoch or of a device that is gone give none.
pub fn ranges(batch: &[Request], known: &Known) -> Vec<MarkRange> {
    let mut progress = Progress::default();
    let mut ranges = Vec::new();
    for request in batch {
        if let Request::Marks { actor, epoch, stored, read } = request
            && !known.is_gone(*actor)
            && marks_count(known.head.sequence(), *epoch, stored, read)
        {
            for (range, _) in progress.stretches(*actor, stored, read, known) {
                progress.moves_to(&range);
                ranges.push(range);
            }
        }
    }
    ranges
}

/// Whether marks made in this epoch, up to these numbers, can be about a record that ended here when
/// the batch began.
pub(crate) fn marks_count(
    end: Sequence,
    epoch: u32,
    stored: &[StoredMark],
    read: &[ReadMark],
) -> bool {
    epoch == end.epoch
        && stored.iter().all(|mark| mark.up_to <= end.n)
        && read.iter().all(|mark| mark.up_to <= end.n)
}

/// How far a batch has brought people and enrolments, beyond what is known, while it is gone through.
#[derive(Default)]
pub(crate) struct Progress {
    delivered: HashMap<PersonId, u64>,
    stored: HashMap<EnrolmentId, u64>,
    read: HashMap<(PersonId, ConversationId), u64>,
}

impl Progress {
    /// The stretches that these marks pass from here on, each with the time of its mark. Nothing has
    /// moved yet.
    fn stretches(
        &self,
        actor: Actor,
        stored: &[StoredMark],
        read: &[ReadMark],
        known: &Known,
    ) -> Vec<(MarkRange, Millis)> {
        let (person, mut found) = (actor.person, Vec::new());
        let mut from = self.delivered(person, known);
        for StoredMark { up_to: to, at } in stored.iter().copied() {
            if to > from {
                found.push((MarkRange { person, conversation: None, from, to }, at));
                from = to;
            }
        }
        let mut read_up_to = BTreeMap::new();
        for ReadMark { conversation, up_to: to, at } in read.iter().copied() {
            let first = || self.read(person, conversation, known);
            let from = read_up_to.entry(conversation).or_insert_with(first);
            if to > *from && may_have_read(person, conversation) {
                let conversation = Some(conversation);
                found.push((MarkRange { person, conversation, from: *from, to }, at));
                *from = to;
            }
        }
        found
    }

    fn delivered(&self, person: PersonId, known: &Known) -> u64 {
        let from_known = || known.people.get(&person).map_or(0, |state| state.delivered_up_to);
        self.delivered.get(&person).copied().unwrap_or_else(from_known)
    }

    fn read(&self, person: PersonId, conversation: ConversationId, known: &Known) -> u64 {
        let place = (person, conversation);
        let from_known = || known.read.get(&place).copied().unwrap_or(0);
        self.read.get(&place).copied().unwrap_or_else(from_known)
    }

    fn moves_to(&mut self, range: &MarkRange) {
        match range.conversation {
            None => self.delivered.insert(range.person, range.to),
            Some(conversation) => self.read.insert((range.person, conversation), range.to),
        };
    }

    /// Moves an enrolment's cursor; whether it advanced.
    fn pass_cursor(&mut self, enrolment: EnrolmentId, up_to: u64, known: &Known) -> bool {
        let from_known = || known.enrolments.get(&enrolment).map_or(0, |state| state.stored_up_to);
        let mark = self.stored.entry(enrolment).or_insert_with(from_known);
        let advances = up_to > *mark;
        *mark = up_to.max(*mark);
        advances
    }

    /// Brings what is known up to here. A read mark that passed nobody's message stands in no table;
    /// to know it all the same changes nothing, because nothing new comes before it.
    pub(crate) fn becomes_known(self, known: &mut Known) {
        for (person, up_to) in self.delivered {
            if let Some(state) = known.people.get_mut(&person) {
                state.delivered_up_to = up_to;
            }
        }
        for (enrolment, up_to) in self.stored {
            if let Some(state) = known.enrolments.get_mut(&enrolment) {
                state.stored_up_to = up_to;
            }
        }
        known.read.extend(self.read);
    }
}

/// Whether somebody can have read anything here: not between two others.
pub(crate) fn may_have_read(person: PersonId, conversation: ConversationId) -> bool {
    match conversation {
        ConversationId::Direct(..) => conversation.partner_of(person).is_some(),
        ConversationId::Broadcasts(whose) | ConversationId::Own(whose) => whose == person,
        ConversationId::Group(_)
        | ConversationId::Dispatch(_)
        | ConversationId::Incident(_)
        | ConversationId::About(_)
        | ConversationId::Reports
        | ConversationId::Fleet
        | ConversationId::Staff => true,
    }
}

/// The moves of one commit, gathered for one `Receipts` fact.
#[derive(Default)]
pub(crate) struct Moves {
    pub(crate) all: Vec<Move>,
    pub(crate) by_author: BTreeMap<PersonId, Vec<Move>>,
}

impl Moves {
    /// Applies the marks of one request. `false`, and nothing has moved, if they pass a range whose
    /// authors were not asked for: something earlier in the batch has changed where it begins.
    pub(crate) fn apply(
        &mut self,
        actor: Actor,
        stored: &[StoredMark],
        read: &[ReadMark],
        known: &Known,
        progress: &mut Progress,
        decision: &mut Decision,
    ) -> bool {
        let stretches = progress.stretches(actor, stored, read, known);
        if stretches.iter().any(|(range, _)| !known.authors.contains_key(range)) {
            return false;
        }
        for (range, at) in stretches {
            progress.moves_to(&range);
            if self.passed(range, at, actor, known)
                && let MarkRange { person, conversation: Some(conversation), to: up_to, .. } = range
            {
                decision.read.push((person, ReadMark { conversation, up_to, at }));
            }
        }
        let last = stored.iter().map(|mark| mark.up_to).max();
        if let (Some(up_to), Some(enrolment)) = (last, actor.enrolment)
            && progress.pass_cursor(enrolment, up_to, known)
        {
            decision.stored.push(StoredUpTo { enrolment, person: actor.person, up_to });
        }
        true
    }

    /// Notes the move that passes this range; whether there was anything to pass.
    fn passed(&mut self, range: MarkRange, at: i64, actor: Actor, known: &Known) -> bool {
        let authors = known.authors.get(&range).map(Vec::as_slice).unwrap_or_default();
        if authors.is_empty() {
            return false;
        }
        let state = match range.conversation {
            Some(_) => ReceiptState::Read,
            None => ReceiptState::Delivered,
        };
        let told = Move {
            person: range.person,
            state,
            up_to: range.to,
            at,
            conversation: range.conversation,
            enrolment: None,
        };
        self.all.push(Move { enrolment: actor.enrolment, ..told });
        // What the server said for a consignee is looked up when they ask.
        for author in authors.iter().filter(|author| **author != PersonId::SERVER) {
            self.by_author.entry(*author).or_default().push(told);
        }
        if state == ReceiptState::Read {
            // The reader's other devices learn it too.
            self.by_author.entry(range.person).or_default().push(told);
        }
        true
    }
}
