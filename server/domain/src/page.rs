//! The answers to a `Pull` and a `History`: which stretch of the record they cover.

use waypost_protocol::{EVENTS_MAX, Earlier, Event, Events, History, Millis, Sequence};

/// One epoch of the record: its number and the number of the last fact before it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct EpochStart {
    /// Which epoch.
    pub epoch: u32,
    /// Facts beyond this number belong to it or a later one.
    pub after: u64,
}

/// Where to read from for a cursor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct From {
    /// Exclusive.
    pub after: u64,
    /// Set if the cursor is of an older epoch: the record was cut here.
    pub cut_after: Option<u64>,
}

/// Where a device with this cursor must go on reading. A cursor beyond the end of the record (of
/// a device that lied, or of a record that was replaced) starts at the end.
pub fn from(cursor: Sequence, epochs: &[EpochStart], end: u64) -> From {
    let cut_after =
        epochs.iter().filter(|start| start.epoch > cursor.epoch).map(|start| start.after).min();
    let after = cursor.n.min(cut_after.unwrap_or(u64::MAX)).min(end);
    From { after, cut_after }
}

/// What was read for one page.
pub struct Read {
    /// The events found, in order, at most the limit.
    pub events: Vec<Event>,
    /// How far the record was searched.
    pub searched_up_to: u64,
    /// Whether the limit was reached before that.
    pub limited: bool,
}

/// Puts the answer together.
pub fn answer(
    epoch: u32,
    from: From,
    read: Read,
    end: u64,
    pull_number: u32,
    now: Millis,
    safe_up_to: u64,
) -> Events {
    let next = match read.events.last() {
        Some(last) if read.limited => last.n,
        _ => read.searched_up_to.max(from.after),
    };
    Events {
        epoch,
        after: from.after,
        next,
        events: read.events,
        more: next < end,
        answers: Some(pull_number),
        server_time: Some(now),
        safe_up_to: Some(safe_up_to),
        cut_after: from.cut_after,
        own: Vec::new(),
    }
}

/// The answer to a `History`, from the newest facts before its number, newest first: at most its limit,
/// and one more if there is one.
pub fn earlier(epoch: u32, asked: &History, mut newest: Vec<Event>) -> Earlier {
    let fits = fitting(&newest).min(usize::from(asked.limit));
    let more = newest.len() > fits;
    newest.truncate(fits);
    newest.reverse();
    let (answers, conversation) = (asked.number, asked.conversation);
    Earlier { answers, epoch, conversation, events: newest, more }
}

/// How many bytes of content one `Events` frame carries at most, so that it stays well within
/// [`waypost_protocol::FRAME_BYTES_MAX`] with everything around it. One event alone always fits.
const PAGE_CONTENT_BYTES_MAX: usize = 128 * 1024;

/// What was put into one frame, to tell what still fits.
#[derive(Default)]
pub(crate) struct Room {
    events: usize,
    bytes: usize,
}

impl Room {
    /// Takes one more, if it fits. The first always does.
    pub(crate) fn takes(&mut self, event: &Event) -> bool {
        let bytes = self.bytes + event.content.bytes.len();
        let fits =
            self.events == 0 || (self.events < EVENTS_MAX && bytes <= PAGE_CONTENT_BYTES_MAX);
        if fits {
            *self = Self { events: self.events + 1, bytes };
        }
        fits
    }
}

/// How many of these events fit into one frame; at least one if there is one.
pub fn fitting(events: &[Event]) -> usize {
    let mut room = Room::default();
    events.iter().take_while(|event| room.takes(event)).count()
}
