//! What concerns one device after a place of the record, cut into frames.

use waypost_protocol::{EVENTS_MAX, Event, Events};

use crate::page::Room;
use crate::runs::{Placed, Run};

/// One fact as one device is sent it.
pub(super) enum Piece {
    /// With all that it says.
    Whole(Event),
    /// Its own: it knows what it said and learns where that stands.
    Own(Placed),
}

impl Piece {
    fn n(&self) -> u64 {
        match self {
            Self::Whole(event) => event.n,
            Self::Own(placed) => placed.sequence.n,
        }
    }
}

/// The frames that bring these (at least one), in order, and lead from `after` to `up_to`.
pub(super) fn frames(epoch: u32, after: u64, up_to: u64, pieces: Vec<Piece>) -> Vec<Events> {
    let mut frames = Vec::new();
    let mut frame = Frame::from(epoch, after);
    for piece in pieces {
        if !frame.has_room_for(&piece) {
            let next = frame.events.next;
            frames.push(std::mem::replace(&mut frame, Frame::from(epoch, next)).events);
        }
        frame.take(piece);
    }
    frame.events.next = up_to;
    frames.push(frame.events);
    frames
}

struct Frame {
    events: Events,
    room: Room,
    run: Option<Run>,
}

impl Frame {
    fn from(epoch: u32, after: u64) -> Self {
        let events = Events { epoch, after, ..Events::default() };
        Self { events, room: Room::default(), run: None }
    }

    fn has_room_for(&mut self, piece: &Piece) -> bool {
        match piece {
            Piece::Whole(event) => self.room.takes(event),
            Piece::Own(_) => self.events.own.len() < EVENTS_MAX,
        }
    }

    fn take(&mut self, piece: Piece) {
        self.events.next = piece.n();
        match piece {
            Piece::Whole(event) => self.events.events.push(event),
            Piece::Own(placed) => {
                if self.run.as_mut().is_some_and(|run| run.takes(placed)) {
                    self.events.own.pop();
                } else {
                    self.run = Some(Run::of(placed));
                }
                self.events.own.extend(self.run.map(Run::own));
            }
        }
    }
}
