//! The record and what one commit adds to it.

use std::collections::BTreeMap;

use waypost_protocol::{
    Case, Content, ConversationId, EnrolmentId, Event, FactId, Millis, Move, NotificationSettings,
    PersonId, ProblemCode, ReadMark, ReportedMessage, Sequence, Stop, StopId, Trip, TripId,
};

use crate::audit::Tree;
use crate::batch::{Deed, Reply};
use crate::escalation::Watching;

/// The end of the record: the one row that a commit locks.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Head {
    /// 0, or the number that the last restore gave.
    pub epoch: u32,
    /// The audit tree; its size is the number of the last fact.
    pub tree: Tree,
    /// The highest number given to a person.
    pub last_person: u32,
    /// The highest number given to a group.
    pub last_group: u32,
}

impl Head {
    /// The place of the last fact.
    pub fn sequence(&self) -> Sequence {
        Sequence { epoch: self.epoch, n: self.tree.size() }
    }
}

/// One fact as it stands in the record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Recorded {
    /// Its place.
    pub sequence: Sequence,
    /// Its id.
    pub id: FactId,
    /// Who made it.
    pub author: PersonId,
    /// On which enrolment.
    pub enrolment: Option<EnrolmentId>,
    /// Its number in the lane of that enrolment; 0 outside any lane.
    pub number: u32,
    /// Who reads it; `None` for receipts, which go to the authors concerned.
    pub conversation: Option<ConversationId>,
    /// What it says.
    pub content: Content,
    /// The author's offset from UTC, in minutes.
    pub offset_minutes: i16,
    /// The author's estimate of the skew.
    pub skew_ms: Option<i64>,
    /// When it was committed.
    pub recorded_at: Millis,
    /// What a repeat must agree with.
    pub digest: [u8; 32],
    /// The salt of the content's commitment.
    pub salt: [u8; 16],
    /// The canonical bytes of its audit leaf.
    pub leaf: Vec<u8>,
    /// For receipts: each author concerned, with the moves that concern them.
    pub receipts_for: Vec<(PersonId, Vec<Move>)>,
    /// When it goes for ever, by the server's clock.
    pub expires_at: Option<Millis>,
    /// The broadcast that it brings to a recipient.
    pub broadcast: Option<FactId>,
    /// For a deed: what it was, for what stands beside the fact (hashes of credentials).
    pub deed: Option<Deed>,
}

impl Recorded {
    /// How a reader of its conversation sees it.
    pub fn to_event(&self) -> Event {
        Event {
            n: self.sequence.n,
            recorded_at: self.recorded_at,
            content: self.content.clone(),
            id: Some(self.id),
            author: Some(self.author).filter(|author| *author != PersonId::SERVER),
            conversation: self.conversation,
            offset_minutes: self.offset_minutes,
            skew_ms: self.skew_ms,
        }
    }
}

/// A refusal that is remembered, so that a repeat gets the same answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rejection {
    /// Who submitted it.
    pub author: PersonId,
    /// The refused fact.
    pub id: FactId,
    /// What a repeat must agree with.
    pub digest: [u8; 32],
    /// Why.
    pub code: ProblemCode,
    /// The end of the record at that moment.
    pub at: Sequence,
}

/// A lane has advanced.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LaneMoved {
    /// Whose.
    pub enrolment: EnrolmentId,
    /// Which lane.
    pub conversation: ConversationId,
    /// The last number decided.
    pub last: u32,
}

/// An enrolment's cursor has advanced.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StoredUpTo {
    /// Whose.
    pub enrolment: EnrolmentId,
    /// Its person.
    pub person: PersonId,
    /// The number of the last fact covered.
    pub up_to: u64,
}

/// All that one commit writes, and what it answers once it is committed.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Decision {
    /// New facts, in order.
    pub facts: Vec<Recorded>,
    /// New refusals.
    pub rejections: Vec<Rejection>,
    /// Lanes that advanced; the last one of a lane counts.
    pub lanes: Vec<LaneMoved>,
    /// Cursors that advanced.
    pub stored: Vec<StoredUpTo>,
    /// Read marks that advanced, with their person.
    pub read: Vec<(PersonId, ReadMark)>,
    /// What becomes of watched messages, in order.
    pub watching: Vec<Watching>,
    /// What became of what the staff share.
    pub cases: BTreeMap<ConversationId, Case>,
    /// What people have chosen to hear of.
    pub chosen: BTreeMap<PersonId, NotificationSettings>,
    /// How long messages of direct conversations stay from here on, in seconds; as they say, if absent.
    pub expiries: BTreeMap<ConversationId, Option<u32>>,
    /// What became of messages that were reported or flagged.
    pub reported: BTreeMap<FactId, ReportedMessage>,
    /// What became of trips.
    pub trips: BTreeMap<TripId, Trip>,
    /// What became of stops.
    pub stops: BTreeMap<StopId, Stop>,
    /// Pseudonyms of the people added.
    pub pseudonyms: Vec<(PersonId, [u8; 16])>,
    /// The new end of the record.
    pub head: Head,
    /// One for each request, in order.
    pub replies: Vec<Reply>,
}

impl Decision {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.facts.is_empty()
            && self.rejections.is_empty()
            && self.lanes.is_empty()
            && self.stored.is_empty()
            && self.read.is_empty()
            && self.watching.is_empty()
    }
}
