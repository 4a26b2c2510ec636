//! Entries of a lane that were committed one after the other, told as one: a thousand messages
//! that were tapped on a day without a network cost a few bytes on the way back, not a few each.

use waypost_protocol::{Answer, ConversationId, Entry, FactId, Millis, OwnRun, Sequence};

/// An entry that is in the record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Placed {
    pub(crate) id: FactId,
    pub(crate) lane: ConversationId,
    /// In its lane; 0 outside any lane.
    pub(crate) number: u32,
    pub(crate) sequence: Sequence,
    pub(crate) recorded_at: Millis,
}

/// One or more of them, each right after the one before in the lane and in the record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Run {
    last: Placed,
    before: u32,
}

impl Run {
    pub(crate) fn of(first: Placed) -> Self {
        Self { last: first, before: 0 }
    }

    /// Takes the next one up, if it goes on from here.
    pub(crate) fn takes(&mut self, next: Placed) -> bool {
        let last = self.last;
        let goes_on = last.number != 0
            && (next.lane, next.recorded_at) == (last.lane, last.recorded_at)
            && Some(next.number) == last.number.checked_add(1)
            && next.sequence == Sequence { n: last.sequence.n + 1, ..last.sequence };
        if goes_on {
            *self = Self { last: next, before: self.before + 1 };
        }
        goes_on
    }

    /// As it stands among the answers.
    pub(crate) fn answer(self) -> Answer {
        let Placed { id, sequence, recorded_at, .. } = self.last;
        Answer::Accepted { id, sequence, recorded_at, before: self.before }
    }

    /// As it stands in a stretch that is pushed.
    pub(crate) fn own(self) -> OwnRun {
        let Placed { id, sequence, recorded_at, .. } = self.last;
        OwnRun { id, n: sequence.n, recorded_at, before: self.before }
    }
}

/// The answers to entries, in their order, runs as one.
pub(crate) fn in_runs(entries: &[Entry], decided: impl Iterator<Item = Answer>) -> Vec<Answer> {
    let mut answers = Vec::new();
    let mut run: Option<Run> = None;
    for (entry, answer) in entries.iter().zip(decided) {
        let placed = placed(entry, &answer);
        let goes_on = run.as_mut().zip(placed).is_some_and(|(run, placed)| run.takes(placed));
        if goes_on {
            answers.pop();
        } else {
            run = placed.map(Run::of);
        }
        answers.push(run.map_or(answer, Run::answer));
    }
    answers
}

fn placed(entry: &Entry, answer: &Answer) -> Option<Placed> {
    let Answer::Accepted { id, sequence, recorded_at, .. } = *answer else { return None };
    let Entry { conversation: lane, number, .. } = *entry;
    Some(Placed { id, lane, number, sequence, recorded_at })
}
