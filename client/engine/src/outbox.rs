//! What waits for the server's answer: one lane a conversation, numbered without gaps.
//!
//! An entry leaves only by the server's word about it. Within a lane the order is never changed; between
//! lanes an emergency goes first (with what stands before it in its lane), then acknowledgements, then
//! what is oldest. It refuses to judge content.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};

use waypost_protocol::{
    Body, Content, ConversationId, Entry, FactId, OUTBOX_ENTRIES_MAX, Priority, SUBMIT_ENTRIES_MAX,
    Submit, kind,
};

use crate::backoff::Dice;
use crate::{ANSWER_WAIT_MS, OUTBOX_BYTES_MAX, SUBMIT_CONTENT_BYTES_MAX};

pub(crate) struct Outbox {
    entries_max: usize,
    lanes: BTreeMap<ConversationId, Lane>,
    last_numbers: BTreeMap<ConversationId, u32>,
    lane_of: BTreeMap<FactId, ConversationId>,
    flights: BTreeMap<u64, Flight>,
    next_flight: u64,
    next_order: u64,
    bytes: usize,
}

#[derive(Default)]
struct Lane {
    waiting: VecDeque<Waiting>,
    /// Nothing of this lane is sent before this tick.
    hold_until: u64,
    tries: u32,
    /// Since this tick the server waits for numbers that this device no longer has.
    lacking_since: Option<u64>,
    /// The server was heard since and was not restored: the first entry says that they are gone.
    gap: bool,
}

/// What goes first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Urgency {
    Emergency,
    Answer,
    Other,
}

impl Urgency {
    fn of(content: &Content) -> Self {
        if matches!(content.kind, kind::ACKNOWLEDGEMENT | kind::ESCALATION_STOPPED) {
            return Self::Answer;
        }
        let body = content.to_body().ok();
        match body.as_ref().and_then(Body::header).map(|header| header.priority) {
            Some(Priority::Emergency) => Self::Emergency,
            _ => Self::Other,
        }
    }
}

struct Waiting {
    entry: Entry,
    order: u64,
    urgency: Urgency,
    flight: Option<u64>,
    /// It has its answer and stays only as long as one before it has none: a run that ends with
    /// it may bring that.
    answered: bool,
}

impl Waiting {
    fn may_be_sent(&self) -> bool {
        self.flight.is_none() && !self.answered
    }
}

/// One `Submit` that waits for its answers.
struct Flight {
    sent_at: u64,
    open: Vec<FactId>,
}

impl Outbox {
    pub(crate) fn new(
        mut waiting: Vec<Entry>,
        last_numbers: BTreeMap<ConversationId, u32>,
    ) -> Self {
        let mut outbox = Self {
            entries_max: OUTBOX_ENTRIES_MAX,
            lanes: BTreeMap::new(),
            last_numbers,
            lane_of: BTreeMap::new(),
            flights: BTreeMap::new(),
            next_flight: 0,
            next_order: 0,
            bytes: 0,
        };
        // Between lanes the ids tell roughly what came first; within a lane only the number does.
        waiting.sort_by_key(|entry| entry.id);
        waiting.into_iter().for_each(|entry| outbox.push(entry));
        for lane in outbox.lanes.values_mut() {
            lane.waiting.make_contiguous().sort_by_key(|waiting| waiting.entry.number);
        }
        outbox
    }

    pub(crate) fn hold_at_most(&mut self, entries: usize) {
        self.entries_max = entries;
    }

    pub(crate) fn len(&self) -> usize {
        self.lane_of.len()
    }

    pub(crate) fn holds(&self, id: FactId) -> bool {
        self.lane_of.contains_key(&id)
    }

    pub(crate) fn is_full(&self) -> bool {
        self.len() >= self.entries_max || self.bytes >= OUTBOX_BYTES_MAX
    }

    pub(crate) fn has_emergency(&self) -> bool {
        let mut waiting = self.lanes.values().flat_map(|lane| &lane.waiting);
        waiting.any(|it| it.urgency == Urgency::Emergency && !it.answered)
    }

    pub(crate) fn next_number(&self, lane: ConversationId) -> u32 {
        self.last_numbers.get(&lane).copied().unwrap_or(0).saturating_add(1)
    }

