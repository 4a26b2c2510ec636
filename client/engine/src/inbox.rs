//! What comes down: which events are news, what is asked for, and what the answers confirm.

use waypost_protocol::{
    EVENTS_MAX, Event, Events, Move, PersonId, Pull, ReadMark, ReceiptState, Sequence, StoredMark,
    kind,
};

use crate::marks::Marks;
use crate::{ANSWER_WAIT_MS, Change};

/// The cursor, and the one pull that may wait for its answer.
pub(crate) struct Inbox {
    pub(crate) cursor: Sequence,
    number: u32,
    asked: Option<Asked>,
    /// Ask as soon as the pull before is answered.
    pub(crate) wanted: bool,
    /// Older events are still being fetched.
    pub(crate) catching_up: bool,
}

struct Asked {
    number: u32,
    at_tick: u64,
    stored: Vec<StoredMark>,
    read: Vec<ReadMark>,
}

/// How a stretch of the record lies to the cursor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fit {
    /// From a record that is older than what is known: a late frame.
    Stale,
    /// The record was restored from a backup and cut after this number.
    Cut(u64),
    /// Something between the cursor and it is missing.
    Gap,
    /// Nothing in it is news.
    Seen,
    /// It goes on from the cursor.
    News,
}

impl Inbox {
    /// `number` should be random: an answer to a pull of an earlier run must not look like one to
    /// a pull of this run.
    pub(crate) fn new(cursor: Sequence, number: u32) -> Self {
        Self { cursor, number, asked: None, wanted: false, catching_up: false }
    }

    pub(crate) fn link_up(&mut self) {
        self.asked = None;
        self.wanted = true;
        self.catching_up = true;
    }

    /// The next pull, if one is due.
    pub(crate) fn next_pull(&mut self, marks: &Marks, tick: u64) -> Option<Pull> {
        if self.asked.is_some() || !(self.wanted || marks.are_owed()) {
            return None;
        }
        self.wanted = false;
        self.number = self.number.wrapping_add(1);
        let (stored, read) = (marks.stored().to_vec(), marks.next_read());
        let asked = Asked {
            number: self.number,
            at_tick: tick,
            stored: stored.clone(),
            read: read.clone(),
        };
        self.asked = Some(asked);
        let limit = u16::try_from(EVENTS_MAX).unwrap_or(u16::MAX);
        Some(Pull { after: self.cursor, number: self.number, limit, stored, read })
    }

    /// An answer that does not come is asked for again.
    pub(crate) fn expire(&mut self, tick: u64) {
        if self.asked.as_ref().is_some_and(|asked| asked.at_tick + ANSWER_WAIT_MS <= tick) {
            self.forget_asked();
        }
    }

    pub(crate) fn forget_asked(&mut self) {
        self.wanted |= self.asked.take().is_some();
    }

    pub(crate) fn next_tick(&self) -> Option<u64> {
        self.asked.as_ref().map(|asked| asked.at_tick + ANSWER_WAIT_MS)
    }

    /// If these events answer the pull that waits: its tick and the marks that are now kept.
    pub(crate) fn answered(
        &mut self,
        events: &Events,
    ) -> Option<(u64, Vec<StoredMark>, Vec<ReadMark>)> {
        let asked = self.asked.take_if(|asked| events.answers == Some(asked.number))?;
        self.catching_up = events.more;
        self.wanted |= events.more;
        Some((asked.at_tick, asked.stored, asked.read))
    }

    /// How a stretch lies to the cursor.
    pub(crate) fn fit(&self, events: &Events, answers_us: bool) -> Fit {
        if events.epoch < self.cursor.epoch {
            return Fit::Stale;
        }
        if events.epoch > self.cursor.epoch {
            if !answers_us {
                // Pushed by the restored server: the answer to a pull will say where it was cut.
                return Fit::Gap;
            }
            return Fit::Cut(events.cut_after.unwrap_or(self.cursor.n));
        }
        if events.next <= self.cursor.n {
            Fit::Seen
        } else if events.after > self.cursor.n {
            Fit::Gap
        } else {
            Fit::News
        }
    }
}

/// Whether the server is told at once that this fact is stored: it is a message of someone else.
/// A kind that is not known yet may be one.
pub(crate) fn earns_delivery(event: &Event, me: PersonId) -> bool {
    let silent = matches!(
        event.content.kind,
        kind::ACKNOWLEDGEMENT
            | kind::EDIT
            | kind::DELETION
            | kind::RECEIPTS
            | kind::PERSON_ADDED
            | kind::GROUP_CREATED
            | kind::GROUP_CHANGED
            | kind::MODERATOR_NAMED
            | kind::MODERATOR_ENDED
            | kind::MEMBER_JOINED
            | kind::MEMBER_LEFT
            | kind::ENROLLED
            | kind::REVOKED
            | kind::EPOCH_BEGAN
    );
    !silent && event.author.is_some_and(|author| author != me)
}

/// What another device of the same person says about their reading.
pub(crate) fn own_reads(event: &Event, me: PersonId) -> Vec<Move> {
    if event.content.kind != kind::RECEIPTS {
        return Vec::new();
    }
    let Ok(waypost_protocol::Body::Receipts { moves }) = event.content.to_body() else {
        return Vec::new();
    };
    let mine = |step: &Move| step.person == me && step.state == ReceiptState::Read;
    moves.into_iter().filter(mine).collect()
}

/// The changes that store the news of a stretch and move the cursor to its end.
pub(crate) fn store_news(cursor: Sequence, events: Events) -> Vec<Change> {
    let epoch = events.epoch;
    let news = events.events.into_iter().filter(|event| event.n > cursor.n);
    let mut changes: Vec<_> = news.map(|event| Change::Recorded { epoch, event }).collect();
    changes.push(Change::Cursor(Sequence { epoch, n: events.next }));
    changes
}
