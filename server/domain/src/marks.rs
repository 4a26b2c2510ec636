//! Delivered and read marks: which moves they make, and for whom.
//!
//! A mark covers a range of the record. It becomes a [`Move`] only if the range holds a message
//! of someone else; what passes nothing new writes nothing into the record.

use std::collections::{BTreeMap, HashMap};

use waypost_protocol::{
    ConversationId, EnrolmentId, Move, PersonId, ReadMark, ReceiptState, StoredMark,
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

/// The ranges that the marks of a batch pass, given everything else that is known.
///
/// Marks beyond the end of the record or of another epoch give none.
pub fn ranges(batch: &[Request], known: &Known) -> Vec<MarkRange> {
    let mut progress = Progress::default();
    let mut ranges = Vec::new();
    for request in batch {
        if let Request::Marks { actor, epoch, stored, read } = request
            && marks_count(known, *epoch, stored, read)
        {
            ranges
                .extend(stored.iter().filter_map(|mark| progress.pass_stored(*actor, mark, known)));
            ranges.extend(read.iter().filter_map(|mark| progress.pass_read(*actor, mark, known)));
        }
    }
    ranges
}

/// Whether marks made in this epoch, up to these numbers, can be about this record.
pub(crate) fn marks_count(
    known: &Known,
    epoch: u32,
    stored: &[StoredMark],
    read: &[ReadMark],
) -> bool {
    let end = known.head.tree.size();
    epoch == known.head.epoch
        && stored.iter().all(|mark| mark.up_to <= end)
        && read.iter().all(|mark| mark.up_to <= end)
}

/// How far a batch has brought people and enrolments, beyond what is known, while it is gone through.
#[derive(Default)]
pub(crate) struct Progress {
    delivered: HashMap<PersonId, u64>,
    stored: HashMap<EnrolmentId, u64>,
    read: HashMap<(PersonId, ConversationId), u64>,
}

impl Progress {
    /// Moves a person's delivered mark; the range it passes, if any.
    pub(crate) fn pass_stored(
        &mut self,
        actor: Actor,
        mark: &StoredMark,
        known: &Known,
    ) -> Option<MarkRange> {
        let known = || known.people.get(&actor.person).map_or(0, |person| person.delivered_up_to);
        let from = self.delivered.entry(actor.person).or_insert_with(known);
        advance(from, mark.up_to).map(|from| MarkRange {
            person: actor.person,
            conversation: None,
            from,
            to: mark.up_to,
        })
    }

    /// Moves a person's read mark in a conversation; the range it passes, if any.
    pub(crate) fn pass_read(
        &mut self,
        actor: Actor,
        mark: &ReadMark,
        known: &Known,
    ) -> Option<MarkRange> {
        let place = (actor.person, mark.conversation);
        let known = || known.read.get(&place).copied().unwrap_or(0);
        let from = self.read.entry(place).or_insert_with(known);
        advance(from, mark.up_to).map(|from| MarkRange {
            person: actor.person,
            conversation: Some(mark.conversation),
            from,
            to: mark.up_to,
        })
    }

    /// Moves an enrolment's cursor; whether it advanced.
    pub(crate) fn pass_cursor(
        &mut self,
        enrolment: EnrolmentId,
        up_to: u64,
        known: &Known,
    ) -> bool {
        let known = || known.enrolments.get(&enrolment).map_or(0, |state| state.stored_up_to);
        advance(self.stored.entry(enrolment).or_insert_with(known), up_to).is_some()
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

fn advance(mark: &mut u64, to: u64) -> Option<u64> {
    let from = *mark;
    (to > from).then(|| {
        *mark = to;
        from
    })
}

/// The moves of one commit, gathered for one `Receipts` fact.
#[derive(Default)]
pub(crate) struct Moves {
    pub(crate) all: Vec<Move>,
    pub(crate) by_author: BTreeMap<PersonId, Vec<Move>>,
}

impl Moves {
    /// Applies the marks of one request.
    pub(crate) fn apply(
        &mut self,
        actor: Actor,
        stored: &[StoredMark],
        read: &[ReadMark],
        known: &Known,
        progress: &mut Progress,
        decision: &mut Decision,
    ) {
        for mark in stored {
            if let Some(range) = progress.pass_stored(actor, mark, known) {
                self.passed(range, mark.at, actor, known);
            }
        }
        let last = stored.iter().map(|mark| mark.up_to).max();
        if let (Some(up_to), Some(enrolment)) = (last, actor.enrolment)
            && progress.pass_cursor(enrolment, up_to, known)
        {
            decision.stored.push(StoredUpTo { enrolment, person: actor.person, up_to });
        }
        for mark in read {
            if let Some(range) = progress.pass_read(actor, mark, known)
                && self.passed(range, mark.at, actor, known)
            {
                decision.read.push((actor.person, *mark));
            }
        }
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
        for author in authors {
            self.by_author.entry(*author).or_default().push(told);
        }
        if state == ReceiptState::Read {
            // The reader's other devices learn it too.
            self.by_author.entry(range.person).or_default().push(told);
        }
        true
    }
}