    pub(crate) fn push(&mut self, entry: Entry) {
        let last = self.last_numbers.entry(entry.conversation).or_default();
        *last = entry.number.max(*last);
        self.lane_of.insert(entry.id, entry.conversation);
        self.bytes += entry.content.bytes.len();
        let order = self.next_order;
        self.next_order += 1;
        let lane = self.lanes.entry(entry.conversation).or_default();
        let urgency = Urgency::of(&entry.content);
        lane.waiting.push_back(Waiting { entry, order, urgency, flight: None, answered: false });
    }

    /// The next frame, if the window of `flights_max` frames has room and something may be sent.
    pub(crate) fn next_submit(&mut self, flights_max: usize, tick: u64) -> Option<Submit> {
        if self.flights.len() >= flights_max {
            return None;
        }
        let picked = self.pick(tick);
        if picked.is_empty() {
            return None;
        }
        let flight = self.next_flight;
        self.next_flight += 1;
        let mut entries = Vec::with_capacity(picked.len());
        for (lane, at) in picked {
            let Some(lane) = self.lanes.get_mut(&lane) else {
                continue;
            };
            if let Some(waiting) = lane.waiting.get_mut(at) {
                waiting.flight = Some(flight);
                entries.push(Entry { gap: lane.gap && at == 0, ..waiting.entry.clone() });
            }
        }
        let open = entries.iter().map(|entry| entry.id).collect();
        self.flights.insert(flight, Flight { sent_at: tick, open });
        Some(Submit { entries })
    }

    /// Chooses what goes into the next frame, as places in lanes.
    fn pick(&self, tick: u64) -> Vec<(ConversationId, usize)> {
        let mut heads = BinaryHeap::new();
        for (id, lane) in self.lanes.iter().filter(|(_, lane)| lane.hold_until <= tick) {
            heads.extend(self.candidate(*id, lane, 0));
        }
        let (mut picked, mut bytes) = (Vec::new(), 0);
        while let Some(Reverse((_, _, id, at))) = heads.pop() {
            let Some(lane) = self.lanes.get(&id) else {
                continue;
            };
            bytes += lane.waiting[at].entry.content.bytes.len();
            if !picked.is_empty() && bytes > SUBMIT_CONTENT_BYTES_MAX {
                break;
            }
            picked.push((id, at));
            if picked.len() == SUBMIT_ENTRIES_MAX {
                break;
            }
            heads.extend(self.candidate(id, lane, at + 1));
        }
        picked
    }

    /// The first entry of a lane, from this place on, that may be sent.
    fn candidate(&self, id: ConversationId, lane: &Lane, from: usize) -> Option<Candidate> {
        let (at, waiting) =
            lane.waiting.iter().enumerate().skip(from).find(|(_, it)| it.may_be_sent())?;
        let held = waiting
            .entry
            .needs
            .is_some_and(|needs| self.lane_of.get(&needs).is_some_and(|other| *other != id));
        let behind = lane.waiting.iter().skip(at);
        let urgency = match behind.map(|it| it.urgency).min() {
            Some(Urgency::Emergency) => Urgency::Emergency,
            _ => waiting.urgency,
        };
        (!held).then_some(Reverse((urgency, waiting.order, id, at)))
    }

    /// The server has answered this entry for good: it leaves. `false` if it was not waiting.
    pub(crate) fn answered(&mut self, id: FactId) -> bool {
        let Some(lane_id) = self.lane_of.remove(&id) else {
            return false;
        };
        let Some(lane) = self.lanes.get_mut(&lane_id) else {
            return false;
        };
        let Some(at) = lane.waiting.iter().position(|waiting| waiting.entry.id == id) else {
            return false;
        };
        if let Some(done) = lane.waiting.get_mut(at) {
            self.bytes -= std::mem::take(&mut done.entry.content.bytes).len();
            land(&mut self.flights, done.flight.take(), id);
            done.answered = true;
        }
        while lane.waiting.pop_front_if(|first| first.answered).is_some() {}
        (lane.tries, lane.hold_until) = (0, 0);
        (lane.lacking_since, lane.gap) = (None, false);
        if lane.waiting.is_empty() {
            self.lanes.remove(&lane_id);
        }
        true
    }

    /// What still waits of a run that ends with this entry: ids, and how far before it each stands.
    pub(crate) fn run_up_to(&self, last: FactId, before: u32) -> Vec<(FactId, u32)> {
        let end_in = |lane: &Lane| lane.waiting.iter().position(|it| it.entry.id == last);
        let Some((lane, end)) = self.lanes.values().find_map(|lane| Some((lane, end_in(lane)?)))
        else {
            return Vec::new();
        };
        let number = lane.waiting[end].entry.number;
        let run = lane.waiting.range(..=end).filter(|waiting| !waiting.answered);
        run.map(|waiting| (waiting.entry.id, number.saturating_sub(waiting.entry.number)))
            .filter(|(_, back)| *back <= before)
            .collect()
    }

    /// The server could not decide this entry, in its lane it may expect another: the lane goes
    /// back to its first entry and rests. `true` if it waits for numbers that are not here.
    pub(crate) fn not_yet(
        &mut self,
        id: FactId,
        expected: Option<u32>,
        tick: u64,
        dice: &mut Dice,
    ) -> bool {
        let Some(lane_id) = self.lane_of.get(&id).copied() else {
            return false;
        };
        let Some(lane) = self.lanes.get_mut(&lane_id) else {
            return false;
        };
        let in_flight = |waiting: &Waiting| waiting.entry.id == id && waiting.flight.is_some();
        if !lane.waiting.iter().any(in_flight) {
            return false; // A late word about an earlier try.
        }
        lane.tries += 1;
        let first = lane.waiting.front().map_or(0, |waiting| waiting.entry.number);
        let lacking = expected.is_some_and(|expected| expected < first);
        lane.lacking_since = lacking.then(|| lane.lacking_since.unwrap_or(tick));
        lane.gap &= lacking;
        lane.hold_until = tick + dice.backoff(lane.tries);
        self.rewind(lane_id);
        lacking
    }

    /// A pull of this tick was answered, and the record goes on as before: what a lane lacked
    /// already then is not lacking because the server was restored.
    pub(crate) fn record_goes_on(&mut self, asked_at: u64) {
        for lane in self.lanes.values_mut() {
            lane.gap |= lane.lacking_since.is_some_and(|since| since <= asked_at);
        }
    }

    fn rewind(&mut self, lane_id: ConversationId) {
        let Some(lane) = self.lanes.get_mut(&lane_id) else {
            return;
        };
        for waiting in &mut lane.waiting {
            land(&mut self.flights, waiting.flight.take(), waiting.entry.id);
        }
    }

    /// Whatever has no answer is sent again.
    pub(crate) fn rewind_all(&mut self) {
        self.flights.clear();
        for lane in self.lanes.values_mut() {
            lane.waiting.iter_mut().for_each(|waiting| waiting.flight = None);
        }
    }

    /// A new link: lanes that rested because of the old one need not, and the server may have
    /// been restored meanwhile.
    pub(crate) fn release_all(&mut self) {
        for lane in self.lanes.values_mut() {
            lane.hold_until = 0;
            (lane.lacking_since, lane.gap) = (None, false);
        }
    }

    /// Frames whose answers got lost are sent again.
    pub(crate) fn expire(&mut self, tick: u64) {
        let late = |flight: &Flight| flight.sent_at + ANSWER_WAIT_MS <= tick;
        let ids: Vec<FactId> =
            self.flights.values().filter(|it| late(it)).flat_map(|it| it.open.clone()).collect();
        for id in ids {
            if let Some(lane) = self.lane_of.get(&id).copied() {
                self.rewind(lane);
            }
        }
    }

    /// The next tick at which something may be sent or sent again.
    pub(crate) fn next_tick(&self, tick: u64) -> Option<u64> {
        let answers = self.flights.values().map(|flight| flight.sent_at + ANSWER_WAIT_MS);
        let holds = self.lanes.values().map(|lane| lane.hold_until).filter(|hold| *hold > tick);
        answers.chain(holds).min()
    }
}

type Candidate = Reverse<(Urgency, u64, ConversationId, usize)>;

/// One entry of a frame needs no answer any more.
fn land(flights: &mut BTreeMap<u64, Flight>, number: Option<u64>, id: FactId) {
    let Some(number) = number else { return };
    if let Some(flight) = flights.get_mut(&number) {
        flight.open.retain(|open| *open != id);
        if flight.open.is_empty() {
            flights.remove(&number);
        }
    }
}
